"""Exercise 4.3-loop: blocking code in an async def task."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check_loop(archive_pages: Callable[..., Any]) -> str:
    steps: list[str] = []
    at_once: list[int] = []
    writing: list[int] = []
    served, released = [], threading.Event()

    async def announce() -> None:
        await asyncio.sleep(0)
        steps.append("announced")

    def write_page(page: int) -> None:
        writing.append(page)
        at_once.append(len(writing))
        served.append(released.wait(1.5))  # until another request is answered
        writing.remove(page)
        steps.append(f"page {page}")

    app = FastAPI()

    @app.post("/archive")
    async def start(pages: list[int], background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(archive_pages, pages, announce, write_page)
        background_tasks.add_task(steps.append, "ended")

    @app.get("/prices")
    async def release() -> None:
        released.set()

    with running(app) as server:
        for pages in ([1, 2, 3], [8, 5]):
            released.clear()
            for notes in (steps, at_once, served):
                notes.clear()
            with record(timeout=6.0):
                server.client.post("/archive", json=pages)
                server.client.hang_up()  # a failing task closes its connection
                time.sleep(0.2)  # so that a task that awaits nothing has ended while a page is held
                server.client.get("/prices")
            error = logged_error(server.log)
            assert not error, f"the task failed: {error}."
            assert at_once, (
                "no page was written: `write_page` has to be called for each page, and what is started awaited."
            )
            assert all(served), (
                "while a page was written, another client got no answer: `write_page` ran on the event loop. Send it to a "
                "thread, `await asyncio.to_thread(write_page, page)`."
            )
            assert max(at_once) == 1, (
                f"{max(at_once)} pages were written at the same time; one after the other was asked for."
            )
            assert "announced" in steps, "`announce()` was not awaited: calling an `async def` only makes a coroutine."
            expected = ["announced", *(f"page {page}" for page in pages)]
            assert sorted(steps[: steps.index("ended")]) == sorted(expected), (
                "the task had ended before all pages were written. Await each call to the thread."
            )
            assert steps == [*expected, "ended"], (
                f"announced first, then the pages in their order; it was {steps[:-1]}."
            )
    return "Announced, then page by page in a thread, while everybody else was served."


def _solve_loop() -> Callable[..., Any]:
    async def archive_pages(
        pages: list[int], announce: Callable[[], Awaitable[None]], write_page: Callable[[int], None]
    ) -> None:
        await announce()
        for page in pages:
            await asyncio.to_thread(write_page, page)

    return archive_pages


EXERCISE = Exercise(
    id="4.3-loop",
    title="a blocking library in an async def task",
    task="`archive_pages` should announce first, then write page after page, without holding up anybody.",
    check=_check_loop,
    hints=(
        "Rule 5: on which thread does your `async def` run, and who else needs that?",
        "`asyncio.to_thread(function, argument)` runs a blocking call in a thread and can be awaited.",
        "One `await announce()`, then a `for` loop with one `await` for each page.",
    ),
    solution=_solve_loop,
    wants="function",
)
