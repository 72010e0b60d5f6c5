"""10.3-together: all at once, whoever fails."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from helpers.learning.model import Exercise


class _Refused(Exception):
    """How a carrier fails when it is not by a ConnectionError."""


def _check(tell_all: Callable[..., Awaitable[list[str]]]) -> str:
    # The one that is listed first fails last.
    _tell(tell_all, ["north", "south", "west"], {"south": ConnectionError("south")}, {"south": 0.02})
    _tell(
        tell_all,
        ["Rhone", "Rhine", "Reuss", "Inn"],
        {"Rhone": _Refused("Rhone"), "Reuss": ConnectionError("Reuss")},
        {"Reuss": 0.02},
    )
    return "All carriers were told at the same time, and those that failed stopped nobody."


def _tell(
    tell_all: Callable[..., Awaitable[list[str]]],
    carriers: list[str],
    errors: dict[str, Exception],
    seconds: dict[str, float],
) -> None:
    steps: list[str] = []

    async def tell(carrier: str) -> None:
        steps.append(f"{carrier} starts")
        await asyncio.sleep(seconds.get(carrier, 0.1))
        steps.append(f"{carrier} ends")
        if carrier in errors:
            raise errors[carrier]

    async def told() -> Any:
        return await tell_all(list(carriers), tell)

    failed = _without_failures(told, errors)
    starts = [step for step in steps if step.endswith("starts")]
    assert sorted(starts) == sorted(f"{carrier} starts" for carrier in carriers), (
        f"each of the {len(carriers)} carriers should be told once, but these were: {starts}."
    )
    assert steps[: len(carriers)] == starts, (
        "the carriers are told one after the other: a loop that awaits each call waits for it before the next one begins."
    )
    ends = [step for step in steps if step.endswith("ends")]
    assert len(ends) == len(carriers), "`tell_all` returned before all were told: wait for the tasks that you create."
    wanted = [carrier for carrier in carriers if carrier in errors]
    order = ", in the order of the list" if isinstance(failed, list) and set(map(str, failed)) == set(wanted) else ""
    assert failed == wanted, (
        f"the names of those that failed should come back{order}, {wanted}, but {failed!r:.60} came."
    )


def _without_failures(told: Callable[[], Coroutine[Any, Any, Any]], errors: dict[str, Exception]) -> Any:
    """What comes back; AssertionError where a failure of a carrier comes out instead."""
    try:
        with asyncio.Runner() as runner:  # because nest-asyncio may have replaced asyncio.run
            return runner.run(told())
    except BaseExceptionGroup as group:
        if not all(error in errors.values() for error in group.exceptions):
            raise
        raise AssertionError(
            "a `TaskGroup` ends with the first failure, and cancels the rest: catch the failure inside each of its tasks."
        ) from group
    except Exception as error:
        if error not in errors.values():
            raise
        raise AssertionError(
            f"the failure of one carrier, a {type(error).__name__.strip('_')}, came out of `tell_all`: note its name and go on."
        ) from error


def _solve() -> Any:
    async def tell_all(carriers: list[str], tell: Callable[[str], Awaitable[None]]) -> list[str]:
        outcomes = await asyncio.gather(*map(tell, carriers), return_exceptions=True)
        return [carrier for carrier, outcome in zip(carriers, outcomes) if isinstance(outcome, BaseException)]

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
