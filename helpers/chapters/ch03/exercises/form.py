"""Exercise 3.3-form: a page's form."""

from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Form
from pydantic import BaseModel, Field

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

ADA = {"name": "Ada", "weight_kg": "2.5", "fragile": "on"}  # as a browser sends a ticked box
GRACE = {"name": "Grace", "weight_kg": "0.4"}


def _check_form(app: FastAPI) -> str:
    with running(app) as server:

        def send(form: dict[str, str]) -> httpx.Response:
            answer = ask(server, "POST", "/parcels", data=form)
            assert answer.status_code < 500, (
                f"the form {form} was answered with {answer.status_code}: {logged(server)}."
            )
            return answer

        ada, grace = send(ADA), send(GRACE)
        json_too = ask(server, "POST", "/parcels", json={"name": "Ada", "weight_kg": 2.5, "fragile": True})
        in_query = ask(server, "POST", "/parcels", params=ADA)
        assert ada.status_code < 400 or json_too.status_code >= 400, (
            "a form was refused, and the same as JSON was taken: a model alone is read as JSON. `Annotated[..., Form()]` reads "
            "a form."
        )
        assert ada.status_code < 400 or in_query.status_code >= 400, (
            "a form was refused, and the same values in the URL were taken: plain parameters are read from the query. "
            "`Annotated[..., Form()]` reads a form."
        )
        assert ada.status_code < 400, f"a good form was refused with {ada.status_code}{_why(ada)}."
        assert grace.status_code < 400 or "fragile" in _why(grace), (
            f"a form with 0.4 kg and without `fragile` was refused with {grace.status_code}{_why(grace)}."
        )
        assert grace.status_code < 400, (
            f"a form without `fragile` was refused with {grace.status_code}: a box that is not ticked is not sent, so the field "
            "needs a default."
        )
        for answer, values in (
            (ada, {"name": "Ada", "weight_kg": 2.5, "fragile": True}),
            (grace, {"name": "Grace", "weight_kg": 0.4, "fragile": False}),
        ):
            assert answer.json() == values, f"{wanted(values, answer)}."
        nothing, negative = (send(GRACE | {"weight_kg": weight}) for weight in ("0", "-3"))
        assert negative.status_code >= 400, "a weight of -3 was taken: `Field(gt=0)` or `Form(gt=0)` sets the limit."
        assert nothing.status_code >= 400, "a weight of 0 was taken: `ge` lets its limit through, `gt` does not."
        assert send(GRACE | {"weight_kg": "heavy"}).status_code >= 400, "a weight that is no number was taken."
        assert send({"name": "Grace"}).status_code >= 400, (
            "a form without a weight was taken: only `fragile` may be missing."
        )
        assert send(GRACE | {"fragil": "on"}).status_code >= 400, (
            "a form with the mistyped field `fragil` was taken, and the parcel counts as not fragile. A form model can forbid "
            "what it does not know."
        )
    return "Both forms came through, a missing tick counts as no, and what is wrong or unknown was refused."


def _why(answer: httpx.Response) -> str:
    """The first complaint of a 422, as the end of a sentence."""
    try:
        problem: Any = answer.json()["detail"][0]
        return f", {'.'.join(map(str, problem['loc']))}: {problem['msg']}"
    except (ValueError, KeyError, IndexError, TypeError):
        return ""


def _solve_form() -> FastAPI:
    class ParcelForm(BaseModel):
        model_config = {"extra": "forbid"}

        name: str
        weight_kg: Annotated[float, Field(gt=0)]
        fragile: bool = False

    app = FastAPI()

    @app.post("/parcels")
    def hand_in_form(form: Annotated[ParcelForm, Form()]) -> ParcelForm:
        return form

    return app


EXERCISE = Exercise(
    id="3.3-form",
    title="a page's form",
    task="`POST /parcels` should read the form fields `name`, `weight_kg` (more than 0) and `fragile` (no, when it is not "
    "sent), answer with the three values, and refuse a field that nobody knows.",
    check=_check_form,
    hints=(
        "What is known of the three fields together belongs into a model; `Annotated[ParcelForm, Form()]` reads a form into it.",
        "A limit is set with `Field(gt=0)`, and a default makes a field optional.",
        '`model_config = {"extra": "forbid"}` refuses what the model does not know.',
    ),
    solution=_solve_form,
    routes=("POST /parcels",),
)
