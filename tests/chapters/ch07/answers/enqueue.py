"""What learners pass to exercise 7.1-enqueue."""

import asyncio

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool

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


@wrong("7.1-enqueue", says='{"job": "job-7"} was asked for')
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
