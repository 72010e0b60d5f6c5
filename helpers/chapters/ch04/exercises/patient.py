"""Exercise 4.6-patient: three tries and no exception."""

import asyncio
import inspect
import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

given_up: list[str] = []

HELD = 0.01  # seconds between two tries in which the event loop did not turn once


class _Calls:
    """Tasks that fail a number of times, and what became of them."""

    def __init__(self) -> None:
        self.tries: dict[str, int] = {}
        self.threads: dict[str, str] = {}
        self.ended: dict[str, float] = {}
        self.turned: dict[str, bool] = {}
        self.held: dict[str, list[bool]] = {}

    def blocking(self, name: str, fails: int, error: type[Exception]) -> Callable[[], None]:
        """A `def` task that waits as a blocking library does."""

        def task() -> None:
            time.sleep(0.15)
            self._attempt(name, fails, error)

        task.__name__ = name
        return task

    def awaiting(self, name: str, fails: int, error: type[Exception]) -> Callable[[], Any]:
        """An `async def` task that fails at once, so that what stands between its tries is the learner's."""

        async def task() -> None:
            waited = time.monotonic() - self.ended.get(name, time.monotonic())
            self.held.setdefault(name, []).append(waited > HELD and not self.turned[name])
            self.turned[name] = False
            asyncio.get_running_loop().call_soon(self.turned.__setitem__, name, True)
            try:
                self._attempt(name, fails, error)
            finally:
                self.ended[name] = time.monotonic()

        task.__name__ = name
        return task

    def _attempt(self, name: str, fails: int, error: type[Exception]) -> None:
        self.tries[name] = self.tries.get(name, 0) + 1
        self.threads[name] = threading.current_thread().name
        if self.tries[name] <= fails:
            raise error(name)


def _check_patient(patient: Callable[..., Any], given_up: list[str]) -> str:
    assert callable(patient), "the first thing to pass is `patient` itself, a function that takes a task."
    assert isinstance(given_up, list), "the second thing to pass is the list `given_up`."
    calls = _Calls()
    tasks = [
        calls.blocking("call_depot", 2, ConnectionError),
        calls.awaiting("call_carrier", 2, ValueError),
        calls.awaiting("call_nobody", 9, ConnectionError),
        calls.blocking("weigh_air", 9, ZeroDivisionError),
        calls.blocking("call_at_once", 0, ConnectionError),
    ]
    before = len(given_up)
    ran, errors = _serve(patient, tasks, calls)
    noted = [str(name) for name in given_up[before:]]
    error = next(filter(None, errors), "")
    _judge_tries(calls, tasks, error)
    assert not error, f"the third failure came out of the task ({error}), so the next tasks did not run."
    assert ran == len(tasks), "the task behind it did not run each time."
    assert noted, "`call_nobody` failed three times, but `given_up` does not hold its name."
    assert sorted(noted) == ["call_nobody", "weigh_air"], (
        "only the tasks that failed three times, `call_nobody` and `weigh_air`, should be noted, each once and by its "
        f"name, but noted was {noted}."
    )
    with asyncio.Runner() as runner:
        swallowed = runner.run(_swallows_cancellation(patient))
        tries = runner.run(_tries_in_two_runs(patient))
    assert not swallowed, (
        "a task that was cancelled should stay cancelled, but yours went on: `CancelledError` is no `Exception`, "
        "and `except BaseException` (or a bare `except`) catches it."
    )
    assert tries in (None, 6), (
        f"what `patient` gave back was added twice, and its task was tried {tries} times in both runs together: tries are counted "
        "in the function that you give back, anew for each run."
    )
    return "Busy twice is no failure, three times is noted, and whatever happens, the next task runs and nobody waits."


def _serve(patient: Callable[..., Any], tasks: list[Callable[..., Any]], calls: _Calls) -> tuple[int, list[str]]:
    """Each task behind an answer of its own; how often the task behind it ran, and the error that each left in the log."""
    app = FastAPI()
    ran: list[int] = []
    errors: list[str] = []

    @app.post("/{number}")
    async def start(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(patient(tasks[number]))
        background_tasks.add_task(ran.append, number)

    with running(app) as server:
        codes = []
        with record(timeout=6.0):  # side by side, so that a pause between two tries costs the check its length once
            for number in range(len(tasks)):
                codes.append(server.client.post(f"/{number}").status_code)
                server.client.hang_up()
        error = logged_error(server.log)
        for code, task in zip(codes, tasks):
            assert code == 200, (
                f"`patient` failed when it was called, with {error}. It gets a task, and gives a function back."
            )
            assert "first argument must be callable" not in error and "not callable" not in error, (
                "`patient(task)` should give a function back, which is added as the task. It gave nothing to call."
            )
            assert not error or task.__name__ in calls.tries, (
                f"what `patient` gave back failed before it had called its task, with {error}."
            )
            errors.append(error)
    return len(ran), errors


def _judge_tries(calls: _Calls, tasks: list[Callable[..., Any]], error: str) -> None:
    names = [task.__name__ for task in tasks]
    assert calls.tries, (
        "none of the tasks was called. The function that `patient` gives back has to call the task that it got."
    )
    asynchronous = [name for name in ("call_carrier", "call_nobody") if name not in calls.tries]
    assert not asynchronous, (
        "an `async def` task was never awaited: calling it only makes a coroutine. `inspect.iscoroutinefunction` tells the kinds."
    )
    missing = [name for name in names if name not in calls.tries]
    assert not missing, f"`{missing[0]}`, a `def` task, was never called."
    assert calls.threads["call_depot"] != "server", (
        "a blocking `def` task ran on the event loop, so that every client waited. Hand it to a thread: "
        "`await run_in_threadpool(task)`."
    )
    once = [name for name in names[:4] if calls.tries[name] == 1]
    assert len(once) in (0, 4) or not error, (
        f"only some errors are tried again: `{once[0]}` failed, and {error} came out at once. Whatever the error, "
        "`except Exception` catches it."
    )
    assert not once or not error, f"an error still comes out of the task ({error}): after it the next tasks do not run."
    assert not once, f"`{once[0]}` failed, and was not tried again."
    assert calls.tries["call_at_once"] == 1, "a task that went well was run again: leave the loop when it has."
    assert calls.tries["call_nobody"] == 3, f"three tries were asked for, but {calls.tries['call_nobody']} were made."
    assert {calls.tries[name] for name in names[:4]} == {3}, "a task that goes well at the third try has to get three."
    assert not all(calls.held["call_nobody"][1:]), (
        "between two tries your code held the event loop, so that every client waited: `time.sleep` does that in an "
        "`async def` function. `await asyncio.sleep(...)` waits without holding up anybody."
    )


async def _swallows_cancellation(patient: Callable[..., Any]) -> bool:
    """Whether a task that is cancelled while it waits goes on; False where there is no coroutine to cancel."""

    async def call_slowly() -> None:
        await asyncio.sleep(1.0)

    started = patient(call_slowly)()
    if not inspect.iscoroutine(started):
        return False
    waiting = asyncio.create_task(started)
    await asyncio.sleep(0.05)
    waiting.cancel()
    await asyncio.wait([waiting])
    return not waiting.cancelled()


async def _tries_in_two_runs(patient: Callable[..., Any]) -> int | None:
    """How often a task that always fails is tried when it is added twice; None where there is no coroutine to await."""
    tries: list[int] = []

    async def call_twice() -> None:
        tries.append(1)
        raise ConnectionError("busy")

    again = patient(call_twice)
    started = [again(), again()]
    if not all(map(inspect.iscoroutine, started)):
        return None
    await asyncio.gather(*started)
    return len(tries)


def _solve_patient() -> tuple[Callable[..., Any], list[str]]:
    def patient(task: Callable[[], Any]) -> Callable[[], Any]:
        async def wrapper() -> None:
            for _ in range(3):
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                    return
                except Exception:
                    await asyncio.sleep(0.05)
            given_up.append(getattr(task, "__name__", repr(task)))

        return wrapper

    return patient, given_up


EXERCISE = Exercise(
    id="4.6-patient",
    title="three tries and no exception",
    task="`patient(task)` should give back a task that tries up to three times, whatever the error, notes the name in "
    "`given_up` after the third failure, never raises, takes `def` and `async def` tasks without holding up anybody, and "
    "lets a cancellation through.",
    check=_check_patient,
    hints=(
        "Start from `safe` in the appendix on background tasks: what has to happen around its `try`?",
        "`for _ in range(3):` with the `try` inside, and `return` when the task has gone well.",
        "The line behind the loop is reached only after three failures. Between two tries, `await asyncio.sleep(...)`.",
    ),
    solution=_solve_patient,
    wants=("value", "value"),
)
