"""What stands in a notebook's cells: the calls of its code, its headings, and which cells answer a prediction."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import takewhile

from IPython.core.inputtransformer2 import TransformerManager
from nbformat import NotebookNode

ANSWER_TAG = "answers-prediction"
_SECTION = re.compile(r"(\d+\.\d+) ")
_HEADING = re.compile(r"(#{1,6}) +(.*\S)")


def tags(cell: NotebookNode) -> list[str]:
    """The cell's tags, none where it has none."""
    return cell.metadata.get("tags", [])


@lru_cache(maxsize=4096)
def syntax(source: str) -> ast.Module | None:
    """The syntax tree of a cell as IPython runs it (`%magic`, `!command`, `await`), or None if it is not Python."""
    try:
        code = TransformerManager().transform_cell(source)
        return compile(code, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return None


def called(tree: ast.AST | None, *names: str) -> Iterator[ast.Call]:
    """Each call in the tree by one of the names, as in `record(...)` and `lab.record(...)`; none without a tree."""
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Call) and (getattr(node.func, "attr", None) or getattr(node.func, "id", None)) in names:
            yield node


def calls(cell: NotebookNode, name: str) -> Iterator[ast.Call]:
    """Each call by that name in a code cell; none in other cells."""
    return called(syntax(cell.source) if cell.cell_type == "code" and name in cell.source else None, name)


def headings(cell: NotebookNode) -> Iterator[tuple[int, str]]:
    """Level and text of each heading in a Markdown cell; a `#` inside a code block is no heading."""
    if cell.cell_type != "markdown":
        return
    fenced = False
    for line in cell.source.splitlines():
        if line.lstrip().startswith(("```", "~~~")):
            fenced = not fenced
        elif not fenced and (found := _HEADING.fullmatch(line.rstrip())):
            yield len(found[1]), found[2]


def opens_section(cell: NotebookNode) -> bool:
    """True if a `## ` heading stands in the cell."""
    return any(level == 2 for level, _ in headings(cell))


def sections(notebook: NotebookNode) -> dict[str, str]:
    """In which section each cell stands, by the cell's id: its number, or the heading where it has none."""
    section, where = "", {}
    for cell in notebook.cells:
        for level, text in headings(cell):
            if level == 2:
                numbered = _SECTION.match(text)
                section = numbered[1] if numbered else text
        where[cell.id] = section
    return where


def predicted(cell: NotebookNode) -> str | None:
    """The id of the prediction that the code cell asks for with `predict("id", ...)`, None if it asks for none."""
    return next(iter(first_texts(cell, "predict")), None)


def answers(cells: list[NotebookNode], position: int) -> list[NotebookNode]:
    """The code cells whose outputs would give away what the cell at `position` asks to predict.

    They go from there to the cell that settles the prediction, and on over the code cells that follow it directly. It
    is settled, within the section, by the cell that calls `compare(` with the same id, else by the first cell tagged
    `answers-prediction`, else by the first that calls `record(`; where no cell does, the list is empty.
    """
    asked = predicted(cells[position])
    reach = list(takewhile(lambda cell: not opens_section(cell), cells[position + 1 :]))
    settling = (
        lambda cell: asked in first_texts(cell, "compare"),
        lambda cell: cell.cell_type == "code" and ANSWER_TAG in tags(cell),
        lambda cell: any(calls(cell, "record")),
    )
    found = (index for settles in settling for index, cell in enumerate(reach) if settles(cell))
    end = next(found, None)
    if end is None:
        return []
    while end + 1 < len(reach) and reach[end + 1].cell_type == "code":
        end += 1
    return [cell for cell in reach[: end + 1] if cell.cell_type == "code" and predicted(cell) is None]


def folded(cells: list[NotebookNode]) -> set[str]:
    """The ids of all cells whose stored outputs stay folded until they are run, because they answer a prediction."""
    return {
        answer.id
        for position, cell in enumerate(cells)
        if predicted(cell) is not None
        for answer in answers(cells, position)
        if answer.outputs
    }


def first_texts(cell: NotebookNode, name: str) -> list[str]:
    """The first argument of each call by that name in a code cell, where it is a literal."""
    return [
        str(call.args[0].value) for call in calls(cell, name) if call.args and isinstance(call.args[0], ast.Constant)
    ]
