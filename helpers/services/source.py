"""What the source of a path operation says without being run: calls that block, work that nobody holds, a list not used."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.services.agent import dotted

__all__ = ["Call", "adds_with", "forgotten_in", "measures_behind", "names_in", "parsed", "waits_in"]

# Calls that wait, and have the event loop wait with them, by the name under which they are usually called.
BLOCKING = {
    "time.sleep": "await asyncio.sleep(...)",
    "urllib.request.urlopen": "an async client",
    "urlopen": "an async client",
    "os.system": "asyncio.create_subprocess_shell",
    **{
        f"subprocess.{name}": "asyncio.create_subprocess_exec" for name in ("run", "call", "check_call", "check_output")
    },
    **{
        f"{library}.{verb}": "httpx.AsyncClient"
        for library in ("requests", "httpx")
        for verb in ("get", "post", "put", "patch", "delete", "head", "request")
    },
    "smtplib.SMTP": "an async client, or a thread",
    "smtplib.SMTP_SSL": "an async client, or a thread",
}
_SECRET = r"(?:password|passwd|pwd|pw)"
HASHING = re.compile(
    rf"hashpw|checkpw|(?:hash|verify|check)_{_SECRET}(?:_hash)?|(?:get|generate|create|make)_{_SECRET}_hash", re.I
)
HASHERS = {"pwd_context", "password_context", "crypt_context", "password_hash", "password_hasher", "password_helper"}
HASHERS |= {"hasher", "hash_helper", "ph", "bcrypt", "argon2"}
ENQUEUEING = {"delay", "apply_async", "send_task"}
CLOCKS = {"time", "perf_counter", "monotonic", "process_time", "default_timer", "perf_counter_ns", "time_ns"}


@dataclass(frozen=True)
class Call:
    """A call in a function's source: `what` is called, in which line of the source (from 1), and as which kind."""

    what: str
    line: int
    kind: str  # blocking, hash, enqueue, created
    instead: str = ""


def parsed(source: str) -> ast.AST | None:
    """The function in a source; None where this Python cannot read it."""
    try:
        return ast.parse(source).body[0]
    except (SyntaxError, ValueError, IndexError, RecursionError):
        return None


def waits_in(source: str) -> Iterator[Call]:
    """Calls in an `async def` that hold its loop: those with a name, a password's hash, a job handed to a broker.

    A call inside a `def` or a lambda within it is not made there, so it does not count.
    """
    function = parsed(source)
    if not isinstance(function, ast.AsyncFunctionDef):
        return
    awaited = {id(node.value) for node in ast.walk(function) if isinstance(node, ast.Await)}
    calls = [node for node in _here(function) if isinstance(node, ast.Call) and id(node) not in awaited]
    for node in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = dotted(node.func)
        owner, _, last = name.rpartition(".")
        if name in BLOCKING:
            yield Call(name, node.lineno, "blocking", BLOCKING[name])
        elif last in ENQUEUEING and owner:
            yield Call(name, node.lineno, "enqueue")
        elif HASHING.fullmatch(last) or (last in ("hash", "verify") and owner.rpartition(".")[2] in HASHERS):
            yield Call(name, node.lineno, "hash")


def forgotten_in(source: str) -> Iterator[Call]:
    """Every `create_task` or `ensure_future` whose result is kept nowhere."""
    function = parsed(source)
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            name = dotted(node.value.func)
            if name in ("asyncio.create_task", "create_task", "asyncio.ensure_future", "loop.create_task"):
                yield Call(name, node.lineno, "created")


def adds_with(source: str, names: set[str]) -> Iterator[tuple[str, str, int]]:
    """Each `add_task(task, ..., name)` whose task is given one of these names: the task, the name, the line."""
    function = parsed(source)
    for node in ast.walk(function) if function is not None else ():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "add_task":
            given = [*node.args[1:], *(keyword.value for keyword in node.keywords)]
            for one in given:
                if isinstance(one, ast.Name) and one.id in names and node.args:
                    yield dotted(node.args[0]).rpartition(".")[2], one.id, node.lineno


def names_in(source: str) -> set[str]:
    """The names that a function's body reads."""
    function = parsed(source)
    if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
        return set()
    return {node.id for statement in function.body for node in ast.walk(statement) if isinstance(node, ast.Name)}


def measures_behind(source: str) -> bool:
    """Whether a pure ASGI class reads a clock behind `await self.app(...)`, when the tasks have run too."""
    made = parsed(source)
    nodes = ast.walk(made) if made is not None else ()
    return any(
        _reads_a_clock_behind(node)
        for node in nodes
        if isinstance(node, ast.AsyncFunctionDef) and node.name == "__call__"
    )


def _reads_a_clock_behind(function: ast.AsyncFunctionDef) -> bool:
    here = list(_here(function))
    called = [n.lineno for n in here if isinstance(n, ast.Await) and _name(n.value) == "self.app"]
    clocks = [n.lineno for n in here if isinstance(n, ast.Call) and dotted(n.func).rpartition(".")[2] in CLOCKS]
    return bool(called) and any(line > min(called) for line in clocks)


def _name(node: ast.AST) -> str:
    return dotted(node.func) if isinstance(node, ast.Call) else ""


def _here(function: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function without those of functions inside it."""
    waiting = list(ast.iter_child_nodes(function))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
