"""Exercise 1.1-mail: the mail behind the answer."""

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from helpers.chapters import post
from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.mailbox import Mailbox
from helpers.services.waiting import until

SENDERS = ({"name": "Grace", "email": "grace@example.org"}, {"name": "Lin", "email": "lin@parcels.example"})


def _check_mail(app: FastAPI, mailbox: Mailbox) -> str:
    delay, mailbox.delay = mailbox.delay, 0.3  # long enough to see who waits for it
    answered = Answered(app, lambda: len(mailbox))
    try:
        with running(answered) as server:
            for sender in SENDERS:
                _hand_in(server, answered, mailbox, sender)
    finally:
        mailbox.delay = delay
    return "Both answers were sent first, with 202; the mail to each sender followed as a background task."


def _hand_in(server: Server, answered: Answered, mailbox: Mailbox, sender: dict[str, str]) -> None:
    before = len(mailbox)
    with record():
        answer = ask(server, "POST", "/parcels", json=sender)
    error = logged(server)
    assert answer.status_code != 422, (
        f"the check sent a sender with name and email, and your app answered 422: {answer.json()['detail'][0]['msg']}, "
        f"{answer.json()['detail'][0]['loc']}. A parameter without a model or `BackgroundTasks` as its type is read from the query."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    at_the_answer, afterwards = answered.seen[-1] - before, answered.done[-1] - before
    assert not (at_the_answer and error), (
        "the mail was sent before the answer, and the task then failed: `add_task(send_welcome(...))` calls the function "
        "at once and adds what it returned, which is None. Pass the function and its arguments: `add_task(send_welcome, ...)`."
    )
    assert not error, f"the client has its answer, but the task then failed, seen by nobody but the log: {error}."
    assert not at_the_answer, (
        "the client waited for the mail: `send_welcome` runs inside your path operation. Hand it over with "
        "`background_tasks.add_task(...)` and it runs after the answer."
    )
    if not afterwards:
        until(lambda: len(mailbox) > before, 3 * mailbox.delay)  # a thread that no request waits for
    assert len(mailbox) > before, (
        "the answer came, but no mail was sent. Tasks run only when they are added to the `background_tasks` parameter that "
        "FastAPI hands you; a `BackgroundTasks()` of your own is never looked at."
    )
    assert afterwards, (
        "the mail was sent by a thread or a task of your own. Nobody logs its failure and no shutdown waits for it: a "
        "background task has both."
    )
    assert afterwards == 1, f"one mail should be sent for each parcel, but {afterwards} were."
    to = mailbox[-1]["To"]
    assert to == sender["email"], f"the mail should go to the sender's address, {sender['email']}, but went to {to}."
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    assert answer.json() == {"status": "accepted"}, f"{wanted({'status': 'accepted'}, answer)}."


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
