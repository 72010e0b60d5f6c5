"""Exercise 1.2-cheapest: ask all carriers at once."""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code, describe

Ask = Callable[[str], Awaitable[float]]
ROUNDS = (
    {"alpine": 7.5, "baltic": 4.9, "coastal": 6.2},
    {"coastal": 3.5, "danube": 9.9, "alpine": 8.0, "eastern": 5.1, "baltic": 6.4},
)
TAKES = 0.1  # seconds for each price; all of them at once take no longer


def _check_cheapest(cheapest: Callable[[list[str], Ask], Awaitable[str]]) -> str:
    assert asyncio.iscoroutinefunction(cheapest), (
        "`cheapest` is a plain `def`, and only in an `async def` function can `await` be used."
    )
    for prices in ROUNDS:
        _ask_all(cheapest, prices)
    return (
        "Every carrier was asked before the first had answered, and the cheapest was named, among three and among five."
    )


def _ask_all(cheapest: Callable[[list[str], Ask], Awaitable[str]], prices: dict[str, float]) -> None:
    notes: list[str] = []
    named: list[object] = []

    async def price(carrier: str) -> float:
        notes.append("asked")
        await asyncio.sleep(TAKES * (2 if carrier == min(prices, key=lambda name: prices[name]) else 1))
        notes.append("answered")
        return prices[carrier]

    app = FastAPI()

    @app.get("/cheapest")
    async def best() -> None:
        named.append(await cheapest(list(prices), price))

    with running(app) as server:
        answer = ask(server, "GET", "/cheapest")
        _judge(server, answer.status_code, notes, named, prices)


def _judge(server: Server, status: int, notes: list[str], named: list[object], prices: dict[str, float]) -> None:
    assert status != 500, f"your function failed: {logged(server)}."
    best = min(prices, key=lambda name: prices[name])
    came = named[0]
    assert notes, "no carrier was asked: calling an `async def` function only makes a coroutine, `await` runs it."
    assert notes.count("asked") == len(prices), (
        f"each of the {len(prices)} carriers should be asked once, but there were {notes.count('asked')} questions."
    )
    assert came is not None, "`cheapest` returned `None`: is there a `return`?"
    assert came not in prices.values(), "a price was returned: the name of the carrier was asked for."
    dearest = max(prices, key=lambda name: prices[name])
    assert came != dearest, f"{code(dearest)} was named, which is the dearest."
    in_time = notes[: len(prices)] == ["asked"] * len(prices)
    assert in_time, (
        "a carrier was asked only when another had answered: an `await` in a loop waits in each round. Start all the "
        "questions, then wait for them."
    )
    assert came == best, (
        f"{code(best)} asks least, but {describe(came)} was named. Prices and carriers have to stay together."
    )


def _solve_cheapest() -> Callable[[list[str], Ask], Awaitable[str]]:
    async def cheapest(carriers: list[str], ask: Callable[[str], Awaitable[float]]) -> str:
        prices = await asyncio.gather(*(ask(carrier) for carrier in carriers))
        price, carrier = min(zip(prices, carriers))
        return carrier

    return cheapest


EXERCISE = Exercise(
    id="1.2-cheapest",
    title="ask all carriers at once",
    task="`cheapest` should ask every carrier with `await ask(carrier)`, all at the same time, and return the name of the one with "
    "the lowest price.",
    check=_check_cheapest,
    hints=(
        "How did the cell with the twenty clients send all its requests before it waited?",
        "`asyncio.gather(...)` gives the results in the order in which you passed the coroutines.",
        "`min(zip(prices, carriers))` is the pair with the lowest price.",
    ),
    solution=_solve_cheapest,
    wants="function",
)
