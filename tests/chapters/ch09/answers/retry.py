"""What learners pass to 9.1-retry."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Header, HTTPException, Response

from helpers.chapters.ch09.exercises.face import ParcelIn, ParcelOut, Shelved, send_receipt, shelf
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


@wrong("9.1-retry", says="came with another sender's address, and 201 was answered")
def retry_compares_the_addressee():
    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        elif parcel.to != new.to:
            raise HTTPException(409)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="the client waited for the receipt")
def retry_mails_first():
    def create_parcel_once(new: ParcelIn, idempotency_key: Key, response: Response) -> ParcelOut:
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            send_receipt(parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="each key means its own parcel")
def retry_knows_the_last_key():
    last: list = [None, None]

    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if last[0] != idempotency_key:
            last[:] = idempotency_key, shelf.add(new)
            background_tasks.add_task(send_receipt, last[1].id, new.email)
        response.headers["Location"] = f"/parcels/{last[1].id}"
        return ParcelOut(**last[1].model_dump())

    return creating(create_parcel_once)


bodies: dict[str, tuple[ParcelIn, ParcelOut]] = {}


@right("9.1-retry")
def retry_with_a_dictionary_of_its_own():
    """Kept from one check to the next, as in a notebook whose cell is run again."""

    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        if idempotency_key not in bodies:
            parcel = shelf.add(new)
            bodies[idempotency_key] = new, ParcelOut(**parcel.model_dump())
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        body, answer = bodies[idempotency_key]
        if body != new:
            raise HTTPException(409)
        response.headers["Location"] = f"/parcels/{answer.id}"
        return answer

    return creating(create_parcel_once)


@right("9.1-retry")
def retry_with_the_same_dictionary_again():
    return retry_with_a_dictionary_of_its_own()


@right("9.1-retry")
def retry_by_a_dependency():
    def known(idempotency_key: Key, new: ParcelIn) -> Shelved | None:
        parcel = shelf.keys.get(idempotency_key)
        if parcel and parcel.model_dump(exclude={"id"}) != new.model_dump():
            raise HTTPException(409)
        return parcel

    async def create_parcel_once(
        new: ParcelIn,
        idempotency_key: Key,
        parcel: Annotated[Shelved | None, Depends(known)],
        response: Response,
        background_tasks: BackgroundTasks,
    ) -> ParcelOut:
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)


@wrong("9.1-retry", says="took the place of the first one")
def retry_remembers_what_it_refuses():
    bodies: dict[str, ParcelIn] = {}

    def create_parcel_once(
        new: ParcelIn, idempotency_key: Key, response: Response, background_tasks: BackgroundTasks
    ) -> ParcelOut:
        before, bodies[idempotency_key] = bodies.get(idempotency_key, new), new
        if before != new:
            raise HTTPException(409)
        parcel = shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = shelf.keys[idempotency_key] = shelf.add(new)
            background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(create_parcel_once)
