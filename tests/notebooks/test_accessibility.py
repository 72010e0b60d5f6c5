"""What a screen reader and a converter need: links that say where they lead, pictures with words, no warning at all."""

import logging
import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_markdown_cell, new_notebook, new_output

import make

NOTEBOOKS = sorted((make.ROOT / "notebooks").glob("*.ipynb"))
PAGES = [make.ROOT / "README.md", make.ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|!\[[^\]]*\]\([^)]*\))+)\]\([^)\s]+\)")
VAGUE = {"here", "this", "link", "click here", "this page", "this link", "more", "read more", "see", "page"}


def vague_links(text: str) -> list[str]:
    """The links whose text, read alone, does not say where they lead."""
    shown = (re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", link) for link in LINK.findall(text))
    return [link for link in shown if link.strip(" `*").lower() in VAGUE or link.startswith(("http:", "https:"))]


def warnings(notebook: nbformat.NotebookNode) -> list[str]:
    """What nbconvert has to say when it makes a page of the notebook."""
    said: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda entry: said.append(entry.getMessage())
    log = logging.Logger("nbconvert of a test")
    log.addHandler(handler)
    HTMLExporter(log=log).from_notebook_node(notebook)
    return said


@pytest.mark.parametrize("path", [*NOTEBOOKS, *PAGES], ids=lambda path: path.stem)
def test_links_say_where_they_lead(path: Path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    assert vague_links(text) == []


def test_a_link_that_says_nothing_is_noticed():
    assert vague_links("[here](a.md), [section 4.3](b.md), [https://a.example](c) and ![here](d.svg)") == [
        "here",
        "https://a.example",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_nbconvert_has_nothing_to_warn_of(path: Path):
    assert warnings(nbformat.read(path, as_version=4)) == []


def test_a_picture_without_words_is_warned_of():
    picture = new_output("display_data", {"image/png": "iVBORw0KGgo="})
    cell = nbformat.v4.new_code_cell("show()", outputs=[picture])
    assert any("lternative text" in line for line in warnings(new_notebook(cells=[new_markdown_cell("# A"), cell])))
