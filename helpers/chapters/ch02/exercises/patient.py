"""Exercise 2.1-patient: three calls, each in time."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any

from helpers.learning.model import Exercise
from helpers.wording import code

EACH = 0.1  # seconds for a call
NEVER = 1.5  # seconds that a slow carrier would need
PATIENCE = 4.0  # seconds for a round


@dataclass
class _Carrier:
    """Answers its calls as `script` says: a text is an answer, "slow" none in time, an exception is raised."""

    script: Sequence[str | Exception]
    begun: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)
    noticed: list[int] = field(default_factory=list)  # after which calls the event loop ran on
    held: bool = False
    finished: int = 0

    async def ask(self) -> str:
        step = self.script[min(len(self.begun), len(self.script) - 1)]
        if self.ended and self.pauses_enough(time.monotonic()):
            self.held |= len(self.ended) not in self.noticed
        self.begun.append(time.monotonic())
        try:
            if step == "slow":
                await asyncio.sleep(NEVER)
                self.finished += 1
                return "too late"
            await asyncio.sleep(0)  # in time on the busiest machine
            if isinstance(step, Exception):
                raise step
            return str(step)
        finally:
            self.ended.append(time.monotonic())
            asyncio.get_running_loop().call_later(EACH / 2, self.noticed.append, len(self.ended))

    def pauses_enough(self, now: float) -> bool:
        """Whether the call that begins now follows the last one after a pause, in which a loop that runs is noticed."""
        return now - self.ended[-1] > EACH / 2

    @property
    def running(self) -> int:
        """How many calls have begun and not ended."""
        return len(self.begun) - len(self.ended)

    @property
    def pauses(self) -> list[float]:
        return [begun - ended for ended, begun in zip(self.ended, self.begun[1:])]


Patient = Callable[[Callable[[], Awaitable[str]]], Coroutine[Any, Any, str]]


def _check_patient(ask_patiently: Patient) -> str:
    for script, outcome in (
        (["4.50"], "4.50"),
        (["slow", "3.20"], "3.20"),
        ([ConnectionError("no answer"), "slow", "7.10"], "7.10"),
    ):
        carrier, came = _ask(ask_patiently, script)
        _judge_calls(carrier, script, came)
        missing = ": is there a `return`?" if came is None else ""
        assert came == outcome, f"the carrier said {code(repr(outcome))}, but {code(repr(came))} was returned{missing}."
    carrier, came = _ask(ask_patiently, ["slow", "slow", ConnectionError("no answer"), "5.00"])
    assert len(carrier.begun) <= 3, (
        f"three calls were the most, but the carrier was called {min(len(carrier.begun), 4)} times or more."
    )
    assert isinstance(came, ConnectionError), (
        "when the third call fails too, whoever asked has to hear of it: let the last error go on to the caller. "
        f"{code(_said(came))} came instead."
    )
    _judge_pauses(carrier)
    carrier, came = _ask(ask_patiently, [KeyError("tariff"), "5.00"])
    assert isinstance(came, KeyError) and len(carrier.begun) == 1, (
        "a `KeyError` is a mistake in the code and no slow carrier: calling again hides it. Catch `TimeoutError` and "
        "`ConnectionError` alone."
    )
    _judge_cancel(ask_patiently)
    return "Slow and broken calls were ended and tried again, with growing pauses, and the third failure was told."


def _ask(ask_patiently: Patient, script: Sequence[str | Exception]) -> tuple[_Carrier, object]:
    """The carrier afterwards, and what came of it: a text or an exception."""
    carrier = _Carrier(script)

    async def attempt() -> object:
        asking = ask_patiently(carrier.ask)
        assert inspect.isawaitable(asking), "`ask_patiently` has to await, so it has to stay `async def`."
        try:
            return await asyncio.wait_for(asking, PATIENCE)
        except Exception as error:
            return error
        finally:
            assert not carrier.running, (
                "a slow call was left running. A time-out should cancel it: does `shield` or `create_task` keep it alive?"
            )

    return carrier, asyncio.run(attempt())


def _said(came: object) -> str:
    return type(came).__name__ if isinstance(came, Exception) else repr(came)


def _judge_calls(carrier: _Carrier, script: Sequence[str | Exception], came: object) -> None:
    raised = f"Your function raised {code(_said(came))}." if isinstance(came, Exception) else "Call `ask` and await it."
    assert carrier.begun, f"the carrier was not called: `ask()` alone only makes a coroutine. {raised}"
    assert not carrier.finished, (
        "a slow call was waited for to its end: nothing limits it. `async with asyncio.timeout(...)` around the `await` does."
    )
    assert not isinstance(came, ConnectionError | TimeoutError) or len(carrier.begun) >= len(script), (
        f"after call {len(carrier.begun)} failed with {code(type(came).__name__)} you gave up: two more were asked for. A call "
        "that raises `ConnectionError` counts like one that is too slow."
    )
    assert not isinstance(came, Exception), f"your function raised {code(_said(came))}: {came}."


def _judge_pauses(carrier: _Carrier) -> None:
    first, second = carrier.pauses[:2]
    assert min(first, second) >= EACH / 2, (
        "the next call followed at once: a carrier that is overloaded needs a moment. Await `asyncio.sleep` between the calls, "
        "0.1 s and then 0.3 s."
    )
    assert not carrier.held, (
        "your pause holds the event loop: `time.sleep` stops everybody. `await asyncio.sleep(...)` lets the others go on."
    )
    assert second > 1.5 * first, (
        "the second pause should be longer than the first: a carrier that has not recovered needs more time."
    )


def _judge_cancel(ask_patiently: Patient) -> None:
    carrier = _Carrier(["slow"])

    async def leave() -> bool:
        task = asyncio.create_task(ask_patiently(carrier.ask))
        while not carrier.begun:
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.wait([task], timeout=PATIENCE)
        return task.cancelled()

    assert asyncio.run(leave()), (
        "whoever waited for you left and cancelled you, and you went on: that `CancelledError` has to go through. Catch "
        "`TimeoutError` alone, which `asyncio.timeout` makes of its own cancel."
    )


def _solve_patient() -> Patient:
    async def ask_patiently(ask: Callable[[], Awaitable[str]]) -> str:
        for pause in (0.1, 0.3):
            try:
                async with asyncio.timeout(0.1):
                    return await ask()
            except (TimeoutError, ConnectionError):
                await asyncio.sleep(pause)
        async with asyncio.timeout(0.1):
            return await ask()

    return ask_patiently


EXERCISE = Exercise(
    id="2.1-patient",
    title="three calls, each in time",
    task="`ask_patiently(ask)` should await `ask()` up to three times, 0.1 s each, until one answers, and return its answer. "
    "`TimeoutError` and `ConnectionError` count as no answer; pause 0.1 s, then 0.3 s. The third failure goes to the caller.",
    check=_check_patient,
    hints=(
        "`async with asyncio.timeout(0.1):` around an `await` raises `TimeoutError` when the time is up.",
        "Which two exceptions mean that another call may help? Which must go through, because you were told to end?",
        "Two calls have a pause behind them. What is different about the third?",
    ),
    solution=_solve_patient,
    wants="function",
)
