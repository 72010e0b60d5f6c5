"""10.3-free: a blocking call in an async task."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(archive: Callable[[int], Awaitable[None]], stored: list[int]) -> str:
    app = FastAPI()

    @app.post("/parcels/{number}")
    async def hand_in(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(archive, number)

    stored.clear()
    with running(app) as server:
        for number in (7, 12):
            server.client.hang_up()
            with record():
                server.client.post(f"/parcels/{number}")
            done = list(stored)
            if number not in done:
                time.sleep(0.6)  # a thread that nobody waits for should not reach into the next check
            error = logged_error(server.log)
            why = ": what `store` returns is no coroutine, so it cannot be awaited" if "'await'" in error else ""
            assert not error, f"the task failed with {error}{why}."
            assert number in done, (
                "nothing was stored when the task had ended: call `store(number)`, and wait until it is done."
            )
    assert done == [7, 12], f"parcels 7 and 12 should be stored once each, but {done} came."
    return "The parcels were stored, each task ended after that, and another client noticed nothing."


stored: list[int] = []


def store(number: int) -> None:
    """Blocks whoever calls it for 0.4 s, and keeps the number then."""
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
