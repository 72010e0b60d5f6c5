"""The notes for who teaches: one for each section, about cells that are there, and nothing left out that others need."""

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pydantic import ValidationError

from helpers.authoring import teaching
from helpers.authoring.cells import sections
from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.course import CHAPTERS
from helpers.errors import CourseError
from tests.notebooks.needs import names

SECTIONS = [section for chapter in CHAPTERS for section in chapter.sections]


def left_out(advice: teaching.Advice, cells: list[NotebookNode]) -> list[NotebookNode]:
    """Of a section's cells those that its note lets out."""
    place = {cell.id: position for position, cell in enumerate(cells)}
    gone: list[NotebookNode] = []
    for stretch in advice.cells:
        first, _, last = stretch.partition("..")
        last = last or first
        assert first in place and last in place and place[first] <= place[last], f"there is no stretch {stretch}"
        gone += cells[place[first] : place[last] + 1]
    return gone


def needed(gone: list[NotebookNode], kept: list[NotebookNode]) -> set[str]:
    """The names that only cells left out bind and that a cell kept reads."""
    lost, there = ([names(cell.source) for cell in cells if cell.cell_type == "code"] for cells in (gone, kept))
    bound = set().union(*(cell.bound for cell in lost)) - set().union(*(cell.bound for cell in there))
    return bound & set().union(*(cell.read | cell.later for cell in there))


@pytest.fixture(scope="module")
def notebooks():
    return {chapter.file: read(NOTEBOOKS / chapter.file) for chapter in CHAPTERS}


def test_every_section_has_its_note_in_the_order_of_the_course():
    assert list(teaching.load()) == SECTIONS and len(SECTIONS) == 48


def test_a_note_is_three_short_sentences_and_no_two_are_the_same():
    notes = teaching.load().values()
    for part in ("wrong", "ask", "leave"):
        said = [getattr(note, part) for note in notes]
        assert len(set(said)) == len(said)
    long = [note.wrong for note in notes if len(f"{note.wrong} {note.ask} {note.leave}".split()) > 80]
    assert long == []


@pytest.mark.parametrize("section", SECTIONS)
def test_a_note_speaks_of_cells_of_its_section(section, notebooks):
    note, cells = teaching.load()[section], teaching.cells_of(section, notebooks)
    runs = [cell for cell in cells if cell.id == note.run]
    assert len(runs) == 1 and runs[0].cell_type == "code", f"{note.run} is no code cell of {section}"
    gone = {cell.id for cell in left_out(note, cells)}
    assert note.run not in gone, "the cell that answers the class is left out"
    assert len(gone) < len(cells) / 2, "more than half of the section is left out"


@pytest.mark.parametrize("section", SECTIONS)
def test_what_is_left_out_binds_nothing_that_the_rest_reads(section, notebooks):
    gone = left_out(teaching.load()[section], teaching.cells_of(section, notebooks))
    file = next(chapter.file for chapter in CHAPTERS if section in chapter.sections)
    ids = {cell.id for cell in gone}
    assert needed(gone, [cell for cell in notebooks[file].cells if cell.id not in ids]) == set()


def test_a_name_that_is_needed_is_noticed():
    gone = [new_code_cell("import math\nfound = [size for size in (1, 2)]\ndef half(whole):\n    return whole / 2")]
    kept = [new_code_cell("half(2)"), new_code_cell("async def ask(found):\n    return math.pi + found + size")]
    assert needed(gone, kept) == {"half", "math"}
    assert needed(gone, [*kept, new_code_cell("import math\nhalf = 1")]) == set()
    assert needed(gone, [new_markdown_cell("half"), new_code_cell("no python here")]) == set()


def test_sections_end_where_another_heading_stands():
    cells = [new_markdown_cell(text) for text in ("# 1 A", "## 1.1 B", "c", "## Myth check", "d", "## 1.2 E")]
    found = teaching.sections(new_notebook(cells=cells))
    assert {number: [cell.source for cell in own] for number, own in found.items()} == {
        "1.1": ["## 1.1 B", "c"],
        "1.2": ["## 1.2 E"],
    }


def test_notes_and_appendices_agree_on_where_a_section_ends(notebooks):
    for notebook in notebooks.values():
        where = sections(notebook)
        told = {cell.id: number for number, own in teaching.sections(notebook).items() for cell in own}
        assert told == {id: place for id, place in where.items() if place in SECTIONS}


def test_a_stretch_that_is_not_there_is_told(notebooks):
    note = teaching.load()["1.1"].model_copy(update={"cells": ("what-clients..what-bytes",)})
    with pytest.raises(AssertionError, match=r"what-clients\.\.what-bytes"):
        left_out(note, teaching.cells_of("1.1", notebooks))
    with pytest.raises(CourseError, match="4.7"):
        teaching.cells_of("4.7", notebooks)


def test_a_question_that_cannot_be_voted_on_is_refused():
    good = teaching.load()["1.1"].model_dump()
    for wrong in ({"ask": "Vote on this."}, {"ask": "Is it so? Or not?"}, {"cells": ()}, {"more": "words"}):
        with pytest.raises(ValidationError):
            teaching.Advice(**{**good, **wrong})
