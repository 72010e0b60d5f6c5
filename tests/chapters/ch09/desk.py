"""What the answers to 9.1-create and 9.1-retry share: the router they stand on, and a path operation that is right."""

from fastapi import APIRouter, BackgroundTasks, Response

from helpers.chapters.ch09.exercises.face import ParcelIn, ParcelOut, send_receipt, shelf
from helpers.chapters.post import mailbox


def creating(function, **options):
    """A router whose `POST /parcels` is `function`, and what the check is given with it."""
    router = APIRouter()
    router.post("/parcels", **({"status_code": 201} | options))(function)
    return router, shelf, mailbox()


def create_well(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
    parcel = shelf.add(new)
    background_tasks.add_task(send_receipt, parcel.id, parcel.email)
    response.headers["Location"] = f"/parcels/{parcel.id}"
    return ParcelOut(**parcel.model_dump())
