"""What learners pass to 9.1-create."""

from fastapi import APIRouter, BackgroundTasks, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from helpers.chapters.ch09.exercises.face import ParcelIn, ParcelOut, Shelved, send_receipt, shelf
from helpers.chapters.post import mailbox
from tests.chapters.answers import right, stub, wrong
from tests.chapters.ch09.desk import create_well, creating


@stub("9.1-create")
def create_shipped():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut: ...

    return creating(take_parcel, status_code=200)


@wrong("9.1-create", says="201 Created was asked for, but 200 came")
def create_with_200():
    return creating(create_well, status_code=200)


@wrong("9.1-create", says="`Location: /parcels/")
def create_without_location():
    def take_parcel(new: ParcelIn, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        return ParcelOut(**parcel.model_dump())

    return creating(take_parcel)


@wrong("9.1-create", says="shows the sender's e-mail address")
def create_tells_all():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> Shelved:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return parcel

    return creating(take_parcel)


@wrong("9.1-create", says="the client waited for the letter")
def create_mails_first():
    def take_parcel(new: ParcelIn, response: Response) -> ParcelOut:
        parcel = shelf.add(new)
        send_receipt(parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(take_parcel)


@wrong("9.1-create", says="the task then failed")
def create_without_arguments():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(take_parcel)


@wrong("9.1-create", says="the parcel is not on the shelf")
def create_nothing():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        background_tasks.add_task(send_receipt, 0, new.email)
        response.headers["Location"] = "/parcels/0"
        return ParcelOut(id=0, **new.model_dump())

    return creating(take_parcel)


@wrong("9.1-create", says="Your router has no `POST /parcels`")
def create_elsewhere():
    router = APIRouter(prefix="/api")
    router.post("/parcels", status_code=201)(create_well)
    return router, shelf, mailbox()


@right("9.1-create")
def create_filtered_by_type():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> Shelved:
        parcel = shelf.add(new)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        background_tasks.add_task(send_receipt, email=parcel.email, parcel_id=parcel.id)
        return parcel

    return creating(take_parcel, response_model=ParcelOut)


@wrong("9.1-create", says="held the event loop")
def create_blocks_in_the_task():
    async def send(parcel_id: int, email: str) -> None:
        send_receipt(parcel_id, email)

    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(take_parcel)


@wrong("9.1-create", says="your function `take_parcel` returned `None`")
def create_without_return():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"

    return creating(take_parcel)


@wrong("9.1-create", says="the receipt went to ada@example.org")
def create_for_ada_alone():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, "ada@example.org")
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    return creating(take_parcel)


@wrong("9.1-create", says="but the answer says")
def create_answers_otherwise():
    def take_parcel(new: ParcelIn, response: Response, background_tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        background_tasks.add_task(send_receipt, parcel.id, parcel.email)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(id=parcel.id, to=new.email, weight_kg=new.weight_kg)

    return creating(take_parcel)


@right("9.1-create")
def create_async_with_a_response():
    async def take_parcel(new: ParcelIn) -> Response:
        parcel = shelf.add(new)
        said = ParcelOut(**parcel.model_dump()).model_dump()
        receipt = BackgroundTask(send_receipt, parcel.id, parcel.email)
        return JSONResponse(said, 201, {"Location": f"/parcels/{parcel.id}"}, background=receipt)

    return creating(take_parcel)


@right("9.1-create")
def create_with_a_whole_address():
    def take_parcel(new: ParcelIn, request: Request, response: Response, tasks: BackgroundTasks) -> ParcelOut:
        parcel = shelf.add(new)
        tasks.add_task(send_receipt, parcel_id=parcel.id, email=new.email)
        response.headers["Location"] = f"{request.url}/{parcel.id}"
        return ParcelOut.model_validate(parcel, from_attributes=True)

    return creating(take_parcel)
