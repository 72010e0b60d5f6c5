"""Exercise 1.1-mail: the mail behind the answer."""

import time

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from helpers.chapters import post
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error


def _check_mail(app: FastAPI, mailbox: Mailbox) -> str:
    before, delay = len(mailbox), mailbox.delay
    mailbox.delay = 0.3  # long enough to see who waits for it
    try:
        with running(app) as server:
            with record():
                answer = server.client.post("/parcels", json={"name": "Ada", "email": "ada@example.org"})
                at_the_answer = len(mailbox) - before
            afterwards = len(mailbox) - before
            if not afterwards and not logged_error(server.log):
                time.sleep(2 * mailbox.delay)  # a thread that the recording knows nothing of
    finally:
        mailbox.delay = delay
    later, error = len(mailbox) - before, logged_error(server.log)
    assert answer.status_code != 422, (
        f"the check sent a sender with name and email, and your app answered 422: {answer.json()['detail'][0]['msg']}, "
        f"{answer.json()['detail'][0]['loc']}. A parameter without a model or `BackgroundTasks` as its type is read from the query."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    assert not (at_the_answer and error), (
        "the mail was sent before the answer, and the task then failed: `add_task(send_welcome(...))` calls the function "
        "at once and adds what it returned, which is None. Pass the function and its arguments: `add_task(send_welcome, ...)`."
    )
    assert not error, f"the client has its answer, but the task then failed, seen by nobody but the log: {error}."
    assert not at_the_answer, (
        "the client waited for the mail: `send_welcome` runs inside your path operation. Hand it over with "
        "`background_tasks.add_task(...)` and it runs after the answer."
    )
    assert later, (
        "the answer came, but no mail was sent. Tasks run only when they are added to the `background_tasks` parameter that "
        "FastAPI hands you; a `BackgroundTasks()` of your own is never looked at."
    )
    assert afterwards, (
        "the mail was sent by a thread of your own. Nobody logs its failure and no shutdown waits for it: a background task "
        "has both."
    )
    assert later == 1, f"one mail should be sent for each parcel, but {later} were."
    to = mailbox[-1]["To"]
    assert to == "ada@example.org", f"the mail should go to the sender's address, ada@example.org, but went to {to}."
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    assert answer.json() == {"status": "accepted"}, f'{{"status": "accepted"}} was asked for, but {answer.json()} came.'
    return "The answer was sent first, with 202; the mail to the sender followed as a background task."


class Sender(BaseModel):
    """As in the notebook."""

    name: str
    email: str


def send_welcome(email: str) -> None:
    """As in the notebook."""
    post.mail(email, "Welcome")


def _solve_mail() -> tuple[FastAPI, Mailbox]:
    app = FastAPI()

    @app.post("/parcels", status_code=202)
    def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(send_welcome, sender.email)
        return {"status": "accepted"}

    return app, post.mailbox()


EXERCISE = Exercise(
    id="1.1-mail",
    title="the mail behind the answer",
    task='`POST /parcels` should answer 202 with `{"status": "accepted"}` at once, and `send_welcome` should mail the '
    "sender after that.",
    check=_check_mail,
    hints=(
        "FastAPI hands your function an object for work after the answer. Which parameter is it?",
        "`background_tasks.add_task(function, argument)` takes the function itself, without parentheses behind it.",
        "What must the function return so that the client reads `accepted`?",
    ),
    solution=_solve_mail,
    wants=("app", "value"),
    routes=("POST /parcels",),
)
