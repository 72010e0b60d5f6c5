"""What learners pass to 8.2-signed."""

import hashlib
import hmac
import json
import secrets
from typing import Annotated

from fastapi import Body, Depends, FastAPI, Header, HTTPException, Request

from tests.chapters.answers import right, stub, wrong


def sign(key: bytes, body: bytes) -> str:
    return hmac.new(key, body, hashlib.sha256).hexdigest()


def made(judge):
    """`make_events` whose path operation calls `judge(key, body, signature, taken)`."""

    def make_events(key):
        app = FastAPI()
        taken = set()

        @app.post("/events", status_code=202)
        async def take_event(request: Request, signature: Annotated[str, Header()] = "") -> None:
            judge(key, await request.body(), signature, taken)

        return app

    return make_events


def checked(key, body, signature):
    if not hmac.compare_digest(sign(key, body).encode(), signature.encode()):
        raise HTTPException(401)


def once(body, taken):
    if body in taken:
        raise HTTPException(409)
    taken.add(body)


@stub("8.2-signed")
def signed_shipped():
    def make_events(key) -> FastAPI: ...

    return make_events


@wrong("8.2-signed", says="your app took a call whose signature was made with another key")
def signed_by_anybody():
    def judge(key, body, signature, taken):
        if len(signature) != 64:
            raise HTTPException(401)
        once(body, taken)

    return made(judge)


@wrong("8.2-signed", says="your app took a call without a signature")
def signed_if_at_all():
    def judge(key, body, signature, taken):
        if signature:
            checked(key, body, signature)
        once(body, taken)

    return made(judge)


@wrong("8.2-signed", says="written again is another body")
def signed_as_json():
    def judge(key, body, signature, taken):
        checked(key, json.dumps(json.loads(body)).encode(), signature)
        once(body, taken)

    return made(judge)


@wrong("8.2-signed", says="the carrier's own call was told 401. Sign with")
def signed_by_a_plain_hash():
    def judge(key, body, signature, taken):
        if not hmac.compare_digest(hashlib.sha256(key + body).hexdigest().encode(), signature.encode()):
            raise HTTPException(401, "a hash of the key and the body is no HMAC")
        once(body, taken)

    return made(judge)


@wrong("8.2-signed", says="two texts of ASCII alone, or two `bytes`")
def signed_as_texts():
    def judge(key, body, signature, taken):
        if not hmac.compare_digest(sign(key, body), signature):
            raise HTTPException(401)
        once(body, taken)

    return made(judge)


@wrong("8.2-signed", says="was taken twice")
def signed_again_and_again():
    return made(lambda key, body, signature, taken: checked(key, body, signature))


@wrong("8.2-signed", says="anybody can shut the carrier out")
def signed_after_it_was_remembered():
    def judge(key, body, signature, taken):
        once(body, taken)
        checked(key, body, signature)

    return made(judge)


@wrong("8.2-signed", says="taken before should be told 409, but 401 came")
def signed_and_seen_says_401():
    def judge(key, body, signature, taken):
        checked(key, body, signature)
        if body in taken:
            raise HTTPException(401)
        taken.add(body)

    return made(judge)


@wrong("8.2-signed", says="without a signature should be told 401, but 422 came")
def signed_or_invalid():
    def make_events(key):
        app = FastAPI()
        taken = set()

        @app.post("/events", status_code=202)
        async def take_event(request: Request, signature: Annotated[str, Header()]) -> None:
            body = await request.body()
            checked(key, body, signature)
            once(body, taken)

        return app

    return make_events


@wrong("8.2-signed", says="with another body, was refused")
def signed_only_once():
    def judge(key, body, signature, taken):
        checked(key, body, signature)
        once("a call", taken)

    return made(judge)


@right("8.2-signed")
def signed_by_a_dependency():
    def make_events(key):
        taken = set()

        async def read_raw(request: Request) -> bytes:
            return await request.body()

        def from_carrier(raw: Annotated[bytes, Depends(read_raw)], signature: Annotated[str | None, Header()] = None):
            if signature is None or not secrets.compare_digest(sign(key, raw).encode(), signature.encode()):
                raise HTTPException(401)
            once(raw, taken)

        app = FastAPI()
        app.post("/events", status_code=202, dependencies=[Depends(from_carrier)])(lambda: None)
        return app

    return make_events


@right("8.2-signed")
def signed_from_the_raw_header():
    def make_events(key):
        app = FastAPI()
        taken = []

        @app.post("/events", status_code=202)
        async def take_event(request: Request) -> None:
            body = b"".join([part async for part in request.stream()])
            sent = request.headers.get("Signature", "").encode()
            if not hmac.compare_digest(hmac.digest(key, body, "sha256").hex().encode(), sent):
                raise HTTPException(401)
            if body in taken:
                raise HTTPException(409)
            taken.append(body)

        return app

    return make_events


@right("8.2-signed")
def signed_beside_a_parsed_body():
    def make_events(key):
        app = FastAPI()
        taken = {}

        @app.post("/events", status_code=202)
        async def take_event(
            request: Request, event: Annotated[dict, Body()], signature: Annotated[str, Header()] = ""
        ) -> str:
            checked(key, await request.body(), signature)
            if signature in taken:
                raise HTTPException(409)
            taken[signature] = event
            return "taken"

        return app

    return make_events


@wrong("8.2-signed", says="kept outside `make_events`")
def signed_with_one_memory_for_all():
    taken = set()

    def judge(key, body, signature, mine):
        checked(key, body, signature)
        once(body, taken)

    return made(judge)
