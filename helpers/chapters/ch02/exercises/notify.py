"""Exercise 2.3-notify: a dependency that hides the task."""

import time
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.exceptions import FastAPIError

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

notes: list[str] = []


def write_down(text: str) -> None:
    """As in the notebook."""
    time.sleep(0.2)
    notes.append(text)


def _check_notify(get_notify: Callable[..., Any], notes: list[str]) -> str:
    before = len(notes)
    app = FastAPI()

    def hand_in(notify: Annotated[Any, Depends(get_notify)]) -> str:
        notify("parcel 7 is here")
        return "handed in"

    try:
        app.post("/parcels")(hand_in)
    except FastAPIError:
        raise AssertionError(
            "no route with your dependency can be defined: `BackgroundTasks` is recognised by its type alone. Declare the "
            "parameter without `Depends()` and without `| None`."
        ) from None
    with running(app) as server:
        with record() as timeline:
            answer = server.client.post("/parcels")
            at_the_answer = len(notes) - before
    written, error = notes[before:], logged_error(server.log)
    assert answer.status_code != 422, (
        "FastAPI looks for a parameter of your dependency in the request and answers 422: only `background_tasks` was asked for."
    )
    assert "not callable" not in error or answer.status_code < 500, (
        "`notify(...)` fails in the path operation: what your dependency returns cannot be called. Return a function."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    failed = any(task.error for task in timeline.tasks)
    assert not (at_the_answer and failed), (
        "the note was written before the answer: `add_task(write_down(...))` calls the function at once. Pass the function and "
        "its text, separated by a comma."
    )
    assert not at_the_answer or timeline.tasks, (
        "the client waited until the note was written: `notify` calls `write_down` itself. Let it add a task instead."
    )
    assert not failed, (
        f"the client has its answer, and the task failed: {error}. `add_task` takes the function first; here the text came "
        "first. `notify` has to know which function is meant."
    )
    assert timeline.tasks, (
        "the answer came, but no task was added to the request's list. A `BackgroundTasks()` of your own is looked at by nobody: "
        "use the one that FastAPI passes."
    )
    assert max(task.duration for task in timeline.tasks) >= 0.2, (
        "a task ran, but it was not `write_down`, which takes its time. Add that one."
    )
    assert written == ["parcel 7 is here"], f"`parcel 7 is here` should be noted once, but {written} was."
    return "The path operation said `notify(...)`, the answer left, and the note was written as a background task."


def _solve_notify() -> tuple[Callable[..., Any], list[str]]:
    def get_notify(background_tasks: BackgroundTasks) -> Callable[[str], None]:
        def notify(text: str) -> None:
            background_tasks.add_task(write_down, text)

        return notify

    return get_notify, notes


EXERCISE = Exercise(
    id="2.3-notify",
    title="a dependency that hides the task",
    task="`get_notify` should return a function `notify(text)` that lets `write_down(text)` run as a background task.",
    check=_check_notify,
    hints=(
        "What does a path operation get for a parameter declared with `Depends(get_notify)`?",
        "A function may be defined inside another one. Which of its variables can it still see later?",
        "`notify` has only a text. Where does it take `background_tasks` and `write_down` from?",
    ),
    solution=_solve_notify,
    wants=("function", "value"),
)
