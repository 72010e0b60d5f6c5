"""What learners pass to 6.3-watch."""

import asyncio
import time

from tests.chapters.answers import right, stub, wrong


@stub("6.3-watch")
def watch_shipped():
    async def watch(held) -> None: ...

    return watch


@wrong("6.3-watch", says="What you slept on purpose does not count")
def watch_counts_its_sleep():
    async def watch(held):
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.11)
            if (late := time.perf_counter() - begun) > 0.1:
                held.append(late)

    return watch


@wrong("6.3-watch", says="entries below 0.1 s")
def watch_tells_everything():
    async def watch(held):
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.05)
            held.append(time.perf_counter() - begun - 0.05)

    return watch


@wrong("6.3-watch", says="A watch goes on")
def watch_once():
    async def watch(held):
        while not held:
            begun = time.perf_counter()
            await asyncio.sleep(0.05)
            if (late := time.perf_counter() - begun - 0.05) > 0.1:
                held.append(late)

    return watch


@wrong("6.3-watch", says="the clock one of the wall")
def watch_by_processor_time():
    async def watch(held):
        while True:
            begun = time.thread_time()
            await asyncio.sleep(0.05)
            if (late := time.thread_time() - begun) > 0.1:
                held.append(late)

    return watch


@wrong("6.3-watch", says="`held` holds seconds")
def watch_in_milliseconds():
    async def watch(held):
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.05)
            if (late := time.perf_counter() - begun - 0.05) > 0.1:
                held.append(late * 1000)

    return watch


@wrong("6.3-watch", says="was cancelled and went on")
def watch_cannot_be_stopped():
    async def watch(held):
        end = time.perf_counter() + 5
        while time.perf_counter() < end:
            begun = time.perf_counter()
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                pass
            if (late := time.perf_counter() - begun - 0.05) > 0.1:
                held.append(late)

    return watch


@wrong("6.3-watch", says="`watch` ended with AttributeError")
def watch_writes_elsewhere():
    async def watch(held):
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(0.05)
            if (late := time.perf_counter() - begun - 0.05) > 0.1:
                held.add(late)

    return watch


@right("6.3-watch")
def watch_by_the_clock_of_the_loop():
    async def watch(held):
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + 0.02
            await asyncio.sleep(0.02)
            if loop.time() - due > 0.1:
                held.append(loop.time() - due)

    return watch


@right("6.3-watch")
def watch_from_a_callback():
    async def watch(held):
        loop = asyncio.get_running_loop()

        def look(due):
            late = time.monotonic() - due
            if late > 0.1:
                held.append(late)
            again()

        def again():
            nonlocal handle
            handle = loop.call_later(0.05, look, time.monotonic() + 0.05)

        handle = None
        again()
        try:
            await asyncio.Event().wait()
        finally:
            handle.cancel()

    return watch


@right("6.3-watch")
def watch_without_a_pause():
    async def watch(held):
        last = time.time()
        while True:
            await asyncio.sleep(0.01)
            now = time.time()
            if now - last - 0.01 > 0.1:
                held.append(now - last - 0.01)
            last = now

    return watch
