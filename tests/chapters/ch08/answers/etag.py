"""What learners pass to 8.3-etag."""

import hashlib
from itertools import count
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Request, Response
from fastapi.responses import PlainTextResponse

from tests.chapters.answers import right, stub, wrong

Known = Annotated[str, Header(alias="If-None-Match")]


def tagged(text: str) -> str:
    return f'"{hashlib.md5(text.encode()).hexdigest()}"'


def made(answer):
    """`make_label` whose path operation gives `answer(text, known)`."""

    def make_label(read_label):
        app = FastAPI()

        @app.get("/label")
        def get_label(known: Known = "") -> Response:
            return answer(read_label(), known)

        return app

    return make_label


def whole(text: str, tag: str) -> Response:
    return PlainTextResponse(text, headers={"ETag": tag})


def unchanged(tag: str) -> Response:
    return Response(status_code=304, headers={"ETag": tag})


@stub("8.3-etag")
def etag_shipped():
    def make_label(read_label) -> FastAPI: ...

    return make_label


@wrong("8.3-etag", says="has no `ETag`")
def etag_forgotten():
    return made(lambda text, known: PlainTextResponse(text))


@wrong("8.3-etag", says="stands in double quotes")
def etag_without_quotes():
    def answer(text, known):
        tag = tagged(text).strip('"')
        return unchanged(tag) if tag in known else whole(text, tag)

    return made(answer)


@wrong("8.3-etag", says="was sent the text again")
def etag_that_nobody_compares():
    return made(lambda text, known: whole(text, tagged(text)))


@wrong("8.3-etag", says="the tag has to change with the text")
def etag_that_never_changes():
    return made(lambda text, known: unchanged('"v1"') if '"v1"' in known else whole(text, '"v1"'))


@wrong("8.3-etag", says="whose tag was never yours")
def etag_of_anybody():
    def make_label(read_label):
        seen = {}

        def answer(text, known):
            tag = tagged(text)
            mine = known and (seen.get(known, tag) == tag)
            seen[tag] = tag
            return unchanged(tag) if mine or tag in known else whole(text, tag)

        return made(answer)(read_label)

    return make_label


@wrong("8.3-etag", says="a client may know several states")
def etag_that_is_compared_whole():
    def answer(text, known):
        return unchanged(tagged(text)) if known == tagged(text) else whole(text, tagged(text))

    return made(answer)


@wrong("8.3-etag", says="304 was asked for, but 412 came")
def etag_says_412():
    def answer(text, known):
        return Response(status_code=412) if tagged(text) in known else whole(text, tagged(text))

    return made(answer)


@wrong("8.3-etag", says="the 304 should carry the same `ETag`")
def etag_missing_in_the_304():
    def answer(text, known):
        return Response(status_code=304) if tagged(text) in known else whole(text, tagged(text))

    return made(answer)


@wrong("8.3-etag", says="200 was asked for, but 304 came")
def etag_for_whoever_asks_first():
    return made(lambda text, known: unchanged(tagged(text)))


@right("8.3-etag")
def etag_as_a_weak_one():
    def answer(text, known):
        tag = f"W/{tagged(text)}"
        return unchanged(tag) if tag in known else whole(text, tag)

    return made(answer)


@right("8.3-etag")
def etag_of_a_version():
    def make_label(read_label):
        app, versions, numbers = FastAPI(), {}, count(1)

        @app.get("/label")
        def get_label(request: Request, response: Response) -> str:
            text = read_label()
            if text not in versions:
                versions[text] = f'"{next(numbers)}"'
            if versions[text] in [tag.strip() for tag in request.headers.get("if-none-match", "").split(",")]:
                raise HTTPException(304, headers={"ETag": versions[text]})
            response.headers["ETag"] = versions[text]
            return text

        return app

    return make_label


@right("8.3-etag")
def etag_by_a_middleware():
    def make_label(read_label):
        app = FastAPI()

        @app.middleware("http")
        async def tag(request, call_next):
            response = await call_next(request)
            body = b"".join([part async for part in response.body_iterator])
            mark = f'"{hashlib.sha1(body).hexdigest()}"'
            if mark in request.headers.get("If-None-Match", ""):
                return unchanged(mark)
            return Response(body, headers={"ETag": mark}, media_type="application/json")

        @app.get("/label")
        def get_label() -> str:
            return read_label()

        return app

    return make_label


@wrong("8.3-etag", says="failed: UnicodeEncodeError")
def etag_of_the_text_itself():
    def answer(text, known):
        tag = f'"{text}"'
        return unchanged(tag) if tag in known else whole(text, tag)

    return made(answer)


@wrong("8.3-etag", says="by a letter, too")
def etag_of_the_length():
    def answer(text, known):
        tag = f'"{len(text)}"'
        return unchanged(tag) if tag in known else whole(text, tag)

    return made(answer)


@wrong("8.3-etag", says="spares a client the question for that long")
def etag_that_may_be_kept_for_a_minute():
    def answer(text, known):
        given = unchanged(tagged(text)) if tagged(text) in known else whole(text, tagged(text))
        given.headers["Cache-Control"] = "private, max-age=60"
        return given

    return made(answer)
