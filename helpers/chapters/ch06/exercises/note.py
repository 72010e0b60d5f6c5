"""Exercise 6.3-note: a traceback that knows the parcel."""

import asyncio
import inspect
import threading
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI
from fastapi.concurrency import run_in_threadpool

from helpers.chapters.asking import ask
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running


def _check_note(noted: Callable[..., Any]) -> str:
    ran: list[str] = []
    threads: list[int] = []

    async def ask_carrier(number: int) -> None:
        await asyncio.sleep(0)
        ran.append(f"ask_carrier {number}")
        if number % 2 == 0:
            raise ConnectionError("the carrier does not answer")

    def print_label(number: int) -> None:
        threads.append(threading.get_ident())
        ran.append(f"print_label {number}")
        if number % 2 == 0:
            raise ValueError("out of paper")

    tasks = {"ask_carrier": ask_carrier, "print_label": print_label}
    app = FastAPI()

    @app.post("/{name}/{number}")
    async def hand_in(name: str, number: int, background_tasks: BackgroundTasks) -> int:
        background_tasks.add_task(noted, tasks[name], number)
        return threading.get_ident()

    with running(app) as server:
        for name, number in (("ask_carrier", 7), ("ask_carrier", 8), ("print_label", 11), ("print_label", 12)):
            threads.clear()
            told, loop = _hand_in(server, name, number)
            assert f"{name} {number}" in ran, (
                f"`{name}({number})` has not run.{f' The log: {told[-1]}.' if told else ''}"
            )
            assert ran.count(f"{name} {number}") == 1, f"`{name}({number})` has run more than once."
            assert loop not in threads, (
                f"`{name}` is `def` and ran on the event loop, where everybody waits for it: it belongs into a thread."
            )
            _judge(told, name, number)
    return "Tasks of both kinds run where they belong, and the log says for which parcel one has failed."


def _hand_in(server: Server, name: str, number: int) -> tuple[list[str], int]:
    """The traceback that a task left in the log, by line, and the number of the event loop's thread."""
    before = len(server.log)
    with record():
        loop = ask(server, "POST", f"/{name}/{number}").json()
    told = [text for text in server.log[before:] if text.startswith("ERROR")]
    return (told[-1].splitlines() if told else []), loop


def _judge(told: list[str], name: str, number: int) -> None:
    if number % 2:
        assert not told, f"`{name}({number})` succeeds, but the log says {told[-1]}."
        return
    error = {"ask_carrier": "ConnectionError: the carrier does not answer", "print_label": "ValueError: out of paper"}[
        name
    ]
    assert told, f"`{name}({number})` failed and nothing stands in the log. After the note, `raise` hands the error on."
    assert error in told, (
        f"the log should say `{error}`, as before, but it ends with `{told[-1]}`: the error itself was changed."
    )
    assert told[-1] != error, f"`{name}({number})` failed, and below `{error}` stands no note."
    assert told[-1] == f"parcel {number}", f"below the error `parcel {number}` should stand, but `{told[-1]}` does."
    assert told[-2] == error, f"below the error the note should stand once, but `{told[-2]}` comes before it."
    assert told[0].startswith("ERROR Exception in ASGI"), (
        "the error was logged by you; uvicorn does so when it is raised on."
    )


def _solve_note() -> Callable[..., Any]:
    async def noted(task: Callable, number: int) -> None:
        try:
            if inspect.iscoroutinefunction(task):
                await task(number)
            else:
                await run_in_threadpool(task, number)
        except Exception as error:
            error.add_note(f"parcel {number}")
            raise

    return noted


EXERCISE = Exercise(
    id="6.3-note",
    title="a traceback that knows the parcel",
    task="`noted` should run `task(number)`, `def` or `async def`; when that fails, `parcel 8` stands below the error in the log.",
    check=_check_note,
    hints=(
        "A note is added to an error that is on its way: catch it, add the note, and let it go on.",
        "`error.add_note(...)`, and then `raise` without anything behind it. A task that is `def` belongs into a thread.",
        "Ask `inspect.iscoroutinefunction(task)`: await the call itself, or `run_in_threadpool(task, number)`.",
    ),
    solution=_solve_note,
    wants="function",
)
