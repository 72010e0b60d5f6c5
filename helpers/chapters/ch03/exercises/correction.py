"""Exercise 3.4-correction: the desk changes and gives out."""

from typing import Annotated, Any, Literal

import httpx
from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel, Field

from helpers.chapters.asking import ask, logged, wanted
from helpers.chapters.ch03.exercises.desk import Stored, desk, desk_app, held, holding, stock
from helpers.learning.model import Exercise
from helpers.live.server import running

FIVE = {"id": 5, "to": "Ada", "weight_kg": 2.5, "state": "travelling"}
SIX = {"id": 6, "to": "Grace", "weight_kg": 7.0, "state": "waiting"}


def _check_change(app: FastAPI, stock: dict[int, Any]) -> str:
    with holding(stock, FIVE, SIX), running(app) as server:

        def patch(number: int, **body: Any) -> httpx.Response:
            answer = ask(server, "PATCH", f"/parcels/{number}", json=body)
            assert answer.status_code < 500, (
                f"PATCH with {body} was answered with {answer.status_code}: {logged(server)}."
            )
            return answer

        def holds(number: int, expected: dict[str, Any], after: str) -> None:
            came = held(stock, number)
            assert came == expected, f"after {after} the stock should hold {expected}, but holds {came}."

        weighed = patch(5, weight_kg=3.5)
        five = FIVE | {"weight_kg": 3.5}
        assert weighed.status_code == 200, f"a new weight was answered with {weighed.status_code}: {weighed.text[:90]}"
        assert isinstance(weighed.json(), dict), f"{wanted(five, weighed)}."
        if weighed.json() == five:
            assert held(stock, 5) != FIVE, (
                "the answer has the new weight, and the stock the old one: keep the changed parcel."
            )
        assert weighed.json().get("state") == "travelling", (
            "only the weight was sent, and the state changed too: what is left out stays. `exclude_unset=True` gives what was sent."
        )
        assert weighed.json() == five, f"{wanted(five, weighed)}."
        holds(5, five, "a new weight")
        moved = patch(6, state="delivered")
        six = SIX | {"state": "delivered"}
        assert moved.json() == six, f"for a new state of another parcel, {wanted(six, moved)}."
        holds(5, five, "a change of parcel 6")
        nothing = patch(6)
        assert (nothing.status_code, nothing.json()) == (200, six), (
            f"an empty change changes nothing and answers the parcel, but {nothing.status_code} {nothing.text[:90]} came."
        )
        for name in ("weight_kg", "state"):
            answer = patch(6, **{name: None})
            assert (held(stock, 6) or {}).get(name) is not None, (
                f"a null in `{name}` came, and the stock now holds a parcel without it: `exclude_unset` keeps a null that was sent, "
                "so the model has to refuse it."
            )
            assert answer.status_code == 422, (
                f"a null in `{name}` was answered with {answer.status_code}, not 422: left out and null are two things. A field of "
                "a type without None, with a default that nobody reads, may be left out and is never null."
            )
            holds(6, six, f"a null in {name}")
        for body in ({"weight_kg": 0}, {"weight_kg": 31}, {"state": "lost"}):
            answer = patch(6, **body)
            assert answer.status_code == 422, (
                f"{body} was answered with {answer.status_code}, not 422: the models' limits hold."
            )
            holds(6, six, f"{body}")
        for weight in (0.5, 30):
            fits = patch(6, weight_kg=weight)
            assert fits.status_code == 200, f"{weight} kg are within the models' limits, but {fits.status_code} came."
        for body in ({"weight_kg": 1}, {"state": "waiting"}, {"state": "travelling"}, {"state": "delivered"}):
            came = patch(6, **body).json()
            assert isinstance(came, dict) and body.items() <= came.items(), (
                f"{body} was sent, and the answer says {came}: a value that equals your model's default was sent all the same. "
                "`exclude_unset=True` keeps it, `exclude_defaults=True` does not."
            )
        patch(6, weight_kg=six["weight_kg"])
        patch(6, to="Eve", id=77)
        holds(6, six, "a PATCH with `to` and `id`, which are not to be changed,")
        unknown = patch(987654, weight_kg=1).status_code
        assert unknown == 404, f"PATCH of an unknown number should be a 404, but {unknown} came."
        first = ask(server, "DELETE", "/parcels/5")
        assert first.status_code < 500, f"your app answered {first.status_code}: {logged(server)}."
        assert first.status_code == 204, f"DELETE should answer 204, but {first.status_code} came."
        assert 5 not in stock, "DELETE answered 204, and the parcel is still in the stock."
        assert 6 in stock, "parcel 5 was deleted, and parcel 6 with it."
        second = ask(server, "DELETE", "/parcels/5").status_code
        assert second == 404, f"DELETE of what is no longer there should be a 404, but {second} came."
    return "Only what was sent has changed, a null and what is out of bounds got 422, and DELETE deletes once."


def _solve_change() -> tuple[FastAPI, dict[int, Stored]]:
    class Change(BaseModel):
        weight_kg: Annotated[float, Field(gt=0, le=30)] = 1
        state: Literal["waiting", "travelling", "delivered"] = "waiting"

    changing = APIRouter()

    @changing.patch("/parcels/{number}")
    def change_entry(number: int, change: Change) -> Stored:
        if number not in stock:
            raise HTTPException(404, "no such parcel")
        stock[number] = stock[number].model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number]

    @changing.delete("/parcels/{number}", status_code=204)
    def delete_entry(number: int) -> None:
        if stock.pop(number, None) is None:
            raise HTTPException(404, "no such parcel")

    desk["change"] = changing
    app = desk_app()
    return app, stock


EXERCISE = Exercise(
    id="3.4-correction",
    title="the desk changes and gives out",
    task="`PATCH /parcels/{number}` should change what was sent, `weight_kg` or `state`, and nothing else, and refuse a null "
    "with 422; `DELETE /parcels/{number}` should answer 204; both 404 for an unknown number.",
    check=_check_change,
    hints=(
        "A model `Change` with two fields that have defaults: what says that a field was sent, when its value may be the default?",
        "`change.model_dump(exclude_unset=True)` is a dictionary of what was sent; `model_copy(update=...)` makes the new parcel.",
        "`float | None` lets a null in. `float` with a default does not, and may be left out all the same.",
    ),
    solution=_solve_change,
    wants=("app", "value"),
    routes=("PATCH /parcels/{number}", "DELETE /parcels/{number}"),
)
