"""What learners pass to 4.3-threads."""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

import anyio
from starlette.concurrency import run_in_threadpool

from tests.chapters.answers import right, stub, wrong


@stub("4.3-threads")
def threads_shipped():
    async def print_apart(label, press, presses): ...

    return print_apart


@wrong("4.3-threads", says="ran on the event loop")
def threads_on_the_loop():
    async def print_apart(label, press, presses):
        press(label)

    return print_apart


@wrong("4.3-threads", says="took a thread of the shared ones")
def threads_of_starlette():
    async def print_apart(label, press, presses):
        await run_in_threadpool(press, label)

    return print_apart


@wrong("4.3-threads", says="has to get the limiter itself")
def threads_shared_within_the_limit():
    async def print_apart(label, press, presses):
        async with presses:
            await anyio.to_thread.run_sync(press, label)

    return print_apart


@wrong("4.3-threads", says="the limiter allows 2 at a time")
def threads_without_a_limit():
    async def print_apart(label, press, presses):
        await asyncio.to_thread(press, label)

    return print_apart


@wrong("4.3-threads", says="no label was printed")
def threads_never_awaited():
    async def print_apart(label, press, presses):
        anyio.to_thread.run_sync(press, label, limiter=presses)

    return print_apart


@wrong("4.3-threads", says="the task failed: TypeError")
def threads_with_a_result():
    async def print_apart(label, press, presses):
        await anyio.to_thread.run_sync(press(label), limiter=presses)

    return print_apart


@wrong("4.3-threads", says="your task is a `def`")
def threads_of_a_def_task():
    def print_apart(label, press, presses):
        press(label)

    return print_apart


@right("4.3-threads")
def threads_of_asyncio_within_the_limit():
    async def print_apart(label, press, presses):
        async with presses:
            await asyncio.to_thread(press, label)

    return print_apart


@right("4.3-threads")
def threads_with_a_partial():
    async def print_apart(label, press, presses):
        await anyio.to_thread.run_sync(functools.partial(press, label), limiter=presses)

    return print_apart


@right("4.3-threads")
def threads_of_a_pool():
    pool = ThreadPoolExecutor(max_workers=1)

    async def print_apart(label, press, presses):
        await asyncio.get_running_loop().run_in_executor(pool, press, label)

    return print_apart
