"""Exercise 4.3-together: waits that overlap inside one task."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check_together(tell_all: Callable[..., Any]) -> str:
    calling: list[str] = []
    most: list[int] = []
    ended: list[dict[str, str]] = []
    said: dict[str, str] = {}

    async def call(carrier: str) -> str:
        calling.append(carrier)
        most.append(len(calling))
        await asyncio.sleep(0.4 - 0.05 * len(calling))  # the first one called answers last
        calling.remove(carrier)
        return f"{carrier} comes at noon"

    app = FastAPI()

    @app.post("/{carriers}")
    async def start(carriers: str, background_tasks: BackgroundTasks) -> None:
        said.clear()
        background_tasks.add_task(tell_all, carriers.split("+"), call, said)
        background_tasks.add_task(lambda: ended.append(dict(said)))

    with running(app) as server:
        for carriers in (["north", "south", "east", "west", "rail"], ["air", "sea"]):
            most.clear()
            ended.clear()
            with record(timeout=3.0):
                server.client.post("/" + "+".join(carriers))
            error = logged_error(server.log)
            assert not error, f"the task failed: {error}."
            assert most, "no carrier was called. `call(carrier)` makes a coroutine, which has to be awaited."
            assert ended and len(ended[0]) == len(carriers), (
                f"when the task ended, {len(ended[0]) if ended else 0} of {len(carriers)} answers were in `said`. A task "
                "that does not await what it starts is over before it is done."
            )
            assert set(ended[0]) == set(carriers), (
                f"`said` should be sorted by carrier: its keys are {sorted(ended[0])}."
            )
            wrong = [carrier for carrier in carriers if ended[0][carrier] != f"{carrier} comes at noon"]
            assert not wrong, (
                f"`said` should hold what `call` gave for {wrong[0]}, but under that name stands {_told(ended[0][wrong[0]])}."
            )
            assert max(most) > 1, (
                "the carriers were called one after the other, so the task takes the sum of their times. Start all calls, "
                "then wait for them."
            )
            assert max(most) == len(carriers), (
                f"{len(carriers)} carriers, but at most {max(most)} were called at a time."
            )
    return "All carriers at the same time, and the task ends when the last has answered."


def _told(came: object) -> str:
    return f"what another carrier said: {came}" if isinstance(came, str) else f"a {type(came).__name__}"


def _solve_together() -> Callable[..., Any]:
    async def tell_all(carriers: list[str], call: Callable[[str], Awaitable[str]], said: dict[str, str]) -> None:
        async def tell(carrier: str) -> None:
            said[carrier] = await call(carrier)

        async with asyncio.TaskGroup() as group:
            for carrier in carriers:
                group.create_task(tell(carrier))

    return tell_all


EXERCISE = Exercise(
    id="4.3-together",
    title="all carriers at once",
    task="`tell_all` should call every carrier at the same time and note what each says.",
    check=_check_together,
    hints=(
        "Rule 4: where do waits overlap?",
        "A small `async def` inside yours calls one carrier and notes its answer.",
        "`async with asyncio.TaskGroup() as group:` and `group.create_task(...)` for each carrier.",
    ),
    solution=_solve_together,
    wants="function",
)
