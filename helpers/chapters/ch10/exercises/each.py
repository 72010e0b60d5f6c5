"""10.3-each: every task has its turn."""

import inspect
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from starlette.concurrency import run_in_threadpool

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(each: Callable[..., Callable[[], Any]], failed: list[str]) -> str:
    steps: list[str] = []

    def where() -> str:
        return "the loop" if threading.current_thread().name == "server" else "a thread"

    def weigh() -> None:
        time.sleep(0.15)
        steps.append(f"weigh in {where()}")

    async def tell() -> None:
        steps.append("tell")
        raise ConnectionError("no carrier")

    async def print_it() -> None:
        steps.append("print_it")

    def stamp() -> None:
        steps.append(f"stamp in {where()}")
        raise ValueError("no stamps")

    for tasks, wanted in (((weigh, tell, print_it), ["tell"]), ((print_it, stamp, tell, weigh), ["stamp", "tell"])):
        steps.clear()
        failed.clear()
        _run(each, tasks)
        _ran_all(tasks, steps)
        assert failed == wanted, f"`failed` should hold the names of what failed, {wanted}, but holds {failed}."
    return "Each task had its turn, those that failed are noted, and the event loop stayed free."


def _run(each: Callable[..., Callable[[], Any]], tasks: tuple[Callable[[], Any], ...]) -> None:
    app = FastAPI()

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(each(*tasks))

    with running(app) as server, record():
        answer = server.client.post("/parcels")
    assert answer.status_code == 200, (
        f"the client got {answer.status_code}: {logged_error(server.log)}. `each(...)` gives back a function, without running one."
    )
    if error := logged_error(server.log):
        raise AssertionError(f"a failure came out of the task, which closes the client's connection: {error}.")


def _ran_all(tasks: tuple[Callable[[], Any], ...], steps: list[str]) -> None:
    wanted = [task.__name__ for task in tasks]
    names = [step.split(" ")[0] for step in steps]
    assert "tell" in names, f"not every task ran: {names}. An `async def` task has to be awaited."
    assert set(wanted) <= set(names), "the task behind the failing one never ran: catch each task's failure by itself."
    assert names == wanted, f"the tasks should run once each in their order, but {names} came."
    assert not any(step.endswith("in the loop") for step in steps), (
        "the `def` task ran on the event loop and held it: `await run_in_threadpool(task)` gives it a thread."
    )


failed: list[str] = []


def _solve() -> tuple[Any, list[str]]:
    def each(*tasks: Callable[[], Any]) -> Callable[[], Awaitable[None]]:
        async def run_all() -> None:
            for task in tasks:
                try:
                    if inspect.iscoroutinefunction(task):
                        await task()
                    else:
                        await run_in_threadpool(task)
                except Exception:
                    failed.append(task.__name__)

        return run_all

    return each, failed


EXERCISE = Exercise(
    id="10.3-each",
    title="every task has its turn",
    task="`each(*tasks)` should give back one task that runs all of them in their order, `def` in a thread and `async def` awaited, and "
    "notes the names of those that fail in `failed`.",
    check=_check,
    hints=(
        "Where does the `try` have to stand, so that the next task still has its turn?",
        "`inspect.iscoroutinefunction(task)` tells the kinds apart, `run_in_threadpool(task)` gives a thread.",
    ),
    solution=_solve,
    wants=("function", "value"),
)
