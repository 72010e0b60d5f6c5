"""How large a chapter may be, and its cells: what a reader takes in at once."""

import statistics

import pytest
from nbformat import writes

from helpers.authoring.refresh import NOTEBOOKS
from helpers.course import CHAPTERS
from tests.notebooks.contract import Notebook
from tests.notebooks.test_contract import code, good

BANDS = {"cells": 160, "largest section": 26, "lines, median": 10, "lines, nine of ten": 17, "lines, longest": 24}
LEAST_PROSE = 0.85  # Markdown cells to a code cell
MAY_BE_LONGER = ("4.3", "7.1")


def figures(book: Notebook) -> dict[str, float]:
    """A chapter's size: cells, those of its largest section, and lines of code that are not blank."""
    lines = sorted(sum(bool(line.strip()) for line in cell.source.splitlines()) for cell in book.code)
    sections: dict[str, int] = {}
    name = ""
    for cell in book.cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            name = cell.source[3:].split(" ")[0]
        sections[name] = sections.get(name, 0) + 1
    counted = [count for name, count in sections.items() if name[:1].isdigit() and name not in MAY_BE_LONGER]
    return {
        "cells": len(book.cells),
        "largest section": max(counted, default=0),
        "lines, median": statistics.median(lines),
        "lines, nine of ten": lines[int(0.9 * len(lines))],
        "lines, longest": lines[-1],
        "code cells without prose": round(LEAST_PROSE * len(book.code) - (len(book.cells) - len(book.code)), 2),
    }


def too_large(book: Notebook) -> list[str]:
    """Where a chapter passes its bands."""
    bands = {**BANDS, "code cells without prose": 0}
    found = figures(book)
    return [f"{name}: {found[name]:g}, at most {most}" for name, most in bands.items() if found[name] > most]


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda chapter: chapter.stem)
def test_a_chapter_keeps_its_size(chapter):
    book = Notebook.of(NOTEBOOKS / chapter.file)
    assert too_large(book) == []


@pytest.mark.parametrize(
    ("lines", "cells", "says"),
    [
        (25, 1, "lines, longest: 25, at most 24"),
        (18, 40, "lines, nine of ten: 18, at most 17"),
        (11, 40, "lines, median: 11, at most 10"),
        (1, 200, "cells: "),
        (1, 60, "largest section: "),
        (1, 60, "code cells without prose"),
    ],
)
def test_what_is_too_large_is_noticed(tmp_path, lines, cells, says):
    notebook = good()
    notebook.cells += [code(f"more-{number}", "1\n" * lines) for number in range(cells)]
    book = Notebook(tmp_path / CHAPTERS[8].file, writes(notebook))
    assert any(line.startswith(says) for line in too_large(book)), too_large(book)
