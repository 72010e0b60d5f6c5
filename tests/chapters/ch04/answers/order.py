"""What learners pass to 4.3-order."""

from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import JSONResponse

from helpers.chapters.ch04.exercises.order import counter_log, put_in_printer, put_on_scale
from tests.chapters.answers import right, stub, wrong


def service(hand_in):
    app = FastAPI()
    app.post("/parcels/{parcel}")(hand_in)
    return app, counter_log


@stub("4.3-order")
def order_shipped():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str: ...

    return service(hand_in)


@wrong("4.3-order", says="the client waited for it")
def order_awaited():
    async def hand_in(parcel: int) -> str:
        await put_on_scale(parcel)
        put_in_printer(parcel)
        return "accepted"

    return service(hand_in)


@wrong("4.3-order", says="is called at once")
def order_called():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(put_on_scale, parcel)
        background_tasks.add_task(put_in_printer(parcel))
        return "accepted"

    return service(hand_in)


@wrong("4.3-order", says="printed before the parcel was weighed")
def order_turned():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(put_in_printer, parcel)
        background_tasks.add_task(put_on_scale, parcel)
        return "accepted"

    return service(hand_in)


@wrong("4.3-order", says="one `add_task` for each function")
def order_without_a_label():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(put_on_scale, parcel)
        return "accepted"

    return service(hand_in)


@wrong("4.3-order", says="for parcel 12")
def order_of_one_parcel():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(put_on_scale, 7)
        background_tasks.add_task(put_in_printer, 7)
        return "accepted"

    return service(hand_in)


@wrong("4.3-order", says="your function returned None")
def order_unanswered():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(put_on_scale, parcel)
        background_tasks.add_task(put_in_printer, parcel)

    return service(hand_in)


@wrong("4.3-order", says="a task failed: TypeError")
def order_without_its_parcel():
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(put_on_scale)
        background_tasks.add_task(put_in_printer)
        return "accepted"

    return service(hand_in)


@right("4.3-order")
def order_in_a_def():
    def hand_in(parcel: int, tasks: BackgroundTasks) -> str:
        tasks.add_task(put_on_scale, parcel=parcel)
        tasks.add_task(put_in_printer, parcel=parcel)
        return "accepted"

    return service(hand_in)


@right("4.3-order")
def order_in_one_task():
    async def weigh_and_print(parcel: int) -> None:
        await put_on_scale(parcel)
        put_in_printer(parcel)

    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(weigh_and_print, parcel)
        return "accepted"

    return service(hand_in)


@right("4.3-order")
def order_on_the_response():
    async def hand_in(parcel: int) -> JSONResponse:
        tasks = BackgroundTasks()
        tasks.add_task(put_on_scale, parcel)
        tasks.add_task(put_in_printer, parcel)
        return JSONResponse("accepted", background=tasks)

    return service(hand_in)
