"""What `solution(id)` prints, pasted below its notebook's cells, is SOLVED: right below its exercise, and after all cells."""

import ast
import builtins
import re
import symtable

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.authoring.cells import called, calls, syntax, tags
from helpers.learning import catalogue
from helpers.learning.exercises import SOLVED, solution
from helpers.learning.model import Exercise
from tests.chapters import answers
from tests.notebooks.kernels import code_of, run
from tests.notebooks.needs import names

WRITTEN = list(answers.written(catalogue.exercises))


def printed(exercise: Exercise) -> str:
    """The code that a learner copies from below `solution(id)`."""
    return solution(exercise.id).text.partition("\n\n")[2]


def check_of(source: str, id: str) -> str:
    """The call of `check` in a cell, as code."""
    return next(ast.unparse(call) for call in called(syntax(source), "check") if call.args[0].value == id)


def outer(code: str) -> set[str]:
    """The names that a code uses, in its functions too, and does not define itself."""

    def globals_of(table: symtable.SymbolTable) -> set[str]:
        inner = [globals_of(child) for child in table.get_children()]
        return {symbol.get_name() for symbol in table.get_symbols() if symbol.is_global()}.union(*inner)

    table = symtable.symtable(code, "solution", "exec")
    symbols = table.get_symbols()
    defined = {symbol.get_name() for symbol in symbols if symbol.is_assigned() or symbol.is_imported()}
    return ({symbol.get_name() for symbol in symbols if symbol.is_referenced()} | globals_of(table)) - defined


@pytest.mark.parametrize(("number", "exercise"), WRITTEN, ids=[exercise.id for _, exercise in WRITTEN])
def test_a_printed_solution_uses_what_the_notebook_or_itself_defines(number, exercise):
    bound: set[str] = set(dir(builtins))
    for cell in code_of(number):
        bound |= names(cell.source).bound
        if any(call.args[0].value == exercise.id for call in calls(cell, "check")):
            break
    code = printed(exercise)
    assert outer(code) - bound == set(), "unknown below its exercise"
    assert [name for name in outer(code) | names(code).bound if re.match("_[a-z]", name)] == [], "private"


def pasted(number: int) -> list[str]:
    """Runs a chapter's cells with each solution pasted below its exercise and again at the end; what went wrong."""
    exercises = catalogue.exercises(number)
    cells, tests, last = [], {}, {}

    def paste(exercise: Exercise, where: str) -> None:
        cells.append(new_code_cell(printed(exercise)))
        tests[len(cells)] = f"{exercise.id} {where}"
        cells.append(new_code_cell(last[exercise.id]))

    for cell in code_of(number):
        cells.append(cell)
        asked = {call.args[0].value for call in calls(cell, "check")}
        for exercise in (one for one in exercises if one.id in asked):
            last[exercise.id] = check_of(cell.source, exercise.id)
            paste(exercise, "below its cell")
    for exercise in exercises:
        paste(exercise, "after all cells")
    assert len(tests) == 2 * len(exercises)
    told = (went_wrong(cell, tests.get(position, "")) for position, cell in enumerate(run(cells)))
    return [text for text in told if text]


def went_wrong(cell: NotebookNode, test: str) -> str:
    """What is wrong with a cell that was run, `test` saying which solution it checks, if any; nothing when all is well."""
    errors = [f"{out.ename}: {out.evalue}" for out in cell.outputs if out.output_type == "error"]
    shown = "".join(out.get("data", {}).get("text/plain", "") for out in cell.outputs)
    if test and not shown.startswith(SOLVED):
        return f"{test}: {errors or shown}"
    return f"{cell.source[:60]!r}: {errors}" if errors and "raises-exception" not in tags(cell) else ""


@pytest.mark.slow
@pytest.mark.parametrize("number", catalogue.numbers())
def test_printed_solutions_pasted_below_their_notebooks_cells_are_solved(number):
    assert pasted(number) == []


def test_a_solution_that_lacks_a_name_is_noticed(monkeypatch):
    one = catalogue.exercises(2)[0]
    monkeypatch.setattr(f"{__name__}.printed", lambda exercise: "nobody_defines_this()")
    with pytest.raises(AssertionError, match="unknown below its exercise"):
        test_a_printed_solution_uses_what_the_notebook_or_itself_defines(2, one)
