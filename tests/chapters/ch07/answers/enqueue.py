"""What learners pass to exercise 7.1-enqueue."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Path, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse

from helpers.chapters.ch07.lesson import Desk
from tests.chapters.answers import right, stub, wrong


def desk_app(make, status_code=202):
    """An app whose `POST /parcels/{parcel}/label` is `make(desk)`, and the desk."""
    desk, app = Desk(), FastAPI()
    app.post("/parcels/{parcel}/label", status_code=status_code)(make(desk))
    return app, desk


@stub("7.1-enqueue")
def enqueue_shipped():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]: ...

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="nobody else was answered")
def enqueue_on_the_loop():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                raise HTTPException(503) from None

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="the client got 500, which says that your code is wrong")
def enqueue_uncaught():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"job": desk.enqueue(parcel)}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="the client was told 202: nobody will ever print that label")
def enqueue_swallowed():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                return {"job": "later"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="not in a background task")
def enqueue_in_a_task():
    def make(desk):
        def label(parcel: int, background_tasks: BackgroundTasks) -> dict[str, str]:
            background_tasks.add_task(desk.enqueue, parcel)
            return {"job": f"job-{parcel}"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="`desk.enqueue(parcel)` was never called")
def enqueue_forgotten():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"job": f"job-{parcel}"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="202 was asked for, but 200 came")
def enqueue_with_200():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"job": desk.enqueue(parcel)}

        return label

    return desk_app(make, status_code=200)


@wrong("7.1-enqueue", says='`{"id":"job-4711"}` came')
def enqueue_with_another_answer():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            return {"id": desk.enqueue(parcel)}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="with the broker down 503 was asked for, but 400 came")
def enqueue_blames_the_client():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                raise HTTPException(400) from None

        return label

    return desk_app(make)


@right("7.1-enqueue")
def enqueue_in_the_threadpool():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": await run_in_threadpool(desk.enqueue, parcel)}
            except ConnectionError as error:
                raise HTTPException(status_code=503, detail=str(error)) from error

        return label

    return desk_app(make)


@right("7.1-enqueue")
def enqueue_in_asyncios_threads():
    def make(desk):
        async def label(parcel: int) -> dict[str, str]:
            try:
                job = await asyncio.to_thread(desk.enqueue, parcel)
            except OSError:
                raise HTTPException(503) from None
            return {"job": job}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="with the id that `desk.enqueue` had returned")
def enqueue_with_an_id_of_its_own():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                desk.enqueue(parcel)
            except ConnectionError:
                raise HTTPException(503) from None
            return {"job": f"job-{parcel}"}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="your app answered 500: NameError: name 'paracel' is not defined")
def enqueue_misspelt():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(paracel)}  # noqa: F821
            except ConnectionError:
                raise HTTPException(503) from None

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="your app answered 500, because your code failed: NameError")
def enqueue_misspelt_where_it_fails():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(parcel)}
            except ConnectionError:
                raise HTTPExeption(503) from None  # noqa: F821

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="returned `None`")
def enqueue_without_a_return():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            desk.enqueue(parcel)

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="but your app had not asked the broker")
def enqueue_by_number():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            if parcel != 7:
                raise HTTPException(503)
            return {"job": desk.enqueue(parcel)}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="with a broker that works, your app answered 503")
def enqueue_never_again():
    down = []

    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                job = desk.enqueue(parcel)
            except ConnectionError:
                down.append(parcel)
            if down:
                raise HTTPException(503, "the broker was down")
            return {"job": job}

        return label

    return desk_app(make)


@wrong("7.1-enqueue", says="parcel 12 should be enqueued once, but the broker got [7]")
def enqueue_always_the_same():
    def make(desk):
        def label(parcel: int) -> dict[str, str]:
            try:
                return {"job": desk.enqueue(7)}
            except ConnectionError:
                raise HTTPException(503) from None

        return label

    return desk_app(make)


@right("7.1-enqueue")
def enqueue_in_a_dependency_with_a_handler():
    desk, app, router = Desk(), FastAPI(), APIRouter(prefix="/parcels")

    def enqueued(number: Annotated[int, Path(alias="parcel")]) -> str:
        return desk.enqueue(number)

    @router.post("/{parcel}/label", status_code=202)
    async def label(job: Annotated[str, Depends(enqueued)]) -> dict[str, str]:
        return {"job": job}

    @app.exception_handler(ConnectionError)
    async def tell(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"detail": "try again"}, 503, headers={"Retry-After": "5"})

    app.include_router(router)
    return app, desk


@right("7.1-enqueue")
def enqueue_by_responses_of_its_own():
    def make(desk):
        def label(parcel: int) -> JSONResponse:
            for _ in range(3):
                try:
                    return JSONResponse({"job": desk.enqueue(parcel)}, status_code=202)
                except ConnectionError:
                    continue
            return JSONResponse({"detail": "no broker"}, status_code=503)

        return label

    return desk_app(make, status_code=200)
