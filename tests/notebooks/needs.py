"""Which cells must have run before another: read from the code, by the names that it reads, binds and marks."""

import ast
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import dataclass, field
from functools import cache

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from helpers.authoring.cells import syntax
from helpers.learning import catalogue
from helpers.learning.exercises import body


@dataclass
class Names:
    """What a cell does with names: which it reads as it runs, which its functions read later, and which it binds.

    `imported` are those of the latter that an import binds; `marked` are those it does something to that later cells
    rely on: `@app.get(...)`, `parcels[7] = ...`. `functions` are its plain functions, each with what it reads later:
    they run when they are called by name. What other functions read later, those of routes or classes, is `anyway`.
    """

    read: set[str] = field(default_factory=set)
    later: set[str] = field(default_factory=set)
    bound: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)
    marked: set[str] = field(default_factory=set)
    functions: dict[str, set[str]] = field(default_factory=dict)
    anyway: set[str] = field(default_factory=set)


class _Reader(ast.NodeVisitor):
    """Reads a cell in the order in which Python runs it: what is bound before it is read needs no other cell."""

    def __init__(self, tree: ast.Module):
        self.names = Names()
        for statement in tree.body:
            before, self.names.later = self.names.later, set()
            self.visit(statement)
            self.names.marked |= set(_marked(statement))
            if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and not statement.decorator_list:
                self.names.functions[statement.name] = self.names.later
            else:
                self.names.anyway |= self.names.later
            self.names.later = before | self.names.later
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

    def visit_Call(self, node: ast.Call) -> None:
        """`yours("listing", "9.1-pages")` reads what is called listing, and what the solution of 9.1-pages reads."""
        if isinstance(node.func, ast.Name) and node.func.id == "yours":
            name, exercise = (ast.literal_eval(one) for one in node.args)
            solution = names(body(catalogue.exercise(exercise).solution))
            self.names.read |= ({name} | solution.read | solution.later) - self.names.bound
        self.generic_visit(node)

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
        # What is cleared is cleared again by whoever relies on it; and an engine whose pool is emptied fills it again.
        if not (isinstance(call.func, ast.Attribute) and call.func.attr in ("clear", "dispose")):
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
    """What a cell does with names. A cell magic, as in `%%project main.py`, does something to what it is called after."""
    if magic := re.match(r"%%(\w+)", source):
        return Names(read={magic[1]}, marked={magic[1]})
    tree = syntax(source)
    return _Reader(tree).names if tree is not None else Names()


def needed(sources: list[str], target: int) -> dict[int, bool]:
    """The positions of the cells that must have run before the one at `target`, itself included.

    False stands at those of which only the imports are needed. A name comes from the last cell before that binds it, and
    from the cells between that mark it. What a function reads must be there where the function was defined and, as it is
    by then, where the target calls it; a function that no other cell names is called by none.
    """
    cells = [names(source) for source in sources]
    found, waiting = {target: True}, [target]
    while waiting:
        while waiting:
            position = waiting.pop()
            for name in cells[position].read | (cells[position].later - cells[position].bound):
                waiting += _provide(name, cells[:position], found)
        whole = [cells[position] for position, all_of_it in found.items() if all_of_it]
        for name in _read_when_called(whole) - cells[target].bound:
            waiting += _provide(name, cells[:target], found)
    return found


def _provide(name: str, before: list[Names], found: dict[int, bool]) -> list[int]:
    """Put into `found` the cells that give a name, the last that binds it and those that mark it since; which are new."""
    binding = next((n for n in reversed(range(len(before))) if name in before[n].bound), None)
    if binding is None:
        return []  # a builtin
    if name in before[binding].imported:
        found.setdefault(binding, False)
        return []
    marking = [n for n in range(binding + 1, len(before)) if name in before[n].marked]
    new = [position for position in (binding, *marking) if not found.get(position)]
    found |= dict.fromkeys(new, True)
    return new


def _read_when_called(cells: list[Names]) -> set[str]:
    """What the functions of these cells read as they run: the plain ones that one of the cells names, and all others."""
    named = set().union(*(cell.read | cell.later for cell in cells))
    called = [later for cell in cells for function, later in cell.functions.items() if function in named]
    return set().union(*called, *(cell.anyway for cell in cells))


def selected(cells: list[NotebookNode], whole: dict[int, bool]) -> list[NotebookNode]:
    """The cells at these positions, in order; of those where False stands, the imports that the others use."""
    read = [names(cells[position].source) for position, all_of_it in whole.items() if all_of_it]
    used = set().union(*(cell.read | cell.later for cell in read))
    return [cells[n] if whole[n] else imports(cells[n], used) for n in sorted(whole)]


def imports(cell: NotebookNode, used: set[str]) -> NotebookNode:
    """The imports of a cell that bind one of these names, as a cell."""
    tree = syntax(cell.source)
    lines = []
    for node in tree.body if tree else []:
        if isinstance(node, ast.Import | ast.ImportFrom):
            wanted = copy(node)
            wanted.names = [alias for alias in node.names if _alias(alias) in used]
            lines += [ast.unparse(wanted)] if wanted.names else []
    return new_code_cell("\n".join(lines), id=f"{cell.id}-imports")
