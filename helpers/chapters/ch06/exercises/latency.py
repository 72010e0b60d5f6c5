"""Exercise 6.4-latency: a clock that stops in time."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.wording import logged_error

_PAUSE = 0.25  # seconds


def _check_latency(timed: Callable[..., Any]) -> str:
    waits: list[float] = []
    came: list[float] = []  # when a request came in, when the app's call returned, when a task began
    returned: list[float] = []
    rested: list[float] = []

    class Clock:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                came.append(time.perf_counter())
                await timed(self.app, scope, receive, send, waits)
                returned.append(time.perf_counter())
            else:
                await self.app(scope, receive, send)

    entered, go_on = threading.Event(), threading.Event()

    async def rest() -> None:
        rested.append(time.perf_counter())
        await asyncio.sleep(2 * _PAUSE)

    app = FastAPI()

    @app.get("/task")
    async def task(background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(rest)
        return "accepted"

    @app.get("/slow")
    async def slow(seconds: float = _PAUSE) -> str:
        await asyncio.sleep(seconds)
        return "done"

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        def pieces() -> Iterator[bytes]:
            yield b"first"
            time.sleep(_PAUSE)
            yield b"last"

        return StreamingResponse(pieces())

    @app.get("/held")
    def held() -> str:
        entered.set()
        go_on.wait(5)
        return "done"

    app.add_middleware(Clock)
    with running(app) as server:
        counted, took = {}, {}
        for path in ("/slow", f"/slow?seconds={2 * _PAUSE}", "/task", "/stream"):
            for times in (waits, came, returned):
                times.clear()
            with record():
                answer = server.client.get(path)
            _look(path, answer, server)
            counted[path] = list(waits)
            took[path] = (rested if path == "/task" else returned)[-1] - came[0]
        waits.clear()
        with record(), ThreadPoolExecutor() as others:
            first = others.submit(server.client.get, "/held")
            entered.wait(5)
            time.sleep(_PAUSE)
            _look("/task", server.client.get("/task"), server)
            go_on.set()
            _look("/held", first.result(), server)
        beside = sorted(waits)
    _judge(counted, took, beside)
    return "It counts what the client waits for: a slow path operation and a stream to its end, and no task."


def _look(path: str, answer: httpx.Response, server: Server) -> None:
    error = logged_error(server.log)
    assert answer.status_code == 200 and not error, (
        f"for {path} the client got {answer.status_code}{', and the log says ' + error if error else ''}. `timed` "
        "awaits `app(scope, receive, ...)` once, and hands on every message."
    )


def _judge(counted: dict[str, list[float]], took: dict[str, float], beside: list[float]) -> None:
    """By path what `timed` counted, and how long the server took, for /task until the task began: the most that is right."""
    assert all(counted.values()), f"nothing was appended to `waits` for {next(p for p, n in counted.items() if not n)}."
    assert len(counted["/slow"]) == len(counted["/task"]) == 1, (
        "one request should append one number, but more came: the start and each part of the body are messages of their own."
    )
    assert all(isinstance(number, int | float) for number in [*sum(counted.values(), []), *beside]), (
        "`waits` should hold seconds, as numbers."
    )
    for path, least in {"/slow": _PAUSE, f"/slow?seconds={2 * _PAUSE}": 2 * _PAUSE}.items():
        assert counted[path][0] > least * 0.9, (
            "a path operation that takes its time is counted as a quick one: the clock starts when the request comes in."
        )
        assert counted[path][0] < 2 * took[path], (
            "a path operation is counted longer than its client waited: `waits` holds seconds."
        )
    assert counted["/task"][0] < took["/task"] + _PAUSE, (  # the task rests twice as long
        "the task was counted. Awaiting the app returns when the tasks are over; the answer has left earlier, through `send`."
    )
    assert len(counted["/stream"]) == 1, (
        "a stream was counted once for each part: the last one is that without `more_body`."
    )
    assert counted["/stream"][0] > _PAUSE * 0.9, (
        "a stream was counted until its start only. The client waits for the last part of the body, that without `more_body`."
    )
    assert len(beside) == 2 and beside[1] > _PAUSE * 0.9, (
        "two requests at the same time are mixed up: each call of `timed` needs a beginning of its own, in a local name."
    )


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
