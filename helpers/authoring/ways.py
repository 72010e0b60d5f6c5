"""The ways through the course on the start page: lists of links with the minutes of each, written from the chapters."""

from collections.abc import Mapping

from nbformat import NotebookNode

from helpers.authoring.cells import tags
from helpers.authoring.minutes import Section, measure, total
from helpers.course import CHAPTERS, WAYS, Chapter, Way
from helpers.errors import CourseError
from helpers.learning.minutes import spoken, state

__all__ = ["TAG", "ways", "write_ways"]

TAG = "ways"

Stop = tuple[str, str, int]  # what a link says, where it leads, and how many minutes that takes
Measured = list[tuple[Chapter, list[Section]]]


def write_ways(page: NotebookNode, chapters: Mapping[str, NotebookNode]) -> NotebookNode:
    """Sets the ways in the start page's cell tagged `ways`, in place; `chapters` are the notebooks by file name."""
    for cell in page.cells:
        if TAG in tags(cell):
            cell.source = ways(chapters)
    return page


def ways(chapters: Mapping[str, NotebookNode]) -> str:
    """The ways as Markdown. CourseError where a way names a section that no chapter has."""
    measured = [(chapter, measure(chapters[chapter.file])) for chapter in CHAPTERS if chapter.file in chapters]
    blocks = ["## Three ways through"]
    for way in WAYS:
        listed = stops(way, measured)
        lines = [f"1. [{text}]({link}) {spoken(minutes)}" for text, link, minutes in listed]
        blocks += [f"### {way.title}", state(sum(minutes for _, _, minutes in listed)), "\n".join(lines)]
    return "\n\n".join(blocks)


def stops(way: Way, measured: Measured) -> list[Stop]:
    """The chapters of the whole way, or the sections of another."""
    if not way.sections:
        return [(f"{one.number} {one.title}", one.file, total(sections)) for one, sections in measured]
    return [_stop(label, measured) for label in way.sections]


def _stop(label: str, measured: Measured) -> Stop:
    number, _, place = label.partition(".")
    own = [(one, section) for one, sections in measured for section in sections if str(one.number) == number]
    for chapter, section in own:
        if place == "0" or section.heading.startswith(f"{label} "):
            text = f"{number} {section.heading}" if place == "0" else section.heading
            return text, f"{chapter.file}#cell-id={section.cell}", section.minutes
    raise CourseError(f"a way through the course leads to {label}, which no chapter has.")
