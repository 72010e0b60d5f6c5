"""10.3-free: a blocking call in an async task."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.ch10.exercises.loop import served_during
from helpers.learning.model import Exercise
from helpers.live.pinging import ping
from helpers.live.recording import record
from helpers.live.server import running


def _check(archive: Callable[[int], Awaitable[None]], stored: list[int]) -> str:
    app = FastAPI()

    @app.get("/ping")
    async def pong() -> None: ...

    @app.post("/parcels/{number}")
    async def hand_in(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(archive, number)

    stored.clear()
    with running(app) as server, record() as timeline:
        with ping(server):
            server.client.post("/parcels/7")
            time.sleep(0.05)
            end = time.monotonic() + 3
            while server.busy and time.monotonic() < end:
                time.sleep(0.01)
    error = timeline.tasks[0].error if timeline.tasks else None
    assert not error, f"the task failed with {error}: what `store` returns is no coroutine, so it cannot be awaited."
    done = list(stored)
    if not done:
        time.sleep(0.6)  # a thread that nobody waits for should not reach into the next check
    assert done, "nothing was stored when the task had ended: call `store(number)`, and wait until it is done."
    assert done == [7], f"parcel 7 should be stored once, but {done} came."
    assert served_during(timeline, timeline.tasks[0]), (
        "another client waited as long as `store` took: it blocks, and an `async def` runs on the event loop. Give it a thread."
    )
    return "The parcel was stored, the task ended after that, and another client noticed nothing."


stored: list[int] = []


def store(number: int) -> None:
    time.sleep(0.4)
    stored.append(number)


def _solve() -> tuple[Any, list[int]]:
    async def archive(number: int) -> None:
        await asyncio.to_thread(store, number)

    return archive, stored


EXERCISE = Exercise(
    id="10.3-free",
    title="a blocking call in an async task",
    task="`archive(number)` is an `async def` task that should let `store(number)`, which blocks, do its work, end when that is "
    "done, and hold up nobody.",
    check=_check,
    hints=(
        "In which thread does an `async def` task run, and who else needs that thread?",
        "`asyncio.to_thread(function, argument)` runs a function elsewhere and can be awaited.",
    ),
    solution=_solve,
    wants=("function", "value"),
)
