"""Each topic has teeth: a cell that teaches it, or that uses what this one defines, asserts something or is compared."""

import ast
from collections.abc import Iterator

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output

from helpers.authoring import refresh
from helpers.authoring.cells import syntax, tags
from helpers.authoring.stored import loads
from tests.notebooks import contract
from tests.notebooks.needs import names
from tests.notebooks.test_tampering import changed, holders, text_of, with_code

# What a notebook says and no cell of it measures, and the test that does.
MEASURED_ELSEWHERE = {"topic-6.3-print": "tests/live/test_prints.py"}


def is_asserted(cell: NotebookNode) -> bool:
    """Whether a code cell asserts something that is not written there."""
    tree = syntax(cell.source)
    asserts = [node for node in ast.walk(tree) if isinstance(node, ast.Assert)] if tree else []
    return any(not isinstance(node.test, ast.Constant) for node in asserts)


def is_compared(cell: NotebookNode) -> bool:
    """Whether a code cell stores a fact that strict nbval compares."""
    if contract.UNCOMPARED_TAGS.intersection(tags(cell)):
        return False
    return any(changed(text_of(cell.outputs[number], key)) for number, key in holders(cell.outputs))


def has_teeth(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and (is_asserted(cell) or is_compared(cell))


def sections(file: str) -> Iterator[list[NotebookNode]]:
    """The cells of a notebook from each heading of the second rank to the next."""
    section: list[NotebookNode] = []
    for cell in loads((refresh.NOTEBOOKS / file).read_text(encoding="utf-8")).cells:
        if cell.cell_type == "markdown" and cell.source.startswith("## "):
            yield section
            section = []
        section.append(cell)
    yield section


def proves(section: list[NotebookNode], place: int) -> bool:
    """Whether the cell at a place has teeth or, as what it defines goes on, one behind it that uses that.

    What prose says is measured by the next code cell.
    """
    first, *behind = section[place:]
    if has_teeth(first):
        return True
    if first.cell_type != "code":
        code = [n for n, cell in enumerate(behind) if cell.cell_type == "code"]
        return bool(code) and proves(behind, code[0])
    own = names(first.source)
    return any(map(has_teeth, users([cell for cell in behind if cell.cell_type == "code"], own.bound | own.marked)))


def users(cells: list[NotebookNode], given: set[str]) -> Iterator[NotebookNode]:
    """The cells that use these names, or what is made from them."""
    for cell in cells:
        used = names(cell.source)
        if given & (used.read | used.later | used.marked):
            yield cell
            given = given | used.bound


@pytest.mark.parametrize("file", with_code())
def test_each_topic_is_taught_by_a_cell_that_can_fail(file: str):
    shown: dict[str, bool] = {}
    for section in sections(file):
        for place, cell in enumerate(section):
            for tag in tags(cell):
                if tag.startswith("topic-"):
                    shown[tag] = shown.get(tag, False) or proves(section, place)
    assert not any(shown.get(tag) for tag in MEASURED_ELSEWHERE), "it is measured here by now"
    toothless = [tag for tag, proved in shown.items() if not proved and tag not in MEASURED_ELSEWHERE]
    assert not toothless, f"{file}: no cell fails when these change: {toothless}"


def test_a_topic_is_proved_by_what_uses_its_definitions_and_by_nothing_else():
    defines, unrelated = new_code_cell("def double(n):\n    return 2 * n"), new_code_cell("assert sum([1]) == 1")
    uses, shows = new_code_cell("assert double(2) == 4"), new_code_cell("four = double(2)")
    numbered = new_code_cell("1", outputs=[new_output("stream", text="3.11.7\n")])
    assert proves([defines, unrelated, uses], 0) and not proves([defines, unrelated], 0)
    assert proves([defines, shows, new_code_cell("assert four == 4")], 0), "by way of another name"
    assert not proves([shows, new_code_cell("assert True")], 0) and not has_teeth(numbered)
    assert proves([new_markdown_cell("prose"), uses], 0) and not proves([new_markdown_cell("prose"), shows, uses], 0)
