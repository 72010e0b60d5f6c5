"""uvicorn's own server on an event loop of its own, with a deadline on everything that it waits for at its end."""

import asyncio
import contextlib
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

import uvicorn

from helpers.errors import CourseError
from helpers.live.peers import Admitting

__all__ = ["Engine"]

POLL = 0.002  # seconds between two looks at the server's state
LEAST = 1.0  # seconds that a lifespan gets to end, even when the deadline is used up


class Engine(uvicorn.Server):
    """uvicorn's server, woken by an event where it polls ten times a second, with a deadline on its end, for this user alone.

    Nothing else is changed: start-up, protocols, lifespan and the order of the shutdown are uvicorn's (uvicorn/server.py,
    `_serve` and `shutdown`), which waits for background tasks without limit.
    """

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None], name_tasks: Callable[[], list[str]]):
        super().__init__(config)
        self.announce = announce
        self.name_tasks = name_tasks
        self.deadline = float("inf")
        self.abandoned: list[str] = []
        self.closing = False  # no request is waited for any more: the lifespan ends
        self.loop: asyncio.AbstractEventLoop | None = None
        self.main: asyncio.Task | None = None
        # The name is that of asyncio's own, which a learner may see.
        self.executor = ThreadPoolExecutor(thread_name_prefix="asyncio")

    def run_on(self, listener: socket.socket) -> None:
        """Serve on a duplicate of `listener` until told to exit; for a thread of its own."""
        # Not uvicorn's run(): nest-asyncio replaces asyncio.run, and the server must not notice. Nor asyncio.Runner, which
        # at its end waits without limit for tasks that swallow their cancellation and for threads that sleep.
        factory = self.config.get_loop_factory()
        loop = factory() if factory else asyncio.new_event_loop()
        with listener.dup() as duplicate:  # uvicorn closes it only when the app has started
            try:
                loop.set_default_executor(self.executor)
                loop.run_until_complete(self.serve(sockets=[duplicate]))
            finally:
                self._close(loop)

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
        self.abandoned = self.abandoned or (self.name_tasks() if self.server_state.tasks else [])
        self.closing = True
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            connection.transport.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self.lifespan.shutdown(), max(LEAST, self.deadline - time.monotonic()))

    def leave(self, deadline: float) -> None:
        """Tell the server, from another thread, to end by this moment of `time.monotonic()`."""
        self.deadline = min(self.deadline, deadline)
        self.should_exit = True
        if self.started:
            self._call(self.exit_event.set)
        elif self.main is not None:  # still in the lifespan's start-up
            self._call(self.main.cancel)

    def cut_off(self) -> None:
        """End all connections from another thread, for clients that wait for a loop that stands still."""
        for connection in list(self.server_state.connections):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                fd = connection.transport.get_extra_info("socket").fileno()
                with socket.fromfd(fd, socket.AF_INET, socket.SOCK_STREAM) as duplicate:
                    duplicate.shutdown(socket.SHUT_RDWR)

    def threads(self) -> list[threading.Thread]:
        """The worker threads of this server's `def` code: AnyIO's and asyncio's."""
        anyio = [thread for thread in threading.enumerate() if getattr(thread, "loop", None) is self.loop is not None]
        return [*anyio, *self.executor._threads]

    def _call(self, call: Callable[[], Any]) -> None:
        if self.loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop ended by itself a moment ago
                self.loop.call_soon_threadsafe(call)

    def _close(self, loop: asyncio.AbstractEventLoop) -> None:
        """What asyncio.Runner does at its end (asyncio/runners.py, `close`), within the deadline and a moment more."""
        until = min(max(self.deadline, time.monotonic() + 0.2), time.monotonic() + 5.0)
        tasks = asyncio.all_tasks(loop)
        for task in tasks:
            task.cancel()
        if tasks:
            loop.run_until_complete(asyncio.wait(tasks, timeout=until - time.monotonic()))
        for task in tasks:
            if not task.done():
                # Ended here and now: the garbage collector would end it in whichever thread, and print.
                task._log_destroy_pending = False  # pyrefly: ignore[missing-attribute]
                with contextlib.suppress(Exception):
                    task.get_coro().close()  # pyrefly: ignore[missing-attribute]
            elif not task.cancelled() and (error := task.exception()) is not None:
                words = "unhandled exception during asyncio.run() shutdown"
                loop.call_exception_handler({"message": words, "exception": error, "task": task})
        with contextlib.suppress(TimeoutError):
            loop.run_until_complete(asyncio.wait_for(loop.shutdown_asyncgens(), max(0.2, until - time.monotonic())))
        self.executor.shutdown(wait=False)
        while any(thread.is_alive() for thread in self.executor._threads) and time.monotonic() < until:
            time.sleep(POLL)
        loop.close()


def check_version() -> None:
    """Raise `CourseError` for a uvicorn that this cannot run."""
    if not hasattr(uvicorn.Config, "get_loop_factory"):
        raise CourseError(f"serve() needs uvicorn 0.36 or later, but {uvicorn.__version__} is installed.")
