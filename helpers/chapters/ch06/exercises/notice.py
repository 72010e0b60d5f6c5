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


def _adds(*receivers: str, by_name: bool = False) -> Callable[..., dict[str, str]]:
    """A `hand_in` that adds a task for each receiver, "to" being the one it was asked for; `by_name`: as `to=...`."""

    def hand_in(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
        for receiver in receivers:
            address = to if receiver == "to" else f"not-{to}" if receiver == "another" else receiver
            if by_name:
                background_tasks.add_task(outbox.send, to=address)
            else:
                background_tasks.add_task(outbox.send, address)
        return {"status": "accepted"}

    return hand_in


def _async_tasks(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    async def send(receiver: str) -> None:
        outbox.send(receiver)

    background_tasks.add_task(send, to)
    background_tasks.add_task(send, DEPOT)
    return {"status": "accepted"}


def _idle_tasks(to: str, outbox: _Outbox, background_tasks: BackgroundTasks) -> dict[str, str]:
    """Adds tasks with the right addresses, which mail nothing."""

    def send(to: str) -> None:
        pass

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


_RIGHT = {
    "the right `hand_in`": _adds("to", DEPOT),
    "`async def` tasks": _async_tasks,
    "tasks that get the address by its name": _adds("to", DEPOT, by_name=True),
}
_BROKEN = {
    "sends the first mail before it answers. Look into `outbox.sent` before you run the tasks, too": _sends_at_once,
    "forgets the depot": _adds("to"),
    "tells the depot first. Compare the whole list, in its order": _adds(DEPOT, "to"),
    "mails to somebody else than `to`": _adds("another", DEPOT),
    "mails everybody twice": _adds("to", DEPOT, "to", DEPOT),
    "adds the right tasks, which then mail nothing. Run them, and look into `outbox.sent`": _idle_tasks,
    "answers `refused`": _answers_otherwise,
}


def _check_notice(test_hand_in: Callable[..., Any]) -> str:
    def red(hand_in: Callable[..., Any]) -> BaseException | None:
        """What the learner's test found, or nothing when it is green; other errors of the test are passed on."""
        outbox = _Outbox()
        try:
            result = test_hand_in(hand_in, outbox)
            if inspect.isawaitable(result):

                async def wait() -> None:
                    await result

                # In a loop of its own, because nest-asyncio may have replaced asyncio.run.
                with asyncio.Runner() as runner:
                    runner.run(wait())
        except BaseException as error:
            if isinstance(error, AssertionError) or _is_pytests(error):
                return error
            raise
        return None

    for kind, right in _RIGHT.items():
        found = red(right)
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


def _is_pytests(error: BaseException) -> bool:
    """Whether `pytest.fail` or `pytest.raises` made a test red: their error is no `Exception` (_pytest/outcomes.py)."""
    return any(kind.__module__ == "_pytest.outcomes" for kind in type(error).__mro__)


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
