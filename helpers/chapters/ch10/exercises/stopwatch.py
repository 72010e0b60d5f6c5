"""10.3-stopwatch: two times of one request."""

import asyncio
import time
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(stopwatch: type, seconds: dict[str, float]) -> str:
    async def work() -> None:
        await asyncio.sleep(0.3)

    app = FastAPI()
    app.add_middleware(stopwatch)

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(work)
        return "accepted"

    with running(app) as server:
        seconds.clear()
        with record() as timeline:
            answer = server.client.post("/parcels")
        noted = dict(seconds)  # before the lifespan ends, which passes through a middleware as well
    assert answer.status_code == 200 and answer.json() == "accepted", (
        f"the answer does not come through your middleware: {answer.status_code}, {logged_error(server.log) or answer.text}. Hand "
        "`scope`, `receive` and a `send` on to the app."
    )
    assert not logged_error(server.log), f"your middleware failed: {logged_error(server.log)}."
    missing = [name for name in ("answer", "all") if name not in noted]
    assert not missing, f"`seconds` has no {' and no '.join(map(repr, missing))}: note both, once for each request."
    assert noted["all"] >= 0.3, (
        "`all` ends before the task has: the app's call returns when the tasks are over, so take the time behind `await`."
    )
    assert noted["all"] - noted["answer"] > 0.2, (
        "`answer` contains the task: its time is taken inside `send`, when the message with the last part of the body has "
        "gone, not when the app's call returns."
    )
    assert timeline["client"].end < timeline["work"].end, (
        "the client waited for the task: send each message on at once."
    )
    return "The answer's time stands beside the whole time, and only that contains the task."


seconds: dict[str, float] = {}


def _solve() -> tuple[type, dict[str, float]]:
    class Stopwatch:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            begun = time.perf_counter()

            async def timed_send(message: Any) -> None:
                await send(message)
                if message["type"] == "http.response.body" and not message.get("more_body"):
                    seconds["answer"] = time.perf_counter() - begun

            await self.app(scope, receive, timed_send)
            seconds["all"] = time.perf_counter() - begun

    return Stopwatch, seconds


EXERCISE = Exercise(
    id="10.3-stopwatch",
    title="two times of one request",
    task='The pure ASGI middleware `Stopwatch` should note in `seconds` how long it took until the last byte was sent ("answer"), and '
    'until the app\'s call returned ("all").',
    check=_check,
    hints=(
        "The app sends its answer by calling `send`. Whose `send` is that?",
        'The last part is a message of the type "http.response.body" without `more_body`.',
    ),
    solution=_solve,
    wants=("class", "value"),
)
