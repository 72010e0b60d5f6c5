"""9.1-create: a parcel is handed in."""

import httpx
from fastapi import APIRouter, BackgroundTasks, Response

from helpers.chapters import post
from helpers.chapters.ch09.exercises.face import GRACE, ParcelIn, ParcelOut, Shelf, send_receipt, serving, shelf
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.services.mailbox import Mailbox
from helpers.wording import logged_error


def _check(router: APIRouter, shelf: Shelf, mailbox: Mailbox) -> str:
    with serving(router, "POST /parcels") as server:
        delay, mailbox.delay = mailbox.delay, 0.3
        before = len(mailbox)
        try:
            with record():
                answer = server.client.post("/parcels", json=GRACE)
                at_the_answer = len(mailbox) - before
        finally:
            mailbox.delay = delay
        letters, error = len(mailbox) - before, logged_error(server.log)
        assert answer.status_code < 500, f"your function failed, and the client got 500: {error}."
        assert answer.status_code == 201, (
            f"201 Created was asked for, but {answer.status_code} came: the decorator takes `status_code=`."
        )
        said = answer.json()
        assert said and "id" in said, f"the parcel with its id should come back, but {said} came."
        assert "email" not in said, (
            "the answer shows the sender's e-mail address to whoever asks. What leaves the house is `ParcelOut`."
        )
        assert said["id"] in shelf.parcels, (
            "the parcel is not on the shelf: `shelf.add(new)` puts it there and gives its id."
        )
        wanted = f"/parcels/{said['id']}"
        place = answer.headers.get("Location", "")
        assert place, f"a 201 says where the new thing is: the header `Location: {wanted}` is missing."
        assert httpx.URL(place).path == wanted, f"`Location` should be `{wanted}`, but it is `{place}`."
        assert not at_the_answer, (
            "the client waited for the letter: `send_receipt` runs before the answer. `add_task` takes the function and its "
            "arguments apart."
        )
        assert not error, f"the client has its 201, but the task then failed, seen by nobody but the log: {error}."
        assert letters == 1, f"one receipt should be sent for each parcel, but {letters or 'none'} came."
        assert mailbox[-1]["To"] == "ada@example.org", (
            f"the receipt went to {mailbox[-1]['To']}, not to the sender's address."
        )
        refused = server.client.post("/parcels", json=GRACE | {"weight_kg": 31})
        assert refused.status_code == 422, f"31 kg is too much, and `ParcelIn` says so, but {refused.status_code} came."
    return "201, the place of the new parcel, no address of the sender, and the receipt after the answer."


def _solve() -> tuple[APIRouter, Shelf, Mailbox]:
    creating = APIRouter()

    @creating.post("/parcels", status_code=201)
    def create_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
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
