"""A real uvicorn server in a thread of the kernel, so that a cell can be its client.

uvicorn on the kernel's own event loop would deadlock with a blocking client in the same cell, and `uvicorn.run` cannot
start there at all (chapter 2 shows both). A thread with an event loop of its own has neither trouble and starts in a
tenth of the time of a process. What the app does inside is the same: uvicorn's own server, protocols and lifespan.
"""

import asyncio
import atexit
import contextlib
import inspect
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import uvicorn
from fastapi import APIRouter, routing

from helpers import given
from helpers.errors import CourseError, Interrupted
from helpers.live import ending, log
from helpers.live.aside import SLICE, Hurry, aside
from helpers.live.client import Client
from helpers.live.engine import LEAST, Engine, check_version
from helpers.live.heartbeat import Heartbeat, Hold
from helpers.live.prints import in_its_cell
from helpers.live.sockets import listen
from helpers.live.spans import observe, running_tasks
from helpers.wording import message, raised

__all__ = ["Server", "any_busy", "condemn", "live", "running", "serve", "set_aside", "started", "threads_of"]

KEPT = 15  # seconds that an idle connection is kept; uvicorn's 5 can be over while a client's request is on its way
PATIENCE = 10.0  # seconds for the start of an app, its lifespan included
HANDOVER = 5.0  # seconds that the tasks of the app before get
GRACE = 0.1  # seconds after a deadline, for an event loop that sees it


class Server:
    """An app being served at `url`; made by `serve`.

    Attributes: `app`; `url`, such as http://127.0.0.1:PORT; `client`, a ready `httpx.Client` for that address, which a
    `record()` observes; `log`, what uvicorn and asyncio logged for this app, a list of texts, the traceback of a failing
    task included.
    """

    def __init__(self, app: Any, **options: Any):
        self.app = app
        self.options: dict[str, Any] = {"timeout_keep_alive": KEPT, **options}
        self.log: list[str] = []
        self.holds: list[Hold] = []  # filled by `running` only
        self.url = ""
        self.port = 0
        # Plain HTTP to this machine: no proxy, and no 20 ms for loading certificates.
        self.client = Client(trust_env=False, verify=False, timeout=30.0)
        self._listener: socket.socket | None = None
        self._engine: Engine | None = None
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()
        log.quote(self)
        self._config()  # tells of an option that uvicorn does not know before anything is stopped for this app

    def __repr__(self) -> str:
        name = type(self.app).__name__
        return f"Server of a {name} app, {'running' if self.running else 'stopped'}"

    @property
    def running(self) -> bool:
        """True while the app answers requests."""
        engine = self._engine
        return engine is not None and engine.started and not self._ended.is_set()

    @property
    def busy(self) -> bool:
        """True while a request or one of its background tasks runs (uvicorn's `server_state.tasks`).

        An open WebSocket is not counted: it lasts as long as its client wants.
        """
        engine = self._engine
        return engine is not None and self.running and any(map(_is_http, list(engine.server_state.tasks)))

    def stop(self, timeout: float = 5.0) -> list[str]:
        """Stop the app as uvicorn does: no new connection, background tasks to their end, lifespan shutdown.

        `timeout`, in seconds, is how long running tasks may take. The names of those that were still running then are
        printed and returned; they are abandoned, and code in threads is ended at its next step. Stopping twice does nothing.
        """
        timeout = given.seconds("stop(timeout=...)", timeout)
        abandoned = aside(lambda hurry: self._stop(timeout, hurry))
        _tell(abandoned, timeout)
        return abandoned

    def _stop(self, timeout: float, hurry: Hurry) -> list[str]:
        with _held(hurry):
            return self._end(timeout, hurry)

    def _end(self, timeout: float, hurry: Hurry) -> list[str]:
        """Stop and give up the address; tells of an interrupt meanwhile."""
        abandoned = self._halt(timeout, hurry)
        if self._listener:
            self._listener.close()
            self._listener = None
        if hurry.is_set():
            left = f" Abandoned: {', '.join(abandoned)}." if abandoned else ""
            raise Interrupted(f"Interrupted while the app was stopping: it is not served any more.{left}")
        return abandoned

    def _config(self) -> uvicorn.Config:
        check_version()
        try:
            return uvicorn.Config(in_its_cell(self.app), log_config=None, log_level="info", **self.options)
        except Exception as error:
            told = message(error).replace("Config.__init__() ", "").strip()
            raise CourseError(
                f"serve() passes its options on to uvicorn.Config, which refuses: {told[:200]}."
            ) from None

    def _start(self, listener: socket.socket, timeout: float, hurry: Hurry) -> None:
        """Serve on `listener`, which stays ours: uvicorn closes the duplicate that it is handed."""
        ready = threading.Event()
        self._listener = listener
        # FastAPI keeps the names for its errors by `id(function)`, and a cell that is run again gives numbers a second time.
        getattr(routing, "_endpoint_context_cache", {}).clear()
        config = self._config()
        log.hear(config.access_log)

        def announce() -> None:
            log.hear(config.access_log)  # a lifespan may have configured logging
            ready.set()

        self._engine = engine = Engine(
            config, announce, lambda: running_tasks(self.port) or ["a request without spans"]
        )
        self._ended = ended = threading.Event()
        failure: list[BaseException] = []

        def run() -> None:
            try:
                with log.kept_in(self.log):
                    engine.run_on(listener)
            except BaseException as error:  # SystemExit is uvicorn's way to say that the start-up failed
                failure.append(error)
            finally:
                ended.set()
                ready.set()

        self._thread = threading.Thread(target=run, name="server", daemon=True)
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        seen = len(self.log)
        self._thread.start()
        deadline = time.monotonic() + timeout
        hurry.doing = "for the app's lifespan to reach its `yield`"
        while not ready.wait(min(SLICE, max(0.0, deadline - time.monotonic()))):
            late = time.monotonic() >= deadline
            if late or hurry.is_set():
                self._halt(0.0, hurry)
                if not late:
                    raise KeyboardInterrupt
                raise CourseError(
                    f"The app did not finish starting within {timeout:g} s: its lifespan is still before `yield`."
                )
        hurry.doing = ""
        if not engine.started:
            ended.wait(1.0)
            why = log.reason(self.log[seen:])
            why = why or (f"{raised(failure[0]).replace('`', '')}." if failure else "its thread ended.")
            raise CourseError(f"The app did not start: {why}")
        self.client.base_url = self.url
        _live.add(self)

    def _halt(self, timeout: float, hurry: Hurry) -> list[str]:
        """End the thread but keep the listening socket; returns the names of abandoned tasks."""
        engine = self._engine
        if engine is None or has_ended(self):
            return []
        started, deadline = engine.started, time.monotonic() + timeout
        names = engine.name_tasks if started else list
        engine.leave(deadline)
        if started:
            self.client.hang_up()
        deadline = self._wait_for_tasks(engine, names, deadline, hurry)
        if not self._waits_for_none(engine):  # the loop stands still, or has not noticed yet that it is late
            engine.abandoned = names()
            engine.cut_off()
        if engine.abandoned or not self._waits_for_none(engine):
            # A lifespan that ends by itself is not disturbed.
            self._strike(engine)
        self._ended.wait(max(LEAST, deadline - time.monotonic()) + GRACE if engine.closing else GRACE)
        if not has_ended(self) and self._listener and started:
            # uvicorn's duplicate of the socket is stuck in that thread, which accepts when it wakes: give the port up.
            self._listener.close()
            self._listener = None
        set_aside(self)
        return engine.abandoned

    def _waits_for_none(self, engine: Engine) -> bool:
        """Whether no request is waited for any more: the thread has ended, or the lifespan ends."""
        return has_ended(self) or engine.closing

    def _wait_for_tasks(self, engine: Engine, names: Callable[[], list[str]], deadline: float, hurry: Hurry) -> float:
        """Wait for running tasks to the deadline, which an interrupt brings forward to now; returns the deadline."""
        while not self._ended.wait(SLICE / 2) and not engine.closing and time.monotonic() < deadline + GRACE:
            hurry.doing = f"for the app before to stop: {', '.join(names())}"
            if hurry.is_set() and deadline > time.monotonic():
                deadline = time.monotonic()
                engine.leave(deadline)
        hurry.doing = ""
        return deadline

    def _strike(self, engine: Engine) -> None:
        """End what the app runs in threads, for half a second at most; the event loop's own is spared while it closes."""

        def quiet() -> bool:
            return self._waits_for_none(engine) and not ending.own_threads(engine.threads())

        ending.end(lambda: engine.threads() if engine.closing else threads_of(self), quiet, 0.5)


_lock = threading.RLock()
_current: Server | None = None
_live: "weakref.WeakSet[Server]" = weakref.WeakSet()
_asked: list[list[Server]] = []


def serve(app: Any, *, timeout: float = PATIENCE, **options: Any) -> Server:
    """Serve `app` in this kernel and return its `Server`, ready to answer.

    Called again, it first stops the app before (its tasks get 5 s to end) and takes over the same address. An app that
    cannot start raises `CourseError`, and the app before it is served again; `Interrupted` likewise. `timeout`: seconds
    for the start-up, the lifespan included. `options` go to `uvicorn.Config`, for example `limit_concurrency=5`.

    Each call runs the app on a new event loop. What was bound to the loop before, such as an asyncpg engine at the top of
    a module, does not survive that: make it in the lifespan.
    """
    _check_app(app)
    timeout = given.seconds("serve(timeout=...)", timeout, positive=True)
    found = _current
    try:
        server, abandoned = aside(lambda hurry: _serve(app, timeout, options, hurry))
    except Interrupted:
        raise
    except KeyboardInterrupt:  # before the work had begun, or when it was done
        if _current is not found:
            raise Interrupted("Interrupted when the app had started: it is served now.") from None
        kept = "The app before it is" if found is not None and found.running else "Nothing is"
        raise Interrupted(f"Interrupted before the app was started. {kept} served.") from None
    _tell(abandoned, HANDOVER)
    return server


def _serve(app: Any, timeout: float, options: dict[str, Any], hurry: Hurry) -> tuple[Server, list[str]]:
    global _current
    abandoned: list[str] = []
    with _held(hurry):
        before = _current if _current is not None and _current.running else None
        server = Server(app, **options)
        try:
            if hurry.is_set():
                raise KeyboardInterrupt
            if before is not None:
                abandoned = before._halt(HANDOVER, hurry)
            server._start(_listener(_current), timeout, hurry)
            if hurry.is_set():
                raise KeyboardInterrupt
        except (Exception, KeyboardInterrupt) as error:
            _restore(before, server, timeout, hurry, error)
        _current = server
    return server, abandoned


def _restore(before: Server | None, failed: Server, timeout: float, hurry: Hurry, error: BaseException) -> NoReturn:
    """Serve the app before again on the same socket and tell what happened in one sentence."""
    failed._halt(0.0, hurry)
    listener, failed._listener = failed._listener, None
    if before is not None and not before.running:
        # An interrupted cell does not wait for a slow lifespan; one that was refused knew nothing of this app's.
        listener = _served_again(before, listener, min(timeout, 1.0) if hurry.is_set() else max(timeout, PATIENCE))
    again = before is not None and before.running
    kept = "The app before it is served again." if again else "Nothing is served now."
    if listener is not None:
        listener.close()
    if isinstance(error, KeyboardInterrupt):
        raise Interrupted(f"Interrupted while the app was starting. {kept}") from None
    told = error if isinstance(error, CourseError) else f"The app did not start: {raised(error)}."
    raise CourseError(f"{told} {kept}") from None


def _served_again(before: Server, listener: socket.socket | None, timeout: float) -> socket.socket | None:
    """Serve the app before on this socket; where it does not start again either, the socket is given back."""
    try:
        before._start(listener or _listener(before), timeout, Hurry())
    except CourseError:
        before._halt(0.0, Hurry())
        listener, before._listener = before._listener, None  # the caller closes it
        return listener
    return None


@contextlib.contextmanager
def running(app: Any, **options: Any) -> Iterator[Server]:
    """Serve `app` beside the reader's own server for the length of a `with` block; for the checks of exercises."""
    _check_app(app)
    server = Server(app, **options)
    try:
        aside(lambda hurry: server._start(_listener(None), 10.0, hurry))
        with _watched(server):
            yield server
    finally:
        # Without the lock of `serve`: the next check does not wait for a server that an earlier one has left stuck.
        _tell(aside(lambda hurry: server._end(1.0, hurry)), 1.0)


@contextlib.contextmanager
def _watched(server: Server) -> Iterator[None]:
    """Note in `server.holds` when its event loop stands still, and hand the server to whoever asked for all of them."""
    engine, thread = server._engine, server._thread
    loop = engine.loop if engine is not None else None
    assert loop is not None and thread is not None and thread.ident is not None, "it has started"
    heartbeat = Heartbeat(loop, thread.ident)
    server.holds = heartbeat.holds
    for servers in _asked:
        servers.append(server)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()


@contextlib.contextmanager
def started() -> Iterator[list[Server]]:
    """A list that receives every server that `running` serves inside the `with` block, with its `log` and its `holds`."""
    servers: list[Server] = []
    _asked.append(servers)
    try:
        yield servers
    finally:
        _asked.remove(servers)


@contextlib.contextmanager
def _held(hurry: Hurry) -> Iterator[None]:
    """Starting and stopping happen one at a time."""
    while not _lock.acquire(timeout=SLICE):
        if hurry.is_set():
            raise Interrupted("Interrupted while another server was starting or stopping.")
    try:
        yield
    finally:
        _lock.release()


def _tell(abandoned: list[str], timeout: float) -> None:
    if abandoned:
        print(f"Still running after {timeout:g} s and abandoned: {', '.join(abandoned)}.")


def live() -> list[Server]:
    """The servers of this kernel that were started and have not ended."""
    return [server for server in list(_live) if not has_ended(server)]


def has_ended(server: Server) -> bool:
    """Whether a server's thread has come to its end, or never began."""
    thread = server._thread
    return thread is None or server._ended.is_set() or not ending.alive(thread)


def threads_of(server: Server) -> list[threading.Thread]:
    """The threads in which the app's code runs: the event loop's and its workers'."""
    engine, thread = server._engine, server._thread
    return [] if engine is None or thread is None else [thread, *engine.threads()]


def condemn(server: Server) -> None:
    """Tell a server to end at once and let go of its clients, without waiting; for what outlived a check."""
    if (engine := server._engine) is not None:
        engine.leave(time.monotonic())
        engine.cut_off()


def set_aside(server: Server) -> None:
    """Forget what is left of a server: at most code that sleeps in a system call, which ends when it wakes."""
    _live.discard(server)
    ending.set_aside(threads_of(server))
    server._engine = server._thread = None


def any_busy() -> bool:
    """True while any server of this kernel works on a request or on a background task."""
    return any(server.busy for server in live())


def _listener(before: Server | None) -> socket.socket:
    """A listening socket on loopback: that of the server before, its port if that is free, or any free port."""
    observe()
    if before is not None:
        listener, before._listener = before._listener, None
        if listener is not None:
            return listener
        with contextlib.suppress(OSError):
            return listen(before.port)
    return listen()


def _check_app(app: Any) -> None:
    expected = "serve() expects an ASGI app such as FastAPI()"
    if inspect.isclass(app):
        raise CourseError(f"{expected}, but got the class {app.__name__}: call it, {app.__name__}().")
    if not callable(app):
        raise CourseError(f"{expected}, but got {given.shown(app)} of type {type(app).__name__}.")
    if isinstance(app, APIRouter):
        raise CourseError(f"{expected}, but got an APIRouter: include it in an app, app.include_router(router).")
    if inspect.getattr_static(app, "wsgi_app", None) is not None:
        raise CourseError(
            f"{expected}, but got a WSGI app of type {type(app).__name__}, which speaks another protocol."
        )
    try:
        inspect.signature(app).bind("scope", "receive", "send")
    except TypeError:
        name = getattr(app, "__name__", type(app).__name__)
        raise CourseError(f"{expected}, but {name} does not take (scope, receive, send).") from None
    except Exception:
        pass  # a callable without a signature: uvicorn will tell


def _is_http(task: "asyncio.Task[None]") -> bool:
    # uvicorn's HTTP protocols run an app in RequestResponseCycle.run_asgi, its WebSocket protocols in a run_asgi of their own.
    return "Cycle" in getattr(task.get_coro(), "__qualname__", "Cycle")


@atexit.register
def _stop_at_exit() -> None:
    if _current is not None:
        with contextlib.suppress(Interrupted):
            _current._stop(1.0, Hurry())  # not aside: Python starts no thread any more
