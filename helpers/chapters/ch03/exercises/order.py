"""Exercise 3.6-order: one body of three parts."""

from typing import Annotated, Any

import httpx
from fastapi import Body, FastAPI
from pydantic import BaseModel, Field

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

FIRST = {
    "order": {"to": "Grace", "lines": [{"what": "book", "count": 2}, {"what": "pen", "count": 5}]},
    "sender": {"name": "Ada"},
    "express": True,
}
SECOND = {"order": {"to": "Ada", "lines": [{"what": "lamp", "count": 40}]}, "sender": {"name": "Grace"}}


def _check_order(app: FastAPI) -> str:
    with running(app) as server:

        def send(body: dict[str, Any]) -> httpx.Response:
            answer = ask(server, "POST", "/orders", json=body)
            assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
            return answer

        first = send(FIRST)
        assert first.status_code != 422, _why(first)
        expected = {"to": "Grace", "sender": "Ada", "pieces": 7, "express": True}
        assert first.json() != expected | {"express": False}, (
            "`express` was sent as true in the body, and your function got false: a simple type is looked for in the query, "
            "unless `Body()` says otherwise."
        )
        assert first.json() == expected, f"{wanted(expected, first)}."
        assert first.status_code == 201, f"201 Created was asked for, but {first.status_code} came."
        second = send(SECOND)
        assert second.status_code != 422 or "express" in second.text, (
            f"another good order, of 40 lamps and without `express`, was refused: {second.text[:120]}"
        )
        assert second.status_code != 422, (
            "an order without `express` was refused: what may be left out needs a default."
        )
        expected = {"to": "Ada", "sender": "Grace", "pieces": 40, "express": False}
        assert second.json() == expected, f"for another order, without `express`, {wanted(expected, second)}."
        for count in (1, 50):
            fits = send(FIRST | {"order": {"to": "Grace", "lines": [{"what": "book", "count": count}]}}).status_code
            assert fits == 201, f"a `count` of {count} is within the limits, but {fits} came."
        for count in (0, 51):
            refused = send(FIRST | {"order": {"to": "Grace", "lines": [{"what": "book", "count": count}]}}).status_code
            assert refused == 422, (
                f"a `count` of {count} was answered with {refused}, not 422: limits stand in `Field(ge=..., le=...)`."
            )
        empty = send(FIRST | {"order": {"to": "Grace", "lines": []}}).status_code
        assert empty == 422, (
            f"an order without any line was answered with {empty}, not 422: a list has a `min_length`, too."
        )
        for part in ("order", "sender"):
            lacking = send({name: value for name, value in FIRST.items() if name != part}).status_code
            assert lacking == 422, f"a body without `{part}` was answered with {lacking}, not 422."
            hollow = send(FIRST | {part: {}}).status_code
            assert hollow == 422, (
                f"an empty `{part}` was answered with {hollow}, not 422: only `express` may be left out."
            )
    return "Order, sender and express came out of one body, and what was out of bounds got its 422."


def _why(answer: httpx.Response) -> str:
    """What a refused good order says of how the body was declared."""
    where = answer.json()["detail"][0]["loc"]
    if where[0] == "query":
        return (
            f"`{where[-1]}` was looked for in the query: a simple type is, unless `Body()` says that it is in the body."
        )
    return (
        f"a good order was refused at `{'.'.join(map(str, where))}`. Its body has the three parts `order`, `sender` (an "
        "object, too) and `express`: as many parameters, "
        "or a model with these fields."
    )


def _solve_order() -> FastAPI:
    class Line(BaseModel):
        what: str
        count: Annotated[int, Field(ge=1, le=50)]

    class Order(BaseModel):
        to: str
        lines: Annotated[list[Line], Field(min_length=1)]

    class Sender(BaseModel):
        name: str

    app = FastAPI()

    @app.post("/orders", status_code=201)
    def place_order(
        order: Order, sender: Sender, express: Annotated[bool, Body()] = False
    ) -> dict[str, str | int | bool]:
        pieces = sum(line.count for line in order.lines)
        return {"to": order.to, "sender": sender.name, "pieces": pieces, "express": express}

    return app


EXERCISE = Exercise(
    id="3.6-order",
    title="one body of three parts",
    task="`POST /orders` should take `order`, `sender` and `express` from one JSON body, and answer 201 with `to`, `sender`, "
    "`pieces` and `express`.",
    check=_check_order,
    hints=(
        "Two parameters whose types are models share the body, each under its own name.",
        "`express` is a simple type: `Annotated[bool, Body()] = False` moves it into the body.",
        "The limits belong to the models: `Field(ge=1, le=50)` for a count, `Field(min_length=1)` for the list.",
    ),
    solution=_solve_order,
    routes=("POST /orders",),
)
