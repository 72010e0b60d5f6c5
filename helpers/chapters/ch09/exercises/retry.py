"""9.1-retry: a request that may be repeated."""

import secrets
from typing import Annotated, Any

import httpx
from fastapi import APIRouter, BackgroundTasks, Header, HTTPException, Response

from helpers.chapters import post
from helpers.chapters.ch09.exercises.face import GRACE, ParcelIn, ParcelOut, Shelf, ask, send_receipt, serving, shelf
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.server import Server
from helpers.services.mailbox import Mailbox


def _check(router: APIRouter, shelf: Shelf, mailbox: Mailbox) -> str:
    delay, mailbox.delay = mailbox.delay, 0.2
    try:
        with serving(router, "POST /parcels", lambda: len(mailbox)) as (server, answered):
            return _hand_in_again(server, answered, shelf, mailbox)
    finally:
        mailbox.delay = delay


def _hand_in_again(server: Server, answered: Answered, shelf: Shelf, mailbox: Mailbox) -> str:
    shelf.keys.clear()
    letters, parcels = len(mailbox), len(shelf.parcels)
    key, other_key = (
        secrets.token_hex(8),
        secrets.token_hex(8),
    )  # new ones: the learner may keep those of an earlier check

    def hand_in(key: str | None, **changes: Any) -> httpx.Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return ask(server, "POST", "/parcels", json=GRACE | changes, headers=headers)

    first = hand_in(key)
    assert first.status_code == 201, (
        f"a parcel with a new key should be answered with 201, but {first.status_code} came."
    )
    assert answered.seen[-1] == letters, "the client waited for the receipt, which is a task of step 1."
    again = hand_in(key)
    count = len(shelf.parcels) - parcels
    assert count == 1, (
        f"the same key came twice and the shelf holds {count} parcels. A client that repeats a request because it heard "
        "nothing wants one."
    )
    assert again.status_code == 201 and again.json() == first.json(), (
        "the repeated request should get the first one's answer, so that the client that missed it reads it now; "
        f"{again.status_code} came with {again.json()}."
    )
    assert again.headers.get("Location") == first.headers.get("Location") != None, (  # noqa: E711
        "both answers should name the same `Location`."
    )
    assert len(mailbox) - letters == 1, (
        f"one parcel should have one receipt, but {(len(mailbox) - letters) or 'none'} came: the task belongs to the branch "
        "in which the parcel is new."
    )
    other = hand_in(other_key)
    assert other.status_code == 201 and other.json() != first.json(), (
        "another key is another parcel, even when the contents are equal: two books may weigh the same."
    )
    assert hand_in(other_key).json() == other.json() and hand_in(key).json() == first.json(), (
        "each key means its own parcel, however many came in between."
    )
    for what, changes in (
        ("addressee", {"to": "Ada"}),
        ("sender's address", {"email": "grace@example.org"}),
        ("weight", {"weight_kg": 2.6}),
    ):
        clash = hand_in(key, **changes)
        assert clash.status_code == 409, (
            f"the same key came with another {what}, and {clash.status_code} was answered. That is a mistake of the client, "
            "and 409 tells it so; the first parcel's answer would hide it."
        )
    unchanged = hand_in(key)
    assert unchanged.status_code == 201 and unchanged.json() == first.json(), (
        "a body that was refused by 409 took the place of the first one: the first body came again under its key, and "
        f"{unchanged.status_code} was answered. Refuse first, then remember."
    )
    assert (len(shelf.parcels) - parcels, len(mailbox) - letters) == (2, 2), (
        "two keys came, so the shelf should hold two parcels and two receipts should be sent, but "
        f"{len(shelf.parcels) - parcels} and {len(mailbox) - letters} were."
    )
    keyless = hand_in(None)
    assert keyless.status_code == 422, (
        f"without a key nothing can be recognised, so the header is required; {keyless.status_code} came."
    )
    return "A repeated request finds its parcel and its answer; another body under the same key is refused."


def _solve() -> tuple[APIRouter, Shelf, Mailbox]:
    retrying = APIRouter()

    @retrying.post("/parcels", status_code=201)
    def create_parcel_once(
        new: ParcelIn,
        idempotency_key: Annotated[str, Header()],
        response: Response,
        background_tasks: BackgroundTasks,
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        elif parcel.model_dump(exclude={"id"}) != new.model_dump():
            raise HTTPException(409, "This key was used for another parcel.")
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return retrying, shelf, post.mailbox()


EXERCISE = Exercise(
    id="9.1-retry",
    title="a request that may be repeated",
    task="`POST /parcels` should know a repeated `Idempotency-Key`: same parcel, same answer, no second receipt, and 409 when "
    "the body differs.",
    check=_check,
    hints=(
        "`shelf.keys` remembers which parcel a key has made. What is to be done when it knows the key?",
        "Which of your lines belong only to the first time: the shelf, the receipt, the `Location`, the answer?",
        '`parcel.model_dump(exclude={"id"})` is what the first body was.',
    ),
    solution=_solve,
    wants=("value", "value", "value"),
)
