"""What whoever teaches should know of each section: the notes of `site/teaching.toml`, read by pydantic.

A note says what goes wrong, asks the class one question before a cell is run, and names what may be left out.
"""

import ast
import dis
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from types import CodeType
from typing import Annotated

from nbformat import NotebookNode
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from helpers.authoring.cells import sections as stands_in
from helpers.authoring.cells import syntax
from helpers.course import CHAPTERS
from helpers.errors import CourseError

__all__ = ["Advice", "cells_of", "left_out", "load", "needed", "sections"]

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


def left_out(advice: Advice, cells: list[NotebookNode]) -> list[NotebookNode]:
    """Of a section's cells those that its note lets out. CourseError for an id or a stretch that is not there."""
    place = {cell.id: position for position, cell in enumerate(cells)}
    gone: list[NotebookNode] = []
    for stretch in advice.cells:
        first, _, last = stretch.partition("..")
        last = last or first
        if not (first in place and last in place and place[first] <= place[last]):
            raise CourseError(f"There is no stretch of cells {stretch} in the section.")
        gone += cells[place[first] : place[last] + 1]
    return gone


def needed(gone: list[NotebookNode], kept: list[NotebookNode]) -> set[str]:
    """The names that only cells left out bind and that a cell kept reads: there must be none."""
    bound, read = set(), set()
    for stored, loaded in (_names(cell.source) for cell in kept if cell.cell_type == "code"):
        bound |= stored
        read |= loaded
    return (set().union(*(_names(cell.source)[0] for cell in gone if cell.cell_type == "code")) - bound) & read


@lru_cache(maxsize=1024)
def _names(source: str) -> tuple[set[str], set[str]]:
    """The global names that a cell's code binds, and those that it reads, as its byte code has them."""
    tree = syntax(source)
    if tree is None:
        return set(), set()
    whole = compile(tree, "<cell>", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    return set(_used(whole, "STORE_")), set().union(*(_used(code, "LOAD_") for code in _nested(whole)))


def _used(code: CodeType, what: str) -> Iterator[str]:
    kinds = (f"{what}NAME", f"{what}GLOBAL")
    return (str(step.argval) for step in dis.get_instructions(code) if step.opname in kinds)


def _nested(code: CodeType) -> Iterator[CodeType]:
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _nested(constant)
