"""Exercise 1.1-convert: types that convert."""

import json
from typing import Any

from fastapi import FastAPI

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

GOOD = {
    "/labels/7": {"parcel": 7, "copies": 1, "depot": None},
    "/labels/12?copies=3": {"parcel": 12, "copies": 3, "depot": None},
    "/labels/31?depot=north&copies=2": {"parcel": 31, "copies": 2, "depot": "north"},
    "/labels/5?depot=12": {"parcel": 5, "copies": 1, "depot": "12"},
}
WRONG = {
    "/labels/seven": "a parcel called `seven` was taken: with `int` as its type FastAPI refuses it.",
    "/labels/7.5": "parcel 7.5 was taken: a whole number is an `int`, not a `float`.",
    "/labels/7?copies=many": "`many` copies were taken: which type has the parameter `copies`?",
    "/labels/7?copies=1.5": "one and a half copies were taken: a whole number is an `int`, not a `float`.",
}


def _check_convert(app: FastAPI) -> str:
    with running(app) as server:
        for path, expected in GOOD.items():
            _good(server, path, expected)
        for path, slip in WRONG.items():
            answer = ask(server, "GET", path)
            assert answer.status_code != 200, slip
            assert answer.status_code != 500, (
                f"`GET {path}` was answered with 500, because your function failed: {logged(server)}. With the types in the "
                "parameters it would not have been called."
            )
            assert answer.status_code == 422, (
                f"`GET {path}` was refused with {answer.status_code}. Leave the check to the types: FastAPI's own is a 422, "
                "and comes before your function runs."
            )
    return "The path and the query came as the types say, what does not fit was refused, and what was left out had its default."


def _good(server: Server, path: str, expected: dict[str, Any]) -> None:
    answer = ask(server, "GET", path)
    assert answer.status_code != 500, (
        f"`GET {path}` was answered with 500, because your function failed: {logged(server)}."
    )
    if answer.status_code == 422:
        error = answer.json()["detail"][0]
        name = error["loc"][-1]
        assert error["type"] != "missing", (
            f"`GET {path}` was refused: `{name}` is required. `| None` allows None; only a default, `= ...`, lets a "
            "client leave it out."
        )
        raise AssertionError(f"`GET {path}` was refused, at {json.dumps(error['loc'])}: {error['msg']}.")
    assert answer.status_code == 200, f"`GET {path}` should answer 200, but {answer.status_code} came."
    came = answer.json()
    texts = {key: str(value) for key, value in expected.items() if isinstance(value, int)}
    unread = [key for key, text in texts.items() if isinstance(came, dict) and came.get(key) == text]
    assert not unread, (
        f"`{unread[0]}` came back as a text, as it stood in the address: without a type FastAPI converts nothing."
    )
    assert came == expected, f"`GET {path}`: {wanted(expected, answer)}."


def _solve_convert() -> FastAPI:
    app = FastAPI()

    @app.get("/labels/{parcel}")
    def print_label(parcel: int, copies: int = 1, depot: str | None = None) -> dict[str, int | str | None]:
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return app


EXERCISE = Exercise(
    id="1.1-convert",
    title="types that convert",
    task="`GET /labels/{parcel}` should return `parcel`, `copies` and `depot`: a whole number from the path; a whole number from "
    "the query, 1 where it is left out; and a text from the query, null where it is left out.",
    check=_check_convert,
    hints=(
        "A parameter whose name stands in the path is read from there, any other plain one from the query. What is missing?",
        "Three things can stand in a parameter: its name, its type behind a colon, its default behind `=`.",
        "A text that may be left out is a `str | None`, and its default is None.",
    ),
    solution=_solve_convert,
    routes=("GET /labels/{parcel}",),
)
