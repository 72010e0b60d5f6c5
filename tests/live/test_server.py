"""The in-kernel server: it starts, hands over, stops, and says in one sentence why it cannot."""

import asyncio
import logging
import logging.config
import os
import re
import socket
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import APIRouter, BackgroundTasks, FastAPI, WebSocket, routing
from pydantic import ValidationError, create_model

from helpers.errors import CourseError, Interrupted
from helpers.live import engine, peers
from helpers.live import server as module
from helpers.live.aside import Hurry
from helpers.live.client import Client
from helpers.live.server import Server, running, serve, started, threads_of
from helpers.services.waiting import until
from tests.interrupting import interrupted_when


def app_named(name: str, log: list[str] | None = None) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        (log if log is not None else []).append(f"{name} starts")
        yield
        (log if log is not None else []).append(f"{name} stops")

    app = FastAPI(lifespan=lifespan)

    @app.get("/")
    async def who() -> str:
        return name

    return app


def test_serves_and_takes_over_the_same_address():
    log: list[str] = []
    first = serve(app_named("first", log))
    client, url = first.client, first.url
    assert client.get("/").json() == "first"
    second = serve(app_named("second", log))
    assert second.url == url
    assert second.client.get("/").json() == "second"
    assert client.get("/").json() == "second", "an older client talks to whatever is at the address now"
    assert not first.running and second.running
    assert log == ["first starts", "first stops", "second starts"]


def test_the_same_app_served_twice_starts_afresh():
    log: list[str] = []
    app = app_named("app", log)
    serve(app)
    assert serve(app).client.get("/").json() == "app"
    assert log == ["app starts", "app stops", "app starts"]


def test_listens_on_loopback_only():
    server = serve(app_named("app"))
    assert server.url.startswith("http://127.0.0.1:")
    assert server._listener.getsockname()[0] == "127.0.0.1"


def test_stopping_ends_the_lifespan_and_frees_the_port():
    log: list[str] = []
    server = serve(app_named("app", log))
    assert server.stop() == [] and server.stop() == []
    assert log == ["app starts", "app stops"]
    with pytest.raises(httpx.ConnectError):
        server.client.get("/")
    assert repr(server) == "Server of a FastAPI app, stopped"


def wsgi(environ, start_response):
    return []


class WithWsgi:
    def __call__(self, environ, start_response):
        return []

    wsgi_app = wsgi


@pytest.mark.parametrize(
    "bad, expected",
    [
        ("main:app", "'main:app' of type str"),
        (None, "None of type NoneType"),
        (FastAPI, "the class FastAPI: call it, FastAPI()"),
        (APIRouter(), "an APIRouter: include it in an app"),
        (wsgi, "wsgi does not take (scope, receive, send)"),
        (WithWsgi(), "a WSGI app of type WithWsgi"),
        (42, "42 of type int"),
    ],
)
def test_what_is_no_app_is_refused_and_the_old_app_goes_on(bad, expected):
    before = serve(app_named("before"))
    with pytest.raises(CourseError) as refusal:
        serve(bad)
    assert expected in str(refusal.value) and str(refusal.value).count("\n") == 0
    assert before.client.get("/").json() == "before"


def failing_lifespan(error):
    @asynccontextmanager
    async def lifespan(app):
        raise error
        yield

    return FastAPI(lifespan=lifespan)


def test_a_lifespan_that_raises_tells_the_error_once_and_the_old_app_goes_on():
    with pytest.raises(
        CourseError, match="^The app did not start: its lifespan raised OSError: no database. Nothing is served"
    ):
        serve(failing_lifespan(OSError("no database")))
    before = serve(app_named("before"))
    url = before.url
    with pytest.raises(CourseError) as refusal:
        serve(failing_lifespan(RuntimeError("no broker")))
    assert str(refusal.value) == (
        "The app did not start: its lifespan raised RuntimeError: no broker. The app before it is served again."
    )
    assert before.client.get("/").json() == "before" and before.url == url


def test_a_lifespan_that_never_yields_meets_its_deadline():
    @asynccontextmanager
    async def lifespan(app):
        await asyncio.sleep(60)
        yield

    before = serve(app_named("before"))
    with pytest.raises(CourseError, match="did not finish starting within 0.2 s: its lifespan is still before `yield`"):
        serve(FastAPI(lifespan=lifespan), timeout=0.2)
    assert before.client.get("/").json() == "before"


def slow_app(how_long: float) -> FastAPI:
    app = FastAPI()

    def sleeps() -> None:
        time.sleep(how_long)

    async def awaits() -> None:
        await asyncio.sleep(how_long)

    async def blocks() -> None:
        time.sleep(how_long)

    for task in (sleeps, awaits, blocks):
        app.get(f"/{task.__name__}")(adding(task))
    return app


def adding(task):
    async def endpoint(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(task)

    return endpoint


def test_stopping_waits_for_a_task_that_ends_in_time():
    app, gate, ended = FastAPI(), threading.Event(), []

    def waits() -> None:
        gate.wait(30)
        ended.append("waits")

    app.get("/")(adding(waits))
    server = serve(app)
    server.client.get("/")
    engine = server._engine
    assert server.busy
    opener = threading.Thread(target=lambda: until(lambda: engine.should_exit, 20) and gate.set())
    opener.start()
    assert server.stop(timeout=20) == [] and ended == ["waits"]
    opener.join()


@pytest.mark.parametrize("task", ["sleeps", "awaits", "blocks"])
def test_a_task_that_does_not_end_is_named_and_abandoned(task, capsys):
    server = serve(slow_app(8))
    server.client.get(f"/{task}")
    begun = time.perf_counter()
    assert server.stop(timeout=0.2) == [task]
    assert time.perf_counter() - begun < 7, "it was waited for"
    assert capsys.readouterr().out == f"Still running after 0.2 s and abandoned: {task}.\n"
    assert serve(app_named("next")).client.get("/").json() == "next"


def test_a_thread_that_asyncio_lent_holds_up_no_end():
    app, gate = FastAPI(), threading.Event()

    @app.get("/")
    async def lends() -> None:
        asyncio.get_running_loop().run_in_executor(None, gate.wait)

    server = serve(app)
    server.client.get("/")
    thread = server._thread
    server.stop(0.2)
    thread.join(4)  # without its deadline it would take five seconds at most
    ended = not thread.is_alive()
    gate.set()
    assert ended, "its loop was still waiting for the thread"


def test_only_the_tasks_of_this_server_are_named():
    with running(slow_app(0.5)) as other:
        other.client.get("/awaits")
        assert serve(app_named("app")).stop(0.1) == []


def test_the_log_holds_the_traceback_of_a_failing_task_and_stderr_stays_clean(capfd):
    app = FastAPI()

    def boom() -> None:
        raise ValueError("no such parcel")

    @app.get("/")
    def add(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(boom)

    server = serve(app)
    assert server.client.get("/").status_code == 200
    while server.busy:
        time.sleep(0.01)
    failure = next(text for text in server.log if text.startswith("ERROR"))
    assert failure.splitlines()[0] == "ERROR Exception in ASGI application"
    assert failure.splitlines()[-1] == "ValueError: no such parcel"
    server.stop()
    assert capfd.readouterr() == ("", "")


def test_an_error_names_the_function_of_this_app_and_none_of_an_earlier_cell():
    app = FastAPI()

    @app.get("/")
    def weigh() -> int:
        return None

    routing._endpoint_context_cache[id(weigh)] = {"file": "old.py", "line": 1, "function": "gone"}
    server = serve(app)
    server.client.get("/")
    assert until(lambda: re.search(r"in (weigh|gone)", "".join(server.log)), 5.0)
    assert "in gone" not in "".join(server.log)


def test_an_open_websocket_does_not_count_as_busy():
    app = FastAPI()

    @app.websocket("/ws")
    async def echo(websocket: WebSocket) -> None:
        await websocket.accept()
        await websocket.receive_text()

    server = serve(app)
    from websockets.sync.client import connect

    with connect(server.url.replace("http", "ws") + "/ws") as websocket:
        assert not server.busy
        websocket.send("bye")


def test_an_interrupted_start_leaves_the_old_app():
    before, begun = serve(app_named("before")), threading.Event()

    @asynccontextmanager
    async def lifespan(app):
        begun.set()
        await asyncio.sleep(60)
        yield

    said = "Interrupted while the app was starting. The app before it is served again."
    with interrupted_when(begun.is_set), pytest.raises(Interrupted, match=said):
        serve(FastAPI(lifespan=lifespan), timeout=20)
    assert before.client.get("/").json() == "before"


def test_options_go_to_uvicorn():
    server = serve(slow_app(0.3), limit_concurrency=2)
    server.client.get("/awaits")
    assert [Client(base_url=server.url, trust_env=False).get("/awaits").status_code for _ in range(3)].count(503) >= 1


@pytest.mark.parametrize("loop", ["asyncio", "auto"])
def test_small_answers_are_not_held_back(loop):
    app = FastAPI()

    @app.get("/")
    def answer() -> list[int]:
        return list(range(1000))

    server = serve(app, loop=loop)
    server.client.get("/")
    (connection,) = server._engine.server_state.connections
    accepted = connection.transport.get_extra_info("socket")
    at_once = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert at_once, "Nagle's algorithm and delayed acknowledgements cost 40 ms an answer"


def test_two_hundred_times_without_a_leak():
    def census() -> tuple[int, int]:
        return threading.active_count(), len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0

    app = app_named("app")
    serve(app).client.get("/")
    before = census()
    for _ in range(200):
        assert serve(app).client.get("/").status_code == 200
    after = census()
    assert after[0] <= before[0] and after[1] <= before[1] + 2


def test_after_a_stop_the_next_app_is_served_too():
    serve(app_named("one")).stop()
    assert serve(app_named("two")).client.get("/").json() == "two"


def test_a_taken_port_is_no_obstacle():
    server = serve(app_named("one"))
    port = server.port
    server.stop()
    with socket.create_server(("127.0.0.1", port)):
        other = serve(app_named("two"))
        assert other.port != port and other.client.get("/").json() == "two"


@pytest.mark.xfail(
    sys.version_info >= (3, 14),
    reason="nest_asyncio breaks asyncio there, as chapter 2 says: https://github.com/Chaoses-Ib/nest-asyncio2#comparison-with-nest_asyncio",
    strict=True,
)
def test_nest_asyncio_does_not_disturb_the_server():
    code = """
        import asyncio, nest_asyncio
        from fastapi import FastAPI
        from helpers import serve
        async def main():
            nest_asyncio.apply()
            app = FastAPI()
            @app.get("/")
            async def root() -> str: return "fine"
            print(serve(app).client.get("/").json(), serve(app, loop="asyncio").client.get("/").json())
        asyncio.run(main())
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert (done.stdout, done.stderr) == ("fine fine\n", "")


def test_the_server_leaves_with_its_kernel():
    code = """
        from contextlib import asynccontextmanager
        from fastapi import FastAPI
        from helpers import serve
        @asynccontextmanager
        async def lifespan(app):
            yield
            print("lifespan ended")
        server = serve(FastAPI(lifespan=lifespan))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "lifespan ended\n", "")


def test_a_server_says_what_it_is():
    assert repr(Server(FastAPI())) == "Server of a FastAPI app, stopped"


def test_a_slip_shows_one_sentence_in_a_cell():
    assert CourseError("It was so.")._render_traceback_() == ["CourseError: It was so."]


@pytest.mark.parametrize(
    "silence",
    [
        lambda: setattr(logging.getLogger("uvicorn.access"), "disabled", True),
        lambda: logging.getLogger("uvicorn.access").handlers.clear(),
        lambda: logging.config.dictConfig({"version": 1}),
    ],
    ids=["disabled", "no handler", "configured anew"],
)
def test_an_app_that_silences_uvicorn_does_not_silence_the_log_of_the_next(silence):
    @asynccontextmanager
    async def lifespan(app):
        silence()
        yield

    serve(FastAPI(lifespan=lifespan)).client.get("/")
    server = serve(app_named("next"))
    server.client.get("/")
    assert '"GET / HTTP/1.1" 200' in server.log[-1]


def test_an_access_log_that_is_switched_off_stays_so():
    server = serve(app_named("app"), access_log=False)
    server.client.get("/")
    assert not any("GET /" in line for line in server.log)
    server = serve(app_named("app"))
    server.client.get("/")
    assert "GET /" in server.log[-1]


def test_an_old_uvicorn_is_told(monkeypatch):
    monkeypatch.delattr("uvicorn.Config.get_loop_factory")
    with pytest.raises(CourseError, match="^serve\\(\\) needs uvicorn 0.36 or later, but .* is installed."):
        serve(app_named("app"))


def test_what_was_interrupted_before_it_began_leaves_the_app_before_alone():
    before = serve(FastAPI())
    engine, hurry = before._engine, Hurry()
    hurry.set()
    with pytest.raises(Interrupted, match="while the app was starting. The app before it is served again"):
        module._serve(FastAPI(), 5.0, {}, hurry)
    assert before.running and before._engine is engine


def test_what_was_interrupted_at_its_very_end_is_taken_back(monkeypatch):
    before, hurry, start = serve(FastAPI(title="before")), Hurry(), Server._start

    def interrupted(self: Server, *arguments) -> None:
        start(self, *arguments)
        hurry.set()

    monkeypatch.setattr(Server, "_start", interrupted)
    with pytest.raises(Interrupted, match="The app before it is served again"):
        module._serve(FastAPI(), 5.0, {}, hurry)
    assert before.client.get("/openapi.json").json()["info"]["title"] == "before"


def test_whoever_asks_for_all_servers_gets_those_of_its_block():
    app = FastAPI()

    @app.get("/")
    async def blocks() -> None:
        time.sleep(0.3)

    with started() as servers, running(app) as one:
        one.client.get("/")
    with running(FastAPI()) as two:
        assert servers == [one]
    assert [hold.lines[-1].function for hold in one.holds] == ["blocks"], "and what held their loops"
    assert two.holds == []


def test_a_lifespan_that_ends_by_itself_is_not_disturbed(monkeypatch):
    ended = []
    for one in (engine, module):
        monkeypatch.setattr(one, "LEAST", 20.0)

    @asynccontextmanager
    async def lifespan(app):
        yield
        try:
            await asyncio.sleep(1.0)
        finally:
            ended.append(sys.exception())

    server = serve(FastAPI(lifespan=lifespan))
    assert server.stop(0.3) == [] and ended == [None]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")
def test_it_answers_nobody_but_its_user_and_root(monkeypatch):
    with running(app_named("one")) as server:
        monkeypatch.setattr(peers, "admitted", lambda peer, own: False)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            httpx.get(server.url, trust_env=False)


def test_a_task_that_swallows_its_end_is_ended_in_the_thread_of_its_server():
    ended, begun = [], threading.Event()

    async def stubborn() -> None:
        try:
            while True:
                try:
                    begun.set()
                    await asyncio.sleep(60)
                except asyncio.CancelledError:
                    pass
        finally:
            ended.append(threading.current_thread())

    app = FastAPI()
    kept = []

    @app.get("/")
    async def start() -> None:
        kept.append(asyncio.create_task(stubborn()))

    server = serve(app)
    server.client.get("/")
    assert begun.wait(5)
    thread = server._thread
    server.stop(0.1)
    assert until(lambda: ended == [thread], 10), ended


def test_the_threads_of_a_server_are_its_loops_and_its_workers():
    app = FastAPI()
    app.get("/")(lambda: threading.get_ident())
    one = serve(app)
    worker = one.client.get("/").json()
    found = threads_of(one)
    assert found[0] is one._thread and worker in [thread.ident for thread in found[1:]]
    assert threading.current_thread() not in found
    one.stop()
    assert threads_of(one) == []


def test_an_option_that_uvicorn_does_not_know_is_named_in_its_words():
    with pytest.raises(CourseError) as told:
        serve(FastAPI(), prot=8000)
    begin = "serve() passes its options on to uvicorn.Config, which refuses: "
    assert str(told.value) == f"{begin}got an unexpected keyword argument 'prot'."


def test_a_generator_that_does_not_end_holds_up_no_thread():
    app, kept, before = FastAPI(), [], set(threading.enumerate())

    async def stubborn():
        try:
            yield "one"
        finally:
            await asyncio.sleep(3600)

    @app.get("/")
    async def root() -> str:
        kept.append(stubborn())
        return await anext(kept[-1])

    with running(app) as server:
        assert server.client.get("/").json() == "one"
    assert until(lambda: set(threading.enumerate()) <= before, 10), threading.enumerate()


def test_a_stop_without_a_word_gives_tasks_five_seconds(monkeypatch, capsys):
    monkeypatch.setattr(Server, "_stop", lambda self, timeout, hurry: [f"given {timeout:g} s"])
    assert Server(FastAPI()).stop() == ["given 5 s"]
    assert capsys.readouterr().out == "Still running after 5 s and abandoned: given 5 s.\n"


def settings_that_are_missing() -> Exception:
    try:
        create_model("Settings", database=(str, ...))()
    except ValidationError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    "error, told",
    [
        (settings_that_are_missing(), r"\S+ValidationError: 1 validation error for Settings"),
        (Exception("no answer\n(Background on this error at: https://sqlalche.me)"), "Exception: no answer"),
        (ExceptionGroup("two", [OSError("no database"), KeyError("broker")]), "KeyError: 'broker'"),
        (RuntimeError("no broker."), "RuntimeError: no broker"),
    ],
    ids=["of Pydantic", "of two lines", "a group", "with its own dot"],
)
def test_of_a_lifespans_error_the_line_that_tells_most_is_told(error, told):
    expected = rf"^The app did not start: its lifespan raised {told}\. Nothing is served now\.$"
    with pytest.raises(CourseError, match=expected):
        serve(failing_lifespan(error))


def test_what_a_lifespan_says_of_itself_is_no_error_that_it_raised():
    async def app(scope, receive, send):
        await send({"type": "lifespan.startup.failed", "message": "no database\nask for one"})

    with pytest.raises(CourseError, match=r"^The app did not start: no database\. Nothing is served now\.$"):
        serve(app, lifespan="on")


def test_an_app_that_starts_once_only_leaves_its_address_to_the_next():
    starts = []

    @asynccontextmanager
    async def lifespan(app):
        starts.append(app)
        if len(starts) > 1:
            raise OSError("no database any more")
        yield

    before = serve(FastAPI(lifespan=lifespan))
    with pytest.raises(CourseError, match="its lifespan raised RuntimeError: no broker. Nothing is served now."):
        serve(failing_lifespan(RuntimeError("no broker")))
    after = serve(app_named("after"))
    assert after.client.get("/").json() == "after" and after.url == before.url
