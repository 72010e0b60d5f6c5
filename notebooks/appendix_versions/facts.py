"""Facts that have changed, each asked of whatever FastAPI is installed: `python facts.py` prints every answer as JSON.

`python facts.py session-closes` asks that one, `--questions` prints what is asked.

The apps are written as people wrote them in 2021, so that the oldest release takes them. Each function's docstring is
the question, and what it returns is the answer. An error's name as the answer means that this release cannot do it.
"""

import asyncio
import importlib.metadata
import os
import sys
import threading
import time
import warnings
from contextlib import asynccontextmanager
from typing import Optional

warnings.simplefilter("ignore")

from asking import Service, answer_of, logged, tell, wait_for  # noqa: E402
from fastapi import (  # noqa: E402
    APIRouter,
    BackgroundTasks,
    Depends,
    FastAPI,
    File,
    Form,
    HTTPException,
    Query,
    Request,
    UploadFile,
    WebSocket,
)
from fastapi.responses import JSONResponse, StreamingResponse  # noqa: E402
from pydantic import BaseModel  # noqa: E402

ran: list = []  # what happened, in order, since the fact began


def note(what: str) -> None:
    ran.append(what)


def order(*wanted: str) -> bool:
    """Whether exactly these things happened, in this order."""
    return [what for what in ran if what in wanted] == list(wanted)


def with_middleware(app: FastAPI) -> FastAPI:
    @app.middleware("http")
    async def pass_on(request: Request, call_next):
        return await call_next(request)

    return app


# Dependencies with yield


def session_closes() -> str:
    """When is a dependency with `yield` closed, if the path operation adds a task?"""
    app = FastAPI()

    def get_session():
        yield
        note("closed")

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks, session: None = Depends(get_session)):
        background_tasks.add_task(note, "task")

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: len(ran) == 2)
    return "after the task" if order("task", "closed") else "before the task"


def added_after_yield() -> str:
    """Does a task run that a dependency adds after its `yield`?"""
    app = FastAPI()

    def get_session(background_tasks: BackgroundTasks):
        yield
        background_tasks.add_task(note, "task")
        note("closed")

    @app.post("/")
    def hand_in(session: None = Depends(get_session)):
        return 1

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: "closed" in ran)
        time.sleep(0.1)
    return "it runs" if "task" in ran else "it is lost"


def upload_in_task() -> str:
    """Can a task read an upload?"""
    app = FastAPI()

    async def read(photo: UploadFile) -> None:
        try:
            note(f"{len(await photo.read())} bytes")
        except ValueError:
            note("it is closed")

    @app.post("/")
    async def take(background_tasks: BackgroundTasks, photo: UploadFile = File(...)):
        background_tasks.add_task(read, photo)

    body = b'--b\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n12345\r\n--b--\r\n'
    with Service(app) as service:
        service.ask("POST /", body, Content_Type="multipart/form-data; boundary=b")
        wait_for(lambda: ran)
    return "yes" if ran == ["5 bytes"] else ran[0]


def raise_in_except() -> str:
    """A dependency catches the path operation's error at its `yield` and raises `HTTPException(409)`: what comes?"""
    app = FastAPI()

    def get_session():
        try:
            yield
        except ValueError:
            raise HTTPException(409)

    @app.post("/")
    def hand_in(session: None = Depends(get_session)):
        raise ValueError

    with Service(app) as service:
        return str(service.ask("POST /")[0])


def raise_behind_yield() -> str:
    """A dependency raises `HTTPException(409)` behind its `yield`, and nothing had failed: what does the client get?"""
    app = FastAPI()

    def get_session():
        yield
        raise HTTPException(409)

    @app.post("/")
    def hand_in(session: None = Depends(get_session)):
        return 1

    with Service(app) as service:
        return str(service.ask("POST /")[0])


def swallowed() -> str:
    """A dependency catches the path operation's error and does not raise it again: what does the client get?"""
    app = FastAPI()

    def get_session():
        try:
            yield
        except ValueError:
            note("caught")

    @app.post("/")
    def hand_in(session: None = Depends(get_session)):
        raise ValueError

    with Service(app) as service:
        return str(service.ask("POST /")[0])


def sees_task_error() -> str:
    """Is a task's error raised at the `yield` of a dependency?"""
    app = FastAPI()

    def get_session():
        try:
            yield
            note("nothing came")
        except ConnectionError:
            note("it came")
            raise

    def fail() -> None:
        raise ConnectionError

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks, session: None = Depends(get_session)):
        background_tasks.add_task(fail)

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: ran)
    return "yes" if ran == ["it came"] else "no"


def function_scope() -> str:
    """`Depends(get_session, scope="function")`: is the dependency closed before the task?"""
    app = FastAPI()

    def get_session():
        yield
        note("closed")

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks, session: None = Depends(get_session, scope="function")):
        background_tasks.add_task(note, "task")

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: len(ran) == 2)
    return "yes" if order("closed", "task") else "no"


def stream_session() -> str:
    """Is a dependency with `yield` still open while a `StreamingResponse` is sent?"""
    app = FastAPI()

    def get_session():
        yield
        note("closed")

    def pieces():
        note("piece")
        yield b"piece"

    @app.get("/")
    def stream(session: None = Depends(get_session)):
        return StreamingResponse(pieces())

    with Service(app) as service:
        service.ask("GET /")
        wait_for(lambda: len(ran) == 2)
    return "yes" if order("piece", "closed") else "no"


# Tasks and responses


def own_response() -> str:
    """The path operation returns a `Response` of its own: do the injected tasks run?"""
    app = FastAPI()

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(note, "task")
        return JSONResponse({})

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: ran, 0.5)
    return "yes" if ran else "no"


def own_background() -> str:
    """`JSONResponse(background=...)` beside injected tasks: which of them run?"""
    app = FastAPI()

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks):
        own = BackgroundTasks()
        own.add_task(note, "own")
        background_tasks.add_task(note, "injected")
        return JSONResponse({}, background=own)

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: len(ran) == 2, 0.5)
    return " and ".join(ran)


def raised() -> str:
    """A path operation adds a task and raises `HTTPException`: does the task run?"""
    app = FastAPI()

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(note, "task")
        raise HTTPException(404)

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: ran, 0.5)
    return "yes" if ran else "no"


def after_failure() -> str:
    """A task fails: does the connection stay open for the client's next request?"""
    app = FastAPI()

    def fail() -> None:
        raise ConnectionError

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(fail)

    with Service(app) as service:
        connection = service.connect()
        connection.send("POST /")
        connection.read()
        return "no" if connection.ended() else "yes"


def leaves() -> str:
    """The client leaves while the path operation works, and no middleware is there: does the task run?"""
    return _leaves(FastAPI(), early=True)


def websocket_task() -> str:
    """Does a task run that a WebSocket route adds?"""
    app = FastAPI()

    @app.websocket("/")
    async def talk(socket: WebSocket, background_tasks: BackgroundTasks):
        await socket.accept()
        background_tasks.add_task(note, "task")
        note("talked")
        await socket.close()

    async def both() -> None:
        incoming = iter([{"type": "websocket.connect"}, {"type": "websocket.disconnect", "code": 1000}])
        scope = {"type": "websocket", "path": "/", "raw_path": b"/", "query_string": b"", "headers": [], "root_path": ""}
        scope.update(scheme="ws", subprotocols=[], server=("a", 80), client=("b", 1), asgi={"version": "3.0"})

        async def receive():
            return next(incoming)

        async def send(message):
            pass

        await app({**scope, "http_version": "1.1", "extensions": {}}, receive, send)

    asyncio.run(both())
    return "yes" if "task" in ran else "no" if "talked" in ran else "the route never ran"


def pool() -> str:
    """How many `def` path operations run at once?"""
    app, counted = FastAPI(), threading.Lock()
    state = {"now": 0, "most": 0}
    go = threading.Event()

    @app.get("/")
    def work():
        with counted:
            state["now"] += 1
            state["most"] = max(state["most"], state["now"])
        go.wait(3)
        with counted:
            state["now"] -= 1

    with Service(app) as service:
        connections = [service.connect() for _ in range(60)]
        for connection in connections:
            connection.send("GET /")
        wait_for(lambda: state["most"] >= 60, 0.7)
        go.set()
        for connection in connections:
            connection.read()
            connection.close()
    return "four more than the processors" if state["most"] == (os.cpu_count() or 1) + 4 else str(state["most"])


# Middleware


def _waits(app: FastAPI) -> str:
    async def work() -> None:
        await asyncio.sleep(0.4)
        note("task ended")

    @app.post("/")
    async def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(work)

    @app.get("/next")
    async def go_on():
        note("next")

    with Service(app) as service:
        connection = service.connect()
        connection.send("POST /")
        connection.read()
        connection.send("GET /next")
        connection.read()
        wait_for(lambda: len(ran) == 2)
    return "it waits for the task" if order("task ended", "next") else "it is answered at once"


def next_request() -> str:
    """No middleware: the client's next request on the same connection, while the task runs?"""
    return _waits(FastAPI())


def middleware_next_request() -> str:
    """Behind `@app.middleware`: the client's next request on the same connection, while the task runs?"""
    return _waits(with_middleware(FastAPI()))


def _leaves(app: FastAPI, early: bool) -> str:
    arrived = threading.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(0.3)
            note("task ended")
        except BaseException:
            note("cancelled")
            raise

    @app.post("/")
    async def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(work)
        arrived.set()
        if early:
            await asyncio.sleep(0.2)

    with Service(app) as service:
        connection = service.connect()
        connection.send("POST /")
        arrived.wait(3)
        if not early:
            connection.read()
        connection.close()
        wait_for(lambda: ran, 1)
    return {"task ended": "it runs to its end", "cancelled": "it is cancelled"}[ran[0]] if ran else "it never runs"


def middleware_leaves() -> str:
    """Behind `@app.middleware`: the client has its answer and leaves while the task runs. What becomes of the task?"""
    return _leaves(with_middleware(FastAPI()), early=False)


def middleware_leaves_early() -> str:
    """Behind `@app.middleware`: the client leaves while the path operation works. What becomes of the task?"""
    return _leaves(with_middleware(FastAPI()), early=True)


def _fails_later(app: FastAPI) -> None:
    """A task that fails when the whole answer has been sent: one that fails at once would race with its end."""

    async def fail() -> None:
        await asyncio.sleep(0.2)
        note("failed")
        raise ConnectionError

    @app.post("/")
    async def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(fail)


def _stays(service: Service) -> None:
    """A client that keeps its connection until the task has failed: one that leaves is another question."""
    connection = service.connect()
    connection.send("POST /")
    connection.read()
    wait_for(lambda: "failed" in ran)
    time.sleep(0.1)
    connection.close()


def _log(app: FastAPI) -> str:
    _fails_later(app)
    with Service(app) as service:
        _stays(service)
        wait_for(lambda: logged, 0.5)
    return "yes" if logged else "no"


def error_logged() -> str:
    """Is the error of a task logged?"""
    return _log(FastAPI())


def middleware_error_logged() -> str:
    """Behind `@app.middleware`: is the error of a task logged?"""
    return _log(with_middleware(FastAPI()))


def _handler(app: FastAPI) -> str:
    @app.exception_handler(Exception)
    async def handle(request: Request, error: Exception):
        note("handler")
        return JSONResponse({}, status_code=500)

    _fails_later(app)
    with Service(app) as service:
        _stays(service)
        wait_for(lambda: "handler" in ran, 0.5)
    return "yes" if "handler" in ran else "no"


def handler_called() -> str:
    """Is a handler for `Exception` called when a task fails?"""
    return _handler(FastAPI())


def middleware_handler_called() -> str:
    """Behind `@app.middleware`: is a handler for `Exception` called when a task fails?"""
    return _handler(with_middleware(FastAPI()))


def middleware_early() -> str:
    """Behind `@app.middleware` and with a slow way to the client: does a task begin before the last byte has left?"""
    app = with_middleware(FastAPI())

    @app.post("/")
    async def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(note, "task")

    async def ask() -> None:
        asked = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive():
            for message in asked:
                return message
            await asyncio.sleep(9)

        async def send(message):
            await asyncio.sleep(0.1)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                note("last byte")

        scope = {"type": "http", "method": "POST", "path": "/", "raw_path": b"/", "query_string": b"", "root_path": ""}
        scope.update(scheme="http", http_version="1.1", headers=[], server=("a", 80), client=("b", 1))
        await asyncio.wait_for(app({**scope, "asgi": {"version": "3.0"}, "extensions": {}}, receive, send), 3)

    asyncio.run(ask())
    return "no" if order("last byte", "task") else "yes"


def middleware_body() -> str:
    """A middleware reads the body: does the path operation still get it?"""
    app = FastAPI()

    @app.middleware("http")
    async def read(request: Request, call_next):
        await request.body()
        return await call_next(request)

    @app.post("/")
    async def hand_in(request: Request):
        return len(await request.body())

    with Service(app) as service:
        status, body = service.ask("POST /", b"12345")
    return "yes" if body == b"5" else f"no, {status}"


# Test clients


def _test_client():
    try:
        from fastapi.testclient import TestClient
    except RuntimeError as error:  # the client's own package is missing
        raise ImportError from error
    return TestClient


def test_client_waits() -> str:
    """Does `TestClient` wait for the tasks?"""
    app = FastAPI()

    async def work() -> None:
        await asyncio.sleep(0.3)
        note("task ended")

    @app.post("/")
    async def hand_in(background_tasks: BackgroundTasks):
        background_tasks.add_task(work)

    _test_client()(app).post("/")
    return "yes" if ran else "no"


def _test_client_error(app: FastAPI) -> str:
    _fails_later(app)
    try:
        _test_client()(app).post("/")
    except ConnectionError:
        return "yes"
    return "no"


def test_client_error() -> str:
    """Does `TestClient` raise the error of a task?"""
    return _test_client_error(FastAPI())


def middleware_test_client_error() -> str:
    """Behind `@app.middleware`: does `TestClient` raise the error of a task?"""
    return _test_client_error(with_middleware(FastAPI()))


# Start and end


def lifespan() -> str:
    """`FastAPI(lifespan=...)`: does it run?"""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        note("started")
        yield

    with Service(FastAPI(lifespan=lifespan)):
        return "yes" if ran else "no"


def on_event() -> str:
    """`@app.on_event("startup")`: does it run?"""
    app = FastAPI()

    @app.on_event("startup")
    def start() -> None:
        note("started")

    with Service(app):
        return "yes" if ran else "no"


def mounted_lifespan() -> str:
    """Does the lifespan of a mounted app run?"""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        note("started")
        yield

    app = FastAPI()
    app.mount("/sub", FastAPI(lifespan=lifespan))
    with Service(app):
        return "yes" if ran else "no"


def router_lifespan() -> str:
    """Does the lifespan of an included router run?"""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        note("started")
        yield

    app = FastAPI()
    app.include_router(APIRouter(lifespan=lifespan))
    with Service(app):
        return "yes" if ran else "no"


# Requests, responses and what FastAPI reads


class Parcel(BaseModel):
    id: int
    note: Optional[str] = None


def no_content_type() -> str:
    """A JSON body without a `Content-Type`: what does the client get?"""
    app = FastAPI()

    @app.post("/")
    def hand_in(parcel: Parcel):
        return 1

    with Service(app) as service:
        return str(service.ask("POST /", b'{"id": 7}')[0])


def no_bearer() -> str:
    """`HTTPBearer`, and no token: what does the client get?"""
    from fastapi.security import HTTPBearer

    app = FastAPI()

    @app.get("/")
    def read(token=Depends(HTTPBearer())):
        return 1

    with Service(app) as service:
        return str(service.ask("GET /")[0])


def no_key() -> str:
    """`APIKeyHeader`, and no key: what does the client get?"""
    from fastapi.security import APIKeyHeader

    app = FastAPI()

    @app.get("/")
    def read(key=Depends(APIKeyHeader(name="X-Key"))):
        return 1

    with Service(app) as service:
        return str(service.ask("GET /")[0])


def annotated() -> str:
    """`Annotated[int, Query(ge=1)]`: is the bound checked?"""
    from typing import Annotated

    app = FastAPI()

    @app.get("/")
    def read(page: Annotated[int, Query(ge=1)]):
        return page

    with Service(app) as service:
        return "yes" if service.ask("GET /?page=0")[0] == 422 else "no"


def query_model() -> str:
    """A model of query parameters, `Annotated[Parcel, Query()]`: does it work?"""
    from typing import Annotated

    app = FastAPI()

    @app.get("/")
    def read(parcel: Annotated[Parcel, Query()]):
        return parcel.id

    with Service(app) as service:
        return "yes" if service.ask("GET /?id=7") == (200, b"7") else "no"


def form_model() -> str:
    """A model of form fields, `Annotated[Parcel, Form()]`: does it work?"""
    from typing import Annotated

    app = FastAPI()

    @app.post("/")
    def read(parcel: Annotated[Parcel, Form()]):
        return parcel.id

    with Service(app) as service:
        answer = service.ask("POST /", b"id=7", Content_Type="application/x-www-form-urlencoded")
        return "yes" if answer == (200, b"7") else "no"


def return_type() -> str:
    """`-> Parcel`: does the return type filter the answer?"""

    class Stored(Parcel):
        secret: str = "s3cret"

    app = FastAPI()

    @app.get("/")
    def read() -> Parcel:
        return Stored(id=7)

    with Service(app) as service:
        return "no" if b"secret" in service.ask("GET /")[1] else "yes"


def optional_tasks() -> str:
    """`background_tasks: Optional[BackgroundTasks] = None`: is it taken?"""
    app = FastAPI()

    @app.post("/")
    def hand_in(background_tasks: Optional[BackgroundTasks] = None):
        return background_tasks is not None

    with Service(app) as service:
        return {b"true": "yes", b"false": "it stays None"}[service.ask("POST /")[1]]


def depends_tasks() -> str:
    """`background_tasks: BackgroundTasks = Depends()`: do its tasks run?"""
    app = FastAPI()

    @app.post("/")
    def hand_in(background_tasks: BackgroundTasks = Depends()):
        background_tasks.add_task(note, "task")

    with Service(app) as service:
        service.ask("POST /")
        wait_for(lambda: ran, 0.5)
    return "yes" if ran else "no"


def yielding() -> str:
    """A path operation that yields: does it stream?"""
    from typing import AsyncIterable

    app = FastAPI()

    @app.get("/")
    async def stream() -> AsyncIterable[int]:
        yield 7
        yield 8

    with Service(app) as service:
        return "yes" if service.ask("GET /") == (200, b"7\n8\n") else "no"


def event_streams() -> str:
    """Is there an `EventSourceResponse`?"""
    from fastapi.sse import EventSourceResponse

    return "yes" if EventSourceResponse else "no"


def telemetry() -> str:
    """Is there a `fastapi.telemetry`, which makes OpenTelemetry spans of each request?"""
    import fastapi.telemetry

    return "yes" if fastapi.telemetry else "no"


def body_limit() -> str:
    """`FastAPI(max_body_size=10)`: is a longer body refused?"""
    app = FastAPI(max_body_size=10)

    @app.post("/")
    async def hand_in(request: Request):
        return len(await request.body())

    with Service(app) as service:
        return "yes" if service.ask("POST /", b"x" * 100)[0] == 413 else "no"


def openapi() -> str:
    """Which version of OpenAPI does `/openapi.json` speak?"""
    return FastAPI().openapi()["openapi"]


def pydantic() -> str:
    """Which Pydantic did it come with?"""
    return importlib.metadata.version("pydantic").split(".")[0]


FACTS = [
    session_closes, added_after_yield, upload_in_task, raise_in_except, raise_behind_yield, swallowed, sees_task_error,
    function_scope, stream_session, own_response, own_background, raised, after_failure, leaves, websocket_task, pool,
    next_request, middleware_next_request, middleware_leaves, middleware_leaves_early, error_logged,
    middleware_error_logged, handler_called, middleware_handler_called, middleware_early, middleware_body,
    test_client_waits, test_client_error, middleware_test_client_error, lifespan, on_event, mounted_lifespan,
    router_lifespan, no_content_type, no_bearer, no_key, annotated, query_model, form_model, return_type,
    optional_tasks, depends_tasks, yielding, event_streams, telemetry, body_limit, openapi, pydantic,
]  # fmt: skip


def name_of(fact) -> str:
    return fact.__name__.replace("_", "-")


if __name__ == "__main__":
    if sys.argv[1:] == ["--questions"]:
        tell({name_of(fact): " ".join(fact.__doc__.split()) for fact in FACTS})
        sys.exit()
    wanted = sys.argv[1:]
    answers = {}
    for fact in FACTS:
        if not wanted or name_of(fact) in wanted:
            ran.clear()
            answers[name_of(fact)] = answer_of(fact)
    tell(answers)
    os._exit(0)  # what hangs may hang on
