"""What learners pass to 3.6-digest."""

import hashlib
from typing import Annotated, Any

from fastapi import Body, Depends, FastAPI, HTTPException, Request, UploadFile

from tests.chapters.answers import right, stub, wrong


def digest_app(function) -> FastAPI:
    app = FastAPI()
    app.put("/labels/{number}")(function)
    return app


def told(body: bytes) -> dict[str, Any]:
    return {"bytes": len(body), "sha256": hashlib.sha256(body).hexdigest()}


def refusing_empty(body: bytes, status: int = 400) -> dict[str, Any]:
    if not body:
        raise HTTPException(status, "empty")
    return told(body)


@stub("3.6-digest")
def digest_shipped():
    async def deposit_label(number: int): ...

    return digest_app(deposit_label)


@wrong("3.6-digest", says="a text was refused with 422")
def digest_of_an_upload():
    def deposit_label(number: int, label: UploadFile) -> dict[str, Any]:
        return refusing_empty(label.file.read())

    return digest_app(deposit_label)


@wrong("3.6-digest", says="a JSON document was refused with 422")
def digest_of_a_body_parameter():
    def deposit_label(number: int, label: Annotated[bytes, Body()]) -> dict[str, Any]:
        return refusing_empty(label)

    return digest_app(deposit_label)


@wrong("3.6-digest", says="it is awaited, in an `async def`")
def digest_not_awaited():
    def deposit_label(number: int, request: Request) -> dict[str, Any]:
        return refusing_empty(request.body())

    return digest_app(deposit_label)


@wrong("3.6-digest", says="a picture was read as text, which it is not")
def digest_of_text():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        text = (await request.body()).decode()
        return refusing_empty(text.encode())

    return digest_app(deposit_label)


@wrong("3.6-digest", says="a text was read as JSON, which it is not")
def digest_of_json():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        return refusing_empty(str(await request.json()).encode())

    return digest_app(deposit_label)


@wrong("3.6-digest", says="count bytes, all of them, as they came")
def digest_stripped():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        return refusing_empty((await request.body()).strip())

    return digest_app(deposit_label)


@wrong("3.6-digest", says="of a label of 400 kB, 409600 bytes were sent")
def digest_of_the_last_piece():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        last = b""
        async for piece in request.stream():
            last = piece or last
        return refusing_empty(last)

    return digest_app(deposit_label)


@wrong("3.6-digest", says="an empty body is a 400, but 200 came")
def digest_of_nothing():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        return told(await request.body())

    return digest_app(deposit_label)


@wrong("3.6-digest", says="an empty body is a 400, but 422 came")
def digest_with_422():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        return refusing_empty(await request.body(), 422)

    return digest_app(deposit_label)


@wrong("3.6-digest", says="every media type is welcome")
def digest_of_pictures_only():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        if request.headers.get("Content-Type") != "image/png":
            raise HTTPException(415)
        return refusing_empty(await request.body())

    return digest_app(deposit_label)


@wrong("3.6-digest", says='"sha256":')
def digest_by_another_checksum():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        body = await request.body()
        return refusing_empty(body) | {"sha256": hashlib.md5(body).hexdigest()}

    return digest_app(deposit_label)


@right("3.6-digest")
def digest_of_a_stream():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        size, checksum = 0, hashlib.sha256()
        async for piece in request.stream():
            size += len(piece)
            checksum.update(piece)
        if size == 0:
            raise HTTPException(400, "empty")
        return {"bytes": size, "sha256": checksum.hexdigest()}

    return digest_app(deposit_label)


@right("3.6-digest")
def digest_by_a_dependency():
    async def raw(request: Request) -> bytes:
        return await request.body()

    def deposit_label(number: int, body: Annotated[bytes, Depends(raw)]) -> dict[str, Any]:
        return refusing_empty(body)

    return digest_app(deposit_label)


@right("3.6-digest")
def digest_read_twice():
    async def deposit_label(number: int, request: Request) -> dict[str, Any]:
        if len(await request.body()) == 0:
            raise HTTPException(status_code=400)
        return told(await request.body())

    return digest_app(deposit_label)
