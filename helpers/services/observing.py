"""What the agent beside a reader's app tells (helpers/services/agent.py), received and put together: spans, holds, operations."""

import contextlib
import itertools
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from helpers.live.peers import admitted
from helpers.live.sockets import listen
from helpers.live.spans import Span

__all__ = ["Exchange", "Function", "Hold", "Observation", "Operation"]

FIRST_OF_OURS = 1_000_000_000  # the agent counts from 1


@dataclass(frozen=True)
class Function:
    """A function of the app: `place` is file and first line; `on_loop` whether it is `async def`; `adds` what tasks.

    `own`: whether it stands in the reader's folder, and only then there is a `source`. `adds` are names with the place of
    the function, where the source tells that.
    """

    place: str
    name: str
    file: str
    line: int
    own: bool
    source: str
    on_loop: bool
    adds: tuple[tuple[str, str | None], ...]


@dataclass(frozen=True)
class Operation:
    """A path operation: what it is called, its functions, what a client must give it, and the dependencies that it holds.

    `held`: parameter name -> the function with `yield` behind it. `tasks_parameter`: its parameter of type BackgroundTasks.
    """

    methods: tuple[str, ...]
    path: str
    endpoint: Function | None
    dependencies: tuple[Function, ...]
    needs: tuple[str, ...]
    held: dict[str, Function]
    tasks_parameter: str | None

    @property
    def name(self) -> str:
        """ "POST /orders", as a reader calls it."""
        return f"{'/'.join(self.methods)} {self.path}"

    @property
    def functions(self) -> tuple[Function, ...]:
        """Endpoint and dependencies, those of the reader alone."""
        return tuple(one for one in (self.endpoint, *self.dependencies) if one is not None and one.own)


@dataclass(frozen=True)
class Hold:
    """A time during which the app's loop stood still: `since` in nanoseconds of `perf_counter_ns`, and its lines."""

    since: int
    seconds: float
    lines: tuple[tuple[str, int, str], ...]  # file, number, function; outermost first

    @property
    def until(self) -> int:
        """When the loop went on, in nanoseconds of `perf_counter_ns`."""
        return self.since + round(self.seconds * 1e9)


@dataclass
class Exchange:
    """One request to the app: its spans by the agent's numbers, and what the agent said at its end."""

    server: Span
    first: bool  # whether its path operation was called for the first time
    parts: list[Span] = field(default_factory=list)
    tasks: list[str] = field(default_factory=list)  # names, in the order in which they were added
    over: int | None = None  # when the app's call had returned, tasks and dependencies included
    error: str | None = None  # what came out of the app's call
    endpoint: str | None = None  # its place

    @property
    def connection(self) -> int | None:
        """The client's port, by which its connection is told from another."""
        address = self.server.attributes.get("client")
        return address[1] if address else None

    @property
    def ran(self) -> list[Span]:
        """The spans of the background tasks that have begun."""
        return [span for span in self.parts if span.kind == "task"]

    @property
    def answered(self) -> int:
        """Nanoseconds until the answer had been sent."""
        return (self.server.end or self.server.start) - self.server.start

    @property
    def counted(self) -> int:
        """Nanoseconds until the app's call had returned, as some dashboards count."""
        return (self.over or self.server.start) - self.server.start

    @property
    def skipped(self) -> list[str]:
        """The tasks that were added and never began."""
        return self.tasks[len(self.ran) :]


class Observation:
    """Listens for one agent, which proves itself by `secret`, and keeps what it tells."""

    def __init__(self) -> None:
        self.secret = secrets.token_hex(16)
        self.versions: dict[str, str] = {}
        self.unfit: dict[str, Any] | None = None
        self.started: dict[str, Any] | None = None
        self.loaded = False
        self.ended = False
        self.left: list[tuple[str, int, str]] = []
        self.functions: dict[str, Function] = {}
        self.operations: list[Operation] = []
        self.exchanges: dict[int, Exchange] = {}
        self.holds: list[Hold] = []
        self._spans: dict[int, Span] = {}
        self._seen: set[str] = set()
        self._synced = 0
        self._numbers, self._ours = itertools.count(1), itertools.count(FIRST_OF_OURS)
        self._changed = threading.Condition()
        self._listener = listen()
        self.port: int = self._listener.getsockname()[1]
        self._connection: socket.socket | None = None
        threading.Thread(target=self._receive, name="observing", daemon=True).start()

    def close(self) -> None:
        """Listen no longer; what was told stays."""
        with contextlib.suppress(OSError):  # as macOS and Windows answer, where closing is enough
            self._listener.shutdown(socket.SHUT_RDWR)  # on Linux closing alone wakes no thread that accepts
        self._listener.close()
        if self._connection is not None:
            self._connection.close()

    def number(self) -> int:
        """A number by which a request of ours is known again."""
        return next(self._ours)

    def wait(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait until `condition()` is true after something that the agent told, at most `timeout` seconds."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not condition():
                left = deadline - time.monotonic()
                if left <= 0 or self.ended:
                    return condition()
                self._changed.wait(min(left, 0.05))  # a longer wait is not interrupted on Windows
            return True

    def sync(self, timeout: float = 60.0) -> bool:
        """Have everything that held the loop up to now told; False when the app has ended, or its loop still stands."""
        number = next(self._numbers)
        try:
            assert self._connection is not None
            self._connection.sendall(f"{number}\n".encode())
        except (AssertionError, OSError):
            return False
        return self.wait(lambda: self._synced >= number, timeout)

    def of(self, client: int) -> list[Exchange]:
        """The exchanges that a request of ours, by its number, has become: none if it never arrived, several if redirected."""
        with self._changed:
            return [one for one in self.exchanges.values() if one.server.parent_id == client]

    def _receive(self) -> None:
        try:
            connection = self._admit()
            for line in connection.makefile("r", encoding="utf-8"):
                message = json.loads(line)
                with self._changed:
                    getattr(self, f"told_{message.pop('what')}")(**message)
                    self._changed.notify_all()
        except (OSError, ValueError):
            pass
        finally:
            with self._changed:
                self.ended = True
                self._changed.notify_all()

    def _admit(self) -> socket.socket:
        while True:
            connection, address = self._listener.accept()
            if not admitted(address, connection.getsockname()):  # else a stranger who is silent keeps the agent waiting
                connection.close()
                continue
            connection.settimeout(5.0)
            try:
                said = connection.makefile("rb", buffering=0).readline(len(self.secret) + 1)
            except OSError:
                said = b""
            if secrets.compare_digest(said, f"{self.secret}\n".encode()):
                connection.settimeout(None)
                self._connection = connection
                return connection
            connection.close()

    # One method for each thing that the agent tells.

    def told_versions(self, **told: str) -> None:
        self.versions = told

    def told_unfit(self, **told: Any) -> None:
        self.unfit = told

    def told_loaded(self) -> None:
        self.loaded = True

    def told_started(self, **told: Any) -> None:
        for place, one in told["functions"].items():
            adds = tuple((added["name"], added["place"]) for added in one.pop("adds"))
            self.functions[place] = Function(place=place, adds=adds, **one)
        for one in told["operations"]:
            self.operations.append(
                Operation(
                    methods=tuple(one["methods"]),
                    path=one["path"],
                    endpoint=self.functions.get(one["endpoint"]),
                    dependencies=tuple(self.functions[place] for place in one["dependencies"]),
                    needs=tuple(one["needs"]),
                    held={name: self.functions[place] for name, place in one["held"].items()},
                    tasks_parameter=one["tasks_parameter"],
                )
            )
        self.started = told

    def told_open(self, id: int, kind: str, name: str, parent: int | None, at: int, **more: Any) -> None:
        self._spans[id] = span = Span(name, kind, 0, id, parent, at, attributes=more)
        if kind == "server":
            span.attributes["url.path"] = more["path"]
            self.exchanges[id] = Exchange(span, first=False)
        elif parent in self.exchanges:
            self.exchanges[parent].parts.append(span)
            if kind == "endpoint":
                self.exchanges[parent].endpoint = more.get("place")  # known before it ends, if it ever does

    def told_close(self, id: int, at: int, error: str | None, status: int | None = None) -> None:
        span = self._spans[id]
        span.end, span.error = at, error
        if status is not None:
            span.attributes["http.response.status_code"] = status

    def told_tasks(self, id: int, names: list[str]) -> None:
        if id in self.exchanges:
            self.exchanges[id].tasks += names

    def told_over(self, id: int, at: int, error: str | None, endpoint: str | None) -> None:
        one = self.exchanges[id]
        one.over, one.error, one.endpoint = at, error, endpoint
        if error and one.server.attributes.get("http.response.status_code", 500) >= 500:
            one.server.error = error  # Starlette answers with a 500 before it raises the error once more
        known = f"{one.server.name.partition(' ')[0]} {endpoint or one.server.attributes['url.path']}"
        one.first = known not in self._seen
        self._seen.add(known)

    def told_hold(self, since: int, seconds: float, lines: list[list[Any]]) -> None:
        self.holds.append(Hold(since, seconds, tuple((file, number, name) for file, number, name in lines)))

    def told_synced(self, number: int) -> None:
        self._synced = number

    def told_left(self, tasks: list[list[Any]], at: int) -> None:
        self.left = [(file, number, name) for file, number, name in tasks]
