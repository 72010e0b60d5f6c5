"""Exercise 7.3-grace: the numbers with which a container ends."""

import inspect
from collections.abc import Callable, Mapping
from typing import Any

from helpers.learning.model import Exercise

Times = Callable[[int, int, int], Mapping[str, int]]
SPARE = 15  # seconds that a grace may be longer than needed
NAMES = ("preStop", "patience", "grace")
CASES = [(20, 5, 120), (3, 12, 60), (90, 8, 600), (0, 1, 10)]  # longest task, late, most
TOO_LITTLE = [(60, 5, 60), (25, 10, 30), (10, 2, 10)]


class _Refused(AssertionError):
    """The function raised `ValueError`."""


def _check_grace(shutdown_times: Times) -> str:
    for case in CASES:
        _judge(_asked(shutdown_times, case), *case)
    for longest, late, most in TOO_LITTLE:
        try:
            times = shutdown_times(longest, late, most)
        except ValueError:
            continue
        raise AssertionError(
            f"a task of {longest} s and a load balancer that is {late} s late do not fit into the {most} s that the "
            f"platform gives, and nobody was told: {_shown(times)} came. Raise `ValueError`."
        )
    tight = _least(20, 5) + 4
    for most in range(20 + 5, tight + 1):
        try:
            times = _asked(shutdown_times, (20, 5, most))
        except _Refused:
            assert most < tight, (
                f"a task of 20 s and a load balancer that is 5 s late do fit into {tight} s, but your function refused."
            )
        else:
            _judge(times, 20, 5, most)
    return "Nobody comes any more when SIGTERM does, every task may end, and the server gives up before it is killed."


def _least(longest: int, late: int) -> int:
    """The shortest grace: a pause of `late`, the task, and two seconds by which one thing is longer than the other."""
    return late + longest + 2


def _asked(shutdown_times: Times, case: tuple[int, int, int]) -> dict[str, int]:
    try:
        times: Any = shutdown_times(*case)
    except ValueError as error:
        raise _Refused(f"`shutdown_times{case}` fits, but your function refused: {error}.") from None
    assert not inspect.isawaitable(times), "`shutdown_times` has nothing to wait for: a plain `def` will do."
    assert isinstance(times, Mapping), f"a dict was asked for, but `shutdown_times{case}` gave {_shown(times)}."
    missing = [name for name in NAMES if name not in times]
    assert not missing, f"`shutdown_times{case}` gave {_shown(times)}: `{missing[0]}` is missing."
    odd = next((name for name in NAMES if type(times[name]) is not int), None)
    assert odd is None, f"Kubernetes wants whole seconds, but `{odd}` is {_shown(times[odd])}."
    return dict(times)


def _judge(times: dict[str, int], longest: int, late: int, most: int) -> None:
    """What happens to the last request, which the load balancer sends at `late`, and to its task."""
    pause, patience, grace = (times[name] for name in NAMES)
    given = f"With a task of {longest} s and a load balancer that is {late} s late you gave {_shown(times)}: "
    assert pause >= late, (
        f"{given}SIGTERM comes after {pause} s, and until {late} s requests are still sent there. They are refused."
    )
    assert patience >= longest, (
        f"{given}uvicorn gives up after {patience} s, and cuts a task of {longest} s that has just begun."
    )
    assert grace > patience, f"{given}the grace is not longer than uvicorn's patience."
    assert grace > pause + patience, (
        f"{given}the grace is counted from the beginning of `preStop`. SIGTERM comes after {pause} s, so uvicorn would "
        f"give up at {pause + patience} s, and is killed at {grace} s, before its log can tell how many it cut."
    )
    assert grace <= most, f"{given}the platform gives {most} s at most."
    assert grace <= _least(longest, late) + SPARE, (
        f"{given}{_least(longest, late)} s would do. A task that hangs would hold each deploy {grace} s long."
    )


def _shown(value: object) -> str:
    return f"`{value!r}`"


def _solve_grace() -> Times:
    def shutdown_times(longest_task: int, late: int, most: int) -> dict[str, int]:
        pause = late + 1
        patience = longest_task + 1
        grace = pause + patience + 1
        if grace > most:
            raise ValueError(f"{grace} s are needed, and the platform gives {most} s")
        return {"preStop": pause, "patience": patience, "grace": grace}

    return shutdown_times


EXERCISE = Exercise(
    id="7.3-grace",
    title="the numbers with which a container ends",
    task="`shutdown_times(longest_task, late, most)` should return whole seconds for `preStop`, `patience` and `grace`, with "
    "which no request is refused and no task cut, and raise `ValueError` when the platform's `most` is not enough.",
    check=_check_grace,
    hints=(
        "Write the moments on a line: 0, the copy is to end; `late`, the last request is sent to it. When may SIGTERM come?",
        "A task may begin just before SIGTERM. When has it ended at the latest, and when does the platform kill?",
    ),
    solution=_solve_grace,
    wants="function",
)
