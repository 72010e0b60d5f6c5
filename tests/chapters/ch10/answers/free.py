"""What learners pass to 10.3-free."""

import asyncio
import threading

from starlette.concurrency import run_in_threadpool

from helpers.chapters.ch10.exercises.free import store, stored
from tests.chapters.answers import right, stub, wrong


@stub("10.3-free")
def free_shipped():
    async def archive(number: int) -> None: ...

    return archive, stored


@wrong("10.3-free", says="held the event loop")
def free_blocking():
    async def archive(number: int) -> None:
        store(number)

    return archive, stored


@wrong("10.3-free", says="cannot be awaited")
def free_awaited():
    async def archive(number: int) -> None:
        await (await asyncio.to_thread(store, number))

    return archive, stored


@wrong("10.3-free", says="nothing was stored when the task had ended")
def free_not_waited_for():
    async def archive(number: int) -> None:
        threading.Thread(target=store, args=(number,)).start()

    return archive, stored


@right("10.3-free")
def free_in_the_pool():
    async def archive(number: int) -> None:
        await run_in_threadpool(store, number)

    return archive, stored


@right("10.3-free")
def free_as_def():
    def archive(number: int) -> None:
        store(number)

    return archive, stored


@wrong("10.3-free", says="failed with NameError")
def free_misspelt():
    async def archive(number: int) -> None:
        await asyncio.to_thread(story, number)  # noqa: F821

    return archive, stored


@wrong("10.3-free", says="'NoneType' object is not callable. Your code held the event loop")
def free_called():
    async def archive(number: int) -> None:
        await asyncio.to_thread(store(number))

    return archive, stored


@wrong("10.3-free", says="should be stored once each")
def free_twice():
    async def archive(number: int) -> None:
        await asyncio.gather(asyncio.to_thread(store, number), asyncio.to_thread(store, number))

    return archive, stored


@right("10.3-free")
def free_in_an_executor():
    async def archive(number: int) -> None:
        await asyncio.get_running_loop().run_in_executor(None, store, number)

    return archive, stored
