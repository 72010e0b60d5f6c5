"""10.3-once: deleted, then told."""

import time

from fastapi import BackgroundTasks, FastAPI, HTTPException

from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.wording import logged_error


def _check(app: FastAPI, parcels: dict[int, str], told: list[int]) -> str:
    parcels.clear()
    parcels.update({7: "Grace", 12: "Ada"})
    told.clear()
    answered = Answered(app, lambda: (list(parcels), list(told)))
    with running(answered) as server:
        for number in (7, 12):
            _delete_twice(server, answered, number)
    assert not parcels, f"both parcels were deleted, but {parcels} is left."
    return "Each parcel was gone before the 204, and the carrier was told once."


def _delete_twice(server: Server, answered: Answered, number: int) -> None:
    def delete() -> int:
        server.client.hang_up()
        with record():
            code = server.client.delete(f"/parcels/{number}").status_code
        assert code != 500, f"your app answered 500: {logged_error(server.log)}."
        return code

    _, told_before = answered.look()
    first = delete()
    left, told_at_the_answer = answered.seen[-1]
    _, told = answered.look()
    error = logged_error(server.log)
    assert first == 204, f"a parcel that was there is deleted with 204, but {first} came."
    assert number not in left, "the answer said 204 while the parcel could still be read: delete first, then answer."
    assert number != 7 or 12 in left, "parcel 7 was to be deleted, and parcel 12 is gone too."
    assert told_at_the_answer == told_before, (
        "the client waited until the carrier was told, which takes 0.2 s: let a task do it after the answer."
    )
    assert not error, f"the client has its 204, but the task then failed: {error}."
    assert told == [*told_before, number], (
        f"the carrier should be told once of parcel {number} after the answer, but was told {told[len(told_before) :]}."
    )
    second = delete()
    assert second == 404, f"the second DELETE finds nothing, which is a 404, but {second} came."
    assert answered.look()[1] == told, (
        "the carrier was told of a parcel that was not there. A `raise` drops tasks, an answer that is returned does not: add "
        "the task only when something has changed."
    )


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
