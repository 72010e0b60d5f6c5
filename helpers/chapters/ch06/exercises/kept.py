"""Exercise 6.3-kept: what a task keeps has an end."""

from collections.abc import Callable
from typing import Any

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running


def _check_kept(keep: Callable[..., Any]) -> str:
    for limit, numbers in ((3, [1, 2, 3, 4, 5]), (3, [3, 1, 2, 5, 4]), (2, [7, 8, 7, 9]), (2, [7, 8, 8])):
        _fill(keep, limit, numbers)
    return "The newest labels stay, those printed again count as new, and the oldest go."


def _fill(keep: Callable[..., Any], limit: int, numbers: list[int]) -> None:
    printed: dict[int, bytes] = {}
    wanted: dict[int, bytes] = {}

    def file_label(number: int, label: bytes) -> None:
        keep(printed, number, label, limit)

    app = FastAPI()

    @app.post("/parcels/{number}")
    async def hand_in(number: int, label: str, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(file_label, number, label.encode())

    with running(app) as server:
        for position, number in enumerate(numbers):
            label = f"label {position}"
            with record():
                ask(server, "POST", f"/parcels/{number}?label={label}")
            error = logged(server)
            assert not error, f"for number {number}, with a limit of {limit}, `keep` raised {error}"
            wanted.pop(number, None)
            wanted[number] = label.encode()
            for old in list(wanted)[:-limit]:
                del wanted[old]
            _judge(printed, wanted, numbers[: position + 1], limit)


def _judge(printed: dict[int, bytes], wanted: dict[int, bytes], numbers: list[int], limit: int) -> None:
    handed = f"with a limit of {limit} and parcels {', '.join(map(str, numbers))} handed in, "
    kept = f"`printed` holds {', '.join(map(str, printed)) or 'nothing'}"
    assert printed, (
        f"{handed}{kept}. Change the dictionary that you are given: a new one is known to your function only."
    )
    assert len(printed) <= limit, f"{handed}{kept}: more than {limit}. It grows with every parcel that is new."
    assert numbers[-1] in printed, f"{handed}{kept}: the newest is missing. The oldest is the one that goes."
    assert len(printed) == len(wanted), f"{handed}{kept}: fewer than may stay. Only what is too much goes."
    assert set(printed) == set(wanted), (
        f"{handed}{kept}. Parcel {numbers[-2]} was printed again and so is new, but a dictionary keeps the place of a key "
        "that it knows: take the key out first."
        if len(set(numbers)) < len(numbers)
        else f"{handed}{kept}. A dictionary keeps its keys in the order in which they came: the first is the oldest."
    )
    assert printed == wanted, f"{handed}a label is not the one that was printed last for its number."


def _solve_kept() -> Callable[..., Any]:
    def keep(printed: dict[int, bytes], number: int, label: bytes, limit: int) -> None:
        printed.pop(number, None)
        printed[number] = label
        while len(printed) > limit:
            del printed[next(iter(printed))]

    return keep


EXERCISE = Exercise(
    id="6.3-kept",
    title="what a task keeps",
    task="`keep` should put `label` into `printed` under `number`, and leave no more than the `limit` newest there.",
    check=_check_kept,
    hints=(
        "A dictionary keeps its keys in the order in which they came. Which one is the oldest?",
        "`next(iter(printed))` is the first key. What happens to the place of a key that is set again?",
        "`printed.pop(number, None)` first, then set it, then delete first keys while there are more than `limit`.",
    ),
    solution=_solve_kept,
    wants="function",
)
