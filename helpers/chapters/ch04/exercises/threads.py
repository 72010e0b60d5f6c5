"""Exercise 4.3-threads: threads of its own for slow work."""

import inspect
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.to_thread import current_default_thread_limiter
from fastapi import BackgroundTasks, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check_threads(print_apart: Callable[..., Any]) -> str:
    for allowed, labels in ((2, 4), (1, 3)):
        _check_limit(print_apart, allowed, labels)
    return "The presses have threads of their own, no more than you allow, and the shared ones stay free."


def _check_limit(print_apart: Callable[..., Any], allowed: int, labels: int) -> None:
    order: list[str] = []
    pressing: list[int] = []
    most: list[int] = []
    threads: set[str] = set()
    limited: list[bool] = []
    begun, released = threading.Event(), threading.Event()
    presses: list[anyio.CapacityLimiter] = []

    @asynccontextmanager
    async def one_shared_thread(app: FastAPI) -> AsyncIterator[None]:
        current_default_thread_limiter().total_tokens = 1
        presses.append(anyio.CapacityLimiter(allowed))
        yield

    def press(label: int) -> None:
        threads.add(threading.current_thread().name)
        limited.append(presses[0].borrowed_tokens > 0)
        pressing.append(label)
        most.append(len(pressing))
        begun.set()
        released.wait(0.8)  # until a `def` path operation has been answered
        pressing.remove(label)
        order.append(f"label {label}")

    app = FastAPI(lifespan=one_shared_thread)

    @app.post("/{label}")
    async def order_label(label: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_apart, label, press, presses[0])

    @app.get("/prices")
    def get_prices() -> None:
        order.append("prices")

    with running(app) as server:
        with record(timeout=6.0):
            for label in range(labels):
                server.client.post(f"/{label}")
            server.client.hang_up()  # a failing task closes its connection
            begun.wait(1.0)
            server.client.get("/prices")
            released.set()
        error = logged_error(server.log)
    assert not error, f"the task failed: {error}."
    assert most, "no label was printed: the thread has to be started, and awaited."
    assert "server" not in threads, "`press` ran on the event loop, so that every client waited. Send it to a thread."
    waited = order[0] != "prices"
    assert not waited or inspect.iscoroutinefunction(print_apart), (
        "your task is a `def`, and `def` tasks take a thread of the shared ones. It has to be an `async def`."
    )
    assert not (waited and any(limited)), (
        "the limiter was asked, and the thread was still one of the shared ones: `anyio.to_thread.run_sync` has to get the "
        "limiter itself, as `limiter=presses`."
    )
    assert not waited, (
        "while labels were printed, a `def` path operation had to wait: `press` took a thread of the shared ones. "
        "`anyio.to_thread.run_sync` takes a `limiter`."
    )
    assert max(most) <= allowed, f"the limiter allows {allowed} at a time, but {max(most)} labels were printed at once."
    missing = labels - (len(order) - 1)
    assert not missing, f"{missing} of {labels} labels were not printed when their tasks had ended."


def _solve_threads() -> Callable[..., Any]:
    async def print_apart(label: int, press: Callable[[int], None], presses: anyio.CapacityLimiter) -> None:
        await anyio.to_thread.run_sync(press, label, limiter=presses)

    return print_apart


EXERCISE = Exercise(
    id="4.3-threads",
    title="threads of its own",
    task="`print_apart` should press the label in a thread that `presses` counts, and take none of the shared 40 places.",
    check=_check_threads,
    hints=(
        "Rule 7: which threads do `def` tasks take, and who else wants them?",
        "`anyio.to_thread.run_sync(function, argument, limiter=...)` counts its threads with the limiter that it gets.",
        "One line: await it with `press`, `label` and `limiter=presses`.",
    ),
    solution=_solve_threads,
    wants="function",
)
