"""What learners pass to 4.4-resume."""

from collections.abc import AsyncIterable, Iterable
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from helpers.chapters.ch04.exercises.resume import news
from tests.chapters.answers import right, stub, wrong

LastSeen = Annotated[int, Header(alias="Last-Event-ID")]


def has_news(last: LastSeen = 0) -> None:
    if last >= len(news):
        raise HTTPException(204)


def streaming(stream, *dependencies, **options):
    app = FastAPI()
    options = {"response_class": EventSourceResponse, "dependencies": [Depends(one) for one in dependencies]} | options
    app.get("/news", **options)(stream)
    return app, news


@stub("4.4-resume")
def resume_shipped():
    async def read_news(): ...

    return streaming(read_news)


@wrong("4.4-resume", says="the events have no `id`")
def resume_without_ids():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[str]:
        for text in news[last:]:
            yield text

    return streaming(read_news, has_news)


@wrong("4.4-resume", says="was not looked at")
def resume_tells_all_again():
    async def read_news() -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news, start=1):
            yield ServerSentEvent(data=text, id=str(number))

    return streaming(read_news, has_news)


@wrong("4.4-resume", says="came a second time")
def resume_off_by_one():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news):
            if number >= last:
                yield ServerSentEvent(data=text, id=str(number))

    return streaming(read_news, has_news)


@wrong("4.4-resume", says="it will ask for ever")
def resume_ends_empty():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news[last:], start=last + 1):
            yield ServerSentEvent(data=text, id=str(number))

    return streaming(read_news)


@wrong("4.4-resume", says="the stream broke off")
def resume_raises_in_the_generator():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news[last:], start=last + 1):
            yield ServerSentEvent(data=text, id=str(number))
        raise HTTPException(204)

    return streaming(read_news)


@wrong("4.4-resume", says="an `id` of its own")
def resume_with_one_id():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[ServerSentEvent]:
        for text in news[last:]:
            yield ServerSentEvent(data=text, id=str(len(news)))

    return streaming(read_news, has_news)


@wrong("4.4-resume", says="text/event-stream only, but application/jsonl came")
def resume_as_json_lines():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[str]:
        for text in news[last:]:
            yield text

    app = FastAPI()
    app.get("/news")(read_news)
    return app, news


@wrong("4.4-resume", says="answered 422")
def resume_demands_the_header():
    async def read_news(last: LastSeen) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news[last:], start=last + 1):
            yield ServerSentEvent(data=text, id=str(number))

    return streaming(read_news)


@wrong("4.4-resume", says="without `Last-Event-ID` all 3 news should come")
def resume_only_the_newest():
    async def read_news() -> AsyncIterable[ServerSentEvent]:
        yield ServerSentEvent(data=news[-1], id=str(len(news)))

    return streaming(read_news)


@right("4.4-resume")
def resume_by_hand():
    async def read_news(request: Request) -> Response:
        last = int(request.headers.get("Last-Event-ID", 0))
        if last >= len(news):
            return Response(status_code=204)
        lines = (f"id: {number}\ndata: {text}\n\n" for number, text in enumerate(news[last:], start=last + 1))
        return StreamingResponse(lines, media_type="text/event-stream")

    app = FastAPI()
    app.get("/news")(read_news)
    return app, news


@right("4.4-resume")
def resume_with_a_plain_generator():
    def rest(last_event_id: Annotated[str | None, Header()] = None) -> list[tuple[str, str]]:
        numbered = [(f"n{number}", text) for number, text in enumerate(news)]
        seen = [id for id, _ in numbered].index(last_event_id) + 1 if last_event_id else 0
        if not numbered[seen:]:
            raise HTTPException(status_code=204)
        return numbered[seen:]

    def read_news(rest: Annotated[list[tuple[str, str]], Depends(rest)]) -> Iterable[ServerSentEvent]:
        for id, text in rest:
            yield ServerSentEvent(raw_data=text, id=id, event="news", retry=500)

    return streaming(read_news)


@right("4.4-resume")
def resume_with_an_end():
    async def read_news(last: LastSeen = -1) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news):
            if number > last:
                yield ServerSentEvent(data=text, id=str(number))

    def check(last: LastSeen = -1) -> None:
        if last == len(news) - 1:
            raise HTTPException(204)

    return streaming(read_news, check)


@wrong("4.4-resume", says="each event needs an `id` of its own")
def resume_by_the_text():
    def rest(last: Annotated[str | None, Header(alias="Last-Event-ID")] = None) -> list[str]:
        begin = news.index(last) + 1 if last in news else 0
        if begin >= len(news):
            raise HTTPException(204)
        return news[begin:]

    async def read_news(new: Annotated[list[str], Depends(rest)]) -> AsyncIterable[ServerSentEvent]:
        for text in new:
            yield ServerSentEvent(data=text, id=text)

    return streaming(read_news)


@wrong("4.4-resume", says="after a second break")
def resume_counts_anew_behind_a_break():
    async def read_news(last: LastSeen = 0) -> AsyncIterable[ServerSentEvent]:
        for number, text in enumerate(news[last:], start=1):
            yield ServerSentEvent(data=text, id=str(number))

    return streaming(read_news, has_news)
