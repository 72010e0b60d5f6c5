"""9.1-create: a parcel is handed in."""

from typing import Any

import httpx
from fastapi import APIRouter, BackgroundTasks, Response

from helpers.chapters import post
from helpers.chapters.ch09.exercises.face import (
    ADA,
    GRACE,
    ParcelIn,
    ParcelOut,
    Shelf,
    send_receipt,
    serving,
    shelf,
    told_of,
)
from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error


def _check(router: APIRouter, shelf: Shelf, mailbox: Mailbox) -> str:
    delay, mailbox.delay = mailbox.delay, 0.3
    try:
        with serving(router, "POST /parcels", lambda: len(mailbox)) as (server, answered):
            for parcel in (GRACE, ADA):
                _hand_in(server, answered, shelf, mailbox, parcel)
            refused = server.client.post("/parcels", json=GRACE | {"weight_kg": 31})
            assert refused.status_code == 422, (
                f"31 kg is too much, and `ParcelIn` says so, but {refused.status_code} came."
            )
    finally:
        mailbox.delay = delay
    return "201, the place of the new parcel, no address of the sender, and the receipt after the answer."


def _hand_in(server: Server, answered: Answered, shelf: Shelf, mailbox: Mailbox, parcel: dict[str, Any]) -> None:
    before = len(mailbox)
    server.client.hang_up()
    with record():
        answer = server.client.post("/parcels", json=parcel)
    letters, error = len(mailbox) - before, logged_error(server.log)
    assert answer.status_code < 500, f"your function failed, and the client got 500: {error}."
    assert answer.status_code == 201, (
        f"201 Created was asked for, but {answer.status_code} came: the decorator takes `status_code=`."
    )
    said = answer.json()
    assert isinstance(said, dict) and "id" in said, f"the parcel with its id should come back, but {said} came."
    assert "email" not in said, (
        "the answer shows the sender's e-mail address to whoever asks. What leaves the house is `ParcelOut`."
    )
    kept = shelf.parcels.get(said["id"])
    assert kept, "the parcel is not on the shelf: `shelf.add(new)` puts it there and gives its id."
    assert said == told_of(parcel, said["id"]), (
        f"a parcel to {parcel['to']} of {parcel['weight_kg']} kg was handed in, but the answer says {said}."
    )
    assert (kept.to, kept.email) == (parcel["to"], parcel["email"]), (
        f"a parcel to {parcel['to']} was handed in, but on the shelf lies {kept}."
    )
    wanted = f"/parcels/{said['id']}"
    place = answer.headers.get("Location", "")
    assert place, f"a 201 says where the new thing is: the header `Location: {wanted}` is missing."
    assert httpx.URL(place).path == wanted, f"`Location` should be `{wanted}`, but it is `{place}`."
    assert answered.seen[-1] == before, (
        "the client waited for the letter: `send_receipt` runs before the answer. `add_task` takes the function and its "
        "arguments apart."
    )
    assert not error, f"the client has its 201, but the task then failed, seen by nobody but the log: {error}."
    assert letters == 1, f"one receipt should be sent for each parcel, but {letters or 'none'} came."
    assert mailbox[-1]["To"] == parcel["email"], (
        f"the receipt went to {mailbox[-1]['To']}, not to the sender's address."
    )
    assert mailbox[-1]["Subject"] == f"Parcel {said['id']}", (
        f"parcel {said['id']} was handed in, but the receipt speaks of {mailbox[-1]['Subject']}."
    )


def _solve() -> tuple[APIRouter, Shelf, Mailbox]:
    creating = APIRouter()

    @creating.post("/parcels", status_code=201)
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating, shelf, post.mailbox()


EXERCISE = Exercise(
    id="9.1-create",
    title="a parcel is handed in",
    task="`POST /parcels` should put the parcel on the shelf, answer 201 with a `ParcelOut` and its `Location`, and mail the "
    "receipt after that.",
    check=_check,
    hints=(
        "Which status code says that something was created, and where does a decorator take it?",
        "`response.headers[...]` writes a header of the answer that FastAPI will send.",
        "`background_tasks.add_task(function, argument, ...)` gets the function and its arguments, without calling it.",
    ),
    solution=_solve,
    wants=("value", "value", "value"),
)
