"""What the checks of chapter 5 see of a learner's database, whether its engine is a blocking or an async one."""

import contextlib
import gc
import re
import sqlite3
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sqlalchemy import Engine
    from sqlalchemy.ext.asyncio import AsyncEngine

    AnyEngine = Engine | AsyncEngine

__all__ = ["Connections", "borrowed", "execute", "locked", "statements", "unawaited"]


def execute(engine: "AnyEngine", statement: str, **values: object) -> list:
    """Run one statement on a connection of its own, not of the learner's pool; its rows, or the id of the new row."""
    from sqlalchemy import NullPool, create_engine, text

    address = engine.url.set(drivername=engine.url.get_backend_name())  # without an async driver
    with create_engine(address, poolclass=NullPool).begin() as connection:
        result = connection.execute(text(statement), values)
        return list(result) if result.returns_rows else [getattr(result, "lastrowid", None)]  # psycopg has none


@dataclass
class Connections:
    """How many of an engine's connections are `out` now, were out at `most`, and were borrowed `ever`."""

    out: int = 0
    most: int = 0
    ever: int = 0


@contextmanager
def borrowed(engine: "AnyEngine") -> Iterator[Connections]:
    """Counts the connections that are borrowed meanwhile, by the pool's own events: every kind of pool has them."""
    from sqlalchemy import event

    connections = Connections()

    def borrow(*rest: object) -> None:
        connections.out += 1
        connections.most = max(connections.most, connections.out)
        connections.ever += 1

    def give_back(*rest: object) -> None:
        connections.out -= 1

    pool = _blocking(engine).pool
    event.listen(pool, "checkout", borrow)
    event.listen(pool, "checkin", give_back)
    try:
        yield connections
    finally:
        event.remove(pool, "checkout", borrow)
        event.remove(pool, "checkin", give_back)


@contextmanager
def statements(engine: "AnyEngine") -> Iterator[list[str]]:
    """What the engine is told meanwhile."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(connection, cursor, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(_blocking(engine), "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(_blocking(engine), "before_cursor_execute", note)


@contextmanager
def locked(engine: "AnyEngine", seconds: float = 0.5) -> Iterator[None]:
    """Somebody else writes to the SQLite file until so many seconds after the engine's next connection is borrowed.

    Whoever asks it meanwhile has to wait. On the event loop that wait holds up everybody, which `judge` then tells. A lock
    that cannot be had is left out, and none lasts longer than two seconds.
    """
    from sqlalchemy import event

    other = sqlite3.connect(engine.url.database or "", isolation_level=None, check_same_thread=False, timeout=1)
    ends = [threading.Timer(2.0, other.rollback), threading.Timer(seconds, other.rollback)]
    pool = _blocking(engine).pool

    def asked(*rest: object) -> None:
        with contextlib.suppress(RuntimeError):  # it was asked before
            ends[1].start()

    event.listen(pool, "checkout", asked)
    try:
        with contextlib.suppress(sqlite3.OperationalError):  # a transaction of the learner's is open still
            other.execute("BEGIN EXCLUSIVE")
        ends[0].start()
        yield
    finally:
        event.remove(pool, "checkout", asked)
        for end in ends:
            end.cancel()
            with contextlib.suppress(RuntimeError):  # it was never started
                end.join()
        other.close()


@contextmanager
def unawaited() -> Iterator[list[str]]:
    """The names of functions that are called meanwhile and never awaited; complete when the block has ended."""
    names: list[str] = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield names
        gc.collect()  # Python warns when such a coroutine is thrown away
    found = (re.match(r"coroutine '(?:.*\.)?([^.']+)' was never awaited", str(warning.message)) for warning in caught)
    names += dict.fromkeys(match[1] for match in found if match)


def _blocking(engine: "AnyEngine") -> "Engine":
    """The engine that listeners are told by; an async one has a blocking one inside."""
    blocking: Any = getattr(engine, "sync_engine", engine)
    return blocking
