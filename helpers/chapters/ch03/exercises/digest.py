"""Exercise 3.6-digest: bytes as they are."""

import hashlib

import httpx
from fastapi import FastAPI, HTTPException, Request

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

PNG = b"\x89PNG\r\n\x1a\n\xff\x00 label\n"
LARGE = bytes(range(256)) * 1600


def _check_digest(app: FastAPI) -> str:
    with running(app) as server:
        for what, content, kind in (
            ("a text", b"to Ada, fragile\n", "text/plain"),
            ("a picture", PNG, "image/png"),
            ("a JSON document", b'{"to": "Grace"}', "application/json"),
            ("bytes without a type", b"\x00\x01", None),
            ("a label of 400 kB", LARGE, "application/octet-stream"),
        ):
            answer = _put(server, content, kind)
            assert answer.status_code < 400, _why(server, what, answer)
            expected = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
            came = answer.json()
            assert not isinstance(came, dict) or came.get("bytes") == len(content), (
                f"of {what}, {len(content)} bytes were sent, but {came.get('bytes')!r} were counted: count bytes, all of them, as "
                "they came."
            )
            assert came == expected, f"for {what}, {wanted(expected, answer)}."
        empty = _put(server, b"", "image/png")
        assert empty.status_code == 400, f"an empty body is a 400, but {empty.status_code} came."
    return "Picture, text, JSON and bytes without a type: each was taken as it came, and an empty body refused."


def _put(server: Server, content: bytes, kind: str | None) -> httpx.Response:
    headers = {"Content-Type": kind} if kind else {}
    return ask(server, "PUT", "/labels/7", content=content, headers=headers)


def _why(server: Server, what: str, answer: httpx.Response) -> str:
    """What a refusal of good bytes says of how they were read."""
    error = logged(server) if answer.status_code >= 500 else ""
    if "coroutine" in error:
        return f"your app answered 500: {error}. `request.body()` waits for the network, so it is awaited, in an `async def`."
    if "UnicodeDecodeError" in error:
        return f"{what} was read as text, which it is not: {error}. Bytes need no decoding."
    if "JSONDecodeError" in error:
        return f"{what} was read as JSON, which it is not: {error}. `request.json()` parses; `request.body()` does not."
    if error:
        return f"your app answered {answer.status_code}: {error}."
    if answer.status_code == 422:
        return (
            f"{what} was refused with 422: FastAPI reads what a parameter declares, a model, a form or JSON. For the bytes as "
            "they are, declare no body and take the `Request`."
        )
    return f"{what} was refused with {answer.status_code}: every media type is welcome."


def _solve_digest() -> FastAPI:
    app = FastAPI()

    @app.put("/labels/{number}")
    async def deposit_label(number: int, request: Request) -> dict[str, int | str]:
        body = await request.body()
        if not body:
            raise HTTPException(400, "an empty label")
        return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}

    return app


EXERCISE = Exercise(
    id="3.6-digest",
    title="bytes as they are",
    task="`PUT /labels/{number}` should take bytes of any media type, answer how many came as `bytes` and their checksum as "
    "`sha256`, and refuse an empty body with 400.",
    check=_check_digest,
    hints=(
        "A parameter of the type `Request` declares no body, and nothing is parsed.",
        "`await request.body()` gives the bytes. `hashlib.sha256(body).hexdigest()` is the checksum as text.",
    ),
    solution=_solve_digest,
    routes=("PUT /labels/{number}",),
)
