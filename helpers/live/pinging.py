"""A second client that asks all the while, to see what the others feel."""

import statistics
import threading
import time
from types import TracebackType
from typing import Self

import httpx

from helpers import given
from helpers.errors import CourseError
from helpers.live.aside import SLICE, Patience
from helpers.live.server import Server

__all__ = ["ping"]


class ping:  # noqa: N801 - reads as a verb: `with ping(server) as pings:`
    """Ask `path` of a server again and again on a connection of its own, for the length of a `with` block.

    `server`: what `serve` or `process` returned. `every`: seconds of rest after each answer. Afterwards `waits` holds
    how many seconds each answer took, the last one included, which may end after the block.
    """

    def __init__(self, server: Server, path: str = "/ping", every: float = 0.01):
        url = given.url("ping()", server)
        self._path = given.path("ping(server, path)", path)
        self._every = given.seconds("ping(every=...)", every)
        self.waits: list[float] = []
        self._client = httpx.Client(base_url=url, trust_env=False, verify=False, timeout=60.0)
        self._done, self._ended, self._failure = threading.Event(), threading.Event(), ""

    @property
    def worst(self) -> float:
        """The longest wait, in seconds."""
        return max(self._measured())

    @property
    def typical(self) -> float:
        """The median wait, in seconds."""
        return statistics.median(self._measured())

    def _measured(self) -> list[float]:
        if not self.waits:
            raise CourseError("no ping has been answered yet: read the waits after the `with ping(...)` block.")
        return self.waits

    def __repr__(self) -> str:
        if not self.waits:
            return "pings: none yet"
        return f"pings: the worst waited {self.worst * 1e3:.0f} ms, the typical one {self.typical * 1e3:.1f} ms"

    def _ask(self) -> None:
        begun = time.perf_counter()
        self._client.get(self._path).raise_for_status()
        self.waits.append(time.perf_counter() - begun)

    def _run(self) -> None:
        try:
            while not self._done.wait(self._every):
                self._ask()
        except httpx.HTTPError as error:
            self._failure = type(error).__name__
        except RuntimeError:
            pass  # an interrupt closed the client meanwhile
        finally:
            self._ended.set()

    def __enter__(self) -> Self:
        try:
            self._ask()  # opens the connection, so that the block begins with a client that is already there
        except httpx.HTTPError as error:
            self._client.close()
            said = error.response.status_code if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
            raise CourseError(f"ping() expects {self._path} to answer, but it said {said}.") from None
        self.waits.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._done.set()
        patience = Patience()
        try:
            while not self._ended.wait(SLICE):
                patience.tell(f"for the last answer to {self._path}")
        finally:
            self._client.close()
        if kind is None and (self._failure or not self.waits):
            raise CourseError(f"no ping of {self._path} was answered{': ' + self._failure if self._failure else ''}.")
