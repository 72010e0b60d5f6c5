"""Exercise 4.3-order: two tasks in their order."""

import asyncio

from fastapi import BackgroundTasks, FastAPI

from helpers.chapters.asking import said
from helpers.chapters.ch04.exercises.watching import Watched, called_at_once
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import describe, logged_error

counter_log: list[str] = []


async def put_on_scale(parcel: int) -> None:
    """As in the notebook."""
    await asyncio.sleep(0.2)
    counter_log.append(f"weighed {parcel}")


def put_in_printer(parcel: int) -> None:
    """As in the notebook."""
    counter_log.append(f"printed {parcel}")


def _check_order(app: FastAPI, counter_log: list[str]) -> str:
    assert isinstance(counter_log, list), "the second thing to pass is the list `counter_log`."
    watched = Watched(app, counter_log)
    with running(watched) as server:
        for parcel in (7, 12):
            before = len(counter_log)
            with record():
                answer = server.client.post(f"/parcels/{parcel}")
            noted, error = counter_log[before:], logged_error(server.log)
            assert answer.is_success, f"the parcel was handed in, and {answer.status_code} came: {error}"
            early = watched.at_answer[-1][before:]
            assert not (early and called_at_once(error)), (
                f"{describe(early[0])} came before the answer, and a task then failed: with brackets behind it, a function "
                "is called at once. Pass the function and the parcel to `add_task`, with a comma between them."
            )
            assert not early, f"{describe(early[0])} came before the answer, so the client waited for it. Add a task."
            assert said(answer) is not None, "your function returned None: `accepted` is what it should `return`."
            assert said(answer) == "accepted", f"`accepted` should be answered, but {describe(said(answer))} came."
            assert not error, f"the answer was sent, and then a task failed: {error}."
            missing = {f"weighed {parcel}", f"printed {parcel}"} - set(noted)
            assert not missing or len(noted) > 1, (
                f"{describe(min(missing))} is missing: one `add_task` for each function."
            )
            assert noted != [f"printed {parcel}", f"weighed {parcel}"], (
                "the label was printed before the parcel was weighed. Tasks run in the order in which they are added, and "
                "what is started together is not in any order."
            )
            assert noted == [f"weighed {parcel}", f"printed {parcel}"], (
                f"for parcel {parcel} `weighed {parcel}` and `printed {parcel}` should be noted, but {noted} was."
            )
    return "Answered at once, weighed, then printed: the list keeps the order in which you added."


def _solve_order() -> tuple[FastAPI, list[str]]:
    app = FastAPI()

    @app.post("/parcels/{parcel}")
    async def hand_in(parcel: int, background_tasks: BackgroundTasks) -> str:
        background_tasks.add_task(put_on_scale, parcel)
        background_tasks.add_task(put_in_printer, parcel)
        return "accepted"

    return app, counter_log


EXERCISE = Exercise(
    id="4.3-order",
    title="weighed, then printed",
    task="The parcel should be accepted at once, then weighed, then its label printed.",
    check=_check_order,
    hints=(
        "Rule 3 gives you the order: what decides it?",
        "`background_tasks.add_task(function, argument)`: once for each of the two.",
        "Weighing is added first; both get `parcel`; `accepted` is returned.",
    ),
    solution=_solve_order,
    wants=("app", "value"),
    routes=("POST /parcels/{parcel}",),
)
