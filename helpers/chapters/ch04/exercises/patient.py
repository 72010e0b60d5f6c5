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


def _check_patient(patient: Callable[..., Any], given_up: list[str]) -> str:
    assert isinstance(given_up, list), "the second thing to pass is the list `given_up`."
    tries: dict[str, int] = {}
    threads: dict[str, str] = {}
    ran: list[str] = []

    def attempt(name: str, fails: int) -> None:
        tries[name] = tries.get(name, 0) + 1
        threads[name] = threading.current_thread().name
        if tries[name] <= fails:
            raise ConnectionError(name)

    def call_depot() -> None:
        time.sleep(0.15)  # as a blocking library does
        attempt("call_depot", 2)

    async def call_carrier() -> None:
        await asyncio.sleep(0.01)
        attempt("call_carrier", 2)

    async def call_nobody() -> None:
        attempt("call_nobody", 9)

    def call_at_once() -> None:
        attempt("call_at_once", 0)

    tasks = (call_depot, call_carrier, call_nobody, call_at_once)
    app = FastAPI()

    @app.post("/{number}")
    async def start(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(patient(tasks[number]))
        background_tasks.add_task(ran.append, "next task")

    before = len(given_up)
    errors = []
    with running(app) as server:
        for number in range(len(tasks)):
            with record(timeout=3.0):
                code = server.client.post(f"/{number}").status_code
            error = logged_error(server.log)
            assert code == 200, (
                f"`patient` failed when it was called, with {error}. It gets a task, and gives a function back."
            )
            if error and "first argument must be callable" in error:
                raise AssertionError(
                    "`patient(task)` should give a function back, which is added as the task. It gave nothing to call."
                )
            errors.append(error)
            server.log.clear()
    noted = [str(name) for name in given_up[before:]]
    names = [task.__name__ for task in tasks]
    assert tries, (
        "none of the tasks was called. The function that `patient` gives back has to call the task that it got."
    )
    asynchronous = [name for name in ("call_carrier", "call_nobody") if name not in tries]
    assert not asynchronous, (
        "an `async def` task was never awaited: calling it only makes a coroutine. `inspect.iscoroutinefunction` tells the kinds."
    )
    assert threads["call_depot"] != "server", (
        "a blocking `def` task ran on the event loop, so that every client waited. Hand it to a thread: "
        "`await run_in_threadpool(task)`."
    )
    once = [name for name in names[:3] if tries[name] == 1]
    assert not once or not any(errors), (
        f"an error still comes out of the task ({next(filter(None, errors))}): after it the next tasks do not run."
    )
    assert not once, f"`{once[0]}` failed, and was not tried again."
    assert tries["call_at_once"] == 1, "a task that went well was run again: leave the loop when it has."
    assert tries["call_nobody"] == 3, f"three tries were asked for, but {tries['call_nobody']} were made."
    assert tries["call_carrier"] == 3 == tries["call_depot"], "a task that goes well at the third try has to get three."
    assert not any(errors), (
        f"the third failure came out of the task ({next(filter(None, errors))}), so the next tasks did not run."
    )
    assert ran == ["next task"] * len(tasks), "the task behind it did not run each time."
    assert noted, "`call_nobody` failed three times, but `given_up` does not hold its name."
    assert noted == ["call_nobody"], (
        f"only the task that failed three times, `call_nobody`, should be noted, by its name, but noted was {noted}."
    )
    return "Busy twice is no failure, three times is noted, and whatever happens, the next task runs and nobody waits."


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
            given_up.append(task.__name__)

        return wrapper

    return patient, given_up


EXERCISE = Exercise(
    id="4.6-patient",
    title="three tries and no exception",
    task="`patient(task)` should give back a task that tries up to three times, notes the name in `given_up` after the "
    "third failure, never raises, and takes `def` and `async def` tasks without holding up anybody.",
    check=_check_patient,
    hints=(
        "Start from `safe` in section 4.6: what has to happen around its `try`?",
        "`for _ in range(3):` with the `try` inside, and `return` when the task has gone well.",
        "The line behind the loop is reached only after three failures.",
    ),
    solution=_solve_patient,
    wants=("function", "value"),
)
