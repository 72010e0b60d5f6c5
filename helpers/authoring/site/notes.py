"""The page for who teaches: timetables, and a note on each section, with links to the cells that the notes speak of."""

from collections.abc import Iterator, Mapping

from nbformat import NotebookNode

from helpers.authoring import teaching, timetable
from helpers.authoring.timetable import Lesson
from helpers.course import CHAPTERS
from helpers.learning.minutes import spoken
from helpers.wording import counted

__all__ = ["page", "targets"]

LINK = "[{title}](#cell-{cell})"


def page(notebooks: Mapping[str, NotebookNode]) -> str:
    """The page as Markdown, from the notebooks by file name. `#cell-...` is the anchor that the site sets before a cell."""
    known = timetable.lessons(notebooks)
    parts = [
        "# Notes and timetables",
        f"For a class of {timetable.HOURS} hours a day. `make timetable ARGS=4` prints one for four days. "
        "A note says what goes wrong, what to let the class vote on before a cell is run, and what may be left out.",
    ]
    for days in timetable.DAYS:
        parts += [f"## In {counted(days, 'day')}", timetable.table(known, days, LINK)]
    by_label = {lesson.label: lesson for lesson in known}
    for chapter in CHAPTERS:
        parts.append(f"## {chapter.number} {chapter.title}")
        parts += [text for section in chapter.sections for text in _note(by_label[section])]
    return "\n\n".join(parts) + "\n"


def targets(notebooks: Mapping[str, NotebookNode]) -> set[str]:
    """The ids of the cells that the page leads to."""
    notes = teaching.load().values()
    headings = {lesson.cell for lesson in timetable.lessons(notebooks) if lesson.cell}
    return headings | {note.run for note in notes} | {_first(stretch) for note in notes for stretch in note.cells}


def _note(lesson: Lesson) -> Iterator[str]:
    note = teaching.load()[lesson.label]
    exercises = f", {counted(lesson.exercises, 'exercise')} among them" if lesson.exercises else ""
    places = ", ".join(f"[{stretch.replace('..', ' to ')}](#cell-{_first(stretch)})" for stretch in note.cells)
    yield f"### {lesson.label} {lesson.title}"
    yield "\n".join(
        [
            f"- [{spoken(lesson.minutes)}](#cell-{lesson.cell}){exercises}",
            f"- **Goes wrong**: {note.wrong}",
            f"- **Ask**, then [run](#cell-{note.run}): {note.ask}",
            f"- **Leave out**: {note.leave} Cells {places}.",
        ]
    )


def _first(stretch: str) -> str:
    return stretch.partition("..")[0]
