"""10.3-together: all at once, whoever fails."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from helpers.learning.model import Exercise


def _check(tell_all: Callable[..., Awaitable[list[str]]]) -> str:
    steps: list[str] = []

    async def tell(carrier: str) -> None:
        steps.append(f"{carrier} starts")
        await asyncio.sleep(0.1 if carrier != "south" else 0.02)
        steps.append(f"{carrier} ends")
        if carrier == "south":
            raise ConnectionError(carrier)

    async def told() -> Any:
        return await tell_all(["north", "south", "west"], tell)

    try:
        failed = asyncio.run(told())
    except BaseExceptionGroup as error:
        raise AssertionError(
            "a `TaskGroup` ends with the first failure, and cancels the rest: catch the failure inside each of its tasks."
        ) from error
    except ConnectionError as error:
        raise AssertionError("the failure of one carrier came out of `tell_all`: note its name and go on.") from error
    time.sleep(0.05)
    starts = [step for step in steps if step.endswith("starts")]
    assert len(starts) == 3, f"each of the three carriers should be told once, but {len(starts)} were."
    assert steps[:3] == starts, (
        "the carriers are told one after the other: a loop that awaits each call waits for it before the next one begins."
    )
    ends = [step for step in steps if step.endswith("ends")]
    assert len(ends) == 3, "`tell_all` returned before all were told: wait for the tasks that you create."
    assert failed == ["south"], f"the names of those that failed should come back, ['south'], but {failed!r:.60} came."
    return "Three carriers were told at the same time, and the one that failed stopped nobody."


def _solve() -> Any:
    async def tell_all(carriers: list[str], tell: Callable[[str], Awaitable[None]]) -> list[str]:
        outcomes = await asyncio.gather(*map(tell, carriers), return_exceptions=True)
        return [carrier for carrier, outcome in zip(carriers, outcomes) if isinstance(outcome, Exception)]

    return tell_all


EXERCISE = Exercise(
    id="10.3-together",
    title="all at once, whoever fails",
    task="`tell_all(carriers, tell)` should await `tell(carrier)` for all carriers at the same time and return the names of those "
    "that failed, in their order. One that fails stops nobody.",
    check=_check,
    hints=(
        "What does a `TaskGroup` do with the others when one of its tasks fails, and what does `gather` do?",
        "`asyncio.gather(..., return_exceptions=True)` gives results and exceptions in the order of its arguments.",
    ),
    solution=_solve,
    wants="function",
)
