"""10.3-once: deleted, then told."""

import time

from fastapi import BackgroundTasks, FastAPI, HTTPException

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(app: FastAPI, parcels: dict[int, str], told: list[int]) -> str:
    parcels.clear()
    parcels[7] = "Grace"
    told.clear()
    with running(app) as server:

        def delete() -> tuple[int, bool]:
            server.client.hang_up()
            with record():
                code = server.client.delete("/parcels/7").status_code
                there = 7 in parcels
            assert code != 500, f"your app answered 500: {logged_error(server.log)}."
            return code, there

        first, there = delete()
        carrier = list(told)
        second, _ = delete()
    assert first == 204, f"a parcel that was there is deleted with 204, but {first} came."
    assert not there, "the answer said 204 while the parcel could still be read: delete first, then answer."
    assert carrier == [7], f"the carrier should be told once of parcel 7 after the answer, but was told {carrier}."
    assert second == 404, f"the second DELETE finds nothing, which is a 404, but {second} came."
    assert told == [7], (
        "the carrier was told of a parcel that was not there. A `raise` drops tasks, an answer that is returned does not: add "
        "the task only when something has changed."
    )
    return "The parcel was gone before the 204, and the carrier was told once."


parcels: dict[int, str] = {}
told: list[int] = []


def tell_carrier(number: int) -> None:
    """As in the notebook."""
    time.sleep(0.2)
    told.append(number)


def _solve() -> tuple[FastAPI, dict[int, str], list[int]]:
    app = FastAPI()

    @app.delete("/parcels/{number}", status_code=204)
    def delete_parcel(number: int, background_tasks: BackgroundTasks) -> None:
        if parcels.pop(number, None) is None:
            raise HTTPException(404, "no such parcel")
        background_tasks.add_task(tell_carrier, number)

    return app, parcels, told


EXERCISE = Exercise(
    id="10.3-once",
    title="deleted, then told",
    task="`DELETE /parcels/{number}` should delete from `parcels` and answer 204, or 404 when nothing is there. `tell_carrier` runs "
    "after the answer, only when something was deleted.",
    check=_check,
    hints=(
        "What has to have happened before a client may read 204?",
        "`parcels.pop(number, None)` deletes, and tells whether something was there.",
    ),
    solution=_solve,
    wants=("app", "value", "value"),
    routes=("DELETE /parcels/{number}",),
)
