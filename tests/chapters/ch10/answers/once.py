"""What learners pass to 10.3-once."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask

from helpers.chapters.ch10.exercises.once import parcels, tell_carrier, told
from tests.chapters.answers import right, stub, wrong


def once_app(function, **options):
    app = FastAPI()
    app.delete("/parcels/{number}", **({"status_code": 204} | options))(function)
    return app, parcels, told


@stub("10.3-once")
def once_shipped():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None: ...

    return once_app(delete_parcel)


@wrong("10.3-once", says="could still be read")
def once_in_the_task():
    def delete_later(number: int) -> None:
        tell_carrier(number)
        parcels.pop(number, None)

    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if number not in parcels:
            raise HTTPException(404)
        background_tasks.add_task(delete_later, number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="the second DELETE finds nothing")
def once_always_204():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if parcels.pop(number, None):
            background_tasks.add_task(tell_carrier, number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="told of a parcel that was not there")
def once_told_twice():
    def delete_parcel(number: int, response: Response, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(tell_carrier, number)
        if parcels.pop(number, None) is None:
            response.status_code = 404

    return once_app(delete_parcel)


@wrong("10.3-once", says="deleted with 204, but 200 came")
def once_with_200():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404)
        background_tasks.add_task(tell_carrier, number)

    return once_app(delete_parcel, status_code=200)


@wrong("10.3-once", says="was told []")
def once_told_nobody():
    def delete_parcel(number: int) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404)

    return once_app(delete_parcel)


@right("10.3-once")
def once_with_del():
    async def delete_parcel(number: int) -> Response:
        if number not in parcels:
            return Response(status_code=404)
        del parcels[number]
        return Response(status_code=204, background=BackgroundTask(tell_carrier, number))

    return once_app(delete_parcel)


@wrong("10.3-once", says="the client waited until the carrier was told")
def once_called_inline():
    def delete_parcel(number: int) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404)
        tell_carrier(number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="held the event loop")
def once_on_the_loop():
    async def tell(number: int) -> None:
        tell_carrier(number)

    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404)
        background_tasks.add_task(tell, number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="parcel 12 is gone too")
def once_deletes_all():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if number not in parcels:
            raise HTTPException(404)
        parcels.clear()
        background_tasks.add_task(tell_carrier, number)

    return once_app(delete_parcel)


@wrong("10.3-once", says="but the task then failed: TypeError")
def once_without_argument():
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404)
        background_tasks.add_task(tell_carrier)

    return once_app(delete_parcel)


@right("10.3-once")
def once_with_a_status_set():
    def delete_parcel(number: int, response: Response, background_tasks: BackgroundTasks) -> None:
        try:
            del parcels[number]
        except KeyError:
            response.status_code = 404
        else:
            background_tasks.add_task(tell_carrier, number=number)

    return once_app(delete_parcel)


@right("10.3-once")
def once_by_a_dependency():
    def existing(number: int) -> int:
        if number not in parcels:
            raise HTTPException(404)
        return number

    async def delete_parcel(number: Annotated[int, Depends(existing)], background_tasks: BackgroundTasks) -> None:
        parcels.pop(number)
        background_tasks.add_task(run_in_threadpool, tell_carrier, number)

    return once_app(delete_parcel)
