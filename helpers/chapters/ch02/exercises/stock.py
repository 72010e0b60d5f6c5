"""Exercise 2.1-stock: no label twice."""

import asyncio
from collections import Counter
from typing import Annotated

import httpx
from fastapi import FastAPI, HTTPException, Query

from helpers.chapters.asking import PATIENCE, ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

stock = {"labels": 30}


async def confirm() -> None:
    """As in the notebook."""
    await asyncio.sleep(0.01)


CONFIRMING = 0.008  # seconds that `confirm` takes at least, by the coarsest clock
HELD = (
    "Is a lock held that nobody releases? An `HTTPException` leaves your function, too. `async with lock:` releases it "
    "in each case."
)
ROUNDS = ((30, [1] * 12), (20, [2, 3, 4, 5] * 4))  # labels in stock, and what clients ask for at the same time


def _check_stock(app: FastAPI, stock: dict[str, int]) -> str:
    with running(app) as server:
        for labels, counts in ROUNDS:
            _one_after_the_other(server, stock)
            stock["labels"] = labels
            _at_once(server, stock, labels, counts)
    return "Every label was sold once, to clients that came together, and nobody got what was not there."


def _one_after_the_other(server: Server, stock: dict[str, int]) -> None:
    stock["labels"] = 5
    for count, status, left in ((2, 200, 3), (4, 409, 3), (3, 200, 0)):
        answer = ask(server, "POST", "/take", silent=HELD, params={"count": count})
        told = logged(server)
        assert answer.status_code < 500, f"your app answered {answer.status_code}: {told}."
        assert answer.status_code == status, (
            f"with {left + count if status == 200 else left} labels in stock, {count} were asked for: {status} should come, "
            f"but {answer.status_code} did."
        )
        assert status == 409 or answer.json() == left, (
            f"`take` should return what is left, {left}, but returned {answer.text[:40]}."
        )
        assert status == 409 or answer.elapsed.total_seconds() >= CONFIRMING, (
            "labels were handed out before the depot confirmed: `confirm()` alone only makes a coroutine, which nobody runs. "
            "Await it."
        )
        assert stock["labels"] == left, f"{left} labels should be left in `stock`, but {stock['labels']} are."


def _at_once(server: Server, stock: dict[str, int], labels: int, counts: list[int]) -> None:
    async def ask_all() -> list[httpx.Response]:
        async with httpx.AsyncClient(base_url=server.url, trust_env=False, verify=False, timeout=PATIENCE) as client:
            return await asyncio.gather(*(client.post("/take", params={"count": count}) for count in counts))

    try:
        answers = asyncio.run(ask_all())
    except httpx.ReadTimeout:
        raise AssertionError(
            f"clients that came together had no answer after {PATIENCE:g} s: who waits for a `threading.Lock` on the event loop "
            "stops the loop, and with it the one who would release the lock. What is awaited needs an `asyncio.Lock`."
        ) from None
    statuses = Counter(answer.status_code for answer in answers)
    assert "different event loop" not in logged(server), (
        "your lock belongs to the loop of an earlier server or check: an `asyncio.Lock` stays with the loop on which somebody first "
        "waited for it. Make it in the cell that makes the app, and run that again."
    )
    assert set(statuses) <= {200, 409}, f"one by one it works; of clients that came together some got {max(statuses)}."
    sold = sum(count for count, answer in zip(counts, answers) if answer.status_code == 200)
    assert sold <= labels, (
        f"{sold} labels were sold of {labels}: several clients were told of the same ones. Between looking and writing "
        "somebody else came, because you waited there. Let one lock, made once for all requests, hold from the look to the writing."
    )
    assert stock["labels"] == labels - sold, (
        f"{labels} less the {sold} that were sold should be left, but {stock['labels']} are: what was read before the `await` was "
        "written behind it, over what others had written. Hold the lock from the reading to the writing."
    )
    missed = [count for count, answer in zip(counts, answers) if answer.status_code == 409 and count <= stock["labels"]]
    assert not missed, (
        f"{missed[0]} were refused, though {stock['labels']} are left: did a refusal keep something back?"
    )


def _solve_stock() -> tuple[FastAPI, dict[str, int]]:
    app = FastAPI()
    lock = asyncio.Lock()

    @app.post("/take")
    async def take(count: Annotated[int, Query(ge=1)]) -> int:
        async with lock:
            left = stock["labels"] - count
            if left < 0:
                raise HTTPException(409, "not enough labels")
            await confirm()
            stock["labels"] = left
            return left

    return app, stock


EXERCISE = Exercise(
    id="2.1-stock",
    title="no label twice",
    task="`POST /take?count=2` should await `confirm()`, take 2 from `stock`, and return what is left; 409 when there are fewer. "
    "Clients come together.",
    check=_check_stock,
    hints=(
        "What may happen between reading `stock` and writing it, when an `await` stands between them?",
        "`async with lock:` lets one in at a time. Where must the lock be made, so that all requests share it?",
        "The lock has to hold while you look, while you await, and while you write.",
    ),
    solution=_solve_stock,
    wants=("app", "value"),
    routes=("POST /take",),
)
