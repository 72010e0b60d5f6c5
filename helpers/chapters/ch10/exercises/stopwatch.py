"""10.3-stopwatch: two times of one request."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import StreamingResponse
from starlette.background import BackgroundTask

from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

PART, TASK = 0.2, 0.3  # seconds until the last part of a stream is sent, and of the task behind it


def _check(stopwatch: type, seconds: dict[str, float]) -> str:
    worked: list[str] = []

    async def work() -> None:
        await asyncio.sleep(TASK)
        worked.append("task")

    app = FastAPI()
    app.add_middleware(stopwatch)

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(work)
        return "accepted"

    @app.post("/lists")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "one"
            await asyncio.sleep(PART)
            yield "two"

        return StreamingResponse(parts(), background=BackgroundTask(work))

    @app.post("/slow")
    async def outlast() -> StreamingResponse:
        async def parts() -> AsyncIterator[str]:
            yield "one"
            await asyncio.sleep(PART)
            while not worked:
                await asyncio.sleep(0.01)

        return StreamingResponse(parts())

    answered = Answered(app, lambda: list(worked))
    with running(answered) as server:
        for path, text, least in (("/parcels", '"accepted"', 0.0), ("/lists", "onetwo", PART)):
            seconds.clear()
            worked.clear()
            with record():
                answer = server.client.post(path)
            noted = dict(seconds)  # before the lifespan ends, which passes through a middleware as well
            assert answer.status_code == 200 and answer.text == text, (
                f"the answer does not come through your middleware: {answer.status_code}, "
                f"{logged_error(server.log) or answer.text or 'without a body'}. Hand `scope`, `receive` and a `send` on to the app."
            )
            assert not logged_error(server.log), f"your middleware failed: {logged_error(server.log)}."
            _right_times(noted, least)
            assert answered.seen[-1] == [], "the client waited for the task: send each message on at once."
        worked.clear()
        with record(), server.client.stream("POST", "/slow") as slow:
            parts = slow.iter_text()
            next(parts)
            time.sleep(PART)
            server.client.post("/parcels")  # begins last, and is over first
            list(parts)
        noted = dict(seconds)
    assert noted["all"] > PART + TASK / 2, (
        f"a request took {PART + TASK:g} s or more, another one began meanwhile, and `all` says {noted['all']:.1f} s: one middleware object "
        "serves all requests, so what you keep on `self` is the other's. A local variable belongs to one request."
    )
    return "The answer's time stands beside the whole time, and only that contains the task."


def _right_times(noted: dict[str, float], least: float) -> None:
    """Of a request whose last part was sent after `least` seconds, and whose task began then.

    Each bound lies halfway between what is right and what is wrong: uvloop wakes a sleeper up to a millisecond early.
    """
    missing = [name for name in ("answer", "all") if name not in noted]
    assert not missing, f"`seconds` has no {' and no '.join(map(repr, missing))}: note both, once for each request."
    assert noted["all"] > least + TASK / 2, (
        "`all` ends before the task has: the app's call returns when the tasks are over, so take the time behind `await`."
    )
    assert noted["all"] - noted["answer"] > TASK / 2, (
        "`answer` contains the task: its time is taken inside `send`, when the message with the last part of the body has "
        "gone, not when the app's call returns."
    )
    assert noted["answer"] >= least / 2, (
        f"the last part of a stream was sent after {PART:g} s, but `answer` says less: take the time at the message without "
        "`more_body`, not at the start of the response."
    )


seconds: dict[str, float] = {}


def _solve() -> tuple[type, dict[str, float]]:
    class Stopwatch:
        def __init__(self, app: Any) -> None:
            self.app = app

        async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                return await self.app(scope, receive, send)
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
