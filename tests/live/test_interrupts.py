"""An interrupt, wherever it falls, is obeyed soon and leaves a state that its sentence tells truly."""

import asyncio
import contextlib
import gc
import linecache
import logging
import signal
import sys
import threading
import time
from contextlib import asynccontextmanager

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI

from helpers.errors import Interrupted
from helpers.live import aside as waiting
from helpers.live import server as module
from helpers.live.load_curve import LoadCurve
from helpers.live.pinging import ping
from helpers.live.recording import record
from helpers.live.server import running, serve
from tests.interrupting import interrupted_when

SOON = 4.0  # seconds; whoever is not obeyed waits for at least five


@asynccontextmanager
async def short(app):
    await asyncio.sleep(0.01)
    yield


def app_named(name: str) -> FastAPI:
    app = FastAPI(lifespan=short)
    app.get("/")(lambda: name)
    return app


class Interrupt:
    """Raises KeyboardInterrupt in this thread at the n-th line that runs in the helpers or in `threading`.

    Not where `threading` handles its locks: a trace would strike there between a lock and its release, which no signal can.
    """

    def __init__(self, at: int):
        self.left, self.fell = at, False

    def trace(self, frame, event, argument):
        watched = frame.f_globals.get("__name__", "") in ("threading", "contextlib") or "helpers/live" in (
            frame.f_code.co_filename.replace("\\", "/")
        )
        if not watched or frame.f_code in (threading.Condition.wait.__code__, threading.Condition.__exit__.__code__):
            return None
        code = linecache.getline(frame.f_code.co_filename, frame.f_lineno).strip()
        if event == "line" and not self.fell and "lock" not in code and "_cond" not in code:
            self.left -= 1
            if self.left <= 0:
                self.fell = True
                raise KeyboardInterrupt
        return self.trace

    def __enter__(self):
        self.before = sys.gettrace()
        sys.settrace(self.trace)
        return self

    def __exit__(self, *error):
        sys.settrace(self.before)


class Later(Interrupt):
    """Raises KeyboardInterrupt by a signal after so many seconds, if the block still runs then.

    No garbage is collected meanwhile: where it falls into what Hypothesis hangs there, Python drops it with a warning.
    """

    def strike(self, *_):
        self.fell = True
        raise KeyboardInterrupt

    def __enter__(self):
        gc.disable()
        self.before = signal.signal(signal.SIGALRM, self.strike)
        signal.setitimer(signal.ITIMER_REAL, self.left)
        return self

    def __exit__(self, *error):
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, self.before)
        gc.enable()


def interrupted(interrupt: Interrupt) -> bool:
    """Whether `serve` was interrupted, once it has been proved what is left."""
    old = serve(app_named("old"))
    said = None
    try:
        with interrupt:
            serve(app_named("new"))
    except KeyboardInterrupt as error:
        said = str(error)
    assert serving() <= 1, said
    answers = {old.client.get("/").json() for _ in range(3)} if module._current.running else set()
    if said is None:
        assert not interrupt.fell and answers == {"new"}
    elif said == "":  # outside of its care, but nothing half done
        assert answers in ({"old"}, {"new"})
    else:
        told = {"The app before it is": {"old"}, "it is served now": {"new"}, "Nothing is": set()}
        assert answers == next(apps for words, apps in told.items() if words in said), said
    assert serve(app_named("next")).client.get("/").json() == "next"
    return interrupt.fell


def serving() -> int:
    return sum(thread.name == "server" for thread in threading.enumerate())


@pytest.mark.slow
def test_an_interrupt_at_any_line_of_serve_leaves_one_app_and_a_true_sentence():
    line = 1
    while interrupted(Interrupt(line)):
        line += 1
    assert line > 30, "the lines were not met"


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="Windows has no interval timer")
def test_an_interrupt_at_any_moment_leaves_one_app_and_a_true_sentence():
    met = sum(interrupted(Later(milliseconds / 2e3)) for milliseconds in range(1, 60))
    assert met > 10, "the start was over before the interrupts"


def test_an_interrupt_in_logging_keeps_no_lock(monkeypatch):
    original, main = logging.getLogger, threading.main_thread()

    def interrupted(name=None):
        if threading.current_thread() is main:
            raise AssertionError("serve() touches logging in the main thread, where an interrupt may keep its lock")
        return original(name)

    with monkeypatch.context() as patch:
        patch.setattr(logging, "getLogger", interrupted)
        serve(app_named("app"))
    assert module._current.client.get("/").json() == "app"


# Each kind of wait

HOLDS = threading.Event()


def slow_start(seconds: float, block: bool = False) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app):
        if block:
            time.sleep(seconds)
        await asyncio.sleep(seconds)
        yield

    return FastAPI(lifespan=lifespan)


def working(seconds: float, block: bool = False) -> FastAPI:
    app = FastAPI()

    def sleeps() -> None:
        time.sleep(seconds)

    async def holds() -> None:
        time.sleep(seconds)

    @app.get("/task")
    async def task(tasks: BackgroundTasks) -> None:
        tasks.add_task(holds if block else sleeps)

    @app.get("/hang")
    async def hang() -> None:
        await asyncio.sleep(seconds)

    @app.get("/ping")
    async def answer() -> None: ...

    return app


def starts(server) -> None:
    serve(slow_start(8), timeout=9)


def starts_and_blocks(server) -> None:
    serve(slow_start(4, block=True), timeout=9)


def hands_over(server) -> None:
    server.client.get("/task")
    serve(FastAPI())


def stops(server) -> None:
    server.client.get("/task")
    server.stop(9)


def records(server) -> None:
    with record():
        server.client.get("/task")


def records_a_request(server) -> None:
    with record():
        server.client.get("/hang")


def pings(server) -> None:
    with ping(server):
        server.client.get("/hang")


def block(server) -> None:
    """Returns when the app blocks its loop for eight seconds."""

    def hold() -> None:
        with contextlib.suppress(httpx.HTTPError):
            server.client.get("/hold")

    HOLDS.clear()
    threading.Thread(target=hold, daemon=True).start()
    assert HOLDS.wait(20)


def waits_for_the_last_ping(server) -> None:
    with ping(server, "/ping"):
        block(server)
        time.sleep(0.3)  # many pings long


def pings_what_blocks(server) -> None:
    with ping(server, "/ping"):
        block(server)
        time.sleep(7)  # interrupted inside of the block, it does not wait for the last ping either


def draws_a_load_curve(server) -> None:
    LoadCurve(server, "/hang", clients=(3,))


def asks(server) -> None:
    server.client.get("/hang")


def runs(server) -> None:
    with running(working(8)) as other:
        other.client.get("/task")
        other.client.get("/hang")


WAITS = [starts, starts_and_blocks, hands_over, stops, records, records_a_request, pings, waits_for_the_last_ping]
WAITS += [pings_what_blocks, draws_a_load_curve, asks, runs]


@pytest.mark.parametrize("wait", WAITS)
def test_it_is_obeyed_soon_in_every_kind_of_wait(wait):
    app = working(6)

    @app.get("/hold")
    async def hold() -> None:
        HOLDS.set()
        time.sleep(8)

    server = serve(app)
    main, struck = threading.main_thread().ident, []

    def strike() -> None:
        struck.append(time.monotonic())
        signal.pthread_kill(main, signal.SIGINT)

    timer = threading.Timer(0.6, strike)
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        wait(server)
    assert time.monotonic() - struck[0] < SOON
    module._current.stop(0)
    assert serve(app_named("next")).client.get("/").json() == "next"


@pytest.fixture
def awaited(monkeypatch) -> threading.Event:
    """Set once a wait has had the occasion to say what for."""
    awaited, tell = threading.Event(), waiting.Patience.tell

    def noting(patience: waiting.Patience, doing: object) -> None:
        tell(patience, doing)
        awaited.set()

    monkeypatch.setattr(waiting.Patience, "tell", noting)
    return awaited


def test_a_wait_of_two_seconds_says_what_for(monkeypatch, capsys, awaited):
    """Each wait lasts until it had the occasion to say so; `after` is none where it shall, and far off elsewhere."""
    assert waiting.Patience.after == 2.0
    monkeypatch.delenv("COURSE_RUN")
    begun = threading.Event()

    @asynccontextmanager
    async def lifespan(app):
        await asyncio.to_thread(awaited.wait, 30)
        yield

    def sleeps() -> None:
        begun.set()
        awaited.wait(30)

    app = FastAPI()

    @app.get("/task")
    async def task(tasks: BackgroundTasks) -> None:
        tasks.add_task(sleeps)

    def asks() -> None:
        begun.clear()
        module._current.client.get("/task")
        assert begun.wait(30)

    def starts() -> None:
        serve(FastAPI(lifespan=lifespan), timeout=30)

    def records() -> None:
        with record():
            asks()

    def hands_over() -> None:
        asks()
        serve(FastAPI())

    def said(wait, after: float = 0.0) -> str:
        awaited.clear()
        monkeypatch.setattr(waiting.Patience, "after", after)
        wait()
        assert awaited.is_set(), "nobody waited"
        monkeypatch.setattr(waiting.Patience, "after", 1000.0)
        return capsys.readouterr().out

    assert said(starts) == "Waiting for the app's lifespan to reach its `yield` ...\n"
    serve(app)
    assert said(records) == "Waiting for sleeps to end ...\n"
    assert said(records, after=1000.0) == ""
    assert said(hands_over) == "Waiting for the app before to stop: sleeps ...\n"
    serve(app)
    monkeypatch.setenv("COURSE_RUN", "ci")
    assert said(records) == ""


def test_an_interrupted_stop_says_what_it_abandoned():
    app, begun = FastAPI(), threading.Event()

    def sleeps() -> None:
        begun.set()
        time.sleep(9)

    @app.get("/task")
    async def task(tasks: BackgroundTasks) -> None:
        tasks.add_task(sleeps)

    server = serve(app)
    server.client.get("/task")
    engine = server._engine
    assert begun.wait(10)
    said = "while the app was stopping: it is not served any more. Abandoned: sleeps."
    with interrupted_when(lambda: engine.should_exit), pytest.raises(Interrupted, match=said):
        server.stop(9)
    assert not server.running
