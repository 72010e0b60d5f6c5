"""10.3-gateway: whose fault it was."""

from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException

from helpers.chapters.asking import ask, is_app, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

# What the carrier does, in words, and what the app should answer.
WORDS = {
    "knows the parcel": 200,
    "answers 404": 404,
    "answers 500": 502,
    "answers 429": 502,
    "answers 400": 502,
    "cannot be reached (`httpx.ConnectError`)": 502,
    "breaks off (`httpx.RemoteProtocolError`)": 502,
    "is cut off while it is read (`httpx.ReadError`)": 502,
    "is too slow (`httpx.ReadTimeout`)": 504,
    "cannot be reached in time (`httpx.ConnectTimeout`)": 504,
}
NO_JSON = "answers 200 with what is no JSON"
STATES = {7: {"state": "on its way"}, 12: {"state": "delivered", "depot": "Chur"}}


class _Carrier:
    """Plays the carrier: does what `does` says, and notes who asked."""

    def __init__(self) -> None:
        self.does, self.asked = "knows the parcel", list[str]()
        transport = httpx.MockTransport(self.answer)
        self.client = httpx.AsyncClient(transport=transport, base_url="https://carrier.example")

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        match self.does.split(" (")[0]:
            case "cannot be reached":
                raise httpx.ConnectError("nobody there", request=request)
            case "breaks off":
                raise httpx.RemoteProtocolError("hung up", request=request)
            case "is cut off while it is read":
                raise httpx.ReadError("cut off", request=request)
            case does if does == NO_JSON:
                return httpx.Response(200, text="<html>")
            case "is too slow":
                raise httpx.ReadTimeout("no answer", request=request)
            case "cannot be reached in time":
                raise httpx.ConnectTimeout("no connection", request=request)
            case "knows the parcel":
                number = request.url.path.rpartition("/")[2]
                return httpx.Response(200, json=STATES.get(int(number)) if number.isdigit() else None)
        return httpx.Response(int(self.does.split()[-1]), json={"secret": "of the carrier"})


def _check(make_app: Callable[..., Any]) -> str:
    carrier = _Carrier()
    app = make_app(carrier.client)
    is_app(app, "make_app", "GET /parcels/{number}")
    with running(app) as server:
        for number in STATES:
            for carrier.does, expected in WORDS.items():
                carrier.asked.clear()
                answer = ask(server, "GET", f"/parcels/{number}")
                _asked_once(carrier.asked, number)
                _tells(answer, expected, carrier.does, logged(server) if answer.status_code == 500 else "")
                if expected == 200:
                    assert answer.json() == STATES[number], f"the carrier's words: {wanted(STATES[number], answer)}."
        carrier.does = NO_JSON  # whoever passes the bytes on need not look into them
        answer = ask(server, "GET", "/parcels/7")
        failed = answer.status_code == 500
        _tells(answer, 502 if failed else answer.status_code, NO_JSON, logged(server) if failed else "")
    return "Every failure of the carrier has its code, and none looks like a failure of yours."


def _asked_once(asked: list[str], number: int) -> None:
    assert asked, "the carrier was not asked: `await carrier.get(...)`."
    assert asked == [f"GET /parcels/{number}"], (
        f"the carrier should be asked once, for `GET /parcels/{number}`, but was asked {', '.join(asked)}."
    )


def _tells(answer: httpx.Response, expected: int, does: str, error: str) -> None:
    came, begins = answer.status_code, f"the carrier {does}, and"
    assert not error, (
        f"{begins} your app answered 500, because `{error.split(':')[0]}` came out of it. 500 says that your code is wrong: "
        f"{expected} was asked for."
    )
    assert came != 200 or expected == 200, (
        f"{begins} your app answered 200: httpx raises nothing for a bad status, unless you ask it by `raise_for_status()`."
    )
    assert came != 502 or expected != 504, (
        f"{begins} 502 came: that was too slow, 504. An `httpx.TimeoutException` is an `httpx.TransportError` as well, so look for it "
        "first."
    )
    assert came != 502 or expected != 404, (
        f"{begins} 502 came: the carrier did its work and knows no such parcel, so 404."
    )
    assert does != "answers 429" or came != 429, (
        f"{begins} your client was told 429, as if it had asked too often: it was you. 502 was asked for."
    )
    assert came == expected, f"{begins} {expected} was asked for, but {came} came."


def _solve() -> Callable[[httpx.AsyncClient], FastAPI]:
    def make_app(carrier: httpx.AsyncClient) -> FastAPI:
        app = FastAPI()

        @app.get("/parcels/{number}")
        async def track(number: int) -> Any:
            try:
                answer = await carrier.get(f"/parcels/{number}")
            except httpx.TimeoutException:
                raise HTTPException(504, "The carrier is too slow.") from None
            except httpx.HTTPError:
                raise HTTPException(502, "The carrier cannot be reached.") from None
            if answer.status_code == 404:
                raise HTTPException(404, "The carrier knows no such parcel.")
            if answer.status_code != 200:
                raise HTTPException(502, "The carrier failed.")
            try:
                return answer.json()
            except ValueError:
                raise HTTPException(502, "The carrier's answer is no JSON.") from None

        return app

    return make_app


EXERCISE = Exercise(
    id="10.3-gateway",
    title="whose fault it was",
    task="`make_app(carrier)` should make an app whose `GET /parcels/{number}` asks the carrier for the same path, once, and answers with its "
    "JSON; 404 for its 404, 504 where it is too slow, and 502 for its other codes from 400 on and every other failure.",
    check=_check,
    hints=(
        "What does httpx raise, and for what does it only return an answer with a status code?",
        "`httpx.TimeoutException` is one of the errors below `httpx.HTTPError`. Which `except` has to stand first?",
        "`HTTPException(502, ...)`: the client learns that the fault was behind you, and nothing of what the carrier said.",
    ),
    solution=_solve,
    wants="function",
)
