"""Teeth: when the framework behaves otherwise, the notebooks fail. Each fault is planted in a kernel of its own.

`faults/` holds the faults and the cells that catch them; only these and what they need are run, in the order of the
notebook. Some are planted in the programs that the cells start, too. A cell catches a fault when it raises, or shows
something else than what is stored. `make slow` runs all, and `tests/conftest.py` prints which cell caught what, and how;
`make test` runs a few.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.authoring.cells import tags
from helpers.authoring.stored import Sanitiser, coalesce_streams, same_outputs
from tests.conftest import PLANTED
from tests.notebooks.faults import FAULTS, Fault
from tests.notebooks.faults.planting import plant, planted_in
from tests.notebooks.kernels import code_of, run, shown
from tests.notebooks.needs import names, needed, selected

SANITISE = Sanitiser()
# What is thrown away says its last word here, and not in a cell that follows.
FORGET = "get_ipython().run_line_magic('reset', '-f'); import gc; gc.collect()"


# What is run


def chosen(fault: Fault, chapter: int | str) -> list[NotebookNode]:
    """The cells of a chapter that must run so that those that catch the fault can, in order."""
    cells = code_of(chapter)
    ids = [cell.id for cell in cells]
    whole: dict[int, bool] = {}
    for id in fault.caught[chapter].split():
        assert id in ids, (
            f"chapter {chapter} has no cell {id}: where it was renamed, rename it in tests/notebooks/faults/"
        )
        for position, all_of_it in needed([cell.source for cell in cells], ids.index(id)).items():
            whole[position] = whole.get(position, False) or all_of_it
    return selected(cells, whole)


# What a cell shows


def objection(stored: NotebookNode, fresh: NotebookNode) -> str:
    """How a cell that was run notices: the error that it raised, or "another output"; nothing when all is as stored."""
    for output in fresh.outputs:
        if output.output_type == "error" and "raises-exception" not in tags(stored):
            return output.ename
    fresh.outputs = coalesce_streams(fresh.outputs)
    if "nbval-ignore-output" in tags(stored) or same_outputs(stored, fresh, SANITISE):
        return ""
    return "another output"


def objections(fault: Fault, chapter: int | str, folder: Path) -> dict[str, str]:
    """What the catching cells of a chapter object in a kernel in which the fault was planted."""
    cells = chosen(fault, chapter)
    planted, *fresh = run([plant(fault, folder), *cells])
    errors = [output.evalue for output in planted.outputs if output.output_type == "error"]
    in_children = planted_in(folder)
    errors += filter(None, in_children)
    assert not errors, f"the fault itself could not be planted: {errors[0]}"
    assert in_children or fault.where != "children", "the cells started no program in which it could be planted"
    found = {cell.id: objection(cell, now) for cell, now in zip(cells, fresh)}
    return {id: found[id] for id in fault.caught[chapter].split()}


# The tests

EACH = [(fault, chapter) for fault in FAULTS for chapter in fault.caught]
CHAPTERS = sorted({chapter for _, chapter in EACH}, key=str)


@pytest.mark.parametrize(
    "fault, chapter",
    [
        pytest.param(
            fault, chapter, marks=() if fault.quick == chapter else pytest.mark.slow, id=f"{chapter}-{fault.name}"
        )
        for fault, chapter in EACH
    ],
)
def test_a_planted_fault_is_caught(fault: Fault, chapter: int | str, record_property: Callable, tmp_path: Path):
    found = objections(fault, chapter, tmp_path)
    cells = ", ".join(f"{id} ({how or 'NOT'})" for id, how in found.items())
    record_property(PLANTED, [fault.package, fault.name, f"{chapter}: {cells}"])
    assert all(found.values()), f"cells that do not notice: {[id for id, how in found.items() if not how]}"
    # That would be a cell that lacks one before it, here or because that one failed.
    assert "NameError" not in found.values(), found


def test_the_quick_faults_leave_no_cell_failing_when_they_are_not_planted():
    untouched([(fault, chapter) for fault, chapter in EACH if fault.quick == chapter])


@pytest.mark.slow
@pytest.mark.parametrize("chapter", CHAPTERS)
def test_without_a_fault_nothing_fails(chapter: int | str):
    untouched([(fault, number) for fault, number in EACH if number == chapter])


def untouched(faults: list[tuple[Fault, int | str]]) -> None:
    """Runs what each fault runs, without it: one kernel, emptied each time, since a fault's cells start from nothing."""
    selections = {
        tuple(cell.id for cell in cells): cells for cells in (chosen(fault, chapter) for fault, chapter in faults)
    }
    cells = [cell for selection in selections.values() for cell in (new_code_cell(FORGET), *selection)]
    found = {
        cell.id: f"{how}: {shown(fresh)}"
        for cell, fresh in zip(cells, run(cells))
        if cell.source != FORGET and (how := objection(cell, fresh))
    }
    assert not found, f"without a fault: {found}"


def test_no_fault_stands_here_twice():
    assert len({fault.name for fault in FAULTS}) == len({fault.code for fault in FAULTS}) == len(FAULTS)
    assert all(fault.quick is None or fault.quick in fault.caught for fault in FAULTS)


# Into other programs

ASK = "import json; print(json.dumps(7))"
STARTING = f"""
import json, subprocess, sys
from helpers import process
def said(*command, **env):
    with process(["python", *command], env=env) as started:
        started.wait(20)
        return started.log.strip()
twice = "import subprocess, sys; subprocess.run([sys.executable, '-c', " + repr({ASK!r}) + "])"
bare = subprocess.run([sys.executable, "-c", {ASK!r}], env={{}}, capture_output=True, text=True).stdout.strip()
ways = [said("-c", {ASK!r}), said("-c", {ASK!r}, PYTHONPATH="."), said("-c", twice), bare]
print(json.dumps(7), *ways, said("-I", "-c", {ASK!r}))
"""


def started(tmp_path: Path, code: str) -> str:
    """What a program says of the programs that it starts, when this fault is planted in those."""
    fault = Fault("json writes another number", code, {}, where="children")
    cell = plant(fault, tmp_path).source
    done = subprocess.run([sys.executable, "-c", cell + STARTING], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_fault_travels_into_whatever_program_is_started(tmp_path: Path):
    said = started(tmp_path, "import json; theirs = json.dumps; json.dumps = lambda value: theirs(value + 1)")
    # In the program itself; by process(), with a path of its own, by a child, by subprocess; and where Python is alone.
    assert said == "7 8 8 8 8 7"
    assert len(planted_in(tmp_path)) == 5 and not any(planted_in(tmp_path))


def test_a_fault_that_cannot_be_planted_in_a_child_is_told(tmp_path: Path):
    assert started(tmp_path, "import json; json.dump_s") == "7 7 7 7 7 7"
    assert ["AttributeError" in said for said in planted_in(tmp_path)] == [True] * 5


# The inference


def test_a_cell_needs_what_binds_and_marks_what_it_reads():
    sources = [
        "import time",
        "def wait():\n    time.sleep(LENGTH)",
        "app = old()",
        "app = FastAPI()",
        "@app.get('/')\ndef root(): ...",
        "shelf = {}\nother = 1",
        "shelf[7] = 2",
        "shelf.clear()",
        "LENGTH = 3",
        "unused = app",
        "with serve(app) as server:\n    wait()\n    print([n for n in shelf])",
        "app = later()",
    ]
    assert needed(sources, 10) == {0: False, 1: True, 3: True, 4: True, 5: True, 6: True, 8: True, 10: True}
    assert needed(sources, 11) == {11: True}


def test_a_cell_that_reads_a_folder_needs_the_files_that_a_magic_writes_into_it():
    sources = [
        "project = folder()",
        "%%project main.py\napp = 1",
        "%%html\n<b>",
        "test(project)",
        "%%project more.py\n",
    ]
    assert needed(sources, 3) == needed(sources[:4], 3) == {0: True, 1: True, 3: True}
    assert set(needed(sources, 4)) == {0, 1, 4}


def test_a_function_that_nobody_calls_needs_nothing():
    sources = [
        "size = 1",
        "def fill():\n    return size",
        "def name():\n    return word",
        "word = 'a'",
        "print(name())",
    ]
    assert needed(sources, 4) == {2: True, 3: True, 4: True}
    sources[1] = "def name():\n    return word\ndef fill():\n    return size"
    sources[2] = "other = 1"
    assert needed(sources, 4) == {0: True, 1: True, 3: True, 4: True}
    # What the course's own solution reads as it is called; `send_receipt` in the task that it adds.
    assert {"yours", "retrying", "shelf", "send_receipt"} <= names("yours('retrying', '9.1-retry')").read
    assert "send_receipt" not in names("yours('listing', '9.1-pages')").read


def test_what_a_cell_binds_before_it_reads_comes_from_nowhere_else():
    assert names("app = FastAPI()\napp.get('/')").read == {"FastAPI"}
    assert names("service = service if up else start()").read == {"service", "up", "start"}
    assert names("n += 1").read == {"n"}
    assert names("for n in all: print(n)").read == {"all", "print"}
    assert names("class A(B):\n    c = 1\n    d: E = c").read == {"B", "E"}
    assert names("def f(a: B = c) -> D:\n    e = a\n    return e, g").read == {"B", "c", "D"}
    assert names("def f(a):\n    e = a\n    return e, g").later == {"g"}
    assert names("answer = await client.get('/')").read == {"client"}
