"""Exercise 3.4-put: there or not there."""

from itertools import count
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

_numbers = count(1)  # no check meets a shelf of an earlier one: the learner's dict outlives it


def _check_put(app: FastAPI) -> str:
    left, right = (f"shelf{next(_numbers)}" for _ in range(2))
    with running(app) as server:

        def send(method: str, name: str, **request: Any) -> httpx.Response:
            answer = ask(server, method, f"/shelves/{name}", **request)
            assert answer.status_code < 500, f"`{method}` was answered with {answer.status_code}: {logged(server)}."
            return answer

        def put(name: str, parcels: int, status: int, words: str) -> None:
            answer = send("PUT", name, json={"parcels": parcels})
            assert answer.status_code == status, f"{words}: {status} was asked for, but {answer.status_code} came."
            assert answer.json() == {"parcels": parcels}, f"{words}: {wanted({'parcels': parcels}, answer)}."

        put(left, 3, 201, "a shelf was put for the first time")
        put(left, 5, 200, "the same shelf was put a second time, with another number")
        put(left, 5, 200, "the same PUT was sent again")
        put(right, 2, 201, "another shelf was put for the first time")
        removed, again = send("DELETE", left), send("DELETE", left)
        assert removed.status_code == 204, f"204 was asked for a shelf that is removed, but {removed.status_code} came."
        assert again.status_code == 404, (
            f"404 was asked for a shelf that is not there any more, but {again.status_code} came."
        )
        put(left, 1, 201, "a shelf was put anew after it was removed")
        put(right, 4, 200, "one shelf was removed, then the other one was put again")
    return (
        "A new shelf got 201, one that was there 200 with its new number, a removed one 204 once, and 404 afterwards."
    )


class ShelfLoad(BaseModel):
    """As in the notebook."""

    parcels: int


shelves: dict[str, ShelfLoad] = {}


def _solve_put() -> FastAPI:
    app = FastAPI()

    @app.put("/shelves/{name}")
    def put_shelf(name: str, shelf: ShelfLoad, response: Response) -> ShelfLoad:
        if name not in shelves:
            response.status_code = 201
        shelves[name] = shelf
        return shelf

    @app.delete("/shelves/{name}", status_code=204)
    def remove_shelf(name: str) -> None:
        if name not in shelves:
            raise HTTPException(404, "no such shelf")
        del shelves[name]

    return app


EXERCISE = Exercise(
    id="3.4-put",
    title="there or not there",
    task="`PUT /shelves/{name}` should answer 201 for a new shelf and 200 for one that was there, with what it holds now; "
    "`DELETE /shelves/{name}` should answer 204, and 404 when there is none.",
    check=_check_put,
    hints=(
        "The decorator knows one status. Which parameter lets the function decide?",
        "Ask `name in shelves` before you keep the shelf; afterwards it is always there.",
        "A PUT replaces: what the shelf holds now is what was sent, however often.",
    ),
    solution=_solve_put,
    routes=("PUT /shelves/{name}", "DELETE /shelves/{name}"),
)
