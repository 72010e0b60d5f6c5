"""10.3-forgot: the clock tells nothing."""

import time

import httpx
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel, EmailStr

from helpers.chapters.ch10.exercises.loop import served_during
from helpers.learning.model import Exercise
from helpers.live.pinging import ping
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(app: FastAPI, mailed: list[str]) -> str:
    mailed.clear()
    with running(app) as server:

        def ask(email: str) -> tuple[httpx.Response, int]:
            server.client.hang_up()
            with record():
                answer = server.client.post("/passwords/forgot", json={"email": email})
                at_the_answer = len(mailed)
            return answer, at_the_answer

        member, early = ask("ada@example.org")
        to_member = list(mailed)
        stranger, _ = ask("mallory@example.org")
        to_stranger = mailed[len(to_member) :]
        with record() as timeline, ping(server, "/health"):
            server.client.post("/passwords/forgot", json={"email": "ada@example.org"})
            time.sleep(0.05)
            end = time.monotonic() + 3
            while len(mailed) < 2 and time.monotonic() < end:
                time.sleep(0.01)
    assert member.status_code != 500, f"your app answered 500: {logged_error(server.log)}."
    assert member.status_code == 202, f"202 was asked for, but {member.status_code} came for a member."
    assert (stranger.status_code, stranger.text) == (member.status_code, member.text), (
        f"the answers tell who is a member: {member.status_code} {member.text} and {stranger.status_code} {stranger.text}."
    )
    assert not early, (
        "the mail is sent before the answer, so the clock tells who is a member: hand it to a background task."
    )
    assert to_member == ["ada@example.org"], f"the member should get one mail, but the mails went to {to_member}."
    assert not to_stranger, "an address that is no member's was mailed to: that tells strangers, and bothers them."
    assert not timeline.tasks or served_during(timeline, timeline.tasks[0]), (
        "the task blocks the event loop: the next answer is late whenever there was a mail, so the clock tells again."
    )
    return "Answer and time are the same for everybody, and only the member has a mail."


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
