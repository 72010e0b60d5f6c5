"""Exercise 6.1-notice: a test that notices."""

from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks

from helpers.chapters.judging import judge_test
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
    return judge_test(
        test_hand_in,
        {kind: _with_outbox(right) for kind, right in _RIGHT.items()},
        {fault: _with_outbox(hand_in) for fault, hand_in in _BROKEN.items()},
        "Nothing is sent before the tasks are run: with `tasks = BackgroundTasks()`, `await tasks()` runs them.",
        "a `hand_in`",
    )


def _with_outbox(hand_in: Callable[..., Any]) -> Callable[[], tuple]:
    return lambda: (hand_in, _Outbox())


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
