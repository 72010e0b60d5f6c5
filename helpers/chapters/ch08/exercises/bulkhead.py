"""Exercise 8.3-bulkhead: four printers, and prices for everybody."""

import asyncio
import inspect
import time

import httpx
from anyio import CapacityLimiter
from anyio.to_thread import current_default_thread_limiter, run_sync
from fastapi import BackgroundTasks, FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.learning.stubs import own_routes
from helpers.live.server import running
from helpers.services.waiting import until
from helpers.wording import logged_error

LABELS, THREADS, PRINTERS = 24, 8, 4

labels: list[tuple[str, int]] = []


def use_printer(number: int) -> None:
    """As in the notebook."""
    labels.append(("begins", number))
    time.sleep(0.15)
    labels.append(("ends", number))


async def _order_labels(url: str, numbers: range) -> list[int]:
    limits = httpx.Limits(max_connections=LABELS)
    async with httpx.AsyncClient(base_url=url, trust_env=False, verify=False, timeout=30, limits=limits) as client:
        answers = await asyncio.gather(*(client.post(f"/labels/{number}") for number in numbers))
    return [answer.status_code for answer in answers]


def _with_few_threads(app: ASGIApp) -> ASGIApp:
    """The app in an event loop of eight threads, so that two dozen labels are enough to fill them."""

    async def served(scope: Scope, receive: Receive, send: Send) -> None:
        current_default_thread_limiter().total_tokens = THREADS
        await app(scope, receive, send)

    return served


def _ended(labels: list[tuple[str, int]]) -> list[int]:
    return [number for what, number in list(labels) if what == "ends"]


def _wait(labels: list[tuple[str, int]]) -> None:
    """Until all labels are printed, or nothing happens any more. Tasks may end before: one can hand its label to a pool."""
    seen = -1
    while seen < len(labels) < 2 * LABELS:
        seen = len(labels)
        until(lambda seen=seen: len(labels) > seen, 0.6)


def _peak(labels: list[tuple[str, int]]) -> int:
    """How many labels were printed at the same moment, at the most."""
    now = peak = 0
    for what, _ in labels:
        now += 1 if what == "begins" else -1
        peak = max(peak, now)
    return peak


def _check_bulkhead(app: FastAPI, labels: list[tuple[str, int]]) -> str:
    prices = next(route.endpoint for route in own_routes(app) if route.label == "GET /prices")
    assert not inspect.iscoroutinefunction(prices), (
        "`GET /prices` became an `async def`, which needs no thread: the threads that labels hold are missed by every other `def`. Leave it "
        "a `def`."
    )
    labels.clear()
    numbers = range(100, 100 + LABELS)
    answered = Answered(app, lambda: len(_ended(labels)))
    with running(_with_few_threads(answered)) as server:
        # In a loop of its own, because nest-asyncio may have replaced asyncio.run.
        with asyncio.Runner() as runner:
            codes = runner.run(_order_labels(server.url, numbers))
        ended_at_answers = list(answered.seen)
        price = server.client.get("/prices")
        ended_meanwhile = answered.seen[-1]
        _wait(labels)
        error = logged_error(server.log)
    assert not error, f"a label was not printed, because your code failed: {error}."
    assert set(codes) == {202}, f"each order should be answered with 202, but {sorted(set(codes))} came."
    assert price.status_code == 200, f"`GET /prices` should still answer 200, but {price.status_code} came."
    printed = _ended(labels)
    assert sorted(printed) == list(numbers), (
        f"{LABELS} labels were ordered, and {len(printed)} printed, {len(set(printed))} different ones: each order is to be "
        "printed once, later if need be."
    )
    # Before the n-th answer at most n - 1 labels can be done, if each is printed after its own answer.
    assert all(ended < nth for nth, ended in enumerate(ended_at_answers, start=1)), (
        "every client waited for its label: print after the answer, in a task."
    )
    peak = _peak(labels)
    assert peak > 1, f"one label was printed after the other, though there are {PRINTERS} printers."
    why = (
        "a `def` task takes any thread that is free."
        if peak == THREADS
        else "a limiter limits those who share it. Make one for the app, not one for each task."
        if peak > THREADS
        else f"let the limiter admit {PRINTERS}."
    )
    assert peak <= PRINTERS, f"there are {PRINTERS} printers, but {peak} labels were printed at the same time: {why}"
    assert ended_meanwhile <= LABELS - THREADS, (
        f"never more than {PRINTERS} at once, but whoever asked for a price waited until {ended_meanwhile} labels were done: tasks that wait "
        "for a printer inside a thread hold the thread. Let them wait before they take one."
    )
    return f"{LABELS} labels, never more than {PRINTERS} at once, and the price was there at once: the other threads stayed free."


def _solve_bulkhead() -> tuple[FastAPI, list[tuple[str, int]]]:
    printers = CapacityLimiter(4)

    async def print_when_free(number: int) -> None:
        await run_sync(use_printer, number, limiter=printers)

    app = FastAPI()

    @app.get("/prices")
    def read_prices() -> float:
        return 4.90

    @app.post("/labels/{number}", status_code=202)
    async def order_print(number: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_when_free, number)

    return app, labels


EXERCISE = Exercise(
    id="8.3-bulkhead",
    title="four printers, and prices for everybody",
    task="`POST /labels/{number}` should answer 202, and `use_printer(number)` should run after that, never more than four "
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
