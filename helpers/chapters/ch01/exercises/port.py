"""Exercise 1.3-port: a Flask route in FastAPI."""

from typing import Annotated, Any

from fastapi import FastAPI
from httpx import Response
from pydantic import BaseModel, Field

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

GOOD: tuple[tuple[str, dict[str, Any], float], ...] = (
    ("", {"to": "Grace", "weight_kg": 2.5}, 4.5),
    ("?express=true", {"to": "Ada", "weight_kg": 3}, 10),
    ("?express=false", {"to": "Ada", "weight_kg": 0.5}, 2.5),
    ("", {"to": "Grace", "weight_kg": 31}, 33),  # more than the model of exercise 1.2-weight lets in
)
WRONG: tuple[tuple[str, Any, str], ...] = (
    ("", {"to": "Grace"}, "a parcel without a weight"),
    ("", {"weight_kg": 2}, "a parcel without an address"),
    ("", {"to": "Grace", "weight_kg": "heavy"}, "a weight that is no number"),
    ("", {"to": "Grace", "weight_kg": -1}, "a weight of -1 kg"),
    ("", {"to": "Grace", "weight_kg": 0}, "a weight of 0 kg"),
    ("?express=perhaps", {"to": "Grace", "weight_kg": 2}, "`express=perhaps`"),
)


def _check_port(app: FastAPI) -> str:
    with running(app) as server:

        def price(query: str, parcel: Any) -> Response:
            answer = ask(server, "POST", f"/price{query}", json=parcel)
            assert answer.status_code != 500, (
                f"`POST /price{query}` was answered with 500, because your function failed: {logged(server)}."
            )
            return answer

        for query, parcel, expected in GOOD:
            _good(price(query, parcel), query, expected)
        for query, parcel, what in WRONG:
            answer = price(query, parcel)
            assert answer.status_code != 200, f"{what} was taken, with {answer.text}: which type or limit says no?"
            assert answer.status_code == 422 and isinstance(answer.json().get("detail"), list), (
                f"{what} was refused with {answer.status_code}, by code of yours. That is what the port should save: a "
                "model refuses with FastAPI's own 422, which says where and why."
            )
    return "The same prices as in Flask, and six wrong requests refused without a line of your own."


def _good(answer: Response, query: str, expected: float) -> None:
    if answer.status_code == 422:
        where = [error["loc"] for error in answer.json()["detail"]]
        assert ["query", "to"] not in where and ["query", "weight_kg"] not in where, (
            "address and weight were looked for in the query: plain parameters are. A model as a parameter is read from "
            "the JSON body."
        )
        assert ["query", "express"] not in where, "`express` is required in yours: in Flask it could be left out."
        assert ["body", "express"] not in where, "`express` was looked for in the body: it stands in the query."
        raise AssertionError(
            f"a right request, `POST /price{query}`, was refused: {answer.json()['detail'][0]['msg']}."
        )
    assert answer.status_code == 200, f"`POST /price{query}` should answer 200, but {answer.status_code} came."
    if answer.json() != {"price": expected} and query == "?express=false":
        raise AssertionError(
            "`express=false` was charged like `express=true`: a text that is not empty counts as true. Which type makes "
            "FastAPI read it?"
        )
    assert answer.json() == {"price": expected}, f"`POST /price{query}`: {wanted({'price': expected}, answer)}."


def _solve_port() -> FastAPI:
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0)]

    app = FastAPI()

    @app.post("/price")
    def price(parcel: Parcel, express: bool = False) -> dict[str, float]:
        return {"price": 2 + parcel.weight_kg + (5 if express else 0)}

    return app


EXERCISE = Exercise(
    id="1.3-port",
    title="a Flask route in FastAPI",
    task="`POST /price` should give the prices of the Flask route above it, and leave every check to types, which "
    "refuse with 422.",
    check=_check_port,
    hints=(
        "What the Flask code reads from `request` is three things. Which come from the body, which from the query?",
        "A model for the body, with a limit for the weight; a `bool` with a default for `express`.",
        "Which of the Flask lines does nobody need any more?",
    ),
    solution=_solve_port,
    routes=("POST /price",),
)
