"""A study plan: where an hour brings most, from the weights, the reader's own progress and the last graded exam."""

from collections.abc import Mapping

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam.marking import Score
from helpers.learning import catalogue, store


def done(number: int) -> tuple[int, int]:
    """Exercises solved and predictions made in a chapter, and how many it has; nothing of one that does not load."""
    try:
        exercises, predictions = catalogue.exercises(number), catalogue.predictions(number)
    except CourseError:
        return 0, 0
    states = store.recorded()
    made = sum(states.get(one.id) == "solved" for one in exercises)
    made += sum(one.read(states.get(one.id)) is not None for one in predictions)
    return made, len(exercises) + len(predictions)


def plan(weights: Mapping[int, float], last: Score | None) -> list[tuple[int, float, int, int, str, float]]:
    """For each chapter: number, weight in percent, done, of, points in the last exam, and what there is to gain.

    The gain is the weight times the part that is missing, in the chapter's exercises or, where it was asked in the last
    exam, in its points. The chapter with the most to gain comes first.
    """
    total = sum(weights.values()) or 1
    rows = []
    for chapter in CHAPTERS:
        weight = 100 * weights.get(chapter.number, 0) / total
        made, of = done(chapter.number)
        points, asked = last.by_chapter.get(chapter.number, (0, 0)) if last else (0, 0)
        missing = 1 - points / asked if asked else 1 - made / of if of else 1.0
        shown = f"{points} of {asked}" if asked else "-"
        rows.append((chapter.number, weight, made, of, shown, weight * missing))
    return sorted(rows, key=lambda row: (-round(row[5], 6), row[0]))


def table(rows: list[tuple[int, float, int, int, str, float]], links: Mapping[int, str]) -> str:
    """The plan as Markdown."""
    lines = [
        "| next | chapter | weight | predictions and exercises done | points in the last exam |",
        "|---:|---|---:|---|---|",
    ]
    for place, (number, weight, made, of, shown, _) in enumerate(rows, start=1):
        lines.append(f"| {place} | {links[number]} | {weight:.0f} % | {made} of {of} | {shown} |")
    return "\n".join(lines)
