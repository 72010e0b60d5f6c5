"""Exercise 2.3-notify: a dependency that hides the task."""

import inspect
import time
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.exceptions import FastAPIError

from helpers.chapters.asking import ask, logged
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.waiting import until
from helpers.wording import code

notes: list[str] = []


def write_down(text: str) -> None:
    """As in the notebook."""
    time.sleep(0.2)
    notes.append(text)


WRITING = 0.2  # seconds that `write_down` takes
ROUNDS = (["parcel 7 is here"], ["parcel 8 is on its way", "parcel 9 is lost"])


def _check_notify(get_notify: Callable[..., Any], notes: list[str]) -> str:
    app = FastAPI()
    coroutines = []

    def hand_in(texts: list[str], notify: Annotated[Any, Depends(get_notify)]) -> str:
        for text in texts:
            result = notify(text)
            if inspect.iscoroutine(result):
                coroutines.append(result.close())
        return "handed in"

    try:
        app.post("/parcels")(hand_in)
    except FastAPIError:
        raise AssertionError(
            "no route with your dependency can be defined: `BackgroundTasks` is recognised by its type alone. Declare the "
            "parameter without `Depends()` and without `| None`."
        ) from None
    answered = Answered(app, lambda: list(notes))
    with running(answered) as server:
        for texts in ROUNDS:
            _hand_in(server, answered, notes, texts, coroutines)
    return "The path operation said `notify(...)`, the answer left, and each note was written as a background task."


def _hand_in(server: Server, answered: Answered, notes: list[str], texts: list[str], coroutines: list[Any]) -> None:
    before = len(notes)
    with record():
        answer = ask(server, "POST", "/parcels", json=texts)
    error = logged(server)
    assert answer.status_code != 422, (
        "FastAPI looks for a parameter of your dependency in the request and answers 422: only `background_tasks` was asked for."
    )
    assert "not callable" not in error or answer.status_code < 500, (
        "`notify(...)` fails in the path operation: what your dependency returns cannot be called. Return a function."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    assert not coroutines, (
        "your `notify` is `async def`: the path operation says `notify(...)`, which only makes a coroutine that nobody awaits. "
        "Adding a task needs no `await`: make it a plain `def`."
    )
    at_the_answer, afterwards = answered.seen[-1][before:], answered.done[-1][before:]
    assert not (at_the_answer and error), (
        "the note was written before the answer: `add_task(write_down(...))` calls the function at once. Pass the function and "
        "its text, separated by a comma."
    )
    assert not at_the_answer, (
        "the client waited until the note was written: `notify` calls `write_down` itself. Let it add a task instead."
    )
    assert "str' object is not callable" not in error and "must be callable" not in error, (
        f"the client has its answer, and the task failed: {error}. `add_task` takes the function first; here the text came "
        "first. `notify` has to know which function is meant."
    )
    assert not error, f"the client has its answer, and the task failed: {error}."
    if not afterwards:
        until(lambda: len(notes) > before, 3 * WRITING)  # a thread that no request waits for
    assert len(notes) > before, (
        "the answer came, and nothing was noted: no task was added to the request's list. A `BackgroundTasks()` of your own is "
        "looked at by nobody: use the one that FastAPI passes."
    )
    assert afterwards, (
        "the note was written by a thread or a task of your own, which no shutdown waits for and whose failure nobody logs. "
        "Let `notify` add a background task."
    )
    assert answered.lasted[-1] >= len(texts) * WRITING, (
        "a task ran, but it was not `write_down`, which takes its time. Add that one."
    )
    assert afterwards == texts, f"{code(str(texts))} should be noted, but {code(str(afterwards))} was."


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
    wants=("callable", "value"),
)
