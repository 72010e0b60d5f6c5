"""What an answer says, whether it is right, and how an exam is scored. Nothing here raises, whatever is answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from helpers.exam import kinds
from helpers.exam.bank import SECTIONS
from helpers.exam.model import Item, Verdict
from helpers.wording import describe


@dataclass
class Score:
    """How an exam went: points and questions by chapter and in all, and the sections to read again for what was wrong or open.

    `credit`: the points that there would be if parts of an answer counted.
    """

    points: int = 0
    credit: float = 0.0
    late: int = 0
    open: int = 0
    by_chapter: dict[int, list[int]] = field(default_factory=dict)
    missed: dict[str, list[int]] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many questions the exam had, a point each."""
        return sum(asked for _, asked in self.by_chapter.values())

    @property
    def percent(self) -> int:
        """Points of all questions, rounded down: nobody passes by rounding."""
        return 100 * self.points // self.asked if self.asked else 0


def read(item: Item, choice: object) -> str | None:
    """The answer as it is recorded: letters, a number, or bars. None when it is none of what the question takes."""
    try:
        return kinds.of(item.question).read(item, choice)
    except Exception:  # the answer's own code, when it is looked into
        return None


def expected(item: Item, choice: object) -> str:
    """The sentence for an answer that could not be read."""
    came = "an answer that it does not take" if isinstance(choice, list | dict | tuple | set) else describe(choice)
    return f"takes {kinds.of(item.question).takes(item)}; {came} came."


def judge(item: Item, recorded: str | None) -> Verdict:
    """The verdict on a recorded answer; without one, it is open and counts as wrong."""
    return kinds.of(item.question).judge(item, recorded)


def score(items: Iterable[Item], answers: Mapping[int, str], late: Iterable[int] = ()) -> Score:
    """Points by chapter. An answer that came late is judged and counted apart, not among the points."""
    result, late = Score(), set(late)
    for item in items:
        q = item.question
        tally = result.by_chapter.setdefault(q.chapter, [0, 0])
        tally[1] += 1
        verdict = judge(item, answers.get(item.number))
        right = verdict.right
        result.credit += 0 if item.number in late else verdict.credit
        if right and item.number in late:
            result.late += 1
        elif right:
            result.points += 1
            tally[0] += 1
            continue
        result.open += item.number not in answers
        result.missed.setdefault(q.taught, []).append(item.number)
    result.missed = dict(sorted(result.missed.items(), key=lambda pair: list(SECTIONS).index(pair[0])))
    return result
