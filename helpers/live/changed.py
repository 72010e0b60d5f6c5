"""What a cell used, and which other cells have changed it since: why it may fail when a reader goes back to it.

A chapter binds `app`, `server` and `shelf` again and again, and a cell finds what was bound last. IPython tells how each
cell ended and which it was, if Jupyter's page says so (`ExecutionInfo`, IPython/core/interactiveshell.py).
"""

import ast
import contextlib
import dis
import itertools
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from types import CodeType, FunctionType, ModuleType
from typing import Any

__all__ = ["Changes", "follow"]

SERVED = "what is served"  # stands among the names, and is none that a cell could bind
MOST = 3  # names that are told


@dataclass
class Ran:
    """A cell that has ended well: the numbers of its first and its last run, and which cell had bound what it used then.

    The first run says where a cell stands and what it belongs to: a reader begins at the top.
    """

    place: int
    number: int
    used: dict[str, str | None]
    filled: set[str]  # names of objects to which it did something: `@app.get(...)`, `shelf[7] = ...`


@dataclass
class Changes:
    """Follows the cells of one kernel by their ids."""

    names: dict[str, Any]  # of the kernel
    bound: dict[str, tuple[int, bool]] = field(default_factory=dict)  # what each name is bound to, and whether it ended
    binder: dict[str, str | None] = field(default_factory=dict)  # the cell that bound it
    ran: dict[str | None, Ran] = field(default_factory=dict)

    def note(self, cell: str | None, code: str, number: int | None, well: bool) -> None:
        """What a cell that has ended has bound and, where it ended well, used. One without an id is nobody's."""
        names = list(self.names.items())  # a task of the app may add one meanwhile
        now = {name: (id(value), _ended(value)) for name, value in names if not name.startswith("_")}
        if (served := _served()) is not None:
            now[SERVED] = (id(served), False)
        anew = [name for name, value in now.items() if self.bound.get(name) != value]
        self.bound = now
        self.binder.update(dict.fromkeys(anew, cell))
        if cell and number and well:
            now_used = {name: self.binder[name] for name in self._used(code) if self.binder.get(name, cell) != cell}
            first = self.ran.get(cell, Ran(number, number, now_used, set()))
            filled = {name for name in _Filled(code).found if not _is_defined(self.names.get(name))}
            self.ran[cell] = Ran(first.place, number, now_used | first.used, filled)

    def told(self, cell: str | None) -> str:
        """What other cells have changed since this one ran well, and from where on to run again; nothing if nothing."""
        ran = self.ran.get(cell)
        first = ran and self._first(ran)
        if not ran or not first:
            return ""
        changed = set(self._needed(ran))
        names = [f"`{name}`" for name in sorted(changed - {SERVED})]
        named = [*names[:MOST], *["more"] * (len(names) > MOST), *[SERVED] * (SERVED in changed)]
        listed = " and ".join(filter(None, [", ".join(named[:-1]), named[-1]]))
        return (
            f"Since this cell last ran well, other cells have changed {listed}."
            f" If that is why, run again from Cell In[{first.number}] down to this one."
        )

    def _needed(self, ran: Ran) -> dict[str, list[Ran]]:
        """By each name that a cell used and others have changed, those that gave it what it held."""
        known = [(name, by, self.ran[by]) for name, by in ran.used.items() if by in self.ran]
        anew = {name: [binder, *self._filling(name, by, ran)] for name, by, binder in known if self.binder[name] != by}
        lost = {name: self._lost(name, by, ran) for name, by, _ in known if name not in anew}
        return anew | {name: cells for name, cells in lost.items() if cells}

    def _filling(self, name: str, by: str | None, ran: Ran) -> list[Ran]:
        """The cells before this one that filled what another bound."""
        before = [one for one in self.ran.values() if one.place < ran.place]
        return [one for one in before if name in one.filled and one.used.get(name) == by]

    def _lost(self, name: str, by: str | None, ran: Ran) -> list[Ran]:
        """Those of them that ran before the other cell ran again, and left it empty."""
        return [one for one in self._filling(name, by, ran) if one.number < self.ran[by].number]

    def _first(self, ran: Ran) -> Ran | None:
        """The first cell that has to run again, so that this one finds what it found."""
        first, seen, waiting = ran, [ran], [ran]
        while waiting:
            one = waiting.pop()
            # Whoever makes an app may name a helper, but asks nobody yet.
            needed = [cells for name, cells in self._needed(one).items() if one is ran or name != SERVED]
            new = [cell for cell in itertools.chain(*needed) if cell not in seen]
            first = min([first, *new], key=lambda one: one.place)
            seen += new
            waiting += new
        return None if first is ran else first

    def _used(self, code: str) -> set[str]:
        """The names that a cell's code reads and does not bind itself, with those that functions read which it names.

        Where it asks what is served, so does what the cells used that made the app: a path operation finds a model when
        it is called.
        """
        tree = compile(code, "<cell>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        own = {step.argval for step in dis.get_instructions(tree) if step.opname == "STORE_NAME"}
        used: set[str] = set()
        waiting = list(_read(tree))
        while waiting:
            name = waiting.pop()
            if name not in used | own:
                used.add(name)
                value = self.names.get(name)
                if isinstance(value, FunctionType) and value.__globals__ is self.names:
                    waiting += _read(value.__code__)
        if any(_answers(self.names.get(name)) for name in used | own):
            used |= {SERVED, *self._served_needs()} - own
        return used

    def _served_needs(self) -> set[str]:
        """The names that those cells used which made the served app, gave it a route, or served it."""
        app = getattr(_served(), "app", None)
        if app is None:
            return set()
        apps = {(name, self.binder[name]) for name, value in self.names.items() if value is app and name in self.binder}
        makers = {by for _, by in apps}
        cells = [one for cell, one in self.ran.items() if cell in makers or apps & set(one.used.items())]
        return {name for one in cells for name in one.used}


def follow(shell: Any) -> Callable[[], str]:
    """Follow the cells of an IPython shell; gives what says, in a cell that fails, what others have changed for it."""
    changes = Changes(shell.user_ns)
    running: str | None = None

    def begin(info: Any) -> None:
        nonlocal running
        running = info.cell_id

    def end(result: Any) -> None:
        with contextlib.suppress(Exception):  # a slip of syntax: then nothing is told of that cell
            code = shell.transform_cell(result.info.raw_cell)
            changes.note(result.info.cell_id, code, result.execution_count, result.success)

    shell.events.register("pre_run_cell", begin)
    shell.events.register("post_run_cell", end)
    return lambda: changes.told(running)


def _read(code: CodeType) -> Iterator[str]:
    """The global names that code reads, inside of what it defines, too."""
    for step in dis.get_instructions(code):
        if step.opname in ("LOAD_NAME", "LOAD_GLOBAL"):
            yield step.argval
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _read(inner)


class _Filled(ast.NodeVisitor):
    """The names of objects whose methods code calls, or into which it puts something, outside of its functions."""

    def __init__(self, code: str):
        self.found: set[str] = set()
        self.visit(ast.parse(code))

    def visit_Call(self, node: ast.Call) -> None:
        if isinstance(node.func, ast.Attribute):
            self._own(node.func)
        self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> None:
        if not isinstance(node.ctx, ast.Load):
            self._own(node.value)
        self.generic_visit(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)

    visit_AsyncFunctionDef = visit_FunctionDef

    def _own(self, node: ast.expr) -> None:
        while isinstance(node, ast.Attribute):
            node = node.value
        if isinstance(node, ast.Name):
            self.found.add(node.id)


def _served() -> Any:
    server = sys.modules.get("helpers.live.server")
    return server and server._current


def _answers(value: Any) -> bool:
    """Whether it is one of the helpers, a server or process of theirs, or a client: what runs now decides what these say."""
    module = getattr(value, "__module__", None) or type(value).__module__
    return str(module).startswith(("helpers.", "httpx"))


def _is_defined(value: Any) -> bool:
    """Whether it is a function, a class or a module, which its own cell makes whole."""
    return isinstance(value, FunctionType | type | ModuleType)


def _ended(value: Any) -> bool:
    return _answers(value) and (getattr(value, "is_closed", False) is True or getattr(value, "running", True) is False)
