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


@wrong("10.3-free", says="another client waited as long as `store` took")
def free_blocking():
    async def archive(number: int) -> None:
        store(number)

    return archive, stored


@wrong("10.3-free", says="cannot be awaited")
def free_awaited():
    async def archive(number: int) -> None:
        await asyncio.to_thread(lambda: None)
        await None

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
