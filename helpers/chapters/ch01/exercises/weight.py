"""Exercise 1.2-weight: let the model refuse."""

from typing import Annotated

from fastapi import FastAPI
from httpx import Response
from pydantic import BaseModel, Field

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check_weight(app: FastAPI) -> str:
    with running(app) as server:

        def send(kilograms: float) -> Response:
            server.client.hang_up()  # uvicorn closes a connection after a 500
            with record():  # the log is written after the answer
                answer = server.client.post("/parcels", json={"to": "Grace", "weight_kg": kilograms})
            assert answer.status_code != 500, (
                f"for {kilograms} kg the client got 500, because your function failed: {logged_error(server.log)}. "
                "What the function returns must fit its return type."
            )
            return answer

        def hand_in(weight_kg: float) -> int:
            return send(weight_kg).status_code

        good = send(2.5)
        assert good.status_code == 200, f"a parcel of 2.5 kg to Grace is fine, but {good.status_code} came."
        assert good.json() == {"to": "Grace", "weight_kg": 2.5}, (
            f"the parcel itself should come back, but {good.json()} came."
        )
        assert hand_in(weight_kg=30) == 200, "30 kg is still allowed: the limit is at most 30, which is `le`, not `lt`."
        assert hand_in(weight_kg=0.05) == 200, "a letter of 0.05 kg is fine: the lower limit is 0 itself."
        codes = {kilograms: hand_in(weight_kg=kilograms) for kilograms in (-1, 0, 30.5)}
        assert codes[-1] != 200, (
            "a parcel of -1 kg was accepted: a type alone says `number`, not which numbers. See `Field`."
        )
        assert codes[0] != 200, "a parcel of 0 kg was accepted: more than 0 is `gt`, while `ge` allows 0."
        assert codes[30.5] != 200, "a parcel of 30.5 kg was accepted: the upper limit is missing."
        assert set(codes.values()) == {422}, (
            f"wrong weights are refused, with {', '.join(map(str, sorted(set(codes.values()))))}. When the limits stand in the "
            "model, FastAPI refuses with 422 and says which field is wrong, before your function runs."
        )
        models = server.client.get("/openapi.json").json().get("components", {}).get("schemas", {})
    weights = [
        model["properties"]["weight_kg"] for model in models.values() if "weight_kg" in model.get("properties", {})
    ]
    assert any(weight.get("exclusiveMinimum") == 0 and weight.get("maximum") == 30 for weight in weights), (
        "the limits are kept, but `/openapi.json` does not know them, so no client can read them: write them into the "
        "model's field, not into the function."
    )
    return "Wrong weights get 422 before your function runs, and `/openapi.json` tells clients the limits."


def _solve_weight() -> FastAPI:
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, le=30)]

    app = FastAPI()

    @app.post("/parcels")
    def hand_in(parcel: Parcel) -> Parcel:
        return parcel

    return app


EXERCISE = Exercise(
    id="1.2-weight",
    title="let the model refuse",
    task="`POST /parcels` should return the parcel it got, and refuse a weight that is not above 0 and at most 30 kg with "
    "FastAPI's own 422.",
    check=_check_weight,
    hints=(
        "The limits belong to the data, so they stand in the model, not in the function.",
        "`Annotated[float, Field(...)]`: Pydantic calls the limits `gt`, `ge`, `lt` and `le`. Which two do you need?",
    ),
    solution=_solve_weight,
    routes=("POST /parcels",),
)
