"""Exercise 6.3-watch: the app notices itself when its event loop was held."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from fastapi import FastAPI

from helpers.chapters.asking import ask
from helpers.learning.model import Exercise
from helpers.live.server import running

_LEAST = 0.1  # seconds; what is shorter is no hold
_IDLE = 0.4
_HOLDS = (0.3, 0.6)


def _check_watch(watch: Callable[..., Any]) -> str:
    held: list[float] = []
    ours: list[float] = []  # the same loop, watched by the solution: on a busy machine even an idle one is held
    watching: list[asyncio.Task] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(watch(held))
        beside = asyncio.create_task(_solve_watch()(ours))
        watching.append(task)
        yield
        beside.cancel()
        task.cancel()
        with suppress(asyncio.CancelledError, asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), 0.3)

    app = FastAPI(lifespan=lifespan)

    @app.get("/idle")
    async def idle(seconds: float) -> None:
        await asyncio.sleep(seconds)

    @app.get("/hold")
    async def hold(seconds: float) -> None:
        time.sleep(seconds)

    seen: dict[float, list[float]] = {}
    known: dict[float, float] = {}
    with running(app) as server:
        ask(server, "GET", f"/idle?seconds={_IDLE}")
        quiet, busy = list(held), sum(ours)
        for seconds in _HOLDS:
            before, ours_before = len(held), len(ours)
            ask(server, "GET", f"/hold?seconds={seconds}")
            ask(server, "GET", "/idle?seconds=0.15")
            seen[seconds], known[seconds] = held[before:], max(ours[ours_before:])
        ended = watching[0].exception() if watching[0].done() and not watching[0].cancelled() else None
    assert ended is None, f"`watch` ended with {type(ended).__name__}: {ended}"
    _judge(quiet, busy, seen, known)
    assert watching[0].done(), (
        "when the app stopped, `watch` was cancelled and went on. `CancelledError` has to leave it: catch nothing, or raise it on."
    )
    return "A quiet loop left no entry, and each hold left one, of about its own length."


def _judge(quiet: list[float], busy: float, seen: dict[float, list[float]], known: dict[float, float]) -> None:
    """What the learner's watch appended while the loop was idle and in each hold; `busy` and `known` are the solution's."""
    numbers = [*quiet, *sum(seen.values(), [])]
    assert all(isinstance(number, int | float) for number in numbers), "`held` should hold seconds, as numbers."
    assert sum(quiet) < 2 * busy + _IDLE * 0.6, (
        "the loop was free, and `held` got entries as if it had been held all the time. What you slept on purpose does not count."
    )
    assert all(number >= _LEAST for number in numbers), (
        "`held` got entries below 0.1 s: a loop that was free is not worth one."
    )
    for position, (seconds, found) in enumerate(seen.items()):
        what = ("the first", "a second")[position] + f" hold, of {seconds:g} s,"
        assert found, f"{what} left no entry." + (
            " A watch goes on after what it has found."
            if position or quiet  # a busy machine held the loop before we did
            else " Your own sleep must be short, and the clock one of the wall."
        )
        longest = max(found)
        assert longest > seconds * 0.5, (
            f"{what} is counted much shorter than it was: sleep for a twentieth of a second at a time."
        )
        assert longest < 3 * known[seconds], f"{what} is counted much longer than it was: `held` holds seconds."


def _solve_watch() -> Callable[..., Any]:
    async def watch(held: list[float]) -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.05)
            late = time.perf_counter() - begun - 0.05
            if late > 0.1:
                held.append(late)

    return watch


EXERCISE = Exercise(
    id="6.3-watch",
    title="a loop that watches itself",
    task="`watch` should run as long as the app, and append to `held` the seconds of each hold of the event loop above 0.1 s.",
    check=_check_watch,
    hints=(
        "Sleep for a known time on the loop. When the loop was held meanwhile, when do you wake?",
        "Take the time, `await asyncio.sleep(0.05)`, take it again: what is above 0.05, the loop was busy elsewhere.",
        "Do that in a `while True:`, and append only what is above 0.1 s.",
    ),
    solution=_solve_watch,
    wants="function",
    may_hold=True,
)
