"""What a screen reader needs of a text: links that say where they lead. (Pictures with words: the contract.)"""

import re
from pathlib import Path

import nbformat
import pytest

import make
from helpers.authoring import refresh

PAGES = [make.ROOT / "README.md", make.ROOT / "CONTRIBUTING.md"]
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|!\[[^\]]*\]\([^)]*\))+)\]\([^)\s]+\)")
VAGUE = {"here", "this", "link", "click here", "this page", "this link", "more", "read more", "see", "page"}


def vague_links(text: str) -> list[str]:
    """The links whose text, read alone, does not say where they lead."""
    shown = (re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"\1", link) for link in LINK.findall(text))
    return [link for link in shown if link.strip(" `*").lower() in VAGUE or link.startswith(("http:", "https:"))]


@pytest.mark.parametrize("path", [*refresh.stored(), *PAGES], ids=lambda path: path.stem)
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
