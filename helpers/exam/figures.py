"""What a class's answers say of the questions: how hard each is, whether it tells the good from the rest, what was chosen."""

import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import StatisticsError, correlation, mean

from helpers.errors import CourseError
from helpers.learning import log
from helpers.learning.log import Answer, Log
from helpers.notes import Note
from helpers.wording import counted, describe

FEW = 10  # answers under which a number says little
HARD, EASY, FLAT = 0.2, 0.95, 0.1


@dataclass
class Figures:
    """One question: how many exams asked it, the part of them that was right (`difficulty`, 1 is easy), its discrimination
    (None where everybody was equally right, or alone), and how often each wrong answer was given."""

    id: str
    asked: int
    difficulty: float
    discrimination: float | None
    chosen: Counter[str] = field(default_factory=Counter)

    @property
    def remark(self) -> str:
        """What a teacher should look at, if anything."""
        if self.asked < FEW:
            return "few answers"
        if self.discrimination is not None and self.discrimination < 0:
            return "the better ones are wrong: look at its key"
        if self.difficulty < HARD or self.difficulty > EASY:
            return "nearly everybody is wrong" if self.difficulty < HARD else "nearly everybody is right"
        flat = self.discrimination is not None and self.discrimination < FLAT
        return "tells nobody apart" if flat else ""


class Statistics(Note):
    """The figures of every question that was asked in an exam, by id; a table in a notebook, the most doubtful first."""

    def __init__(self, questions: dict[str, Figures], exams: int, average: float):
        self.questions, self.exams, self.average = questions, exams, average
        super().__init__(self._table())

    def _table(self) -> str:
        head = f"{counted(self.exams, 'exam')}, {100 * self.average:.0f} % right on average."
        lines = ["| question | asked | right | discrimination | most chosen wrong | |", "|---|---:|---:|---:|---|---|"]
        for one in sorted(self.questions.values(), key=_doubt):
            tells = "-" if one.discrimination is None else f"{one.discrimination:.2f}"
            wrong = "; ".join(f"{_cell(text)} ({count})" for text, count in one.chosen.most_common(2))
            lines.append(
                f"| {one.id} | {one.asked} | {100 * one.difficulty:.0f} % | {tells} | {wrong} | {one.remark} |"
            )
        return head + "\n\n" + "\n".join(lines)


def statistics(sources: Iterable[object]) -> Statistics:
    """The figures of these logs: names of files or folders, or logs; a learner's own without any.

    Discrimination is the point-biserial correlation of being right here with the part that is right of the rest of the
    same exam, the question itself left out: with it, a question would correlate with itself. CourseError without exams.
    """
    logs = [found for source in sources for found in _logs(source)] or [log.read()]
    exams = [answers for one in logs for answers in log.exams(one).values()]
    if not exams:
        raise CourseError("There is no exam in these logs yet: what is handed in stands there.")
    pairs: dict[str, list[tuple[bool, float]]] = {}
    chosen: dict[str, Counter[str]] = {}
    for answers in exams:
        right = sum(answer.right for answer in answers)
        for answer in answers:
            rest = (right - answer.right) / max(1, len(answers) - 1)
            pairs.setdefault(answer.id, []).append((answer.right, rest))
            chosen.setdefault(answer.id, Counter()).update(_wrong(answer))
    figures = {
        id: Figures(id, len(found), mean(right for right, _ in found), _discrimination(found), chosen[id])
        for id, found in sorted(pairs.items())
    }
    average = mean(answer.right for answers in exams for answer in answers)
    return Statistics(figures, len(exams), average)


def _logs(source: object) -> list[list[Answer]]:
    """The answers of a log, of a file, or of every log in a folder and in the folders below it."""
    if isinstance(source, Log):
        return [source.answers]
    if isinstance(source, list | tuple):
        return [found for one in source for found in _logs(one)]
    if not isinstance(source, str | Path):
        raise CourseError(f"`statistics` takes names of files or folders; {describe(source)} came.")
    place, ending = Path(source), log.NAME.removeprefix(".progress")
    if not os.path.isdir(place):
        return [log.of_file(place)]
    # A folder below that cannot be read, or is gone meanwhile, is passed over.
    files = [Path(folder, name) for folder, _, names in os.walk(place) for name in names if name.endswith(ending)]
    return [log.of_file(file) for file in sorted(files)]


def _wrong(answer: Answer) -> list[str]:
    """What was wrongly chosen: each option for itself, else the whole answer; nothing of an open or right one."""
    if answer.right or answer.open:
        return []
    return answer.shown or [answer.said]


def _discrimination(found: list[tuple[bool, float]]) -> float | None:
    try:
        return correlation([float(right) for right, _ in found], [rest for _, rest in found])
    except StatisticsError:  # one answer, or all alike
        return None


def _doubt(one: Figures) -> tuple[bool, float, str]:
    return one.asked < FEW, 1.0 if one.discrimination is None else one.discrimination, one.id


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
