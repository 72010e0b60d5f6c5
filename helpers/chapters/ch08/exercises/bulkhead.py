"""Exercise 8.3-bulkhead: four printers, and prices for everybody."""

import asyncio
import time

import httpx
from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import BackgroundTasks, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running

LABELS, THREADS, PRINTERS = 20, 8, 4


labels: list[tuple[str, int]] = []


def print_label(number: int) -> None:
    """As in the notebook."""
    labels.append(("begins", number))
    time.sleep(0.15)
    labels.append(("ends", number))


async def _order_labels(url: str) -> list[int]:
    limits = httpx.Limits(max_connections=LABELS)
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=30, limits=limits) as client:
        answers = await asyncio.gather(*(client.post(f"/labels/{number}") for number in range(LABELS)))
    return [answer.status_code for answer in answers]


def _with_few_threads(app: FastAPI) -> ASGIApp:
    """The app in an event loop of eight threads, so that twenty labels are enough to fill them."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        current_default_thread_limiter().total_tokens = THREADS
        await app(scope, receive, send)

    return served


def _check_bulkhead(app: FastAPI, labels: list[tuple[str, int]]) -> str:
    labels.clear()
    with running(_with_few_threads(app)) as server, record(timeout=15):
        # In a loop of its own, because nest-asyncio may have replaced asyncio.run.
        with asyncio.Runner() as runner:
            codes = runner.run(_order_labels(server.url))
        at_the_answers = len(labels)
        price = server.client.get("/prices")
        ended_meanwhile = sum(what == "ends" for what, _ in list(labels))
    error = next((text.splitlines()[-1] for text in server.log if text.startswith("ERROR")), "")
    assert not error, f"a label was not printed, because your code failed: {error}."
    assert set(codes) == {202}, f"each order should be answered with 202, but {sorted(set(codes))} came."
    assert price.status_code == 200, f"`GET /prices` should still answer 200, but {price.status_code} came."
    printed = sum(what == "ends" for what, _ in labels)
    assert printed == LABELS, (
        f"{LABELS} labels were ordered, and {printed} printed: each order is to be printed, later if need be."
    )
    now = peak = 0
    for what, _ in labels:
        now += 1 if what == "begins" else -1
        peak = max(peak, now)
    assert peak > 1, (
        "one label was printed after the other, and the event loop stood still meanwhile: a blocking function belongs in a "
        "thread, not in an `async def`."
    )
    assert at_the_answers < 2 * LABELS, "every client waited for its label: print after the answer, in a task."
    assert peak <= PRINTERS or peak > THREADS, (
        f"there are {PRINTERS} printers, but {peak} labels were printed at the same time: a `def` task takes any thread that is free."
    )
    assert peak <= PRINTERS, (
        f"there are {PRINTERS} printers, but {peak} labels were printed at the same time: a limiter limits those who share it. Make one "
        "for the app, not one for each task."
    )
    assert ended_meanwhile <= LABELS - THREADS, (
        f"never more than {PRINTERS} at once, but whoever asked for a price waited until {ended_meanwhile} labels were done: tasks that wait "
        "for a printer inside a thread hold the thread. Let them wait before they take one."
    )
    return f"{LABELS} labels, never more than {PRINTERS} at once, and the price was there at once: the other threads stayed free."


def _solve_bulkhead() -> tuple[FastAPI, list[tuple[str, int]]]:
    printers = CapacityLimiter(4)

    async def print_when_free(number: int) -> None:
        await run_sync(print_label, number, limiter=printers)

    app = FastAPI()

    @app.get("/prices")
    def read_prices() -> float:
        return 4.90

    @app.post("/labels/{number}", status_code=202)
    async def order_label(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return app, labels


EXERCISE = Exercise(
    id="8.3-bulkhead",
    title="four printers, and prices for everybody",
    task="`POST /labels/{number}` should answer 202, and `print_label(number)` should run after that, never more than four "
    "at once, while `GET /prices`, a `def`, is answered without waiting for labels.",
    check=_check_bulkhead,
    hints=(
        "Whoever waits for a printer should not hold one of the 40 threads meanwhile. On which side can a task wait "
        "without a thread?",
        "`anyio.CapacityLimiter(4)` is a pool of four; `await anyio.to_thread.run_sync(function, argument, limiter=...)` takes "
        "a thread within it.",
        "The limiter is made once, beside the app.",
    ),
    solution=_solve_bulkhead,
    wants=("app", "value"),
    routes=("POST /labels/{number}", "GET /prices"),
)
