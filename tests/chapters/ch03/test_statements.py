"""What chapter 3 says without a cell of its own."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, Form, Header, Query, Request, Response, UploadFile
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel

from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.waiting import until


class Parcel(BaseModel):
    to: str


class Letter(BaseModel):
    to: str
    text: str


class OnlyPage(BaseModel):
    model_config = {"extra": "forbid"}

    limit: int = 20


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
            assert until(lambda: not path.exists(), 30)


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


def test_a_copy_takes_a_null_unchecked_and_hands_it_out():
    app = FastAPI()

    @app.get("/")
    def read() -> Parcel:
        return Parcel(to="Grace").model_copy(update={"to": None})

    with running(app) as server:
        answer = server.client.get("/")
    assert (answer.status_code, answer.json()["to"]) == (200, None)


def test_a_list_without_query_is_a_body():
    app, none = FastAPI(), []

    @app.get("/")
    def read(town: list[str] = none) -> list[str]:
        return town

    with running(app) as server:
        assert server.client.get("/?town=York").json() == []
        assert server.client.request("GET", "/", json=["York"]).json() == ["York"]


def test_a_bool_takes_these_words():
    app = FastAPI()

    @app.get("/")
    def read(insured: bool) -> bool:
        return insured

    with running(app) as server:
        words = ("yes", "on", "1", "true", "no", "off", "0", "false")
        assert [server.client.get(f"/?insured={word}").json() for word in words] == 4 * [True] + 4 * [False]


def test_a_model_that_forbids_refuses_its_neighbours():
    app = FastAPI()

    @app.get("/")
    def read(page: Annotated[OnlyPage, Query()], lang: str = "en") -> int:
        return page.limit

    @app.get("/headers")
    def read_headers(page: Annotated[OnlyPage, Header()]) -> int:
        return page.limit

    with running(app) as server:
        answers = [server.client.get(path) for path in ("/?limit=5", "/?limit=5&lang=fr", "/headers")]
    assert [answer.status_code for answer in answers] == [200, 422, 422]


def test_a_name_of_a_header_keeps_its_underscore_where_it_is_told_to():
    app = FastAPI()

    @app.get("/")
    def read(x_hop: Annotated[str, Header(convert_underscores=False)] = "none") -> str:
        return x_hop

    with running(app) as server:
        answers = [server.client.get("/", headers={name: "van"}).json() for name in ("X-Hop", "x_hop")]
    assert answers == ["none", "van"]


def test_the_order_of_parameters_does_not_matter_and_the_old_spelling_works():
    app = FastAPI()

    @app.get("/parcels/{number}")
    def read(lang: Annotated[str, Query()], number: int, large: bool = Query(False)) -> list:
        return [number, lang, large]

    with running(app) as server:
        assert server.client.get("/parcels/7?large=on&lang=fr").json() == [7, "fr", True]


def test_each_request_gets_a_copy_of_a_list_that_is_a_default():
    app, towns = FastAPI(), ["York"]

    @app.get("/")
    def read(town: Annotated[list[str], Query()] = towns) -> list[str]:
        town.append("Leeds")
        return town

    with running(app) as server:
        assert [server.client.get("/").json() for _ in range(2)] == 2 * [["York", "Leeds"]]
    assert towns == ["York"]


def test_a_response_of_ones_own_has_none_of_what_was_set_on_the_parameter():
    app = FastAPI()

    @app.get("/{own}")
    def read(own: bool, response: Response):
        response.set_cookie("name", "Ada")
        response.headers["X-Hop"] = "van"
        return Response() if own else None

    with running(app) as server:
        answers = [server.client.get(path).headers for path in ("/no", "/yes")]
    assert [("Set-Cookie" in headers, "X-Hop" in headers) for headers in answers] == [(True, True), (False, False)]


def test_a_group_of_parameters_may_be_missing_as_a_whole():
    app = FastAPI()

    @app.get("/")
    def read(letter: Annotated[Letter | None, Query()] = None, limit: int = 20) -> Letter | None:
        return letter

    with running(app) as server:
        answers = [server.client.get(path) for path in ("/?limit=5", "/?to=Ada", "/?to=Ada&text=Hello")]
    assert [answer.status_code for answer in answers] == [200, 422, 200] and answers[0].json() is None


def test_no_request_suits_a_form_and_a_json_model():
    app = FastAPI()

    @app.post("/")
    def take(parcel: Parcel, name: Annotated[str, Form()]) -> str:
        return f"{parcel.to} {name}"

    flat, nested = {"to": "Grace", "name": "Ada"}, {"parcel": {"to": "Grace"}, "name": "Ada"}
    with running(app) as server:
        answers = [
            server.client.post("/", json=flat),
            server.client.post("/", data=flat),
            server.client.post("/", json=nested),
        ]
        answers.append(server.client.post("/", data=nested | {"parcel": '{"to": "Grace"}'}))
    assert [answer.status_code for answer in answers] == 4 * [422]


def test_a_default_inside_annotated_is_refused():
    def read(lang: Annotated[str, Query(default="en")]) -> str:
        return lang

    with pytest.raises(AssertionError, match="default value cannot be set in `Annotated`"):
        FastAPI().get("/")(read)


def test_the_first_of_two_fitting_paths_wins():
    answers = []
    for paths in (("/parcels/{number}", "/parcels/latest"), ("/parcels/latest", "/parcels/{number}")):
        app = FastAPI()
        for path in paths:
            app.get(path)(read_latest if path.endswith("latest") else read_number)
        with running(app) as server:
            answers.append(server.client.get("/parcels/latest").status_code)
    assert answers == [422, 200]


def read_latest() -> int:
    return 9


def read_number(number: int) -> int:
    return number
