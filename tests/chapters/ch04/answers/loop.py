"""What learners pass to 4.3-loop."""

import asyncio

import anyio
from starlette.concurrency import run_in_threadpool

from tests.chapters.answers import right, stub, wrong


@stub("4.3-loop")
def loop_shipped():
    async def archive_pages(pages, announce, write_page): ...

    return archive_pages


@wrong("4.3-loop", says="ran on the event loop")
def loop_called():
    async def archive_pages(pages, announce, write_page):
        await announce()
        for page in pages:
            write_page(page)

    return archive_pages


@wrong("4.3-loop", says="written at the same time")
def loop_all_at_once():
    async def archive_pages(pages, announce, write_page):
        await announce()
        await asyncio.gather(*(asyncio.to_thread(write_page, page) for page in pages))

    return archive_pages


@wrong("4.3-loop", says="`announce()` was not awaited")
def loop_announces_nothing():
    async def archive_pages(pages, announce, write_page):
        announce()
        for page in pages:
            await asyncio.to_thread(write_page, page)

    return archive_pages


@wrong("4.3-loop", says="announced first")
def loop_announces_last():
    async def archive_pages(pages, announce, write_page):
        for page in pages:
            await asyncio.to_thread(write_page, page)
        await announce()

    return archive_pages


@wrong("4.3-loop", says="ended before all pages were written")
def loop_waits_for_nothing():
    async def archive_pages(pages, announce, write_page):
        await announce()

        def write():
            for page in pages:
                write_page(page)

        asyncio.get_running_loop().run_in_executor(None, write)
        await asyncio.sleep(0.01)

    return archive_pages


@wrong("4.3-loop", says="no page was written")
def loop_forgets_await():
    async def archive_pages(pages, announce, write_page):
        await announce()
        for page in pages:
            asyncio.to_thread(write_page, page)

    return archive_pages


@wrong("4.3-loop", says="the task failed")
def loop_calls_too_early():
    async def archive_pages(pages, announce, write_page):
        await announce()
        for page in pages:
            await write_page(page)

    return archive_pages


@right("4.3-loop")
def loop_by_starlette():
    async def archive_pages(pages, announce, write_page):
        await announce()
        for page in pages:
            await run_in_threadpool(write_page, page)

    return archive_pages


@right("4.3-loop")
def loop_by_anyio():
    async def archive_pages(pages, announce, write_page):
        await announce()
        for page in pages:
            await anyio.to_thread.run_sync(write_page, page)

    return archive_pages


@right("4.3-loop")
def loop_in_one_thread():
    async def archive_pages(pages, announce, write_page):
        def write():
            for page in pages:
                write_page(page)

        await announce()
        await asyncio.get_running_loop().run_in_executor(None, write)

    return archive_pages
