"""Every cell can be run again, alone: twice in a row, once more after its prediction, and its section after a restart.

Each notebook runs in a kernel of its own; a cell fails here when it raises, or shows something else than what is stored.
`make slow` tries all notebooks, `make test` those that take a few seconds.
"""

from collections.abc import Collection

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.authoring.cells import calls, opens_section, predicted, tags
from helpers.authoring.stored import Sanitiser, coalesce_streams, same_outputs
from helpers.course import QUEUES
from helpers.learning import catalogue
from tests.notebooks.kernels import cells_of, code_of, run, shown
from tests.notebooks.needs import needed, selected

SANITISE = Sanitiser()
NOTEBOOKS: list[int | str] = [0, *catalogue.numbers(), QUEUES]
QUICK = {0, 10}  # a few seconds each

# What a second run rightly shows otherwise, and why.
SAYS_ELSE = {
    "mig-edit": "the database is migrated already",
    "org-wrong-setting": "the address is registered already",
}


def repeated(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Each code cell twice, and a measured one once more behind its prediction, which now has an answer."""
    sequence, asked = [], {predicted(cell): cell for cell in cells if predicted(cell)}
    for cell in cells:
        sequence += [cell, cell]
        for call in calls(cell, "compare"):
            id = call.args[0].value
            prediction = catalogue.prediction(id)
            choice = next(iter(prediction.options), prediction.answer)
            sequence += [new_code_cell(asked[id].source.replace("...", repr(choice)), id=asked[id].id), cell]
    return sequence


def objections(cells: list[NotebookNode], also_shown: bool = True) -> dict[str, str]:
    """Runs cells in a kernel of their own; by id what raised, or shows otherwise than stored, when that counts too."""
    found: dict[str, str] = {}
    for stored, fresh in zip(cells, run(cells)):
        fresh.outputs = coalesce_streams(fresh.outputs)
        raised = [f"{out.ename}: {out.evalue}" for out in fresh.outputs if out.output_type == "error"]
        if raised and "raises-exception" not in tags(stored):
            found.setdefault(stored.id, raised[0])
        elif also_shown and not ({"nbval-ignore-output"} & set(tags(stored)) or stored.id in SAYS_ELSE):
            if stored.outputs and not same_outputs(stored, fresh, SANITISE):
                found.setdefault(stored.id, f"shows otherwise: {shown(fresh)}")
    return found


def told(found: dict[str, str]) -> str:
    return "\n".join(f"{id}: {why}" for id, why in found.items())


def sections(number: int | str) -> list[list[NotebookNode]]:
    """The code cells of a notebook by section; what stands before the first heading is one too."""
    found: list[list[NotebookNode]] = [[]]
    for cell in cells_of(number):
        if opens_section(cell):
            found.append([])
        if cell.cell_type == "code":
            found[-1].append(cell)
    return [section for section in found if section]


def after_restart(number: int | str, section: list[NotebookNode]) -> list[NotebookNode]:
    """The cells of a section, and before them those of other sections, or their imports, that it needs."""
    cells = code_of(number)
    sources, ids = [cell.source for cell in cells], [cell.id for cell in cells]
    own = [ids.index(cell.id) for cell in section]
    whole: dict[int, bool] = {}
    for position in own:
        for other, all_of_it in needed(sources, position).items():
            whole[other] = whole.get(other, False) or all_of_it
    whole |= dict.fromkeys([0, *own], True)  # the first cell imports what the whole notebook uses
    return selected(cells, whole)


def each(quick: Collection[int | str]):
    marks = [pytest.param(number, marks=() if number in quick else pytest.mark.slow) for number in NOTEBOOKS]
    return pytest.mark.parametrize("number", marks)


@each(QUICK)
def test_every_cell_can_be_run_twice_and_after_its_prediction(number):
    found = objections(repeated(code_of(number)))
    assert told(found) == ""


@each({0})
def test_every_section_runs_after_a_restart(number):
    found: dict[str, str] = {}
    for section in sections(number):
        found |= objections(after_restart(number, section), also_shown=False)
    assert told(found) == ""


# The tests have teeth


def cell(source: str, **fields) -> NotebookNode:
    return new_code_cell(source, **fields)


def test_a_cell_that_cannot_be_run_again_is_found():
    cells = [
        cell("numbers = [1]\nseen = []", id="a"),
        cell("numbers.pop()", id="raises"),
        cell(
            "seen.append(1)\nprint(len(seen))",
            id="counts",
            outputs=[{"output_type": "stream", "name": "stdout", "text": "1\n"}],
        ),
    ]
    found = objections(repeated(cells))
    assert found == {"raises": "IndexError: pop from empty list", "counts": "shows otherwise: 2\n"}


def test_a_measured_cell_runs_once_more_behind_its_answered_prediction():
    cells = [cell for cell in code_of(3) if cell.id in ("stale-predict", "stale-measured")]
    sources = [cell.source for cell in repeated(cells)]
    assert sources[:2] == [cells[0].source] * 2 and sources[2:4] == [cells[1].source] * 2
    assert sources[4:] == ["predict(\"3.4-stale\", 'a')", cells[1].source]


def test_what_rightly_shows_otherwise_stands_in_a_notebook():
    assert set(SAYS_ELSE) <= {cell.id for number in NOTEBOOKS for cell in code_of(number)}
