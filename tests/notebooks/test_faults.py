"""Teeth: when the framework behaves otherwise, the notebooks fail. Each fault is planted in a kernel of its own.

`faults.py` holds the faults and the cells that catch them; only these and what they need are run, in the order of the
notebook. A cell catches a fault when it raises, or shows something else than what is stored. `make slow` runs all, and
prints which cell caught what, and how; `make test` runs a few.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from helpers.authoring import refresh
from helpers.authoring.cells import syntax, tags
from helpers.authoring.stored import Sanitiser, coalesce_streams, same_outputs
from tests.notebooks.faults import FAULTS, Fault

SANITISE = Sanitiser()
FORGET = "get_ipython().run_line_magic('reset', '-f')"


# What a cell needs


@dataclass
class Names:
    """What a cell does with names: which it reads as it runs, which its functions read later, and which it binds.

    `imported` are those of the latter that an import binds; `marked` are those it does something to that later cells
    rely on: `@app.get(...)`, `parcels[7] = ...`.
    """

    read: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)


class _Reader(ast.NodeVisitor):
    """Reads a cell in the order in which Python runs it: what is bound before it is read needs no other cell."""

    def __init__(self, tree: ast.Module):
        self.names = Names()
        for statement in tree.body:
            self.visit(statement)
            self.names.marked |= set(_marked(statement))
            if isinstance(statement, ast.Import | ast.ImportFrom):
                self.names.imported |= {_alias(alias) for alias in statement.names}

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.names.bound.add(node.id)
        elif node.id not in self.names.bound:
            self.names.read.add(node.id)

    def visit_alias(self, node: ast.alias) -> None:
        self.names.bound.add(_alias(node))

    def visit_Assign(self, node: ast.Assign) -> None:
        self.visit(node.value)
        for target in node.targets:
            self.visit(target)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        self.names.read |= {name for name in _loaded(node) | _stored(node.target) if name not in self.names.bound}
        self.visit(node.target)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        for part in (node.annotation, node.value, node.target):
            if part is not None:
                self.visit(part)

    def visit_For(self, node: ast.For | ast.AsyncFor) -> None:
        for part in (node.iter, node.target, *node.body, *node.orelse):
            self.visit(part)

    visit_AsyncFor = visit_For

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        now = [*node.decorator_list, *node.args.defaults, *node.args.kw_defaults, node.returns]
        for part in [*now, *(argument.annotation for argument in arguments if argument)]:
            if part is not None:
                self.visit(part)
        self.names.bound.add(node.name)
        self._later(node)

    visit_AsyncFunctionDef = visit_FunctionDef

    def visit_Lambda(self, node: ast.Lambda) -> None:
        self._later(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        outside = set(self.names.bound)
        self.generic_visit(node)
        self.names.bound = outside | {node.name}

    def _comprehension(self, node: ast.AST) -> None:
        self.names.read |= _loaded(node) - _stored(node) - self.names.bound

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _comprehension

    def _later(self, function: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        own = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        body = ast.Module(function.body if isinstance(function.body, list) else [ast.Expr(function.body)], [])
        self.names.later |= _loaded(body) - _stored(body) - own


def _alias(alias: ast.alias) -> str:
    return alias.asname or alias.name.partition(".")[0]


def _loaded(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}


def _stored(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _marked(statement: ast.stmt) -> Iterator[str]:
    """`@name.method(...)`, `name.method(...)`, `name.method(...)(function)`, `name.attribute = ...`, `name[...] = ...`."""
    for node in getattr(statement, "decorator_list", []):
        yield from _owner(node)
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        call = statement.value
        # What is cleared is cleared again by whoever relies on it.
        if not (isinstance(call.func, ast.Attribute) and call.func.attr == "clear"):
            yield from _owner(call)
    if isinstance(statement, ast.Assign):
        for target in statement.targets:
            if isinstance(target, ast.Attribute | ast.Subscript) and isinstance(target.value, ast.Name):
                yield target.value.id


def _owner(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Call):
        node = node.func
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        yield node.value.id


@cache
def names(source: str) -> Names:
    """What a cell does with names."""
    tree = syntax(source)
    return _Reader(tree).names if tree is not None else Names()


def needed(sources: list[str], target: int) -> dict[int, bool]:
    """The positions of the cells that must have run before the one at `target`, itself included.

    False stands at those of which only the imports are needed. A name comes from the last cell before that binds it, and
    from the cells between that mark it. What a function reads must be there where the function was defined and, as it is
    by then, where the target calls it.
    """
    found = {target: True}
    waiting = [target]

    def provide(name: str, before: int) -> None:
        binding = next((n for n in reversed(range(before)) if name in names(sources[n]).bound), None)
        if binding is None:
            return  # a builtin
        if name in names(sources[binding]).imported:
            found.setdefault(binding, False)
            return
        for position in (binding, *(n for n in range(binding + 1, before) if name in names(sources[n]).marked)):
            if not found.get(position):
                found[position] = True
                waiting.append(position)

    while waiting:
        position = waiting.pop()
        cell = names(sources[position])
        for name in cell.read | (cell.later - cell.bound):
            provide(name, position)
        for name in cell.later - names(sources[target]).bound:
            provide(name, target)
    return found


def imports(cell: NotebookNode) -> NotebookNode:
    """The imports of a cell, as a cell."""
    tree = syntax(cell.source)
    statements = [node for node in (tree.body if tree else []) if isinstance(node, ast.Import | ast.ImportFrom)]
    return new_code_cell("\n".join(map(ast.unparse, statements)), id=f"{cell.id}-imports")


def code_of(chapter: int | str) -> list[NotebookNode]:
    """The code cells of a chapter's notebook, 0 being the start page, or of an appendix by its file."""
    paths = sorted(refresh.NOTEBOOKS.glob(chapter if isinstance(chapter, str) else f"{chapter:02d}_*.ipynb"))
    assert len(paths) == 1, f"chapter {chapter} is written in {len(paths)} notebooks"
    return [cell for cell in nbformat.read(paths[0], as_version=4).cells if cell.cell_type == "code"]


def chosen(fault: Fault, chapter: int | str) -> list[NotebookNode]:
    """The cells of a chapter that must run so that those that catch the fault can, in order."""
    cells = code_of(chapter)
    ids = [cell.id for cell in cells]
    whole: dict[int, bool] = {}
    for id in fault.caught[chapter].split():
        assert id in ids, (
            f"chapter {chapter} has no cell {id}: where it was renamed, rename it in tests/notebooks/faults.py"
        )
        for position, all_of_it in needed([cell.source for cell in cells], ids.index(id)).items():
            whole[position] = whole.get(position, False) or all_of_it
    return [cells[position] if whole[position] else imports(cells[position]) for position in sorted(whole)]


# What a cell shows


def run(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Runs copies of the cells in a kernel of their own, beside the notebooks, and returns them."""
    notebook = new_notebook(cells=[new_code_cell(cell.source, metadata=cell.metadata) for cell in cells])
    resources = {"metadata": {"path": str(refresh.NOTEBOOKS)}}
    quiet = ["--IPKernelApp.log_level=ERROR"]
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", allow_errors=True, resources=resources, extra_arguments=quiet
    )
    client.execute()
    return notebook.cells


def objection(stored: NotebookNode, fresh: NotebookNode) -> str:
    """How a cell that was run notices: the error that it raised, or "another output"; nothing when all is as stored."""
    for output in fresh.outputs:
        if output.output_type == "error" and "raises-exception" not in tags(stored):
            return output.ename
    fresh.outputs = coalesce_streams(fresh.outputs)
    if "nbval-ignore-output" in tags(stored) or same_outputs(stored, fresh, SANITISE):
        return ""
    return "another output"


def plant(fault: Fault) -> NotebookNode:
    """A cell that plants the fault and leaves no name behind, because a notebook binds names of its own."""
    return new_code_cell(f"exec({fault.code!r}, {{'__name__': 'fault'}})")


def objections(fault: Fault, chapter: int | str) -> dict[str, str]:
    """What the catching cells of a chapter object in a kernel in which the fault was planted."""
    cells = chosen(fault, chapter)
    planted, *fresh = run([plant(fault), *cells])
    errors = [output.evalue for output in planted.outputs if output.output_type == "error"]
    assert not errors, f"the fault itself could not be planted: {errors[0]}"
    found = {cell.id: objection(cell, now) for cell, now in zip(cells, fresh)}
    return {id: found[id] for id in fault.caught[chapter].split()}


# The tests

EACH = [(fault, chapter) for fault in FAULTS for chapter in fault.caught]
CHAPTERS = sorted({chapter for _, chapter in EACH}, key=str)


@pytest.fixture(scope="module")
def table(request: pytest.FixtureRequest) -> Iterator[list[tuple[str, str]]]:
    """Rows that are printed when all faults were planted: the fault, and what each cell objected."""
    rows: list[tuple[str, str]] = []
    yield rows
    width = max((len(name) for name, _ in rows), default=0)
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        print("\n\nPlanted faults and the cells that caught them\n")
        print("\n".join(f"{name:{width}}  {cells}" for name, cells in rows))


@pytest.mark.parametrize(
    "fault, chapter",
    [
        pytest.param(
            fault, chapter, marks=() if fault.quick == chapter else pytest.mark.slow, id=f"{chapter}-{fault.name}"
        )
        for fault, chapter in EACH
    ],
)
def test_a_planted_fault_is_caught(fault: Fault, chapter: int | str, table: list[tuple[str, str]]):
    found = objections(fault, chapter)
    table.append((fault.name, f"{chapter}: " + ", ".join(f"{id} ({how or 'NOT'})" for id, how in found.items())))
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
        cell.id: how
        for cell, fresh in zip(cells, run(cells))
        if cell.source != FORGET and (how := objection(cell, fresh))
    }
    assert not found, f"without a fault: {found}"


def test_no_fault_stands_here_twice():
    assert len({fault.name for fault in FAULTS}) == len({fault.code for fault in FAULTS}) == len(FAULTS)
    assert all(fault.quick is None or fault.quick in fault.caught for fault in FAULTS)


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


def test_what_a_cell_binds_before_it_reads_comes_from_nowhere_else():
    assert names("app = FastAPI()\napp.get('/')").read == {"FastAPI"}
    assert names("service = service if up else start()").read == {"service", "up", "start"}
    assert names("n += 1").read == {"n"}
    assert names("for n in all: print(n)").read == {"all", "print"}
    assert names("class A(B):\n    c = 1\n    d: E = c").read == {"B", "E"}
    assert names("def f(a: B = c) -> D:\n    e = a\n    return e, g").read == {"B", "c", "D"}
    assert names("def f(a):\n    e = a\n    return e, g").later == {"g"}
    assert names("answer = await client.get('/')").read == {"client"}
