"""Exercise 8.2-silent: nobody learns who is registered."""

import httpx
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, EmailStr

from helpers.chapters import post
from helpers.chapters.post import mail
from helpers.learning.answered import Answered, told_apart
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error


class NewSender(BaseModel):
    """As in the notebook."""

    email: EmailStr


members = {"ada@example.org"}

HEADERS = {"date", "server", "content-length"}  # the server's own
TIMES = 5


def _check_silent(app: FastAPI, mailbox: Mailbox, members: set[str]) -> str:
    delay, before = mailbox.delay, set(members)
    members.clear()
    members.update({"ada@example.org", *(f"old{number}@example.org" for number in range(TIMES))})
    mailbox.clear()
    mailbox.delay = 0.3  # long enough to see who waits for it
    answered = Answered(app, lambda: len(mailbox))
    try:
        with running(answered) as server:
            known = _register(server, answered, "ada@example.org", "who is registered already")
            new = _register(server, answered, "grace@example.org", "who is new")
            registered = "grace@example.org" in members
            letters = [(letter["To"], letter["Subject"]) for letter in mailbox]
            _same_for_both(known, new)
            _right_mails(letters)
            assert registered, "the new address is not in `members` after all tasks have ended."
            _once_more(server, mailbox)
            _same_wait(server, answered)
    finally:
        mailbox.delay = delay
        members.clear()
        members.update(before)
    return "Answer, wait and next answer are the same for everybody; only the mailbox knows who is registered."


def _register(server: Server, answered: Answered, email: str, who: str) -> httpx.Response:
    server.client.hang_up()
    mails = answered.look()
    with record():
        answer = server.client.post("/senders", json={"email": email})
    error = logged_error(server.log)
    assert answer.status_code != 422, (
        f"the check sent an email, and your app answered 422: {answer.json()['detail'][0]['msg']}."
    )
    assert not error, f"for a sender {who}, your code failed: {error}."
    assert answered.seen[-1] == mails, (
        f"a sender {who} waits for the mail, and the clock tells it to everybody: let a task send it."
    )
    return answer


def _same_for_both(known: httpx.Response, new: httpx.Response) -> None:
    assert known.status_code == new.status_code, (
        f"the status tells them apart: {known.status_code} for an address that is registered, {new.status_code} for a new one."
    )
    assert known.text == new.text, (
        f"the body tells them apart: {known.text} for an address that is registered, {new.text} for a new one."
    )
    apart = {name for name in {*known.headers, *new.headers} if known.headers.get(name) != new.headers.get(name)}
    assert not apart - HEADERS, f"a header tells them apart: {', '.join(sorted(apart - HEADERS))}."
    assert new.status_code == 202, f"202 was asked for, but {new.status_code} came."
    assert new.json() == {"status": "Look into your mail."}, (
        f'{{"status": "Look into your mail."}} was asked for, but {new.json()} came.'
    )


def _right_mails(letters: list[tuple[str, str]]) -> None:
    assert ("ada@example.org", "Welcome") not in letters, (
        "an address that is registered already was welcomed once more: decide in the task which of the two mails it gets."
    )
    assert ("grace@example.org", "Welcome") in letters, "the new sender got no mail with the subject Welcome."
    assert ("ada@example.org", "You are registered already") in letters, (
        "the owner of a registered address got no mail: the answer says to look there, and only the owner may learn it."
    )
    assert len(letters) == 2, f"two mails should be sent, but {len(letters)} were."


def _once_more(server: Server, mailbox: Mailbox) -> None:
    with record():
        server.client.post("/senders", json={"email": "grace@example.org"})
    told = mailbox[-1]["To"], mailbox[-1]["Subject"]
    assert told == ("grace@example.org", "You are registered already"), (
        f"who has just become a member registered once more, and the last mail was {told[1]} to {told[0]}."
    )


def _same_wait(server: Server, answered: Answered) -> None:
    """Old and new addresses in turn, without waiting for a mail in between."""
    answered.waits.clear()
    with record():
        for number in range(TIMES):
            for email in (f"old{number}@example.org", f"new{number}@example.org"):
                server.client.post("/senders", json={"email": email})
    longer = told_apart(answered.waits)
    assert not longer, (
        f"status and body are the same, but {'an address that is registered' if longer < 0 else 'a new address'} always waits "
        "longer, and the clock tells it to everybody. What differs belongs in the task."
    )


def _solve_silent() -> tuple[FastAPI, Mailbox, set[str]]:
    def greet(email: str) -> None:
        if email in members:
            mail(email, "You are registered already")
        else:
            members.add(email)
            mail(email, "Welcome")

    app = FastAPI()

    @app.post("/senders", status_code=202)
    def register(sender: NewSender, background_tasks: BackgroundTasks) -> dict[str, str]:
        background_tasks.add_task(greet, sender.email)
        return {"status": "Look into your mail."}

    return app, post.mailbox(), members


EXERCISE = Exercise(
    id="8.2-silent",
    title="nobody learns who is registered",
    task='`POST /senders` should answer everybody with 202 and `{"status": "Look into your mail."}`, in the same time. A new '
    "address becomes one of the `members` and gets a mail with the subject `Welcome`; a registered one gets "
    "`You are registered already`.",
    check=_check_silent,
    hints=(
        "Which line of the path operation would do something different for Ada and for Grace? Could it stand in the task?",
        "One task for both: it looks the address up and decides. The path operation only adds it.",
        "`mail` blocks for as long as the mail server takes. On which side of `def` and `async def` does it belong?",
    ),
    solution=_solve_silent,
    wants=("app", "value", "value"),
    routes=("POST /senders",),
)
