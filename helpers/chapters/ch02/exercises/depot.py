"""Exercise 2.5-depot: a status that is decided at run time."""

from datetime import date
from typing import Any

import httpx
from fastapi import FastAPI, Response
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code


class Depot(BaseModel):
    """As in the notebook."""

    city: str
    opened: date


depots: dict[str, Depot] = {}

FIRST, SECOND = {"city": "Bern", "opened": "2026-03-01"}, {"city": "Chur", "opened": "2025-07-15"}


def _check_depot(app: FastAPI, depots: dict[str, Any]) -> str:
    before = dict(depots)
    depots.clear()
    try:
        with running(app) as server:
            for name, body in (("brn", FIRST), ("chr", SECOND)):
                _creates(server, name, body, depots)
            for body in (SECOND, SECOND):
                _replaces(server, "brn", body, depots)
    finally:
        depots.clear()
        depots.update(before)
    return "201 with its address for each new depot, 200 for one that was there, and the depot itself each time."


def _put(server: Server, name: str, body: dict[str, Any], depots: dict[str, Any]) -> httpx.Response:
    answer = ask(server, "PUT", f"/depots/{name}", json=body)
    error = logged(server)
    assert "not JSON serializable" not in error, (
        f"your app answered 500: {error}. A response of your own is not serialised by the return type: what it is given must be "
        'plain JSON data. `jsonable_encoder` or `model_dump(mode="json")` makes some.'
    )
    assert "ResponseValidationError" not in error, (
        f"what your function returned does not fit its return type: {error.rpartition(': ')[2]}. A tuple with a status is Flask's way; "
        "here the injected `response` carries it."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {error}."
    assert answer.status_code < 400, f"a good depot was answered with {answer.status_code}."
    assert name in depots, f"`depots` holds no {name!r} after the PUT: keep the depot under the name in the path."
    return answer


def _creates(server: Server, name: str, body: dict[str, Any], depots: dict[str, Any]) -> None:
    answer = _put(server, name, body, depots)
    assert answer.status_code == 201, (
        f"`PUT /depots/{name}` made a new depot: 201 was asked for, but {answer.status_code} came. Is the status set on the "
        "`response` that FastAPI hands you, and is the name looked up before you keep the depot?"
    )
    _is_the_depot(answer, body)
    place = answer.headers.get("location", "")
    assert place.endswith(f"/depots/{name}"), (
        f"the answer to a new depot should say where it is: `Location: /depots/{name}`, but "
        f"{'none came' if not place else 'another place came'}."
    )


def _replaces(server: Server, name: str, body: dict[str, Any], depots: dict[str, Any]) -> None:
    answer = _put(server, name, body, depots)
    assert answer.status_code == 200, (
        f"`PUT /depots/{name}` came again: 200 was asked for, but {answer.status_code} came. `status_code=` in the decorator is the "
        "same for every request."
    )
    _is_the_depot(answer, body)


def _is_the_depot(answer: httpx.Response, body: dict[str, Any]) -> None:
    assert answer.content, (
        "the answer is empty: a `Response(status_code=...)` that you return is sent as it is, without your depot."
    )
    assert "detail" not in answer.text, (
        f"the client got {code(answer.text[:60])}. An `HTTPException` is for what went wrong, and its body is the error's."
    )
    assert answer.json() == body, f"the depot itself should come back: {wanted(body, answer)}."


def _solve_depot() -> tuple[FastAPI, dict[str, Depot]]:
    app = FastAPI()

    @app.put("/depots/{name}")
    def put_depot(name: str, depot: Depot, response: Response) -> Depot:
        if name not in depots:
            response.status_code = 201
            response.headers["Location"] = f"/depots/{name}"
        depots[name] = depot
        return depot

    return app, depots


EXERCISE = Exercise(
    id="2.5-depot",
    title="a status that is decided at run time",
    task="`PUT /depots/{name}` should keep the depot in `depots` and answer with it: 201 and `Location: /depots/<name>` if it is "
    "new, 200 if it was there.",
    check=_check_depot,
    hints=(
        "Which parameter lets a path operation set a status and headers, and return the model all the same?",
        "How do you know whether a depot is new, and until which line?",
    ),
    solution=_solve_depot,
    wants=("app", "value"),
    routes=("PUT /depots/{name}",),
)
