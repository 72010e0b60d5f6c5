"""10.3-forgot: the clock tells nothing."""

import time

import httpx
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, EmailStr

from helpers.learning.answered import Answered, told_apart
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.wording import logged_error


def _check(app: FastAPI, mailed: list[str]) -> str:
    mailed.clear()
    answered = Answered(app, lambda: list(mailed))
    with running(answered) as server:
        for member, stranger in (("ada@example.org", "mallory@example.org"), ("grace@example.org", "eve@example.org")):
            _ask_both(server, answered, member, stranger)
        answered.waits.clear()
        with record():
            for _ in range(TIMES):
                for email in ("ada@example.org", "mallory@example.org"):
                    server.client.post("/passwords/forgot", json={"email": email})
    longer = told_apart(answered.waits)
    assert not longer, (
        f"the answers are the same, but {'a member' if longer < 0 else 'a stranger'} always waits longer, and the clock tells. "
        "What differs belongs in the task."
    )
    return "Answer and time are the same for everybody, and only the member has a mail."


TIMES = 5


def _ask_both(server: Server, answered: Answered, member: str, stranger: str) -> None:
    def ask(email: str) -> tuple[httpx.Response, list[str], list[str]]:
        """The answer, the mails that it waited for, and all that were sent."""
        before = len(answered.look())
        server.client.hang_up()
        with record():
            answer = server.client.post("/passwords/forgot", json={"email": email})
        error = logged_error(server.log)
        assert answer.status_code != 500, f"your app answered 500: {error}."
        assert not error, f"the client has its answer, but the task then failed: {error}."
        return answer, answered.seen[-1][before:], answered.look()[before:]

    known, early, to_member = ask(member)
    unknown, _, to_stranger = ask(stranger)
    assert known.status_code == 202, f"202 was asked for, but {known.status_code} came for a member."
    assert (unknown.status_code, unknown.text) == (known.status_code, known.text), (
        f"the answers tell who is a member: {known.status_code} {known.text} and {unknown.status_code} {unknown.text}."
    )
    assert not early, (
        "the mail is sent before the answer, so the clock tells who is a member: hand it to a background task."
    )
    assert to_member == [member], f"the member should get one mail, but the mails went to {to_member}."
    assert not to_stranger, "an address that is no member's was mailed to: that tells strangers, and bothers them."


members = {"ada@example.org", "grace@example.org"}
mailed: list[str] = []


def mail_code(email: str) -> None:
    """As in the notebook."""
    time.sleep(0.4)
    mailed.append(email)


class Forgotten(BaseModel):
    """As in the notebook."""

    email: EmailStr


def _solve() -> tuple[FastAPI, list[str]]:
    app = FastAPI()

    @app.get("/health")
    async def read_health() -> str:
        return "fine"

    @app.post("/passwords/forgot", status_code=202)
    def forgot(wanted: Forgotten, background_tasks: BackgroundTasks) -> dict[str, str]:
        if wanted.email in members:
            background_tasks.add_task(mail_code, wanted.email)
        return {"status": "Look into your mail."}

    return app, mailed


EXERCISE = Exercise(
    id="10.3-forgot",
    title="the clock tells nothing",
    task="`POST /passwords/forgot` should answer everybody with the same 202 in the same time; a member's address gets `mail_code` after "
    "that, and nobody else notices.",
    check=_check,
    hints=(
        "What differs between a member and a stranger, and when may it happen?",
        "A `def` task has a thread; on the event loop it would delay the next answer.",
    ),
    solution=_solve,
    wants=("app", "value"),
    routes=("POST /passwords/forgot",),
)
