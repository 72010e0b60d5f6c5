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
from helpers.live.client import LIMITS, came
from helpers.live.server import Server

__all__ = ["ping"]

# status -> what can be done
ADVICE = {
    401: ": ping a path that is open to everybody",
    403: ": ping a path that is open to everybody",
    429: ": ping another path, or more slowly (every=...)",
}


class ping:  # noqa: N801 - reads as a verb: `with ping(server) as pings:`
    """Ask `path` of a server again and again on a connection of its own, for the length of a `with` block.

    `server`: what `serve` or `process` returned. `every`: seconds of rest after each answer. Afterwards `waits` holds
    how many seconds each answer took, the last one included, which may end after the block. Raises `CourseError` for a
    path that cannot serve as a ping: one that does not answer, redirects, asks for a log-in, limits how often it is
    asked, or whose answer takes long to make itself, as a page and /openapi.json do.
    """

    def __init__(self, server: Server, path: str = "/ping", every: float = 0.01):
        url = given.url("ping()", server)
        self._path = given.path("ping(server, path)", path)
        self._every = given.seconds("ping(every=...)", every)
        self.waits: list[float] = []
        self._client = httpx.Client(base_url=url, trust_env=False, verify=False, timeout=60.0, limits=LIMITS)
        self._done, self._ended, self._failure = threading.Event(), threading.Event(), ""

    @property
    def worst(self) -> float:
        """The longest wait, in seconds."""
        return max(self._measured())

    @property
    def typical(self) -> float:
        """The median of all `waits`, in seconds; how many they are, `len(pings.waits)` says."""
        return statistics.median(self._measured())

    def _measured(self) -> list[float]:
        if not self.waits:
            raise CourseError("no ping has been answered yet: read the waits after the `with ping(...)` block.")
        return self.waits

    def __repr__(self) -> str:
        if not self.waits:
            return "pings: none yet"
        return (
            f"pings: {len(self.waits)} answers, the worst waited {self.worst * 1e3:.0f} ms, "
            f"the typical one {self.typical * 1e3:.1f} ms"
        )

    def _ask(self) -> httpx.Response:
        begun = time.perf_counter()
        answer = self._client.get(self._path)
        answer.raise_for_status()
        self.waits.append(time.perf_counter() - begun)
        return answer

    def _run(self) -> None:
        try:
            while not self._done.wait(self._every):
                self._ask()
        except httpx.HTTPError as error:
            self._failure = _why(error)
        except RuntimeError:
            pass  # an interrupt closed the client meanwhile
        finally:
            self._ended.set()

    def __enter__(self) -> Self:
        try:
            # Opens the connection, so that the block begins with a client that is already there.
            unfit = _unfit(self._ask())
        except httpx.HTTPError as error:
            unfit = f"to answer, but it said {_why(error)}"
        if unfit:
            self._client.close()
            raise CourseError(f"ping() expects {self._path} {unfit}.")
        self.waits.clear()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._done.set()
        patience, interrupted = Patience(), kind is not None and issubclass(kind, KeyboardInterrupt)
        try:
            while not interrupted and not self._ended.wait(SLICE):
                patience.tell(f"for the last answer to {self._path}")
        finally:
            self._client.close()
        if kind is not None or (self.waits and not self._failure):
            return
        why = f": {self._failure}" if self._failure else ""
        if not self.waits:
            raise CourseError(f"no ping of {self._path} was answered{why}.")
        raise CourseError(f"{self._path} was answered {len(self.waits)} times, then{why}.")


def _why(error: httpx.HTTPError) -> str:
    """What came instead of an answer, and what can be done."""
    advice = ADVICE.get(error.response.status_code, "") if isinstance(error, httpx.HTTPStatusError) else ""
    return f"{came(error)}{advice}"


def _unfit(answer: httpx.Response) -> str:
    """Why an answer takes so long to make that it would be measured itself, or nothing."""
    if answer.headers.get("content-type", "").startswith("text/html"):
        return "to be a small answer, but it is a page"
    return "to be a small answer, but it is the app's description" if answer.text.startswith('{"openapi"') else ""
