"""Exercise 4.4-resume: an event stream that a browser can resume and end."""

import json
from collections.abc import AsyncIterable
from typing import Annotated

import httpx
from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.sse import EventSourceResponse, ServerSentEvent

from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import logged_error

news: list[str] = []


def _check_resume(app: FastAPI, news: list[str]) -> str:
    assert isinstance(news, list), "the second thing to pass is the list `news`, which your stream reads."
    kept = list(news)
    try:
        with running(app) as server:
            for texts in (["label printed", "on its way", "delivered"], ["7", "9", "lost", "7", "paid"]):
                news[:] = texts
                _try(server, texts)
            news.append("paid back")
            _later(server, news)
    finally:
        news[:] = kept
    return "Each piece of news comes once, also after a break, and a browser that has all of it stops asking."


def _try(server: Server, texts: list[str]) -> None:
    first = _read(server, None)
    came = [text for _, text in first]
    assert came == texts, f"without `Last-Event-ID` all {len(texts)} news should come in their order, but {came} came."
    ids = [id for id, _ in first]
    assert all(ids), (
        "the events have no `id`, so a browser has nothing to send back: `ServerSentEvent(data=..., id=...)`."
    )
    assert len(set(ids)) == len(ids), f"each event needs an `id` of its own, but {ids} came."
    for number in (
        *range(1, len(ids) - 1),
        0,
    ):  # the first one last: behind it "all again" and "one too many" are the same
        resumed = _read(server, ids[number])
        again = [text for _, text in resumed]
        assert again != texts, (
            f"after a break at {texts[number]!r} all news came again: the header `Last-Event-ID` was not looked at."
        )
        assert again[:1] != [texts[number]], (
            f"{texts[number]!r} came a second time: `Last-Event-ID` names what the browser has seen already."
        )
        assert again == texts[number + 1 :], (
            f"after a break at {texts[number]!r} the rest, {texts[number + 1 :]}, should come, but {again} came."
        )
        second = [text for _, text in _read(server, resumed[0][0])]
        assert second == texts[number + 2 :], (
            f"after a second break, behind {texts[number + 1]!r}, the rest, {texts[number + 2 :]}, should come, but {second} came: also "
            "in a resumed stream each event needs the id that leads to its own place in the list."
        )
    over = server.client.get("/news", headers={"Last-Event-ID": ids[-1], "Connection": "close"})
    assert over.status_code != 500, f"a browser that has seen all got a 500: {logged_error(server.log)}."
    assert over.status_code == 204, (
        f"a browser that has seen all was answered {over.status_code}, and so it will ask for ever: 204 tells it to stop."
        " A generator cannot say so any more when it runs; a dependency can."
    )


def _later(server: Server, news: list[str]) -> None:
    """What was told after the end."""
    ids = [id for id, _ in _read(server, None)]
    came = [text for _, text in _read(server, ids[-2])]
    assert came == news[-1:], f"{news[-1]!r} was added later, and should come after a break, but {came} came."


def _read(server: Server, last_seen: str | None) -> list[tuple[str, str]]:
    """The ids and data of the stream's events, as a browser reads them."""
    headers = {"Connection": "close"} | ({} if last_seen is None else {"Last-Event-ID": last_seen})
    try:
        answer = server.client.get("/news", headers=headers, timeout=3.0)
    except httpx.ReadTimeout:
        raise AssertionError("the stream did not end when all news was told.") from None
    except httpx.HTTPError:
        raise AssertionError(f"the stream broke off: {logged_error(server.log) or 'no error was logged'}.") from None
    assert answer.status_code in (200, 204), (
        f"GET /news answered {answer.status_code}: {logged_error(server.log) or answer.text[:200]}"
    )
    kind = answer.headers.get("Content-Type", "nothing").partition(";")[0]
    assert kind == "text/event-stream" or answer.status_code == 204, (
        f"a browser takes events of type text/event-stream only, but {kind} came: `response_class=EventSourceResponse`."
    )
    events, id, data = [], "", None
    for line in answer.text.splitlines():
        field, _, value = line.partition(":")
        if field == "id":
            id = value.strip()
        if field == "data":
            data = _text(value.strip())
        if not line and data is not None:
            events.append((id, data))
            data = None
    return events


def _text(value: str) -> str:
    """The data of an event, which `data=` writes as JSON and `raw_data=` as it is."""
    try:
        decoded = json.loads(value)
    except ValueError:
        return value
    return decoded if isinstance(decoded, str) else value


def _solve_resume() -> tuple[FastAPI, list[str]]:
    app = FastAPI()
    LastSeen = Annotated[int, Header(alias="Last-Event-ID")]

    def has_news(last: LastSeen = 0) -> None:
        if last >= len(news):
            raise HTTPException(204)

    @app.get("/news", response_class=EventSourceResponse, dependencies=[Depends(has_news)])
    async def read_news(last: LastSeen = 0) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news[last:], start=last + 1):
            yield ServerSentEvent(data=text, id=str(number))

    return app, news


EXERCISE = Exercise(
    id="4.4-resume",
    title="a stream that is resumed and ends",
    task="`GET /news` should stream the list `news` as events with ids; after a break, told by `Last-Event-ID`, only what "
    "is new; and 204 when nothing is.",
    check=_check_resume,
    hints=(
        "`ServerSentEvent(data=text, id=...)`: which id lets you find the place in the list again?",
        '`Annotated[int, Header(alias="Last-Event-ID")]` reads the header, and needs a default for the first time.',
        "The status has been sent when a generator runs. A dependency comes before it: `raise HTTPException(204)`.",
    ),
    solution=_solve_resume,
    wants=("app", "value"),
    routes=("GET /news",),
)
