"""What whoever teaches should know of each section: the notes of `site/teaching.toml`, read by pydantic.

A note says what goes wrong, asks the class one question before a cell is run, and names what may be left out.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from helpers.authoring.cells import sections as stands_in
from helpers.course import CHAPTERS
from helpers.errors import CourseError

__all__ = ["Advice", "cells_of", "load", "sections"]

DATA = Path(__file__).with_name("site") / "teaching.toml"
_NUMBER = re.compile(r"\d+\.\d+")
_ID = r"[\w-]+"

Sentences = Annotated[str, Field(min_length=15, max_length=240, pattern=r"[.?]$")]


class Advice(BaseModel):
    """The note on one section; `run` is the cell that settles what was asked, `cells` those that may be left out."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    wrong: Sentences
    ask: Annotated[str, Field(max_length=200, pattern=r"^[^?]+\?$")]
    run: Annotated[str, Field(pattern=rf"^{_ID}$")]
    leave: Sentences
    cells: tuple[Annotated[str, Field(pattern=rf"^{_ID}(\.\.{_ID})?$")], ...] = Field(min_length=1)


@cache
def load() -> dict[str, Advice]:
    """The notes by section, "4.3"; pydantic.ValidationError for what is none."""
    return TypeAdapter(dict[str, Advice]).validate_python(tomllib.loads(DATA.read_text(encoding="utf-8")))


def sections(notebook: NotebookNode) -> dict[str, list[NotebookNode]]:
    """The cells of each section by its number; what stands before the first and behind the last has none."""
    where = stands_in(notebook)
    found: dict[str, list[NotebookNode]] = {}
    for cell in notebook.cells:
        if _NUMBER.fullmatch(where[cell.id]):
            found.setdefault(where[cell.id], []).append(cell)
    return found


def cells_of(section: str, notebooks: Mapping[str, NotebookNode]) -> list[NotebookNode]:
    """The cells of one section, of the notebooks by file name. CourseError where no notebook has it."""
    for chapter in CHAPTERS:
        if section in chapter.sections and chapter.file in notebooks:
            return sections(notebooks[chapter.file]).get(section, [])
    raise CourseError(f"No chapter has a section {section}.")
