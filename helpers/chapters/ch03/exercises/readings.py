"""Exercise 3.2-readings: a stream of what a scale shows."""

import json
import time
from collections.abc import Iterable, Iterator

import httpx
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code, describe


class Reading(BaseModel):
    """As in the notebook."""

    grams: int


shown: list[int] = []


def read_scale(times: int) -> Iterator[int]:
    """As in the notebook."""
    for number in range(1, times + 1):
        time.sleep(0.15)
        shown.append(250 * number)
        yield 250 * number


class _Pieces:
    """Served in the place of `app`: notes how many readings there were when the first piece of each answer went out."""

    def __init__(self, app: ASGIApp, readings: list[int]):
        self.app, self.readings, self.first = app, readings, 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, sent = len(self.readings), False

        async def noting(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.body" and message.get("body") and not sent:
                sent, self.first = True, len(self.readings) - begun
            await send(message)

        await self.app(scope, receive, noting)


def _check_readings(app: FastAPI, shown: list[int]) -> str:
    pieces = _Pieces(app, shown)
    with running(pieces) as server:
        for times in (3, 5):
            before = len(shown)
            try:
                answer = ask(server, "GET", "/scales/north/readings", params={"times": times})
            except httpx.RemoteProtocolError:
                raise AssertionError(f"the stream broke off: {logged(server)}.") from None
            error = logged(server)
            assert answer.status_code == 200, (
                f"the scale `north` answered {answer.status_code}: {error or answer.text[:60]}."
            )
            assert len(shown) - before == times, (
                f"{times} readings were asked for, and {len(shown) - before} were taken: ask `read_scale(times)`, once."
            )
            _compare(answer, shown[before:])
            assert pieces.first < times, (
                f"all {times} readings had been taken when the first piece of the answer went out: a list collects them. Yield each."
            )
        before = len(shown)
        try:
            other = ask(server, "GET", "/scales/moon/readings", params={"times": 3})
        except httpx.RemoteProtocolError:
            raise AssertionError(
                "for another scale the answer broke off: in a function that yields, an HTTPException comes when the 200 is out. "
                "A dependency, or a function that only returns the stream, runs before."
            ) from None
        assert other.status_code != 200, "the scale `moon`, which is not there, answered 200; 404 was asked for."
        assert other.status_code == 404, f"the scale `moon` was answered with {other.status_code}; 404 was asked for."
        assert len(shown) == before, "the scale `moon` got its 404, and readings were taken first."
    return "The first line was out before the last reading was taken, and another scale got its 404 before the stream began."


def _compare(answer: httpx.Response, grams: list[int]) -> None:
    lines = [{"grams": reading} for reading in grams]
    kind = answer.headers.get("Content-Type", "none").partition(";")[0]
    text = answer.text
    assert not text.startswith("["), (
        f"the answer is one JSON array, {code(text[:40])}: FastAPI collects what a path operation returns, be it a list or a "
        "generator. One that yields itself is sent line by line."
    )
    assert not text.startswith(("data:", "event:")), "the answer is made of events: JSON Lines were asked for."
    try:
        came = [json.loads(line) for line in text.splitlines()]
    except ValueError:
        together = text.count("}{")
        raise AssertionError(
            "the objects stand in one line: each needs a line break behind it."
            if together
            else f"{code(text.splitlines()[0][:40])} is no JSON: `str()` of a dictionary is Python. FastAPI makes JSON of what you "
            "yield, and a model has `model_dump_json()`."
        ) from None
    assert came == lines, (
        f"the lines should be {code(json.dumps(lines[0]))} and so on, but {code(text.splitlines()[0][:40] if text else '')} came."
    )
    assert kind in ("application/jsonl", "application/x-ndjson", "application/x-jsonlines"), (
        f"the media type is {describe(kind)}: `application/jsonl` says that each line is JSON."
    )


def _solve_readings() -> tuple[FastAPI, list[int]]:
    def known_scale(name: str) -> str:
        if name != "north":
            raise HTTPException(404, "no such scale")
        return name

    app = FastAPI()

    @app.get("/scales/{name}/readings", dependencies=[Depends(known_scale)])
    def stream_readings(times: int) -> Iterable[Reading]:
        for grams in read_scale(times):
            yield Reading(grams=grams)

    return app, shown


EXERCISE = Exercise(
    id="3.2-readings",
    title="a stream of what a scale shows",
    task="`GET /scales/north/readings?times=3` should send each reading of `read_scale(times)` as a JSON line as soon as it is "
    "taken; another scale is a 404.",
    check=_check_readings,
    hints=(
        "What does FastAPI make of a function that yields models and says so in its return type?",
        "When does the first line of a function that yields run: before or after the status is sent?",
        "The name can be looked at in a dependency: `dependencies=[Depends(known_scale)]`.",
    ),
    solution=_solve_readings,
    wants=("app", "value"),
    routes=("GET /scales/{name}/readings",),
)
