"""How long a section takes: measured by its words, cells and exercises with one formula, and written below its heading.

The formula fits what chapter 1 took: seventy minutes to read and run, and fifty for its seven exercises.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import ceil

from nbformat import NotebookNode

from helpers.authoring.cells import first_texts, tags
from helpers.authoring.navigation import TAG as NAVIGATION
from helpers.authoring.rules import bare
from helpers.course import CHAPTERS
from helpers.learning.minutes import STATED, state

__all__ = ["Section", "measure", "total", "write_minutes"]

WORDS, LINES = 180, 15  # that a minute reads, of prose and of code
CELL = 1 / 3  # minutes to run a code cell and look at what it shows
EXERCISE = 10  # minutes, where the text of an exercise states none
FILES = {chapter.file for chapter in CHAPTERS}
# "**Exercise 4.3-order** (rules 1 and 3; difficulty 1, 5 minutes)"
_EXERCISE = re.compile(r"\*\*[^*\n]*exercise (\d+\.\d+-[\w-]+)[^*\n]*\*\* \([^()\n]*?(\d+) minutes[);]", re.IGNORECASE)
_MORE = re.compile(r"minutes-(\d+)")  # the tag of a cell that keeps a reader so long, a mock exam say


@dataclass
class Section:
    """What stands between two `## ` headings; the first of a notebook has no heading and is not counted."""

    heading: str
    cell: str = ""  # the id of the cell that holds the heading
    words: int = 0
    lines: int = 0
    cells: int = 0
    more: int = 0
    exercises: list[int] = field(default_factory=list)  # minutes of each

    @property
    def minutes(self) -> int:
        """Whole minutes, at least one."""
        read = self.words / WORDS + self.lines / LINES + self.cells * CELL
        return max(1, ceil(read - 1e-9) + sum(self.exercises) + self.more)


def measure(notebook: NotebookNode) -> list[Section]:
    """The sections of a notebook, in its order, without what stands above the first heading."""
    given, seen = _given(notebook), set()
    sections = [Section("")]
    for cell in (cell for cell in notebook.cells if NAVIGATION not in tags(cell)):
        sections[-1].more += _more(cell)
        if cell.cell_type == "code":
            _count_code(cell, sections[-1])
            new = dict.fromkeys(id for id in first_texts(cell, "check") if id not in seen)
            seen.update(new)
            sections[-1].exercises += [given.get(str(id), EXERCISE) for id in new]
        elif cell.cell_type == "markdown":
            sections += _count_prose(cell, sections[-1])
    return sections[1:]


def _given(notebook: NotebookNode) -> dict[str, int]:
    """The minutes that the text states behind an exercise, by its id."""
    texts = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    return {id: int(minutes) for id, minutes in _EXERCISE.findall(texts)}


def _more(cell: NotebookNode) -> int:
    """The minutes that the tag of a cell asks for, 0 without one."""
    return sum(int(found[1]) for tag in tags(cell) if (found := _MORE.fullmatch(tag)))


def _count_code(cell: NotebookNode, section: Section) -> None:
    """Add a code cell to the section that it stands in, but for the exercises that it checks."""
    section.cells += 1
    section.lines += sum(bool(line.strip()) for line in cell.source.splitlines())


def _count_prose(cell: NotebookNode, section: Section) -> list[Section]:
    """Add a Markdown cell's words to the section that it stands in; the sections that its own headings open, with theirs."""
    opened = []
    for line, heading in _lines(cell.source):
        if heading:
            section = Section(heading, cell.id)
            opened.append(section)
        if not STATED.fullmatch(line):
            section.words += len(bare(line).split())
    return opened


def total(sections: list[Section]) -> int:
    """How many minutes they take together."""
    return sum(section.minutes for section in sections)


def write_minutes(notebook: NotebookNode, file: str) -> NotebookNode:
    """States in a chapter, in place, the minutes of each section below its heading and their sum below its title."""
    if file not in FILES:
        return notebook
    sections = measure(notebook)
    exercises = sum(len(section.exercises) for section in sections)
    told = iter([state(section.minutes, len(section.exercises)) for section in sections])
    whole = iter([state(total(sections), exercises)])
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = "\n".join(_written(_lines(cell.source), told, whole))
    return notebook


def _written(lines: list[tuple[str, str]], told: Iterator[str], whole: Iterator[str]) -> Iterator[str]:
    """The lines of a Markdown cell, with what is told below each heading, and what the whole takes below the title."""
    below = False
    for line, heading in lines:
        if STATED.fullmatch(line) or (below and not line):
            continue
        if below:
            yield ""
        yield line
        statement = next(told) if heading else next(whole, "") if line.startswith("# ") else ""
        below = bool(statement)
        if below:
            yield from ("", statement)


def _lines(source: str) -> list[tuple[str, str]]:
    """Each line of a Markdown cell with the `## ` heading that it is, or nothing; a `#` inside a code block is none."""
    found, fenced = [], False
    for line in source.split("\n"):
        fenced ^= line.lstrip().startswith(("```", "~~~"))
        heading = "" if fenced or not line.startswith("## ") else line[3:].strip()
        found.append((line, heading))
    return found
