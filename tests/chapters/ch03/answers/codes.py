"""What learners pass to 3.1-codes."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Response, status
from fastapi.responses import JSONResponse, PlainTextResponse

from helpers.chapters.ch03.exercises.codes import states
from tests.chapters.answers import right, stub, wrong

REFUSED = {"gone": 410, "sorting": 503}
LATER = {"Retry-After": "60"}


def codes_app(pick_up: Callable[..., Any], status_code: int = 201) -> tuple[FastAPI, dict[int, str]]:
    app = FastAPI()
    app.post("/pickups/{number}", status_code=status_code)(pick_up)
    return app, states


def refuse(number: int, headers: dict[str, str] | None = LATER) -> None:
    """As in the solution: raises for what cannot be picked up."""
    if number not in states:
        raise HTTPException(404)
    if states[number] in REFUSED:
        raise HTTPException(REFUSED[states[number]], headers=headers)


def hand_out(number: int) -> str:
    refuse(number)
    states[number] = "gone"
    return f"parcel {number}"


@stub("3.1-codes")
def codes_shipped():
    def pick_up(number: int) -> str: ...

    return codes_app(pick_up, 200)


@wrong("3.1-codes", says="Flask takes a pair of content and code")
def codes_in_a_pair():
    def pick_up(number: int):
        if number not in states:
            return "unknown", 404
        if states[number] in REFUSED:
            return states[number], REFUSED[states[number]]
        states[number] = "gone"
        return f"parcel {number}"

    return codes_app(pick_up)


@wrong("3.1-codes", says="the error stands in the content alone. 410 was asked for")
def codes_in_the_content():
    def pick_up(number: int) -> dict[str, str] | str:
        if states.get(number) != "waiting":
            return {"error": "not here"}
        states[number] = "gone"
        return f"parcel {number}"

    return codes_app(pick_up)


@wrong("3.1-codes", says="a parcel that is waiting was answered with 200; 201")
def codes_without_201():
    return codes_app(hand_out, 200)


@wrong("3.1-codes", says="which `HTTPException` takes as `headers=`")
def codes_without_a_header():
    def pick_up(number: int) -> str:
        refuse(number, headers=None)
        return hand_out(number)

    return codes_app(pick_up)


@wrong("3.1-codes", says="60, in seconds, was asked for")
def codes_with_a_minute():
    def pick_up(number: int) -> str:
        refuse(number, headers={"Retry-After": "1 minute"})
        return hand_out(number)

    return codes_app(pick_up)


@wrong("3.1-codes", says="a header's value is a number")
def codes_with_a_header_that_is_a_number():
    def pick_up(number: int) -> str:
        refuse(number, headers={"Retry-After": 60})
        return hand_out(number)

    return codes_app(pick_up)


@wrong("3.1-codes", says="ended in a KeyError")
def codes_unknown_uncaught():
    def pick_up(number: int) -> str:
        if states[number] in REFUSED:
            raise HTTPException(REFUSED[states[number]], headers=LATER)
        states[number] = "gone"
        return f"parcel {number}"

    return codes_app(pick_up)


@wrong("3.1-codes", says="and is still waiting")
def codes_that_change_nothing():
    def pick_up(number: int) -> str:
        refuse(number)
        return f"parcel {number}"

    return codes_app(pick_up)


@wrong("3.1-codes", says="a parcel that is gone was answered with 404; 410")
def codes_of_404_for_all():
    def pick_up(number: int) -> str:
        if states.get(number) in (None, "gone"):
            raise HTTPException(404)
        return hand_out(number)

    return codes_app(pick_up)


@wrong("3.1-codes", says="It is an exception: `raise` it")
def codes_returned():
    def pick_up(number: int) -> str:
        if states.get(number) != "waiting":
            return HTTPException(404)
        return hand_out(number)

    return codes_app(pick_up)


@wrong("3.1-codes", says="`/pickups/seven` was answered with 404")
def codes_of_any_text():
    def pick_up(number: str) -> str:
        return hand_out(int(number) if number.isdigit() else 0)

    return codes_app(pick_up)


@right("3.1-codes")
def codes_on_the_response():
    def pick_up(number: int, response: Response) -> str:
        response.status_code = status.HTTP_201_CREATED
        return hand_out(number)

    return codes_app(pick_up, 200)


@right("3.1-codes")
def codes_by_a_dependency():
    async def waiting(number: int) -> int:
        refuse(number)
        return number

    async def pick_up(number: Annotated[int, Depends(waiting)]) -> str:
        states[number] = "gone"
        return f"parcel {number}"

    return codes_app(pick_up)


@right("3.1-codes")
def codes_as_responses():
    def pick_up(number: int) -> Response:
        match states.get(number):
            case "waiting":
                states[number] = "gone"
                return PlainTextResponse(f"parcel {number}", status_code=201)
            case "gone":
                return JSONResponse({"detail": "gone"}, status_code=410)
            case "sorting":
                return JSONResponse({"detail": "later"}, status_code=503, headers={"retry-after": "60"})
            case _:
                return JSONResponse({"detail": "unknown"}, status_code=404)

    return codes_app(pick_up)
