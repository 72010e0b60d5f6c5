"""Clients of chapter 5's services: many in the same moment, and a few that go on asking while something changes."""

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx

from helpers.errors import CourseError
from helpers.live.server import running
from helpers.services.waiting import until

__all__ = ["Together", "at_once", "under_load"]

FEW = 4  # clients that ask while something changes
LOAD = 40  # answers before the change, and after it


class Together:
    """An ASGI app whose requests wait until `clients` of them are there; with `alone` set, each goes straight in."""

    def __init__(self, app: Any, clients: int) -> None:
        self.app = app
        self.clients = clients
        self.alone = False
        self._all: asyncio.Barrier | None = None

    async def __call__(self, scope: dict[str, Any], receive: Callable, send: Callable[..., Awaitable]) -> None:
        if scope["type"] == "http" and not self.alone:
            self._all = self._all or asyncio.Barrier(self.clients)
            await self._all.wait()
        await self.app(scope, receive, send)


def at_once(app: Any, clients: int, method: str, path: str) -> Counter[int]:
    """Serve an app, let so many clients ask for a path in the same moment, and count their answers by status code."""
    with running(Together(app, clients)) as server, ThreadPoolExecutor(clients) as crowd:
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
