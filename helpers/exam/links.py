"""Where the answers are proved and what to read again: links that open JupyterLab at a cell."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from helpers.course import CHAPTERS
from helpers.exam.bank import SECTIONS
from helpers.exam.model import Item
from helpers.learning.topics import APPENDIX_OF

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


def _content(number: int) -> list[dict[str, Any]]:
    """A chapter's cells as they stand in its file; none without a notebook, or with a damaged one."""
    return cells_of(CHAPTERS[number - 1].file)


def _appended(number: int) -> list[dict[str, Any]]:
    """The cells of the appendix that shows a chapter's topics too: for chapter 4 the rules of tasks, for 7 the queues."""
    return cells_of(APPENDIX_OF[number]) if number in APPENDIX_OF else []


@cache
def cells_of(file: str) -> list[dict[str, Any]]:
    """The cells of a notebook as they stand in its file; none without one, or with a damaged one."""
    try:
        return json.loads((NOTEBOOKS / file).read_text(encoding="utf-8"))["cells"]
    except (OSError, ValueError, KeyError, TypeError):
        return []


@cache
def cells(number: int) -> dict[str, str]:
    """The ids of a chapter's code cells by themselves, and of the first one that bears a tag by that tag.

    A chapter counts the cells of its appendix as its own.
    """
    found: dict[str, str] = {}
    for cell in [*_content(number), *_appended(number)]:
        if cell["cell_type"] == "code":
            found[cell["id"]] = cell["id"]
            for tag in cell["metadata"].get("tags", []):
                found.setdefault(tag, cell["id"])
    return found


def cell(place: tuple[int, str]) -> str:
    """The id of the cell at a question's `place`; nothing when no code cell is there."""
    return cells(place[0]).get(place[1], "") if 1 <= place[0] <= len(CHAPTERS) else ""


@cache
def shown(place: tuple[int, str]) -> str:
    """What the code cell at a question's `place` has printed and given back when it was executed, as plain text."""
    id = cell(place)
    both = [*_content(place[0]), *_appended(place[0])]
    outputs = next((one.get("outputs", []) for one in both if one["id"] == id), []) if id else []
    texts = (one.get("text") or one.get("data", {}).get("text/plain", "") for one in outputs)
    return "\n".join("".join(text).rstrip("\n") for text in texts)


def home(number: int, id: str) -> str:
    """The file in which a chapter's cell stands: its notebook, or its appendix."""
    own = CHAPTERS[number - 1].file
    return own if any(cell["id"] == id for cell in _content(number)) else APPENDIX_OF.get(number, own)


def proof(item: Item) -> str:
    """Half a line on what proves a question: a link to the cell, or that code does."""
    place = item.question.place
    if place is None:
        return "Proved by code that the course's tests run."
    id = cell(place)
    if not id:
        return f"Proved in chapter {place[0]}."
    file = home(place[0], id)
    where = f"chapter {place[0]}" if file == CHAPTERS[place[0] - 1].file else "an appendix"
    told = "Measured by running this code; more of it in" if item.question.is_made else "Proved by"
    return f"{told} [this cell of {where}]({file}#cell-id={id})."


def printed(item: Item) -> str:
    """The same for paper: the notebook's file and the cell's id."""
    place = item.question.place
    if place is None or not cell(place):
        return proof(item)
    return f"Proved by the cell {cell(place)} of {home(place[0], cell(place))}."


def chapters() -> dict[int, str]:
    """Each chapter's number and title, as a link where its notebook exists."""
    return {
        chapter.number: f"[{chapter.number} {chapter.title}]({chapter.file})"
        if (NOTEBOOKS / chapter.file).is_file()
        else f"{chapter.number} {chapter.title}"
        for chapter in CHAPTERS
    }


def sections(numbers: Iterable[str]) -> dict[str, str]:
    """Each section's number and title, as a link that opens its notebook at the heading."""
    links = {}
    for number in numbers:
        chapter = CHAPTERS[int(number.partition(".")[0]) - 1]
        name = f"{number} {SECTIONS[number]}"
        found = (one["id"] for one in _content(chapter.number) if f"## {name}" in "".join(one["source"]).splitlines())
        if id := next(found, None):
            links[number] = f"[{name}]({chapter.file}#cell-id={id})"
    return links
