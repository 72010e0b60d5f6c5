"""`LoadCurve`: how long the last of N clients waits who ask at the same moment; the reader draws it with a slider.

In JupyterLab it is an anywidget, measured at each stop of the slider. Everywhere else, and before the cell is run, it
is a table. JupyterLab takes single keys (`d d` deletes a cell) unless the focused element itself carries
`data-lm-suppress-shortcuts`, so the slider does.
"""

import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import httpx

from helpers import given
from helpers.errors import CourseError
from helpers.given import shown
from helpers.live.aside import SLICE, Patience
from helpers.live.client import came
from helpers.live.ending import alive
from helpers.live.server import Server
from helpers.surroundings import checked
from helpers.wording import counted

__all__ = ["LoadCurve", "Point"]

MOST = 64  # clients


@dataclass(frozen=True)
class Point:
    """One measurement: how many clients asked at once, and after how many seconds the first and the last had an answer."""

    clients: int
    first: float
    last: float

    @property
    def rate(self) -> float:
        """Answers per second."""
        return self.clients / self.last


class LoadCurve:
    """A load curve of `server` (from `serve` or `process`) at GET `path`, drawn by measuring.

    `curve.measure(8)` lets 8 clients ask at once and adds the point; `points` holds them by number of clients. As the
    last value of a cell it shows a slider in JupyterLab and a table elsewhere. `most` is the slider's end.
    """

    def __init__(self, server: Server, path: str, clients: Sequence[int] = (), most: int = 32):
        given.url("LoadCurve", server)
        if not _whole(most, MOST):
            raise CourseError(f"A load curve goes up to a number of clients from 1 to {MOST}, not {shown(most)}.")
        if isinstance(clients, str | bytes) or not isinstance(clients, Sequence):
            raise CourseError(f"A load curve's clients are a list of numbers such as [1, 8], not {shown(clients)}.")
        self.server, self.path, self.most = server, given.path("LoadCurve(server, path)", path), most
        self.points: dict[int, Point] = {}
        self.widget: Any = None
        for number in clients:
            self.measure(number)

    def measure(self, clients: int) -> Point:
        """Let so many clients ask at the same moment, each on a connection of its own, and add what came of it."""
        if not _whole(clients, self.most):
            raise CourseError(f"measure() takes a number of clients from 1 to {self.most}, not {shown(clients)}.")
        waits = _ask_at_once(self.server.url, self.path, clients)
        self.points[clients] = Point(clients, min(waits), max(waits))
        return self.points[clients]

    def __getitem__(self, clients: int) -> Point:
        if not _whole(clients, MOST) or clients not in self.points:
            points = ", ".join(map(str, sorted(self.points)))
            known = f"has points for {points}" if points else "has no point yet"
            raise CourseError(f"{shown(clients)} clients were not measured: this curve {known}.")
        return self.points[clients]

    def _sorted(self) -> list[Point]:
        return [self.points[number] for number in sorted(self.points)]

    @property
    def finding(self) -> str:
        """What the curve says, in words that are the same on every machine."""
        points = self._sorted()
        if not points:
            return "No point yet."
        longest = max(points, key=lambda point: point.last)
        ends = f"from {points[0].clients} to {points[-1].clients} clients" if len(points) > 1 else "1 point"
        return f"{ends}: the longest wait came with {longest.clients}"

    def __repr__(self) -> str:
        lines = [
            f"{point.clients:3} at once: the last waited {point.last * 1e3:.0f} ms , {point.rate:.0f} requests/s"
            for point in self._sorted()
        ]
        return "\n".join([*lines, self.finding])

    def _markdown(self) -> str:
        rows = [
            f"| {point.clients} | {point.first * 1e3:.0f} ms | {point.last * 1e3:.0f} ms | {point.rate:.0f} requests/s |"
            for point in self._sorted()
        ]
        head = ["| clients at once | the first waited | the last waited | answered |", "|---|---|---|---|"]
        return "\n".join([*head, *rows, "", self.finding])

    def _repr_mimebundle_(self, include=None, exclude=None) -> Any:
        words = {"text/markdown": self._markdown(), "text/plain": repr(self)}
        if checked():
            return words
        try:
            self.widget = self.widget or _widget(self)
        except ImportError:  # no anywidget: the table says the same
            return words
        shown = self.widget._repr_mimebundle_()
        data, metadata = shown if isinstance(shown, tuple) else (shown or {}, {})
        return {**data, **words}, metadata


def _whole(number: object, most: int) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= most


def _ask_at_once(url: str, path: str, clients: int) -> list[float]:
    """How many seconds each of `clients` waited; all connections are open before the first asks."""
    barrier = threading.Barrier(clients)
    waits: list[float] = []
    failures: list[Exception] = []

    def ask() -> None:
        with httpx.Client(base_url=url, trust_env=False, verify=False, timeout=60.0) as client:
            try:
                client.head("/")  # opens the connection, whatever the answer is
                barrier.wait(30.0)
                begun = time.perf_counter()
                client.get(path).raise_for_status()
                waits.append(time.perf_counter() - begun)
            except (httpx.HTTPError, threading.BrokenBarrierError) as error:
                barrier.abort()
                failures.append(error)

    threads = [threading.Thread(target=ask, daemon=True) for _ in range(clients)]
    for thread in threads:
        thread.start()
    patience = Patience()
    while any(map(alive, threads)):
        patience.tell(f"for {clients - len(waits) - len(failures)} of {clients} answers from {path}")
        time.sleep(SLICE / 10)
    if failures:
        # Who failed by itself says why, and not who was held up by that.
        told = next((error for error in failures if isinstance(error, httpx.HTTPError)), None)
        good = "good " if isinstance(told, httpx.HTTPStatusError) else ""
        why = came(told) if told else "not all could connect in time"
        raise CourseError(f"{len(failures)} of {clients} clients had no {good}answer from {path}: {why}.")
    return waits


def _widget(curve: LoadCurve) -> Any:
    import anywidget
    import traitlets

    class Slider(anywidget.AnyWidget):
        _esm = Path(__file__).with_name("load_curve.js")
        clients = traitlets.Int(1).tag(sync=True)
        most = traitlets.Int(curve.most).tag(sync=True)
        points = traitlets.List().tag(sync=True)
        status = traitlets.Unicode("Move the slider: each stop is measured.").tag(sync=True)

    def drawn() -> list[dict[str, float]]:
        return [asdict(point) for point in curve._sorted()]

    def measure(change: Any) -> None:
        try:
            point = curve.measure(change["new"])
        except CourseError as error:
            slider.status = f"{error} Run the cells above again."
            return
        slider.points = drawn()
        slider.status = f"{counted(point.clients, 'client')}: the last waited {point.last * 1e3:.0f} ms, {point.rate:.0f} requests/s."

    slider = Slider(points=drawn(), clients=max(curve.points, default=1))
    slider.observe(measure, "clients")
    return slider
