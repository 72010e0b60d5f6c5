"""What chapter 3 says without a cell of its own."""

import time
import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, Request, UploadFile
from fastapi.responses import FileResponse, StreamingResponse

from helpers.live.recording import record
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


def test_behind_the_yield_of_a_dependency_a_file_goes_whatever_part_of_it_was_asked_for(tmp_path):
    path = tmp_path / "parcels.csv"

    def written() -> Iterator[Path]:
        path.write_text("id,city\n")
        yield path
        path.unlink()

    app = FastAPI()

    @app.get("/parcels.csv")
    def download(path: Annotated[Path, Depends(written)]) -> FileResponse:
        return FileResponse(path)

    with running(app) as server:
        for part, code in (("bytes=0-1", 206), ("bytes=900-", 416), ("parcels=1", 400)):
            assert server.client.get("/parcels.csv", headers={"Range": part}).status_code == code
            assert until(lambda: not path.exists(), 2.0)


def test_without_a_schema_there_is_no_page():
    with running(FastAPI(openapi_url=None)) as server:
        assert [server.client.get(path).status_code for path in ("/docs", "/redoc", "/openapi.json")] == [404] * 3


def test_a_def_generator_is_asked_no_more_when_its_client_has_left():
    made: list[int] = []
    app = FastAPI()

    @app.get("/rows", response_class=StreamingResponse)
    def stream(background_tasks: BackgroundTasks) -> Iterator[str]:
        background_tasks.add_task(made.append, 0)
        for number in range(1, 100):
            made.append(number)
            yield f"{number}\n"
            time.sleep(0.05)

    with running(app) as server, record():
        with server.client.stream("GET", "/rows") as answer:
            next(answer.iter_lines())
    assert made[0] == 1 and 99 not in made and made[-1] == 0


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
