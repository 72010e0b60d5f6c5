"""Prints a timetable for a course of some days: `python -m helpers.authoring.timetable 3` (`make timetable ARGS=3`).

The minutes of a section are measured, with its exercises. Sections are taken by what matters most, `ORDER`, as long as
all of them fit into the days, and stand in the order of the course. Nothing is cut in two: a half day has its minutes, and a
pause of a quarter of an hour. What is left out is named, with its minutes.
"""

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from nbformat import NotebookNode

from helpers.authoring.minutes import measure
from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.learning.minutes import spoken
from helpers.wording import counted

__all__ = ["DAYS", "ORDER", "Lesson", "arrange", "chosen", "lessons", "table"]

DAYS = (1, 3, 5)  # for which the site shows a timetable
HOURS = 6  # of teaching a day, half of them before lunch
HALF = HOURS * 60 // 2
STARTS = (9 * 60, 13 * 60 + 30)  # minutes after midnight
PAUSE, PAUSE_AFTER = 15, 75  # minutes; the pause comes once in a half day, when so much has been taught

# "4.0" is what opens chapter 4. One day is background tasks and what they stand on, three are the core of a service.
ORDER = (
    *("1.0", "2.0", "4.0", "4.3", "1.1", "2.1", "5.0", "7.0", "2.3", "3.0", "6.0", "9.0", "3.3"),
    *("2.2", "3.1", "4.1", "5.1", "5.3", "6.2", "2.5", "7.1", "2.4", "8.0", "6.1", "3.5", "5.2", "4.2", "6.4", "8.2"),
    *("4.6", "3.2", "9.2", "8.1", "4.4", "3.7", "1.2", "7.3", "7.4", "8.3", "5.4", "5.5", "6.3", "4.5", "3.4", "7.2"),
    *("3.6", "8.5", "8.4", "1.4", "1.3", "9.1", "9.3", "9.4", "10.0", "10.1", "10.2", "10.4", "10.3"),
)


@dataclass(frozen=True)
class Lesson:
    """A section as it is taught: "4.3", its title, minutes with the exercises, how many these are, its heading's cell."""

    label: str
    title: str
    minutes: int
    exercises: int
    cell: str = ""


Halves = list[list[Lesson]]  # two a day


def lessons(notebooks: Mapping[str, NotebookNode]) -> list[Lesson]:
    """All that can be taught, in the order of the course: of each chapter its opening, its sections, and the rest.

    The rest, "4.x", is what stands behind the sections: bigger exercises and the myth check.
    """
    found = []
    for chapter in CHAPTERS:
        opening, *parts = measure(notebooks[chapter.file])
        found.append(Lesson(f"{chapter.number}.0", f"{chapter.title}: the opening", opening.minutes, 0, opening.cell))
        rest = exercises = 0
        for part in parts:
            label, _, title = part.heading.partition(" ")
            if label in chapter.sections:
                found.append(Lesson(label, title, part.minutes, len(part.exercises), part.cell))
            else:
                rest += part.minutes
                exercises += len(part.exercises)
        found.append(Lesson(f"{chapter.number}.x", f"{chapter.title}: what stands at the end", rest, exercises))
    return found


def arrange(taught: Iterable[Lesson], days: int) -> Halves | None:
    """The lessons in the order given, in two halves a day; None where they do not fit."""
    halves: Halves = [[]]
    for lesson in taught:
        if sum(one.minutes for one in halves[-1]) + lesson.minutes > HALF:
            halves.append([])
        if lesson.minutes > HALF or len(halves) > 2 * days:
            return None
        halves[-1].append(lesson)
    return halves


def chosen(known: Sequence[Lesson], days: int) -> Halves:
    """What is taught on so many days: one lesson after the other in `ORDER`, each that still fits."""
    by_label = {lesson.label: lesson for lesson in known}
    taken: set[str] = set()
    halves: Halves = []
    for label in (label for label in ORDER if label in by_label):
        tried = arrange((lesson for lesson in known if lesson.label in taken | {label}), days)
        if tried is not None:
            taken.add(label)
            halves = tried
    return halves


def table(known: Sequence[Lesson], days: int, link: str = "{title}") -> str:
    """The timetable as Markdown, and below it what is left out; `link` may lead from a title to its `{cell}`."""
    if not 1 <= days <= 10:
        raise CourseError(f"A timetable is for 1 to 10 days; {days} came.")
    halves = chosen(known, days)
    taught = [lesson for half in halves for lesson in half]
    out = [lesson for lesson in known if lesson not in taught]
    exercises = sum(lesson.exercises for lesson in taught)
    lines = [
        f"{spoken(sum(one.minutes for one in taught)).capitalize()} of teaching, {exercises} exercises among them."
    ]
    for number, half in enumerate(halves):
        if number % 2 == 0:
            lines += ["", f"**Day {number // 2 + 1}**", "", "| time | section | min | exercises |"]
            lines += ["|---|---|---:|---:|"]
        for lesson, start in zip(half, _starts(half, STARTS[number % 2]), strict=True):
            shown = link.format(title=_title(lesson), cell=lesson.cell)
            time = f"{start // 60}:{start % 60:02}"
            lines.append(f"| {time} | {shown} | {lesson.minutes} | {lesson.exercises or ''} |")
    left = ", ".join(f"{lesson.label} ({lesson.minutes})" for lesson in out)
    lines += [
        "",
        f"Left out, with minutes: {left}. 4.x is what stands behind the sections of chapter 4, good homework.",
    ]
    return "\n".join(lines)


def _title(lesson: Lesson) -> str:
    return lesson.title if lesson.label.endswith(".0") else f"{lesson.label} {lesson.title}"


def _starts(half: Sequence[Lesson], start: int) -> list[int]:
    """When each lesson of a half day starts, in minutes after midnight."""
    found, taught, pause = [], 0, 0
    for lesson in half:
        if taught >= PAUSE_AFTER:
            pause = PAUSE
        found.append(start + taught + pause)
        taught += lesson.minutes
    return found


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.authoring.timetable", description=__doc__.partition("\n\n")[0]
    )
    parser.add_argument("days", type=int, nargs="?", default=3, help="how many days, 1 to 10 (3)")
    days = parser.parse_args(arguments).days
    try:
        shown = table(lessons({chapter.file: read(NOTEBOOKS / chapter.file) for chapter in CHAPTERS}), days)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"# The course in {counted(days, 'day')}\n\n{shown}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
