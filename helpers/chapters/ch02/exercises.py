"""Chapter 2: its exercises, their checks and reference solutions."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.exceptions import FastAPIError
from pydantic import BaseModel

from helpers.chapters import post
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error

# 2.1-all


class Sender(BaseModel):
    """As in the notebook."""

    name: str
    email: str


def deliver(email: str) -> None:
    """As in the notebook."""
    post.mail(email, "Welcome")


def _check_all(send_all: Callable[..., Any], mailbox: Mailbox) -> str:
    emails = ["ada@example.org", "grace@example.org", "carriers@example.org"]
    app = FastAPI()

    @app.get("/ping")
    async def pong() -> str:
        return "pong"

    @app.post("/invite")
    async def invite(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(send_all, emails)

    before, delay = len(mailbox), mailbox.delay
    mailbox.delay = 0.4
    try:
        with running(app) as server:
            with record() as timeline:
                server.client.post("/invite")
                server.client.hang_up()  # a failing task closes the connection that its request came on
                server.client.get("/ping")
            sent = len(mailbox) - before
            if not timeline.tasks[0].error:
                time.sleep(0 if sent >= len(emails) else 2 * mailbox.delay)  # for what nobody waited for
    finally:
        mailbox.delay = delay
    later, task = len(mailbox) - before, timeline.tasks[0]
    assert not task.error, f"the task failed, seen by nobody but the log: {logged_error(server.log)}."
    assert later, (
        "no mail was sent. `asyncio.to_thread(...)` only makes a coroutine, and calling an `async def` function too: "
        "nothing happens before somebody awaits it."
    )
    assert timeline["client#2"].duration < 0.4, (
        "a client that asked `/ping` meanwhile had to wait for your task. `deliver` blocks, and an `async def` around it does "
        "not change that: it has to run in another thread."
    )
    assert sent >= len(emails) or later == sent, (
        f"when the task had ended, {sent} of 3 mails were accepted; the others came later, with nobody to wait for them or to "
        "hear of their failure. Await what you start: a `TaskGroup` does."
    )
    assert later == len(emails), f"one mail for each of the 3 addresses was asked for, but {later} came."
    to = sorted(message["To"] for message in mailbox[-3:])
    assert to == sorted(emails), f"each address should get its own mail, but they went to {', '.join(to)}."
    arrivals = sorted(mailbox.arrivals[-3:])
    assert arrivals[-1] - arrivals[0] < 0.4, (
        "nobody was held up, but the mails went out one after the other: `await` in a loop waits for each before the next. "
        "Start them all, then wait."
    )
    return "All mails were on their way at the same time, the task ended with the last, and another client went on."


def _solve_all() -> tuple[Callable[..., Any], Mailbox]:
    async def send_all(emails: list[str]) -> None:
        async with asyncio.TaskGroup() as group:
            for email in emails:
                group.create_task(asyncio.to_thread(deliver, email))

    return send_all, post.mailbox()


# 2.2-label


class Address(BaseModel):
    """As in the notebook, without its limits."""

    name: str
    city: str


class Parcel(BaseModel):
    """As in the notebook, without its limits."""

    id: int
    to: Address
    weight_kg: float


shelf = {7: Parcel(id=7, to=Address(name="Ada", city="Bern"), weight_kg=2)}
printed: list[str] = []


def print_label(parcel: Parcel) -> None:
    """As in the notebook."""
    time.sleep(0.3)
    printed.append(f"{parcel.to.name}, {parcel.weight_kg:g} kg")


def _check_label(app: FastAPI, printed: list[str]) -> str:
    before = len(printed)
    with running(app) as server:
        put = partial(server.client.put, "/parcels/7")
        assert put(params={"name": "Ada", "weight_kg": 2}).status_code == 200, "`PUT /parcels/7` should stay as it was."
        with record() as timeline:
            answer = server.client.post("/parcels/7/label")
            at_the_answer = len(printed) - before
            server.client.hang_up()  # a failing task closes the connection that its request came on
            put(params={"name": "Grace", "weight_kg": 3})
    labels = printed[before:]
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged_error(server.log)}."
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    assert not at_the_answer or timeline.tasks, (
        "the client waited for the printer: `print_label` runs inside your path operation. Add it as a task."
    )
    error = next((task.error for task in timeline.tasks if task.error), None)
    assert not (at_the_answer and error), (
        "the label was printed before the answer: `add_task(print_label(...))` calls the function at once. Pass the function "
        "and what it needs, `add_task(print_label, ...)`."
    )
    assert timeline.tasks, "the answer came, but no task was added to `background_tasks`, and no label was printed."
    assert not error, (
        f"the client has its 202, and no label was printed: the task failed with {logged_error(server.log)}. "
        "`print_label` wants a parcel."
    )
    assert labels, "the answer came and the task ran, but no label was printed."
    assert len(labels) == 1, f"one label was ordered, but {len(labels)} were printed."
    assert labels != ["Grace, 3 kg"], (
        "the parcel was corrected while the printer was busy, and the label shows the correction: the task was given the "
        "object on the shelf itself, or looks there too late."
    )
    assert labels != ["Grace, 2 kg"], (
        "half right: the weight is that of then, the name is not. `model_copy()` copies the parcel, but the copy shares the "
        "address inside it. Copy deeply."
    )
    assert max(task.duration for task in timeline.tasks) >= 0.3, (
        "a label lies there, but `print_label`, which takes its time, did not run as a task."
    )
    assert labels == ["Ada, 2 kg"], f"`Ada, 2 kg` should stand on the label, but `{labels[0]}` does."
    return "The label shows the parcel as it was when it was ordered, though it was corrected before the printer was ready."


def _solve_label() -> tuple[FastAPI, list[str]]:
    app = FastAPI()

    @app.put("/parcels/{parcel_id}")
    def correct(parcel_id: int, name: str, weight_kg: float) -> None:
        shelf[parcel_id].to.name = name
        shelf[parcel_id].weight_kg = weight_kg

    @app.post("/parcels/{parcel_id}/label", status_code=202)
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id].model_copy(deep=True))

    return app, printed


# 2.3-notify

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


EXERCISES = [
    Exercise(
        id="2.1-all",
        title="all mails at once",
        task="`send_all` should let `deliver` send all mails at the same time, end when they are accepted, and hold up no "
        "other client.",
        check=_check_all,
        hints=(
            "`deliver` blocks. Which call of this chapter lets a blocking function run without holding the loop?",
            "`await` in a loop waits for each mail. What starts several things and waits for all of them?",
            "`group.create_task(...)` takes a coroutine. What does `asyncio.to_thread(deliver, email)` give?",
        ),
        solution=_solve_all,
        wants=("function", "value"),
    ),
    Exercise(
        id="2.2-label",
        title="the label of the moment",
        task="`POST /parcels/{parcel_id}/label` should add `print_label` as a task, for the parcel as it is at that moment.",
        check=_check_label,
        hints=(
            "A task gets the object itself. What if somebody changes it before the printer is ready?",
            "Section 2.2 looked at a parcel in three ways. Which one still showed the old weight?",
            "A parcel holds an address. Does the copy have an address of its own?",
        ),
        solution=_solve_label,
        wants=("app", "value"),
        routes=("POST /parcels/{parcel_id}/label", "PUT /parcels/{parcel_id}"),
    ),
    Exercise(
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
    ),
]
