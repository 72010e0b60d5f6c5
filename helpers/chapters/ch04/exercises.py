"""Chapter 4: its exercises, their checks and reference solutions."""

import asyncio
import inspect
import threading
import time
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

# 4.1-audit

refusals: list[str] = []


def note_refusal(path: str) -> None:
    """As in the notebook."""
    time.sleep(0.3)
    refusals.append(path)


def _check_audit(refuse: Callable[..., Any], refusals: list[str]) -> str:
    assert isinstance(refusals, list), "the second thing to pass is the list `refusals`, which `note_refusal` fills."
    assert inspect.iscoroutinefunction(refuse) or inspect.isfunction(refuse), "the handler should be a function."
    app = FastAPI()
    app.add_exception_handler(403, refuse)

    @app.get("/depot")
    async def open_depot() -> None:
        raise HTTPException(403, "staff only")

    @app.get("/safe")
    async def open_safe() -> None:
        raise HTTPException(403, "nobody opens the safe")

    before = len(refusals)
    with running(app) as server:
        with record():
            answer = server.client.get("/depot")
            at_the_answer = refusals[before:]
        other = server.client.get("/safe")
        with record():
            pass
    noted, error = refusals[before:], logged_error(server.log)
    assert "is not callable" not in error or noted or answer.status_code == 403, (
        f"your handler did not return a response: the app answered {answer.status_code}, with {error}."
    )
    assert answer.status_code != 500, (
        f"the app answered 500: {error or 'the handler failed'}. A handler returns a response, such as a `JSONResponse`."
    )
    assert answer.status_code == 403, f"a refusal should stay 403, but {answer.status_code} came."
    assert not (at_the_answer and error), (
        "the path was noted before the answer, and the task then failed: `BackgroundTask(note_refusal(...))` calls the "
        "function at once. Pass the function and its argument, with a comma between them."
    )
    assert not at_the_answer, (
        "the client waited for `note_refusal`. Give the response a `background=`, and it runs after the answer."
    )
    assert not error, f"the client has its 403, but the task then failed: {error}."
    assert noted, (
        "the client was refused, but nothing was noted. A response runs only the task that is passed as its `background=`; a "
        "`BackgroundTasks()` on its own is never looked at."
    )
    assert noted == ["/depot", "/safe"], (
        f"the paths /depot and /safe were refused, and noted was {noted}. The handler gets the request: `request.url.path`."
    )
    detail = answer.json().get("detail") if "json" in answer.headers.get("content-type", "") else answer.text
    also = other.json().get("detail") if "json" in other.headers.get("content-type", "") else other.text
    assert (detail, also) == ("staff only", "nobody opens the safe"), (
        f"the answer should say why, with the error's own detail, {{'detail': 'staff only'}}, but it said {detail!r}."
    )
    return "Each refusal says why, at once, and is noted after its answer."


def _solve_audit() -> tuple[Callable[..., Any], list[str]]:
    async def refuse(request: Request, error: HTTPException) -> Response:
        note = BackgroundTask(note_refusal, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


# 4.3-analogies

STORY = {
    "waiter": ("a", "he takes and serves everything himself, one thing at a time, like the thread of the event loop"),
    "cooks": ("b", "they are many and work side by side, and every `def` path operation wants them too"),
    "waiter cooks": ("c", "while he stands at the stove, no table is served: an `async def` task that blocks"),
    "order slip": (
        "d",
        "it is one guest's list, worked off in order, and thrown away at the end; no queue of the house",
    ),
    "dish": ("e", "the guest has paid and left before it was ready, and no way leads back to the table"),
    "receipt": ("f", "it was given before anything was carried anywhere, and proves no delivery"),
    "tracking number": ("g", "`add_task` returns None; you built the number yourself, with a job"),
    "second attempt": ("h", "a failed task, or one whose process was killed, is nobody's any more"),
}


def _check_analogies(repaired: dict[str, str]) -> str:
    assert isinstance(repaired, dict), (
        'a dictionary is asked for, such as {"waiter": "a"}, with all eight parts as keys.'
    )
    missing = [part for part in STORY if part not in repaired]
    unknown = [str(part) for part in repaired if part not in STORY]
    assert not unknown, f"the stories have no part called {unknown[0]!r}. The parts are: {', '.join(STORY)}."
    assert not missing, f"{len(STORY) - len(missing)} of {len(STORY)} parts are there; missing: {', '.join(missing)}."
    given = {part: str(letter).strip().lower() for part, letter in repaired.items()}
    wrong = [part for part, (letter, _) in STORY.items() if given[part] != letter]
    right = len(STORY) - len(wrong)
    assert not wrong, f"{right} of {len(STORY)} are right. Look at `{wrong[0]}` again: {STORY[wrong[0]][1]}."
    return "Both stories are repaired: one waiter who may be the cook, no dish, a receipt that proves nothing, no second attempt."


def _solve_analogies() -> dict[str, str]:
    repaired = {
        "waiter": "a",
        "cooks": "b",
        "waiter cooks": "c",
        "order slip": "d",
        "dish": "e",
        "receipt": "f",
        "tracking number": "g",
        "second attempt": "h",
    }
    return repaired


# 4.6-patient

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


EXERCISES = [
    Exercise(
        id="4.1-audit",
        title="the audit that survives a refusal",
        task="The handler should answer 403 with the error's detail, and `note_refusal` should note the path after the answer.",
        check=_check_audit,
        hints=(
            "What was dropped in section 4.1, and which response does the client get instead?",
            "A `JSONResponse` takes `background=`, a `BackgroundTask` of a function and its arguments.",
            "`request.url.path` is the path, `error.detail` the detail.",
        ),
        solution=_solve_audit,
        wants=("function", "value"),
    ),
    Exercise(
        id="4.3-analogies",
        title="two stories repaired",
        task="Give each of the eight parts of the two stories the letter of the fact that you measured for it.",
        check=_check_analogies,
        hints=(
            "Rules 5 to 7 of section 4.3 tell the waiter, the cooks and the cooking waiter apart.",
            "Three parts do not exist, each for a reason of its own: no way back, no handle, no second try.",
            "Rule 1 says when the receipt is given; the reference says what kind of list the slip is.",
        ),
        solution=_solve_analogies,
        wants="value",
    ),
    Exercise(
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
    ),
]
