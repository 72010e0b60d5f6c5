"""Chapter 6: its exercises, their checks and reference solutions."""

import asyncio
import inspect
import time
from collections.abc import Callable, Iterator
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import StreamingResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running

# 6.1-notice

DEPOT = "depot@parcels.example"


class _Outbox:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, to: str) -> None:
        self.sent.append(to)


def _adds(*receivers: str) -> Callable[..., dict[str, str]]:
    """A `hand_in` that adds a task for each receiver, "to" being the one it was asked for."""

    def hand_in(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
        for receiver in receivers:
            background_tasks.add_task(outbox.send, to if receiver == "to" else receiver)
        return {"status": "accepted"}

    return hand_in


def _async_tasks(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    async def send(receiver: str) -> None:
        outbox.send(receiver)

    background_tasks.add_task(send, to)
    background_tasks.add_task(send, DEPOT)
    return {"status": "accepted"}


def _sends_at_once(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    outbox.send(to)
    background_tasks.add_task(outbox.send, DEPOT)
    return {"status": "accepted"}


def _answers_otherwise(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    _adds("to", DEPOT)(to, outbox, background_tasks)
    return {"status": "refused"}


_BROKEN = {
    "sends the first mail before it answers. Look into `outbox.sent` before you run the tasks, too": _sends_at_once,
    "forgets the depot": _adds("to"),
    "tells the depot first. Compare the whole list, in its order": _adds(DEPOT, "to"),
    "mails to somebody else than `to`": _adds("hello@parcels.example", DEPOT),
    "mails everybody twice": _adds("to", DEPOT, "to", DEPOT),
    "answers `refused`": _answers_otherwise,
}


def _check_notice(test_hand_in: Callable[..., Any]) -> str:
    def red(hand_in: Callable[..., Any]) -> AssertionError | None:
        """What the learner's test found, or nothing when it is green; other errors of the test are passed on."""
        outbox = _Outbox()
        try:
            result = test_hand_in(hand_in, outbox)
            if inspect.isawaitable(result):

                async def wait() -> None:
                    await result

                asyncio.run(wait())
        except AssertionError as error:
            return error
        return None

    for right in (_adds("to", DEPOT), _async_tasks):
        found = red(right)
        kind = "`async def` tasks" if right is _async_tasks else "the right `hand_in`"
        assert found is None, (
            f"your test is red for {kind}{': ' + str(found).splitlines()[0] if str(found) else ''}. Nothing is sent before "
            "the tasks are run: with `tasks = BackgroundTasks()`, `await tasks()` runs them."
        )
    for fault, hand_in in _BROKEN.items():
        try:
            noticed = red(hand_in) is not None
        except Exception:  # an IndexError, say, makes pytest red as well
            noticed = True
        assert noticed, f"your test stays green for a `hand_in` that {fault}."
    return f"Your test is green for the right `hand_in` and red for all {len(_BROKEN)} broken ones."


def _solve_notice() -> Callable[..., Any]:
    async def test_hand_in(hand_in: Callable, outbox) -> None:
        tasks = BackgroundTasks()
        assert hand_in("grace@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        await tasks()
        assert outbox.sent == ["grace@example.org", "depot@parcels.example"]

    return test_hand_in


# 6.4-latency

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


EXERCISES = [
    Exercise(
        id="6.1-notice",
        title="a test that notices",
        task="`test_hand_in(hand_in, outbox)` should be green for the right `hand_in` and red for each broken one.",
        check=_check_notice,
        hints=(
            "A path operation is a function: call it with an address, the `outbox` and a `BackgroundTasks()` of your own.",
            "What may stand in `outbox.sent` when `hand_in` has returned? And after `await tasks()`?",
            "One `assert` on the answer, one before the tasks run, one after. The last compares a whole list.",
        ),
        solution=_solve_notice,
        wants="function",
    ),
    Exercise(
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
    ),
]
