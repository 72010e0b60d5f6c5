"""Exercise 4.2-stamp: a header on every answer."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx
from fastapi import BackgroundTasks, FastAPI, Response, WebSocket
from fastapi.responses import StreamingResponse
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.waiting import until
from helpers.wording import logged_error

ALSO_LIFESPAN = (
    "A middleware is called for it, too, with a scope and messages that have no headers: look at `scope['type']` and pass on "
    "what is not `http`."
)
ALSO_WEBSOCKET = "It comes with a scope of its own, `websocket`: pass on what is not `http`."
PATHS = ("/parcels/7", "/parcels/seven", "/nowhere")


def _check_stamp(stamp: type) -> str:
    for depot in ("north", "south"):
        app, steps = _service()
        try:
            app.add_middleware(stamp, depot=depot)
            app.build_middleware_stack()
        except TypeError as error:
            raise AssertionError(
                f"`app.add_middleware(StampDepot, depot={depot!r})` makes an object of your class with the app and the depot, and "
                f"that failed: {str(error).replace('_check_stamp.<locals>.', '')}."
            ) from None
        with _starting(app) as server:
            assert getattr(app.state, "opened", False), f"the lifespan of the app did not run. {ALSO_LIFESPAN}"
            server.client.headers["Connection"] = "close"  # after a 500, a kept connection ends under the next request
            _headers(server, depot)
            _afterwards(server, steps)
    return "Every answer says its depot, at once, and beside its other headers."


@asynccontextmanager
async def _opened(app: FastAPI) -> AsyncIterator[None]:
    app.state.opened = True
    yield


def _service() -> tuple[FastAPI, list[str]]:
    app, steps = FastAPI(lifespan=_opened), []

    @app.get("/parcels/{parcel_id}")
    async def get_parcel(parcel_id: int, response: Response) -> int:
        response.set_cookie("seen", "yes")
        response.set_cookie("from", "check")
        return parcel_id

    @app.post("/parcels")
    async def hand_in(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(print_label)

    async def print_label() -> None:
        await asyncio.sleep(0.3)
        steps.append("label printed")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(pieces())

    async def pieces() -> AsyncIterator[bytes]:
        yield b"first"
        for _ in range(200):  # until the client has the first piece, for 1 s at the longest
            if "got" in steps:
                break
            await asyncio.sleep(0.005)
        steps.append("second made")
        yield b"second"

    @app.websocket("/talk")
    async def talk(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.close()

    return app, steps


@contextmanager
def _starting(app: FastAPI) -> Iterator[Server]:
    try:
        with running(app) as server:
            yield server
    except CourseError as error:
        raise AssertionError(f"the app did not even start: {error} {ALSO_LIFESPAN}") from None


def _headers(server: Server, depot: str) -> None:
    client = server.client
    try:
        answers = [client.get(path) for path in PATHS]
    except httpx.HTTPError as error:
        told = logged_error(server.log) or type(error).__name__
        assert told != "KeyError: 'headers'", (
            "the client got no answer: a message without headers was asked for them. Only the message of type "
            "`http.response.start` has some; pass on the others as they are."
        )
        raise AssertionError(
            f"the client got no answer ({told}). Names and values of headers are bytes in a message; `MutableHeaders(scope=message)` "
            "takes texts. And each message has to go on: `await send(message)`."
        ) from None
    codes = [answer.status_code for answer in answers]
    error = logged_error(server.log)
    assert codes == [200, 422, 404], (
        f"/parcels/7, /parcels/seven and /nowhere should be answered with 200, 422 and 404, but {codes} came"
        + (f", with {error}." if error else ". Call the app that you wrap: `await self.app(scope, receive, ...)`.")
    )
    stamps = [answer.headers.get("X-Depot") for answer in answers]
    assert any(stamps), (
        "no answer has `X-Depot`. Headers stand in the message of type `http.response.start`: wrap `send`, and pass your wrapper on."
    )
    assert all(stamps), f"the 200 should say its depot, and the 422 and the 404 as well, but they said {stamps}."
    assert set(stamps) == {depot}, (
        f"with `depot={depot!r}` the answers said {', '.join(sorted(map(str, set(stamps))))}. The class is told its depot when it is made."
    )
    assert "content-type" in answers[0].headers and len(answers[0].headers.get_list("set-cookie")) == 2, (
        "other headers were lost: add yours to those of the message, which may hold a name several times."
    )


def _afterwards(server: Server, steps: list[str]) -> None:
    with server.client.stream("GET", "/stream") as answer:
        pieces = answer.iter_raw()
        next(pieces)
        early = list(steps)
        meanwhile = "" if early else _meanwhile(server)
        steps.append("got")
        rest = _rest(pieces)
    assert not early, (
        "a streamed answer was held back until its end: the first piece came after the second was made. Pass each message on as it comes."
    )
    assert meanwhile in ("", "7") and rest == b"second", (
        "another client asked while a stream was on its way, and one of the two did not get its own answer. One object of your "
        "class serves all requests at once: what belongs to one of them, such as its `send`, stays in a variable of `__call__`."
    )
    server.client.post("/parcels")
    printed = "label printed" in steps
    assert not printed, "the client waited for the background task: do not keep its answer until the app has returned."
    assert until(lambda: "label printed" in steps, 3.0), (
        "behind your middleware a background task did not run to its end."
    )
    try:
        with connect(f"{server.url.replace('http', 'ws')}/talk", proxy=None):
            pass
    except (WebSocketException, OSError):
        raise AssertionError(f"a WebSocket was accepted before, and is not any more. {ALSO_WEBSOCKET}") from None


def _meanwhile(server: Server) -> str:
    try:
        return server.client.get(PATHS[0], timeout=3.0).text
    except httpx.HTTPError:
        return "nothing"


def _rest(pieces: Iterator[bytes]) -> bytes:
    try:
        return b"".join(pieces)
    except httpx.HTTPError:
        return b""


def _solve_stamp() -> type:
    class StampDepot:
        def __init__(self, app: ASGIApp, depot: str) -> None:
            self.app, self.depot = app, depot

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                return await self.app(scope, receive, send)

            async def stamp(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["X-Depot"] = self.depot
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


EXERCISE = Exercise(
    id="4.2-stamp",
    title="a header on every answer",
    task='Behind `app.add_middleware(StampDepot, depot="north")` every answer should carry `X-Depot: north`, '
    "but for a crash's 500, with no header lost, no stream held back, no task awaited, start-up and WebSockets as before.",
    check=_check_stamp,
    hints=(
        "Start from `StampId` in section 4.2: what does it keep in `__init__`, and which message does it change?",
        "The headers are in the message whose type is `http.response.start`; `MutableHeaders(scope=message)` changes them.",
        'A lifespan and a WebSocket come through the class as well: pass on what is not "http" as it is.',
    ),
    solution=_solve_stamp,
    wants="class",
)
