"""What learners pass to 9.1-retry."""

from typing import Annotated

from fastapi import BackgroundTasks, Header, HTTPException, Response

from helpers.chapters.ch09.exercises.face import ParcelIn, ParcelOut, send_receipt, shelf
from tests.chapters.answers import right, stub, wrong
from tests.chapters.ch09.desk import create_well, creating

Key = Annotated[str, Header(alias="Idempotency-Key")]


@stub("9.1-retry")
def retry_shipped():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut: ...

    return creating(create_parcel_once)


@wrong("9.1-retry", says="the shelf holds 2 parcels")
def retry_twice():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        return create_well(new, response, background_tasks)

    return creating(create_parcel_once)


@wrong("9.1-retry", says="409 came with")
def retry_refused():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if idempotency_key in shelf.keys:
            raise HTTPException(409)
        parcel = shelf.keys[idempotency_key] = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="one receipt, but 2 came")
def retry_mails_twice():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key) or shelf.add(new)
        shelf.keys[idempotency_key] = parcel
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="another addressee, and 201 was answered")
def retry_hides_a_clash():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if idempotency_key not in shelf.keys:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        parcel = shelf.keys[idempotency_key]
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="another key is another parcel")
def retry_by_contents():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        known = [parcel for parcel in shelf.keys.values() if parcel.email == new.email]
        parcel = known[0] if known else shelf.add(new)
        if not known:
            shelf.keys[idempotency_key] = parcel
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="the header is required; 201 came")
def retry_without_key():
    def create_parcel_once(
        new: ParcelIn,
        response: Response,
        background_tasks: BackgroundTasks,
        idempotency_key: Annotated[str, Header()] = "none",
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        elif parcel.model_dump(exclude={"id"}) != new.model_dump():
            raise HTTPException(409)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@right("9.1-retry")
def retry_early_return():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if known := shelf.keys.get(idempotency_key):
            if ParcelIn(**known.model_dump()) != new:
                raise HTTPException(409)
            response.headers["Location"] = f"/parcels/{known.id}"
            return ParcelOut(**known.model_dump())
        parcel = shelf.add(new)
        shelf.keys[idempotency_key] = parcel
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)
