"""Exercise 2.2-label: the label of the moment."""

import time
from functools import partial

from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


class Address(BaseModel):
    """As in the notebook, without its limits."""

    name: str
    city: str


class Parcel(BaseModel):
    """As in the notebook, without its limits."""

    id: int
    to: Address
    weight_kg: float


shelf = {7: Parcel(id=7, to=Address(name="Ada", city="Bern"), weight_kg=2)}


printed: list[str] = []


def print_label(parcel: Parcel) -> None:
    """As in the notebook."""
    time.sleep(0.3)
    printed.append(f"{parcel.to.name}, {parcel.weight_kg:g} kg")


def _check_label(app: FastAPI, printed: list[str]) -> str:
    before = len(printed)
    with running(app) as server:
        put = partial(server.client.put, "/parcels/7")
        assert put(params={"name": "Ada", "weight_kg": 2}).status_code == 200, "`PUT /parcels/7` should stay as it was."
        with record() as timeline:
            answer = server.client.post("/parcels/7/label")
            at_the_answer = len(printed) - before
            server.client.hang_up()  # a failing task closes the connection that its request came on
            put(params={"name": "Grace", "weight_kg": 3})
    labels = printed[before:]
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged_error(server.log)}."
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    assert not at_the_answer or timeline.tasks, (
        "the client waited for the printer: `print_label` runs inside your path operation. Add it as a task."
    )
    error = next((task.error for task in timeline.tasks if task.error), None)
    assert not (at_the_answer and error), (
        "the label was printed before the answer: `add_task(print_label(...))` calls the function at once. Pass the function "
        "and what it needs, `add_task(print_label, ...)`."
    )
    assert timeline.tasks, "the answer came, but no task was added to `background_tasks`, and no label was printed."
    assert not error, (
        f"the client has its 202, and no label was printed: the task failed with {logged_error(server.log)}. "
        "`print_label` wants a parcel."
    )
    assert labels, "the answer came and the task ran, but no label was printed."
    assert len(labels) == 1, f"one label was ordered, but {len(labels)} were printed."
    assert labels != ["Grace, 3 kg"], (
        "the parcel was corrected while the printer was busy, and the label shows the correction: the task was given the "
        "object on the shelf itself, or looks there too late."
    )
    assert labels != ["Grace, 2 kg"], (
        "half right: the weight is that of then, the name is not. `model_copy()` copies the parcel, but the copy shares the "
        "address inside it. Copy deeply."
    )
    assert max(task.duration for task in timeline.tasks) >= 0.3, (
        "a label lies there, but `print_label`, which takes its time, did not run as a task."
    )
    assert labels == ["Ada, 2 kg"], f"`Ada, 2 kg` should stand on the label, but `{labels[0]}` does."
    return "The label shows the parcel as it was when it was ordered, though it was corrected before the printer was ready."


def _solve_label() -> tuple[FastAPI, list[str]]:
    app = FastAPI()

    @app.put("/parcels/{parcel_id}")
    def correct(parcel_id: int, name: str, weight_kg: float) -> None:
        shelf[parcel_id].to.name = name
        shelf[parcel_id].weight_kg = weight_kg

    @app.post("/parcels/{parcel_id}/label", status_code=202)
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label, shelf[parcel_id].model_copy(deep=True))

    return app, printed


EXERCISE = Exercise(
    id="2.2-label",
    title="the label of the moment",
    task="`POST /parcels/{parcel_id}/label` should add `print_label` as a task, for the parcel as it is at that moment.",
    check=_check_label,
    hints=(
        "A task gets the object itself. What if somebody changes it before the printer is ready?",
        "Section 2.2 looked at a parcel in three ways. Which one still showed the old weight?",
        "A parcel holds an address. Does the copy have an address of its own?",
    ),
    solution=_solve_label,
    wants=("app", "value"),
    routes=("POST /parcels/{parcel_id}/label", "PUT /parcels/{parcel_id}"),
)
