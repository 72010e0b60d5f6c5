"""What only chapter 9's notebook imports: files shown, its steps as a module, what a failing service says, the reader's or ours."""

import ast
import builtins
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from helpers.chapters.ch09.exercises.packages import FILES
from helpers.learning import catalogue
from helpers.learning.exercises import body
from helpers.learning.stubs import is_stub, own_routes
from helpers.services.process import Process
from helpers.services.waiting import until
from helpers.wording import logged_error, scrub

__all__ = ["failure", "show", "source_of", "yours"]


class _Definition(NamedTuple):
    """A statement of a cell that binds a name, as it stands there."""

    node: ast.stmt
    text: str


def show(file: str, start: str, end: str = "") -> None:
    """Print a file of the chapter's folder from the line that begins with `start` up to the one that begins with `end`."""
    text = (FILES / file).read_text(encoding="utf-8")
    text = text[text.index(f"\n{start}") + 1 :]
    print((text[: text.index(f"\n{end}")] if end else text).rstrip())


def source_of(names: Iterable[str], cells: Iterable[str] | None = None) -> str:
    """Code that defines `names` as the cells did last, below all that they use of the cells: imports, functions, values.

    `cells`: their sources in the order in which they ran; without it those of this notebook. A name that no cell binds by
    a statement of its own is left to the module that the code is added to.
    """
    known = _definitions(_executed() if cells is None else cells)
    found: dict[str, str] = {}  # by its text, because one import may bind several names

    def add(name: str, users: tuple[str, ...]) -> None:
        if name in users or name not in known:
            return
        for used in sorted(_used(known[name].node)):
            add(used, (*users, name))
        found[known[name].text] = name

    for name in names:
        add(name, ())
    return "".join(f"\n\n{text}\n" for text in found)


def failure(service: Process) -> str:
    """What the last traceback in a service's log ends with, in one line, or nothing; the log is given 2 s to come."""
    until(lambda: "Traceback" in service.log, 2)
    return scrub(logged_error([f"ERROR\n{service.log}"])) if "Traceback" in service.log else ""


def yours(name: str, exercise: str, space: dict[str, Any] | None = None) -> Any:
    """The router `name` as the reader wrote it; as the course solves the exercise while it is still the stub.

    `space`: the names of the notebook, without it those of this one. The course's code uses them as the reader's does, so
    both put parcels on the same shelf.
    """
    if space is None:
        from IPython import get_ipython

        space = get_ipython().user_ns
    if not all(is_stub(route.endpoint) for route in own_routes(space[name])):
        return space[name]
    made: dict[str, Any] = {}
    exec(body(catalogue.exercise(exercise).solution), space, made)
    return made[name]


def _executed() -> list[str]:
    from IPython import get_ipython

    return list(get_ipython().user_ns["In"])


def _definitions(cells: Iterable[str]) -> dict[str, _Definition]:
    """By name, the statement that binds it last."""
    known = {}
    for cell in cells:
        try:
            tree = ast.parse(cell)
        except SyntaxError:  # a magic
            continue
        lines = cell.splitlines()
        for node in tree.body:
            decorators = getattr(node, "decorator_list", [])
            first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
            text = "\n".join(lines[first - 1 : node.end_lineno])
            known |= dict.fromkeys(_bound(node), _Definition(node, text))
    return known


def _bound(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        yield node.name
    elif isinstance(node, ast.Import | ast.ImportFrom):
        yield from (alias.asname or alias.name.partition(".")[0] for alias in node.names)
    elif isinstance(node, ast.Assign | ast.AnnAssign):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))


def _used(node: ast.stmt) -> set[str]:
    names = {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load)}
    return names - set(dir(builtins))
