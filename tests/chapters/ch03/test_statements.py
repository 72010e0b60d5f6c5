"""What chapter 3 says without a cell of its own."""

import asyncio
from collections.abc import Iterator

from fastapi import Depends, FastAPI, Request, UploadFile

from helpers.live.server import running
from helpers.services.waiting import until


def test_only_a_middleware_runs_before_the_last_byte_of_an_upload():
    order: list[str] = []
    app = FastAPI(dependencies=[Depends(lambda: order.append("dependency"))])

    @app.middleware("http")
    async def look(request: Request, call_next):
        order.append("middleware")
        return await call_next(request)

    @app.post("/photos")
    def receive(upload: UploadFile) -> int:
        order.append("path operation")
        return len(upload.file.read())

    def form() -> Iterator[bytes]:
        yield b'--part\r\nContent-Disposition: form-data; name="upload"; filename="a"\r\n\r\nphoto'
        while "middleware" not in order:  # the rest is sent when it has begun
            yield b"."
        order.append("last byte sent")
        yield b"\r\n--part--\r\n"

    with running(app) as server:
        headers = {"Content-Type": "multipart/form-data; boundary=part"}
        assert server.client.post("/photos", content=form(), headers=headers).json() >= len("photo")
    assert order == ["middleware", "last byte sent", "dependency", "path operation"]


def test_a_stream_can_be_read_once_and_a_body_twice():
    app = FastAPI()

    @app.put("/stream")
    async def stream(request: Request) -> str:
        pieces = [piece async for piece in request.stream()]
        try:
            await request.body()
        except RuntimeError as error:
            return f"{len(b''.join(pieces))}, {error}"
        return "read twice"

    @app.put("/body")
    async def whole(request: Request) -> bool:
        return await request.body() == await request.body()

    with running(app) as server:
        assert server.client.put("/stream", content=b"photo").json() == "5, Stream consumed"
        assert server.client.put("/body", content=b"photo").json() is True


def test_a_task_of_ones_own_finds_the_upload_closed():
    app, found = FastAPI(), []

    async def read_later(upload: UploadFile) -> None:
        while not upload.file.closed:
            await asyncio.sleep(0.01)
        try:
            await upload.read()
        except ValueError as error:
            found.append(str(error))

    @app.post("/photos")
    async def receive(upload: UploadFile) -> None:
        app.state.task = asyncio.create_task(read_later(upload))

    with running(app) as server:
        server.client.post("/photos", files={"upload": b"photo"})
        assert until(lambda: bool(found), 5.0)
    assert found == ["I/O operation on closed file."]


def test_a_lacking_content_type_is_admitted_on_request():
    app = FastAPI(strict_content_type=False)

    @app.post("/parcels")
    def hand_in(parcel: dict[str, str]) -> str:
        return parcel["to"]

    with running(app) as server:
        assert server.client.post("/parcels", content=b'{"to": "Ada"}').json() == "Ada"
        text = server.client.post("/parcels", content=b'{"to": "Ada"}', headers={"Content-Type": "text/plain"})
        assert text.status_code == 422
