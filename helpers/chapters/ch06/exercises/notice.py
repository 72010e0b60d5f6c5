"""Exercise 6.1-notice: a test that notices."""

import asyncio
import inspect
from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks

from helpers.learning.model import Exercise

DEPOT = "depot@parcels.example"


class _Outbox:
    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, to: str) -> None:
        self.sent.append(to)


def _adds(*receivers: str) -> Callable[..., dict[str, str]]:
    """A `hand_in` that adds a task for each receiver, "to" being the one it was asked for."""

    def hand_in(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
        for receiver in receivers:
            background_tasks.add_task(outbox.send, to if receiver == "to" else receiver)
        return {"status": "accepted"}

    return hand_in


def _async_tasks(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    async def send(receiver: str) -> None:
        outbox.send(receiver)

    background_tasks.add_task(send, to)
    background_tasks.add_task(send, DEPOT)
    return {"status": "accepted"}


def _sends_at_once(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    outbox.send(to)
    background_tasks.add_task(outbox.send, DEPOT)
    return {"status": "accepted"}


def _answers_otherwise(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    _adds("to", DEPOT)(to, outbox, background_tasks)
    return {"status": "refused"}


_BROKEN = {
    "sends the first mail before it answers. Look into `outbox.sent` before you run the tasks, too": _sends_at_once,
    "forgets the depot": _adds("to"),
    "tells the depot first. Compare the whole list, in its order": _adds(DEPOT, "to"),
    "mails to somebody else than `to`": _adds("hello@parcels.example", DEPOT),
    "mails everybody twice": _adds("to", DEPOT, "to", DEPOT),
    "answers `refused`": _answers_otherwise,
}


def _check_notice(test_hand_in: Callable[..., Any]) -> str:
    def red(hand_in: Callable[..., Any]) -> AssertionError | None:
        """What the learner's test found, or nothing when it is green; other errors of the test are passed on."""
        outbox = _Outbox()
        try:
            result = test_hand_in(hand_in, outbox)
            if inspect.isawaitable(result):

                async def wait() -> None:
                    await result

                asyncio.run(wait())
        except AssertionError as error:
            return error
        return None

    for right in (_adds("to", DEPOT), _async_tasks):
        found = red(right)
        kind = "`async def` tasks" if right is _async_tasks else "the right `hand_in`"
        assert found is None, (
            f"your test is red for {kind}{': ' + str(found).splitlines()[0] if str(found) else ''}. Nothing is sent before "
            "the tasks are run: with `tasks = BackgroundTasks()`, `await tasks()` runs them."
        )
    for fault, hand_in in _BROKEN.items():
        try:
            noticed = red(hand_in) is not None
        except Exception:  # an IndexError, say, makes pytest red as well
            noticed = True
        assert noticed, f"your test stays green for a `hand_in` that {fault}."
    return f"Your test is green for the right `hand_in` and red for all {len(_BROKEN)} broken ones."


def _solve_notice() -> Callable[..., Any]:
    async def test_hand_in(hand_in: Callable, outbox) -> None:
        tasks = BackgroundTasks()
        assert hand_in("grace@example.org", outbox, tasks) == {"status": "accepted"}
        assert outbox.sent == []
        await tasks()
        assert outbox.sent == ["grace@example.org", "depot@parcels.example"]

    return test_hand_in


EXERCISE = Exercise(
    id="6.1-notice",
    title="a test that notices",
    task="`test_hand_in(hand_in, outbox)` should be green for the right `hand_in` and red for each broken one.",
    check=_check_notice,
    hints=(
        "A path operation is a function: call it with an address, the `outbox` and a `BackgroundTasks()` of your own.",
        "What may stand in `outbox.sent` when `hand_in` has returned? And after `await tasks()`?",
        "One `assert` on the answer, one before the tasks run, one after. The last compares a whole list.",
    ),
    solution=_solve_notice,
    wants="function",
)
