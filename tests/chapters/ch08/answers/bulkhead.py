"""What learners pass to 8.3-bulkhead."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import BackgroundTasks, FastAPI, Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask

from helpers.chapters.ch08.exercises.bulkhead import labels, use_printer
from tests.chapters.answers import right, stub, wrong


def bulkhead_app(order_print, app: FastAPI | None = None):
    app = app or FastAPI()

    @app.get("/prices")
    def read_prices() -> float:
        return 4.90

    app.post("/labels/{number}", status_code=202)(order_print)
    return app, labels


@stub("8.3-bulkhead")
def bulkhead_shipped():
    async def order_print(number: int, background_tasks: BackgroundTasks) -> None: ...

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="a `def` task takes any thread that is free")
def bulkhead_plain():
    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(use_printer, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="held the event loop")
def bulkhead_on_the_loop():
    async def print_async(number: int) -> None:
        use_printer(number)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_async, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="tasks that wait for a printer inside a thread hold the thread")
def bulkhead_waits_in_threads():
    printers = threading.Semaphore(4)

    def print_when_free(number: int) -> None:
        with printers:
            use_printer(number)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="Make one for the app, not one for each task")
def bulkhead_one_each():
    async def print_when_free(number: int) -> None:
        await run_sync(use_printer, number, limiter=CapacityLimiter(4))

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="every client waited for its label")
def bulkhead_inline():
    printers = CapacityLimiter(4)

    async def order_print(number: int) -> None:
        await run_sync(use_printer, number, limiter=printers)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="let the limiter admit 4")
def bulkhead_six():
    printers = CapacityLimiter(6)

    async def print_when_free(number: int) -> None:
        await run_sync(use_printer, number, limiter=printers)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="each order is to be printed once")
def bulkhead_refuses():
    busy: set[int] = set()

    async def print_if_free(number: int) -> None:
        if len(busy) < 4:
            busy.add(number)
            await run_in_threadpool(use_printer, number)
            busy.remove(number)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_if_free, number)

    return bulkhead_app(order_print)


@right("8.3-bulkhead")
def bulkhead_with_a_semaphore():
    printers = asyncio.Semaphore(4)

    async def print_when_free(number: int) -> None:
        async with printers:
            await run_in_threadpool(use_printer, number)

    def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_print)


@right("8.3-bulkhead")
def bulkhead_on_the_response():
    printers = CapacityLimiter(4)

    async def print_when_free(number: int) -> None:
        await run_sync(use_printer, number, limiter=printers)

    async def order_print(number: int) -> Response:
        return Response(status_code=202, background=BackgroundTask(print_when_free, number))

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="one label was printed after the other, though")
def bulkhead_one_printer():
    printer = asyncio.Lock()

    async def print_when_free(number: int) -> None:
        async with printer:
            await run_in_threadpool(use_printer, number)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="your code failed: TypeError")
def bulkhead_called():
    printers = CapacityLimiter(4)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(run_sync, use_printer(number), limiter=printers)

    return bulkhead_app(order_print)


@right("8.3-bulkhead")
def bulkhead_with_a_pool():
    pool = ThreadPoolExecutor(4)

    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(pool.submit, use_printer, number)

    return bulkhead_app(order_print)


@right("8.3-bulkhead")
def bulkhead_with_an_executor_that_is_awaited():
    pool = ThreadPoolExecutor(4)

    async def print_when_free(number: int) -> None:
        await asyncio.get_running_loop().run_in_executor(pool, use_printer, number)

    def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return bulkhead_app(order_print)


@wrong("8.3-bulkhead", says="`GET /prices` became an `async def`")
def bulkhead_with_prices_on_the_loop():
    printers, app = threading.Semaphore(4), FastAPI()

    def print_when_free(number: int) -> None:
        with printers:
            use_printer(number)

    @app.get("/prices")
    async def read_prices() -> float:
        return 4.90

    @app.post("/labels/{number}", status_code=202)
    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return app, labels
