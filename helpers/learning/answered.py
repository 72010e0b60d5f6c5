"""What was so when an answer went out, noted where it goes out: a client that looks after its answer may look too late."""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Answered", "ask_inside", "told_apart"]

PATIENCE = 2.0  # seconds for what happens meanwhile: a request that holds a lock must not hold it for ever
NOTICED = 0.05  # seconds between two shortest waits that a clock notices within a few requests


class Answered:
    """Served in the place of `app`: notes what `look()` gives at the last part of each answer, and at the end of its tasks.

    What `look` finds at the answer kept the client waiting; a task of the response comes after it. Up to
    Starlette 1.6 a task behind `@app.middleware("http")` begins a moment before that part (fact `middleware-early`), so
    look for what a task has done, not for what it has begun. `meanwhile(scope)` is awaited right before an
    answer begins to go out, when its path operation has returned and no task has begun: the place for what another client
    does just then.

    Attributes, an item per answer: `seen`, what was found at the answer; `waits`, the seconds from the request to that
    moment; `done`, what was found when the app had finished with the request, its tasks included; `lasted`, the seconds
    from the answer to that moment. An exception of the app counts as its end.
    """

    def __init__(
        self,
        app: ASGIApp,
        look: Callable[[], Any] = lambda: None,
        meanwhile: Callable[[Scope], Awaitable[None]] | None = None,
    ):
        self.app, self.look, self.meanwhile = app, look, meanwhile
        self.seen: list[Any] = []
        self.waits: list[float] = []
        self.done: list[Any] = []
        self.lasted: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun, sent = time.perf_counter(), 0.0

        async def noting(message: Message) -> None:
            nonlocal sent
            if message["type"] == "http.response.start" and self.meanwhile is not None:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.meanwhile(scope), PATIENCE)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                sent = time.perf_counter()
                self.waits.append(sent - begun)
                self.seen.append(self.look())
            await send(message)

        try:
            await self.app(scope, receive, noting)
        finally:
            if sent:
                self.done.append(self.look())
                self.lasted.append(time.perf_counter() - sent)


async def ask_inside(app: ASGIApp, method: str, path: str, **request: Any) -> httpx.Response:
    """What `app` answers to a request that is made on its own event loop, without a connection, after all its tasks."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://inside") as client:
        return await client.request(method, path, **request)


def told_apart(waits: list[float]) -> float:
    """Of two kinds of requests in turn: by how many seconds the second kind waits longer; 0 where no clock would notice.

    The shortest waits are compared: a machine that is busy lengthens some, not all.
    """
    longer = min(waits[1::2]) - min(waits[::2])
    return longer if abs(longer) >= NOTICED else 0.0
