"""Exercise 3.1-codes: the right code for each end."""

import httpx
from fastapi import FastAPI, HTTPException, status

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import describe

states = {7: "waiting", 8: "gone", 9: "sorting"}

ROUNDS = ({21: "waiting", 22: "gone", 23: "sorting"}, {5: "gone", 31: "sorting", 32: "waiting", 33: "waiting"})
PHRASES = {"waiting": 201, "gone": 410, "sorting": 503}


def _check_codes(app: FastAPI, states: dict[int, str]) -> str:
    kept = dict(states)
    with running(app) as server:
        try:
            for given in ROUNDS:
                states.clear()
                states.update(given)
                _examine(server, states, given)
        finally:
            states.clear()
            states.update(kept)
    return "Each end has its code: 201, 404, 410, 422 and a 503 that says when to ask again."


def _examine(server: Server, states: dict[int, str], given: dict[int, str]) -> None:
    for number, state in given.items():
        answer, code = _ask(server, number), PHRASES[state]
        body = answer.json() if "json" in answer.headers.get("Content-Type", "") else None
        assert not (answer.status_code < 300 and isinstance(body, list) and code in body), (
            f"the answer for a parcel that is {state} was {answer.status_code} with the list {describe(str(body))}: Flask takes a "
            "pair of content and code, FastAPI makes JSON of it. Raise an HTTPException."
        )
        assert code == 201 or answer.status_code >= 300, (
            f"a parcel that is {state} was answered with {answer.status_code}: it was handed out, or the error stands in the "
            f"content alone. {code} was asked for."
        )
        assert answer.status_code == code, (
            f"a parcel that is {state} was answered with {answer.status_code}; {code} was asked for."
        )
        if state == "sorting":
            assert answer.headers.get("Retry-After"), (
                "the 503 does not say when to ask again: `Retry-After` is a header, which `HTTPException` takes as `headers=`."
            )
            assert answer.headers["Retry-After"] == "60", (
                f"`Retry-After` says {describe(answer.headers['Retry-After'])}: 60, in seconds, was asked for."
            )
        if state == "waiting":
            assert answer.text.strip('"') == f"parcel {number}", (
                f"the 201 should hold `parcel {number}`, but {describe(answer.text)} came."
            )
            assert states.get(number) == "gone", (
                f"parcel {number} was picked up and is still {states.get(number, 'missing in `states`')}: it should be gone."
            )
        else:
            assert states[number] == state, f"parcel {number} was {state}, was refused, and is {states[number]} now."
    for number in (number for number, state in given.items() if state == "waiting"):
        again = _ask(server, number).status_code
        assert again == 410, (
            f"a parcel was picked up twice: the second time {again} came, not the 410 of one that is gone."
        )
    unknown = _ask(server, 404_404).status_code
    assert unknown == 404, f"a parcel that nobody knows was answered with {unknown}; 404 was asked for."
    seven = _ask(server, "seven").status_code
    assert seven == 422, (
        f"`/pickups/seven` was answered with {seven}: a number was asked for, and FastAPI answers 422 itself when the parameter "
        "is declared as an `int`."
    )


def _ask(server: Server, number: object) -> httpx.Response:
    answer = ask(server, "POST", f"/pickups/{number}")
    error = logged(server) if answer.status_code == 500 else ""
    assert "KeyError" not in error, (
        "a parcel that nobody knows ended in a KeyError: a client's mistake is a 4xx, not a 500."
    )
    assert "has no attribute 'encode'" not in error, (
        'the 503 could not be sent, since a header\'s value is a number there: on the wire it is a text, `"60"`.'
    )
    assert not any("'input': HTTPException(" in text for text in server.log) and "HTTPException" not in answer.text, (
        "an HTTPException was returned. It is an exception: `raise` it."
    )
    assert answer.status_code != 500, f"`/pickups/{number}` answered 500: {error}."
    return answer


def _solve_codes() -> tuple[FastAPI, dict[int, str]]:
    app = FastAPI()

    @app.post("/pickups/{number}", status_code=status.HTTP_201_CREATED)
    def pick_up(number: int) -> str:
        state = states.get(number)
        if state is None:
            raise HTTPException(status.HTTP_404_NOT_FOUND, "no such parcel")
        if state == "gone":
            raise HTTPException(status.HTTP_410_GONE, "picked up before")
        if state == "sorting":
            raise HTTPException(status.HTTP_503_SERVICE_UNAVAILABLE, headers={"Retry-After": "60"})
        states[number] = "gone"
        return f"parcel {number}"

    return app, states


EXERCISE = Exercise(
    id="3.1-codes",
    title="the right code for each end",
    task="`POST /pickups/{number}` should answer 201 for a parcel that is waiting and make it gone, 410 for one that is gone, "
    "503 with `Retry-After: 60` for one in sorting, 404 for one that is unknown.",
    check=_check_codes,
    hints=(
        "Three of the four ends are errors: what ends a request from within the function?",
        "The code of success stands in the decorator, `status_code=`.",
        "`HTTPException` takes a code, a detail, and `headers={...}`, whose values are texts.",
    ),
    solution=_solve_codes,
    wants=("app", "value"),
    routes=("POST /pickups/{number}",),
)
