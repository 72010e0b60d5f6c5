"""A real uvicorn server in a thread of the kernel, so that a cell can be its client.

uvicorn on the kernel's own event loop would deadlock with a blocking client in the same cell, and `uvicorn.run` cannot
start there at all (chapter 2 shows both). A thread with an event loop of its own has neither trouble and starts in a
tenth of the time of a process. What the app does inside is the same: uvicorn's own server, protocols and lifespan.
"""

import asyncio
import atexit
import contextlib
import inspect
import logging
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any, NoReturn, cast

import uvicorn
from fastapi import APIRouter

from helpers import given
from helpers.errors import CourseError, Interrupted
from helpers.live.client import Client
from helpers.live.heartbeat import Heartbeat, Hold
from helpers.live.peers import Admitting
from helpers.live.sockets import listen
from helpers.live.spans import observe, running_tasks
from helpers.wording import LONGEST, message, raised

__all__ = ["Server", "any_busy", "running", "serve", "started"]

POLL = 0.002  # seconds between two looks at the server's state


class _Uvicorn(uvicorn.Server):
    """uvicorn's server, woken by an event where it polls ten times a second, with a deadline on its end, for this user alone.

    Nothing else is changed: start-up, protocols, lifespan and the order of the shutdown are uvicorn's (uvicorn/server.py,
    `_serve` and `shutdown`), which waits for background tasks without limit.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]):
        super().__init__(config)
        self.announce = announce
        self.deadline = float("inf")
        self.abandoned: list[str] = []
        self.name_tasks: Callable[[], list[str]] = list
        self.loop: asyncio.AbstractEventLoop | None = None
        self.main: asyncio.Task | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop, self.main = asyncio.get_running_loop(), asyncio.current_task()
        self.exit_event = asyncio.Event()
        protocol: Any = self.config.http_protocol_class
        self.config.http_protocol_class = cast("Any", lambda **options: Admitting(lambda: protocol(**options)))
        await super().startup(sockets)
        self.announce()

    async def main_loop(self) -> None:
        while not await self.on_tick(0):  # refreshes the Date header
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.exit_event.wait(), 1.0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        while (self.server_state.connections or self.server_state.tasks) and time.monotonic() < self.deadline:
            await asyncio.sleep(POLL)
        self.abandoned = self.name_tasks() if self.server_state.tasks else []
        for task in list(self.server_state.tasks):
            task.cancel()
        with contextlib.suppress(TimeoutError):
            # The same second that a start-up is given at the least: a lifespan must end even when the deadline is used up.
            await asyncio.wait_for(self.lifespan.shutdown(), max(1.0, self.deadline - time.monotonic()))


class Server:
    """An app being served at `url`; made by `serve`.

    Attributes: `app`; `url`, such as http://127.0.0.1:PORT; `client`, a ready `httpx.Client` for that address, which a
    `record()` observes; `log`, what uvicorn and asyncio logged for this app, a list of texts, the traceback of a failing
    task included.
    """

    def __init__(self, app: Any, **options: Any):
        self.app = app
        self.options = options
        self.log: list[str] = []
        self.holds: list[Hold] = []  # filled by `running` only
        self.url = ""
        self.port = 0
        # Plain HTTP to this machine: no proxy, and no 20 ms for loading certificates.
        self.client = Client(trust_env=False, verify=False, timeout=30.0)
        self._listener: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self._config()  # tells of an option that uvicorn does not know before anything is stopped for this app

    def __repr__(self) -> str:
        name = type(self.app).__name__
        return f"Server of a {name} app, {'running' if self.running else 'stopped'}"

    @property
    def running(self) -> bool:
        """True while the app answers requests."""
        return self._thread is not None and self._thread.is_alive() and self._uvicorn.started

    @property
    def busy(self) -> bool:
        """True while a request or one of its background tasks runs (uvicorn's `server_state.tasks`).

        An open WebSocket is not counted: it lasts as long as its client wants.
        """
        return self.running and any(_is_http(task) for task in list(self._uvicorn.server_state.tasks))

    def stop(self, timeout: float = 5.0) -> list[str]:
        """Stop the app as uvicorn does: no new connection, background tasks to their end, lifespan shutdown.

        `timeout`, in seconds, is how long running tasks may take; the names of those that were still running then, and
        are abandoned, are printed and returned. Stopping twice does nothing.
        """
        timeout = given.seconds("stop(timeout=...)", timeout)
        with _lock:
            abandoned = self._halt(timeout)
            if self._listener:
                self._listener.close()
                self._listener = None
            return abandoned

    def _config(self) -> uvicorn.Config:
        try:
            return uvicorn.Config(self.app, log_config=None, log_level="info", **self.options)
        except Exception as error:
            told = message(error).replace("Config.__init__() ", "").strip()
            raise CourseError(
                f"serve() passes its options on to uvicorn.Config, which refuses: {told[:200]}."
            ) from None

    def _start(self, listener: socket.socket, timeout: float) -> None:
        """Serve on `listener`, which stays ours: uvicorn closes the duplicate that it is handed."""
        ready = threading.Event()
        self._listener = listener
        config = self._config()
        self._uvicorn = server = _Uvicorn(config, ready.set)
        server.name_tasks = lambda: running_tasks(self.port) or ["a request without spans"]
        failure: list[BaseException] = []

        def run() -> None:
            _logs[threading.get_ident()] = self.log
            try:
                # Not uvicorn's run(): nest-asyncio replaces asyncio.run, and the server must not notice.
                with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
                    runner.run(server.serve(sockets=[listener.dup()]))
            except BaseException as error:  # SystemExit is uvicorn's way to say that the start-up failed
                failure.append(error)
            finally:
                ready.set()
                _logs.pop(threading.get_ident(), None)

        self._thread = threading.Thread(target=run, name="server", daemon=True)
        self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        seen = len(self.log)
        self._thread.start()
        try:
            in_time = ready.wait(timeout)
        except KeyboardInterrupt:
            self._halt(0.0)
            raise
        if not in_time:
            self._halt(0.0)
            raise CourseError(
                f"The app did not finish starting within {timeout:g} s: its lifespan is still before `yield`."
            )
        if not server.started:
            self._thread.join(1.0)
            raise CourseError(f"The app did not start: {_reason(self.log[seen:], failure)}")
        self.client.base_url = self.url
        _live.add(self)

    def _halt(self, timeout: float) -> list[str]:
        """End the thread but keep the listening socket; returns the names of abandoned tasks."""
        thread = self._thread
        if thread is None or not thread.is_alive():
            return []
        server = self._uvicorn
        server.deadline = time.monotonic() + timeout
        server.should_exit = True
        if server.started:
            self.client.hang_up()
            _wake(server, server.exit_event.set)
        elif server.main:  # still in the lifespan's start-up
            _wake(server, server.main.cancel)
        # A task that holds the event loop never lets it see the deadline: one second more, then the thread is left alone.
        thread.join(timeout + 1.0)
        self._thread = None
        if thread.is_alive():
            server.abandoned = server.name_tasks()
            # uvicorn's duplicate of the socket is stuck in that thread: give the port up.
            if self._listener:
                self._listener.close()
                self._listener = None
        if server.abandoned:
            print(f"Still running after {timeout:g} s and abandoned: {', '.join(server.abandoned)}.")
        return server.abandoned


_lock = threading.RLock()
_current: Server | None = None
_live: "weakref.WeakSet[Server]" = weakref.WeakSet()
_asked: list[list[Server]] = []
_logs: dict[int, list[str]] = {}  # thread of a server -> its log


def serve(app: Any, *, timeout: float = 10.0, **options: Any) -> Server:
    """Serve `app` in this kernel and return its `Server`, ready to answer.

    Called again, it first stops the app before (its tasks get 5 s to end) and takes over the same address. An app that
    cannot start raises `CourseError`, and the app before it is served again. `timeout`: seconds for the start-up, the
    lifespan included. `options` go to `uvicorn.Config`, for example `limit_concurrency=5`.
    """
    global _current
    _check_app(app)
    timeout = given.seconds("serve(timeout=...)", timeout, positive=True)
    with _lock:
        before = _current if _current is not None and _current.running else None
        server = Server(app, **options)
        try:
            if before is not None:
                before._halt(5.0)
            server._start(_listener(_current), timeout)
        except (Exception, KeyboardInterrupt) as error:
            _restore(before, server, timeout, error)
        _current = server
        return server


def _restore(before: Server | None, failed: Server, timeout: float, error: BaseException) -> NoReturn:
    """Serve the app before again on the same socket and tell what happened in one sentence."""
    listener, failed._listener = failed._listener, None
    kept = "Nothing is served now."
    if before is not None:
        before._halt(5.0)
        before._start(listener or _listener(before), timeout)
        kept = "The app before it is served again."
    elif listener is not None:
        listener.close()
    if isinstance(error, KeyboardInterrupt):
        raise Interrupted(f"Interrupted while the app was starting. {kept}") from None
    told = error if isinstance(error, CourseError) else f"The app did not start: {raised(error)}."
    raise CourseError(f"{told} {kept}") from None


@contextlib.contextmanager
def running(app: Any, **options: Any) -> Iterator[Server]:
    """Serve `app` beside the reader's own server for the length of a `with` block; for the checks of exercises."""
    _check_app(app)
    server = Server(app, **options)
    try:
        server._start(_listener(None), 10.0)
        with _watched(server):
            yield server
    finally:
        server.stop(1.0)


@contextlib.contextmanager
def _watched(server: Server) -> Iterator[None]:
    """Note in `server.holds` when its event loop stands still, and hand the server to whoever asked for all of them."""
    loop, thread = server._uvicorn.loop, server._thread
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


def any_busy() -> bool:
    """True while any server of this kernel works on a request or on a background task."""
    return any(server.busy for server in list(_live))


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


def _wake(server: _Uvicorn, call: Callable[[], Any]) -> None:
    if server.loop is not None:
        with contextlib.suppress(RuntimeError):  # the loop ended by itself a moment ago
            server.loop.call_soon_threadsafe(call)


def _reason(log: list[str], failure: list[BaseException]) -> str:
    """The error itself, once: the last line of the traceback that a lifespan left in the log."""
    errors = [text for text in log if text.startswith("ERROR") and "Exiting" not in text]
    if errors:
        first, *rest = errors[-1].strip().splitlines()
        told = f"its lifespan raised {rest[-1]}" if rest else first.removeprefix("ERROR ").rstrip(".")
        return f"{told[:LONGEST]}."
    return f"{raised(failure[0]).replace('`', '')}." if failure else "its thread ended."


class _Log(logging.Handler):
    """Puts what a server's thread logs into that server's `log`; anything else goes where it would have gone."""

    def emit(self, record: logging.LogRecord) -> None:
        log = _logs.get(record.thread or 0)
        if log is None:
            logging.getLogger().handle(record)
        else:
            log.append(f"{record.levelname} {self.format(record)}")


for _name in ("uvicorn.error", "uvicorn.access", "asyncio"):
    logging.getLogger(_name).addHandler(_Log())
    logging.getLogger(_name).propagate = False


@atexit.register
def _stop_at_exit() -> None:
    if _current is not None:
        with contextlib.redirect_stdout(None):
            _current.stop(1.0)
