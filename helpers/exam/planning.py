"""A study plan: the sections where an hour brings most, by the exam's weights and by what the learner has shown to know."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import reviewing
from helpers.exam.bank import SECTIONS
from helpers.learning import catalogue, spacing, store
from helpers.learning.log import Answer

DONE = 0.5  # what an exercise solved or a prediction made tells, beside an answer in the exam
READ = (
    "First comes what has the most to gain: the weight of the section times what you may not know, which is what you "
    "have not shown, what you have forgotten by now, and the doubt that few answers leave. "
)


@dataclass(frozen=True)
class Row:
    """A section: its part of the exam in percent, how much of it is known (0 to 1) give or take `doubt`, what is done of its
    exercises and predictions, how many of its questions were answered, how many are due, and what there is to gain."""

    section: str
    weight: float
    known: float
    doubt: float
    made: int
    of: int
    answered: int
    due: int

    @property
    def gain(self) -> float:
        """In percent of the exam: what may be missing, at worst."""
        return self.weight * min(1.0, 1 - self.known + self.doubt)


def plan(weights: Mapping[int, float], sections: Mapping[str, float], answers: list[Answer], now: float) -> list[Row]:
    """All sections, the one with the most to gain first."""
    cards = spacing.cards(answers, now) if answers else {}
    due = {card.id for card in spacing.due(cards, now)} & reviewing.ids()
    parts, work = _parts(weights, sections), done(store.recorded())
    rows = []
    for section in SECTIONS:
        own = [card for card in cards.values() if _section(card.id) == section]
        made, of = work.get(section, (0, 0))
        right = sum(card.recall for card in own if card.right) + DONE * made
        wrong = sum(1 - card.recall if card.right else 1 for card in own)
        known, doubt = _belief(right, wrong)
        rows.append(Row(section, parts[section], known, doubt, made, of, len(own), sum(card.id in due for card in own)))
    places = list(SECTIONS)
    return sorted(rows, key=lambda row: (-round(row.gain, 6), places.index(row.section)))


def done(states: Mapping[str, str]) -> dict[str, tuple[int, int]]:
    """By section, exercises solved and predictions made, and how many it has; nothing of a chapter that does not load."""
    found: dict[str, tuple[int, int]] = {}
    for chapter in CHAPTERS:
        try:
            exercises, predictions = catalogue.exercises(chapter.number), catalogue.predictions(chapter.number)
        except CourseError:
            continue
        work = [(one.id, states.get(one.id) == "solved") for one in exercises]
        work += [(one.id, one.read(states.get(one.id)) is not None) for one in predictions]
        for id, made in work:
            before, of = found.get(_section(id), (0, 0))
            found[_section(id)] = before + made, of + 1
    return found


def table(rows: list[Row], links: Mapping[str, str]) -> str:
    """The plan as Markdown."""
    lines = [
        "| next | section | of the exam | known | exercises and predictions | answered | due |",
        "|---:|---|---:|---|---|---:|---:|",
    ]
    for place, row in enumerate(rows, start=1):
        name = links.get(row.section, f"{row.section} {SECTIONS[row.section]}")
        known = f"{100 * row.known:.0f} % ± {100 * row.doubt:.0f}"
        lines.append(
            f"| {place} | {name} | {row.weight:.1f} % | {known} | {row.made} of {row.of} | {row.answered} | {row.due} |"
        )
    return "\n".join(lines)


def _section(id: str) -> str:
    """The section of a question, an exercise or a prediction; a rule of background tasks belongs to 4.3."""
    return "4.3" if id.startswith("rule-") else id.partition("-")[0]


def _parts(weights: Mapping[int, float], sections: Mapping[str, float]) -> dict[str, float]:
    """Each section's part of the exam, in percent."""
    total, parts = sum(weights.values()) or 1, {}
    for chapter in CHAPTERS:
        own = {section: sections.get(section, 1.0) for section in chapter.sections}
        whole = sum(own.values()) or 1
        share = 100 * weights.get(chapter.number, 0) / total
        parts |= {section: share * weight / whole for section, weight in own.items()}
    return parts


def _belief(right: float, wrong: float) -> tuple[float, float]:
    """Mean and standard deviation of how much is known, from a Beta distribution that began with no idea."""
    a, b = 1 + right, 1 + wrong
    return a / (a + b), sqrt(a * b / (a + b + 1)) / (a + b)
