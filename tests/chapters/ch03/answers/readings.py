"""What learners pass to 3.2-readings."""

import asyncio
import json
from collections.abc import AsyncIterable, Callable, Iterable, Iterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse

from helpers.chapters.ch03.exercises.readings import Reading, read_scale, shown
from tests.chapters.answers import right, stub, wrong


def known(name: str) -> str:
    if name != "north":
        raise HTTPException(404)
    return name


Name = Annotated[str, Depends(known)]


class JSONLines(StreamingResponse):
    media_type = "application/jsonl"


def readings_app(stream: Callable[..., Any], **options: Any) -> tuple[FastAPI, list[int]]:
    app = FastAPI()
    app.get("/scales/{name}/readings", **options)(stream)
    return app, shown


@stub("3.2-readings")
def readings_shipped():
    def stream_readings(name: str, times: int) -> Iterable[Reading]: ...

    return readings_app(stream_readings)


@wrong("3.2-readings", says="one JSON array")
def readings_in_a_list():
    def stream(name: Name, times: int) -> list[Reading]:
        return [Reading(grams=grams) for grams in read_scale(times)]

    return readings_app(stream)


@wrong("3.2-readings", says="One that yields itself is sent line by line")
def readings_as_a_returned_generator():
    def stream(name: Name, times: int) -> Iterable[Reading]:
        return (Reading(grams=grams) for grams in read_scale(times))

    return readings_app(stream)


@wrong("3.2-readings", says="a list collects them")
def readings_collected():
    def stream(name: Name, times: int) -> Iterable[Reading]:
        yield from [Reading(grams=grams) for grams in read_scale(times)]

    return readings_app(stream)


@wrong("3.2-readings", says="an HTTPException comes when the 200 is out")
def readings_with_a_late_404():
    def stream(name: str, times: int) -> Iterable[Reading]:
        if name != "north":
            raise HTTPException(404)
        for grams in read_scale(times):
            yield Reading(grams=grams)

    return readings_app(stream)


@wrong("3.2-readings", says="which is not there, answered 200")
def readings_of_any_scale():
    def stream(name: str, times: int) -> Iterable[Reading]:
        for grams in read_scale(times):
            yield Reading(grams=grams)

    return readings_app(stream)


@wrong("3.2-readings", says="each needs a line break behind it")
def readings_in_one_line():
    def stream(name: Name, times: int) -> Iterable[str]:
        for grams in read_scale(times):
            yield Reading(grams=grams).model_dump_json()

    return readings_app(stream, response_class=JSONLines)


@wrong("3.2-readings", says="`str()` of a dictionary is Python")
def readings_as_python():
    def stream(name: Name, times: int) -> Iterable[str]:
        for grams in read_scale(times):
            yield str({"grams": grams}) + "\n"

    return readings_app(stream, response_class=JSONLines)


@wrong("3.2-readings", says="says that each line is JSON")
def readings_without_a_media_type():
    def stream(name: Name, times: int) -> StreamingResponse:
        return StreamingResponse(json.dumps({"grams": grams}) + "\n" for grams in read_scale(times))

    return readings_app(stream)


@wrong("3.2-readings", says="`250` came")
def readings_of_bare_numbers():
    def stream(name: Name, times: int) -> Iterable[int]:
        yield from read_scale(times)

    return readings_app(stream)


@wrong("3.2-readings", says="JSON Lines were asked for")
def readings_as_events():
    def stream(name: Name, times: int) -> Iterable[Reading]:
        for grams in read_scale(times):
            yield Reading(grams=grams)

    return readings_app(stream, response_class=EventSourceResponse)


@wrong("3.2-readings", says="held the event loop")
def readings_on_the_loop():
    async def stream(name: Name, times: int) -> AsyncIterable[Reading]:
        for grams in read_scale(times):
            yield Reading(grams=grams)

    return readings_app(stream)


@wrong("3.2-readings", says="the stream broke off")
def readings_of_another_shape():
    def stream(name: Name, times: int) -> Iterable[Reading]:
        for grams in read_scale(times):
            yield {"weight": grams}

    return readings_app(stream)


@right("3.2-readings")
def readings_returned():
    def stream(name: str, times: int) -> StreamingResponse:
        if name != "north":
            raise HTTPException(404)
        lines = (Reading(grams=grams).model_dump_json() + "\n" for grams in read_scale(times))
        return StreamingResponse(lines, media_type="application/jsonl")

    return readings_app(stream)


@right("3.2-readings")
def readings_of_plain_dictionaries():
    def stream(name: Name, times: int):
        for grams in read_scale(times):
            yield {"grams": grams}

    return readings_app(stream)


@right("3.2-readings")
def readings_without_blocking():
    async def stream(name: Name, times: int) -> AsyncIterable[Reading]:
        scale = read_scale(times)
        while (grams := await asyncio.to_thread(next, scale, None)) is not None:
            yield Reading(grams=grams)

    return readings_app(stream)


@right("3.2-readings")
def readings_as_bytes():
    def stream(name: Name, times: int) -> Iterator[bytes]:
        for grams in read_scale(times):
            yield b'{"grams": %d}\n' % grams

    return readings_app(stream, response_class=JSONLines)
