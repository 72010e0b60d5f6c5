"""Exercise 2.2-label: the label of the moment."""

import time
from typing import Any

from fastapi import BackgroundTasks, FastAPI, HTTPException
from pydantic import BaseModel
from starlette.types import Scope

from helpers.chapters.asking import ask, logged
from helpers.learning.answered import Answered, ask_inside
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.waiting import until
from helpers.wording import code


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


PRINTING = 0.3  # seconds that `print_label` takes
CORRECTIONS = (("Ada", 2.0, "Grace", 3.0), ("Lin", 4.5, "Max", 6.25))  # ordered for, and corrected to


def _check_label(app: FastAPI, printed: list[str]) -> str:
    correction: dict[str, Any] = {}

    async def correct(scope: Scope) -> None:
        """What the colleague does who corrects parcels, at the moment at which the order is answered."""
        if scope["method"] == "POST":
            await ask_inside(app, "PUT", "/parcels/7", params=correction)

    answered = Answered(app, lambda: len(printed), correct)
    with running(answered) as server:
        for name, weight_kg, new_name, new_weight in CORRECTIONS:
            put = ask(server, "PUT", "/parcels/7", params={"name": name, "weight_kg": weight_kg})
            assert put.status_code == 200, "`PUT /parcels/7` should stay as it was."
            correction |= {"name": new_name, "weight_kg": new_weight}
            labels = _order(server, answered, printed)
            assert labels != [f"{new_name}, {new_weight:g} kg"], (
                "the parcel was corrected after the order and before the printer was ready, and the label shows the "
                "correction: the task was given the object on the shelf itself, or looks there too late."
            )
            assert labels != [f"{new_name}, {weight_kg:g} kg"], (
                "half right: the weight is that of then, the name is not. `model_copy()` copies the parcel, but the copy shares "
                "the address inside it. Copy deeply."
            )
            assert answered.lasted[-1] >= PRINTING, (
                "a label lies there, but `print_label`, which takes its time, did not run as a task."
            )
            asked = f"{name}, {weight_kg:g} kg"
            assert labels == [asked], f"`{asked}` should stand on the label, but {code(labels[0])} does."
    return "The labels show the parcel as it was when they were ordered, though it was corrected right after that."


def _order(server: Server, answered: Answered, printed: list[str]) -> list[str]:
    before = len(printed)
    with record():
        answer = ask(server, "POST", "/parcels/7/label")
    error = logged(server)
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    assert answer.status_code == 202, f"202 Accepted was asked for, but {answer.status_code} came."
    at_the_answer, afterwards = answered.seen[-1] - before, answered.done[-1] - before
    assert not (at_the_answer and error), (
        "the label was printed before the answer: `add_task(print_label(...))` calls the function at once. Pass the function "
        "and what it needs, `add_task(print_label, ...)`."
    )
    assert not at_the_answer, (
        "the client waited for the printer: `print_label` runs inside your path operation. Add it as a task."
    )
    assert not error, (
        f"the client has its 202, and no label was printed: the task failed with {error}. `print_label` wants a parcel."
    )
    if not afterwards:
        until(lambda: len(printed) > before, 3 * PRINTING)  # a thread that no request waits for
    assert len(printed) > before, (
        "the answer came, and no label was printed. Tasks run only when they are added to the `background_tasks` that FastAPI "
        "hands you, or when a response carries them."
    )
    assert afterwards, (
        "the label was printed by a thread or a task of your own, which no shutdown waits for and whose failure nobody logs. "
        "Add `print_label` as a background task."
    )
    assert afterwards == 1, f"one label was ordered, but {afterwards} were printed."
    return printed[before:]


def _solve_label() -> tuple[FastAPI, list[str]]:
    app = FastAPI()

    @app.put("/parcels/{parcel_id}")
    def correct(parcel_id: int, name: str, weight_kg: float) -> None:
        if parcel_id not in shelf:
            raise HTTPException(404, "no such parcel")
        shelf[parcel_id].to.name = name
        shelf[parcel_id].weight_kg = weight_kg

    @app.post("/parcels/{parcel_id}/label", status_code=202)
    def order_label(parcel_id: int, background_tasks: BackgroundTasks) -> None:
        if parcel_id not in shelf:
            raise HTTPException(404, "no such parcel")
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
