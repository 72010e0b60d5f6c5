"""Clients of chapter 5's services: many in the same moment, and a few that go on asking while something changes."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
from anyio.to_thread import current_default_thread_limiter

from helpers.errors import CourseError
from helpers.live.server import running
from helpers.services.waiting import until

__all__ = ["Together", "at_once", "under_load"]

FEW = 4  # clients that ask while something changes
LOAD = 40  # answers before the change, and after it
STILL = 0.02  # seconds between two looks at the threads
LOOKS = 5  # that find the same requests in them
MOST = 250  # looks for which a thread is held up: a loop that waits for it never looks


class Together:
    """An ASGI app whose requests wait until `clients` of them are there; with `alone` set, each goes straight in.

    Then no thread uses a connection of SQLAlchemy's before each request is in a thread, or waits for one: on a busy machine
    the first would else be answered before the last have gone that far, and meet no crowd.
    """

    def __init__(self, app: Any, clients: int) -> None:
        self.app = app
        self.clients = clients
        self.alone = False
        self._here = 0
        self._all = asyncio.Event()
        self._settling: asyncio.Task | None = None  # kept, or it may be collected before it ends
        self._settled = threading.Event()
        self._settled.set()

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable[..., Awaitable]) -> None:
        if scope["type"] == "http" and not self.alone:
            self._here += 1
            if self._here == self.clients:
                self._settled.clear()
                self._all.set()
                self._settling = asyncio.create_task(self._settle())
            await self._all.wait()
        await self.app(scope, receive, send)

    @contextmanager
    def holding(self) -> Iterator["Together"]:
        """Serve it in this block, so that its threads can be held up; yields the app itself."""
        from sqlalchemy import event
        from sqlalchemy.pool import Pool

        def hold(*connection: object) -> None:
            if not _on_a_loop():
                self._settled.wait(STILL * MOST)

        event.listen(Pool, "checkout", hold)
        try:
            yield self
        finally:
            event.remove(Pool, "checkout", hold)

    async def _settle(self) -> None:
        """Let the threads go on when for some looks none has ended and none begun."""
        limiter = current_default_thread_limiter()
        same, last = 0, None
        while same < LOOKS:
            await asyncio.sleep(STILL)
            now = set(limiter.statistics().borrowers)
            same, last = (same + 1 if now == last else 0), now
        self._settled.set()


def _on_a_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def at_once(app: Any, clients: int, method: str, path: str) -> Counter[int]:
    """Serve an app, let so many clients ask for a path in the same moment, and count their answers by status code.

    No thread uses a connection before all are there: see `Together`.
    """
    with (
        Together(app, clients).holding() as together,
        running(together) as server,
        ThreadPoolExecutor(clients) as crowd,
    ):
        answers = crowd.map(lambda client: server.client.request(method, path), range(clients))
        codes = Counter(answer.status_code for answer in answers)
        server.client.hang_up()  # after an error uvicorn closes the connection
    return codes


def under_load(
    url: str, paths: Iterable[str], change: Callable[[], object] | None = None, timeout: float = 60
) -> Counter[int]:
    """Call `change` while four clients read (GET) and write (POST) each of the paths without a pause.

    Forty answers come before the change and forty after it, within `timeout` seconds each. Returns all of them, counted by
    status code. What `change` or a client raises is raised; fewer answers are a `CourseError`.
    """
    codes: list[int] = []
    done, asked = threading.Event(), list(paths)

    def ask() -> None:
        with httpx.Client(
            base_url=url, trust_env=False, verify=False, timeout=timeout, headers={"Connection": "close"}
        ) as client:
            while not done.is_set():
                for path in asked:
                    codes.append(client.get(path).status_code)
                    codes.append(client.post(path).status_code)

    def go_on() -> None:
        enough = len(codes) + LOAD
        until(lambda: len(codes) >= enough or any(client.done() for client in asking), timeout)
        if len(codes) < enough and not any(client.done() for client in asking):
            raise CourseError(f"In {timeout:g} s the service gave fewer than {LOAD} answers.")

    with ThreadPoolExecutor(FEW) as clients:
        asking = [clients.submit(ask) for _ in range(FEW)]
        try:
            go_on()
            if change is not None:
                change()
            go_on()
        finally:
            done.set()
    for client in asking:
        client.result()  # what a client could not do is an error of the measurement
    return Counter(codes)
