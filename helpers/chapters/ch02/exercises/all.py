"""Exercise 2.1-all: all mails at once."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters import post
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error


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


EXERCISE = Exercise(
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
)
