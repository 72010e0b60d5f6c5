"""Exercise 2.1-all: all mails at once."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters import post
from helpers.chapters.asking import ask, logged
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.mailbox import Mailbox
from helpers.services.waiting import until


def deliver(email: str) -> None:
    """As in the notebook."""
    post.mail(email, "Welcome")


DELAY = 0.4  # seconds that the mail server takes for each message
ROUNDS = (
    ["ada@example.org", "grace@example.org", "carriers@example.org"],
    ["lin@parcels.example", "north@parcels.example", "south@parcels.example", "west@parcels.example"],
)


def _check_all(send_all: Callable[..., Any], mailbox: Mailbox) -> str:
    rounds = iter(ROUNDS)
    app = FastAPI()

    @app.post("/invite")
    async def invite(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(send_all, next(rounds))

    answered = Answered(app, lambda: len(mailbox))
    delay, mailbox.delay = mailbox.delay, DELAY
    try:
        with running(answered) as server:
            for emails in ROUNDS:
                _invite(server, answered, mailbox, emails)
    finally:
        mailbox.delay = delay
    return "All mails were on their way at the same time, and the task ended with the last, for three and for four."


def _invite(server: Server, answered: Answered, mailbox: Mailbox, emails: list[str]) -> None:
    before = len(mailbox)
    with record() as timeline:
        ask(server, "POST", "/invite")
    sent, count, error = answered.done[-1] - before, len(emails), timeline.tasks[0].error
    assert not error, f"the task failed, seen by nobody but the log: {logged(server)}."
    if sent < count:
        until(lambda: len(mailbox) - before >= count, 3 * DELAY)  # for what nobody waited for
    later = len(mailbox) - before
    assert later, (
        "no mail was sent. `asyncio.to_thread(...)` only makes a coroutine, and calling an `async def` function too: "
        "nothing happens before somebody awaits it."
    )
    assert sent >= count or later == sent, (
        f"when the task had ended, {sent} of {count} mails were accepted; the others came later, with nobody to wait for them "
        "or to hear of their failure. Await what you start: a `TaskGroup` does."
    )
    assert later == count, f"one mail for each of the {count} addresses was asked for, but {later} came."
    to = sorted(message["To"] for message in mailbox[-count:])
    assert to == sorted(emails), f"each address should get its own mail, but they went to {', '.join(to)}."
    arrivals = sorted(mailbox.arrivals[-count:])
    # The server takes DELAY for each: of two mails that were sent one after the other, the second comes so much later.
    assert all(later - earlier < DELAY for earlier, later in pairwise(arrivals)), (
        "mails went out one after the other: each took its time before the next was begun. An `await` in a loop waits for "
        "each, a call that blocks too. Start them all in threads, then wait."
    )


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
