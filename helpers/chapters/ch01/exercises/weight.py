"""Exercise 1.2-weight: let the model refuse."""

from typing import Annotated

from fastapi import FastAPI
from httpx import Response
from pydantic import BaseModel, Field

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_weight(app: FastAPI) -> str:
    with running(app) as server:

        def hand_in(kilograms: float, to: str = "Grace") -> Response:
            answer = ask(server, "POST", "/parcels", json={"to": to, "weight_kg": kilograms})
            assert answer.status_code != 500, (
                f"for {kilograms} kg the client got 500, because your function failed: {logged(server)}. "
                "What the function returns must fit its return type."
            )
            return answer

        for to, kilograms in (("Grace", 2.5), ("Lin", 12.25)):
            good = hand_in(kilograms, to)
            assert good.status_code == 200, f"a parcel of {kilograms} kg to {to} is fine, but {good.status_code} came."
            parcel = {"to": to, "weight_kg": kilograms}
            assert good.json() == parcel, f"the parcel itself should come back: {wanted(parcel, good)}."
        assert hand_in(30).status_code == 200, (
            "30 kg is still allowed: the limit is at most 30, which is `le`, not `lt`."
        )
        assert hand_in(0.001).status_code == 200, "a letter of 0.001 kg is fine: the lower limit is 0 itself."
        wrong = {kilograms: hand_in(kilograms) for kilograms in (-1, 0, 30.5, 4000)}
        models = server.client.get("/openapi.json").json().get("components", {}).get("schemas", {})
    passed = [kilograms for kilograms, answer in wrong.items() if answer.status_code == 200]
    assert -1 not in passed, (
        "a parcel of -1 kg was accepted: a type alone says `number`, not which numbers. See `Field`."
    )
    assert 0 not in passed, "a parcel of 0 kg was accepted: more than 0 is `gt`, while `ge` allows 0."
    assert not passed, f"a parcel of {passed[0]} kg was accepted: is there an upper limit of 30?"
    codes = sorted({answer.status_code for answer in wrong.values()})
    assert codes == [422], (
        f"wrong weights are refused, with {', '.join(map(str, codes))}. When the limits stand in the model, FastAPI refuses "
        "with 422 and says which field is wrong, before your function runs."
    )
    assert all(map(_by_fastapi, wrong.values())), (
        "wrong weights are refused, with a 422 of your own. FastAPI's own one comes before your function runs, and says where "
        "the fault is and why: let the model refuse."
    )
    weights = [
        model["properties"]["weight_kg"] for model in models.values() if "weight_kg" in model.get("properties", {})
    ]
    documented = any(weight.get("exclusiveMinimum") == 0 and weight.get("maximum") == 30 for weight in weights)
    return "Wrong weights get FastAPI's own 422, " + (
        "and `/openapi.json` tells clients the limits."
        if documented
        else "which says what is wrong. (Limits in a `Field` would stand in `/openapi.json`, too, where clients can read them.)"
    )


def _by_fastapi(answer: Response) -> bool:
    """Whether a 422 has the form of fastapi.exception_handlers.request_validation_exception_handler, about the body."""
    detail = answer.json().get("detail")
    return isinstance(detail, list) and all(
        isinstance(error, dict) and {"type", "loc", "msg"} <= set(error) and error["loc"][0] == "body"
        for error in detail
    )


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
