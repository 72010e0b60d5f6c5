"""Exercise 6.4-latency: a clock that stops in time."""

import asyncio
import time
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running

_PAUSE = 0.4  # seconds


def _check_latency(timed: Callable[..., Any]) -> str:
    waits: list[float] = []

    class Clock:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                await timed(self.app, scope, receive, send, waits)
            else:
                await self.app(scope, receive, send)

    async def rest() -> None:
        await asyncio.sleep(_PAUSE)

    app = FastAPI()

    @app.get("/task")
    async def task(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(rest)
        return "accepted"

    @app.get("/slow")
    async def slow() -> str:
        await asyncio.sleep(_PAUSE)
        return "done"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        def pieces() -> Iterator[bytes]:
            yield b"first"
            time.sleep(_PAUSE)
            yield b"last"

        return StreamingResponse(pieces())

    app.add_middleware(Clock)
    with running(app) as server:
        counted = {}
        for path in ("/slow", "/task", "/stream"):
            waits.clear()
            with record():
                answer = server.client.get(path)
            error = next((text.splitlines()[-1] for text in server.log if text.startswith("ERROR")), "")
            assert answer.status_code == 200 and not error, (
                f"for {path} the client got {answer.status_code}{', and the log says ' + error if error else ''}. `timed` "
                "awaits `app(scope, receive, ...)` once, and hands on every message."
            )
            counted[path] = list(waits)
    assert all(counted.values()), f"nothing was appended to `waits` for {next(p for p, n in counted.items() if not n)}."
    assert len(counted["/slow"]) == len(counted["/task"]) == 1, (
        "one request should append one number, but more came: the start and each part of the body are messages of their own."
    )
    assert all(isinstance(number, int | float) for numbers in counted.values() for number in numbers), (
        "`waits` should hold seconds, as numbers."
    )
    assert _PAUSE * 0.9 < counted["/slow"][0] < 100 * _PAUSE, (
        "a path operation that takes its time is counted wrongly: the clock starts when the request comes in, in seconds."
    )
    assert counted["/task"][0] < _PAUSE, (
        "the task was counted. Awaiting the app returns when the tasks are over; the answer has left earlier, through `send`."
    )
    assert len(counted["/stream"]) == 1, (
        "a stream was counted once for each part: the last one is that without `more_body`."
    )
    assert counted["/stream"][0] > _PAUSE * 0.9, (
        "a stream was counted until its start only. The client waits for the last part of the body, that without `more_body`."
    )
    return "It counts what the client waits for: a slow path operation and a stream to its end, and no task."


def _solve_latency() -> Callable[..., Any]:
    async def timed(app, scope, receive, send, waits: list[float]) -> None:
        begun = time.perf_counter()

        async def send_and_look(message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                waits.append(time.perf_counter() - begun)

        await app(scope, receive, send_and_look)

    return timed


EXERCISE = Exercise(
    id="6.4-latency",
    title="a clock that stops in time",
    task="`timed` should run the app and append to `waits` the seconds until the last part of the body was sent.",
    check=_check_latency,
    hints=(
        "Everything that the client gets goes through `send`. What if you hand the app a `send` of your own?",
        'The body\'s messages are of type `"http.response.body"`; all but the last have `more_body` set to true.',
        "Take the time first, then `await app(scope, receive, your_send)`, where `your_send` awaits `send` and looks "
        "at the message.",
    ),
    solution=_solve_latency,
    wants="function",
)
