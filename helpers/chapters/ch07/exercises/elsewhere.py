"""Another worker, as a job's code sees it: another process on another machine and day, which remembers nothing."""

import ast
import contextlib
import copy
import datetime
import functools
import inspect
import linecache
import os
import socket
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Self

from helpers.chapters.ch07.lesson import Bank

__all__ = ["Job", "elsewhere", "forget", "imported_anew", "memory"]

Job = Callable[[int, Bank], object]
LATER = datetime.timedelta(days=400, hours=7, minutes=11, seconds=13)  # another year, month, day, hour, minute


class _Datetime(datetime.datetime):
    @classmethod
    def now(cls, tz: datetime.tzinfo | None = None) -> Self:
        return cls.fromisoformat((_DATETIME.now(tz) + LATER).isoformat())

    @classmethod
    def utcnow(cls) -> Self:
        return cls.now(datetime.UTC).replace(tzinfo=None)

    @classmethod
    def today(cls) -> Self:
        return cls.now()


class _Date(datetime.date):
    @classmethod
    def today(cls) -> Self:
        return cls.fromisoformat(_Datetime.now().date().isoformat())


_DATETIME, _TIME, _LOCAL, _UTC, _WRITTEN = datetime.datetime, time.time, time.localtime, time.gmtime, time.strftime


def _time() -> float:
    return _TIME() + LATER.total_seconds()


def _hash(value: object) -> int:
    """Texts have another hash in each process, whole numbers have not (docs.python.org, `object.__hash__`)."""
    return hash(value) if isinstance(value, int) else hash(("elsewhere", value))


# What a worker elsewhere is told otherwise: by kind, where it stands, its name and what stands there instead.
ELSEWHERE: dict[str, list[tuple[Any, str, Any]]] = {
    "process": [
        (os, "getpid", lambda: 1),
        (socket, "gethostname", lambda: "another-machine"),
        (uuid, "getnode", lambda: 1),
    ],
    "clock": [
        (time, "time", _time),
        (time, "time_ns", lambda: int(_time() * 1e9)),
        (time, "localtime", lambda seconds=None: _LOCAL(_time() if seconds is None else seconds)),
        (time, "gmtime", lambda seconds=None: _UTC(_time() if seconds is None else seconds)),
        (time, "strftime", lambda form, moment=None: _WRITTEN(form, moment or _LOCAL(_time()))),
        (datetime, "datetime", _Datetime),
        (datetime, "date", _Date),
    ],
    "hash": [],
}


@contextlib.contextmanager
def elsewhere(job: Job, kind: str) -> Iterator[None]:
    """While it lasts, what `kind` names is another: for the modules that tell it, and for names in the job's own module."""
    names, given = _names(job), ELSEWHERE[kind]
    there = {id(getattr(module, name)): value for module, name, value in given}
    changed = [(names, name, value, there[id(value)]) for name, value in names.items() if id(value) in there]
    changed += [(vars(module), name, getattr(module, name), value) for module, name, value in given]
    if kind == "hash" and "hash" not in names:
        names["hash"] = _hash  # found before the builtin
    try:
        for place, name, _, other in changed:
            place[name] = other
        yield
    finally:
        for place, name, value, _ in changed:
            place[name] = value
        if names.get("hash") is _hash:
            del names["hash"]


def _names(job: Job) -> dict[str, Any]:
    """The module's names that the job's code finds: its own, and those of the helpers beside it."""
    return getattr(_function(job), "__globals__", {})


def _function(job: Job) -> Any:
    """The function behind a job: behind what wraps it, a partial, or an object that can be called."""
    job = inspect.unwrap(job)
    if isinstance(job, functools.partial):
        return _function(job.func)
    return job if hasattr(job, "__globals__") or hasattr(job, "__func__") else type(job).__call__


PLAIN = (str, bytes, int, float, uuid.UUID, datetime.date, datetime.timedelta)


@contextlib.contextmanager
def imported_anew(job: Job) -> Iterator[None]:
    """While it lasts, plain values that stand beside the job in its cell are computed again, as each worker does for itself.

    Only names that the job uses, and only assignments at the cell's top level.
    """
    names, code = _names(job), getattr(_function(job), "__code__", None)
    used = _called(code, names)
    changed: dict[str, Any] = {}
    for line in _top_level(getattr(code, "co_filename", "")):
        targets = [target.id for target in line.targets if isinstance(target, ast.Name)]
        if any(name in used and isinstance(names.get(name), PLAIN) for name in targets):
            changed |= {name: names[name] for name in targets if name in names and name not in changed}
            with contextlib.suppress(Exception):  # it needs what another cell has taken away: then it stays as it is
                exec(compile(ast.Module([line], []), "<another worker>", "exec"), names)
    try:
        yield
    finally:
        names.update(changed)


def _top_level(file: str) -> list[ast.Assign]:
    """The assignments of a file or cell that no function and no block holds."""
    try:
        tree = ast.parse("".join(linecache.getlines(file)))
    except (SyntaxError, ValueError):
        return []
    return [line for line in tree.body if isinstance(line, ast.Assign)]


Remembered = list[tuple[Any, Any]]


def memory(job: Job) -> Remembered:
    """What the job's code can keep something in: containers and caches in reach of it, each with what it holds now."""
    function = _function(job)
    cells = [cell.cell_contents for cell in getattr(function, "__closure__", None) or ()]
    names, found = _names(job), []
    kept = getattr(job, "__dict__", {})  # an object's attributes, or a function's
    reached = [names[name] for name in _called(getattr(function, "__code__", None), names) if name in names]
    for value in [*cells, *reached, *(getattr(function, "__defaults__", None) or ()), *kept.values(), kept]:
        if isinstance(value, dict | list | set):
            found.append((value, copy.copy(value)))
        elif hasattr(value, "cache_clear"):
            found.append((value, None))
    return found


def _called(code: Any, names: dict[str, Any]) -> set[str]:
    """The names that some code uses, and those that the functions behind them use."""
    used: set[str] = set()
    waiting = [code]
    while waiting:
        for name in set(getattr(waiting.pop(), "co_names", ())) - used:
            used.add(name)
            waiting.append(getattr(names.get(name), "__code__", None))
    return used


def forget(remembered: Remembered) -> None:
    """Put back what was there before, as a new process would begin."""
    for place, content in remembered:
        if content is None:
            place.cache_clear()
        elif isinstance(place, list):
            place[:] = content
        else:
            place.clear()
            place.update(content)
