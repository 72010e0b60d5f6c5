"""What was so when an answer went out, noted where it goes out: a client that looks after its answer may look too late."""

import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Answered", "told_apart"]

NOTICED = 0.05  # seconds between two shortest waits that a clock notices within a few requests


class Answered:
    """Served in the place of `app`: notes what `look()` gives at the last part of each answer.

    What `look` finds there kept the client waiting; a task of the response comes after it. Behind an
    `@app.middleware("http")` a task may begin a moment before that part (starlette/middleware/base.py sends an empty one
    at the end), so look for what a task has done, not for what it has begun.

    Attributes: `seen`, what was found, an item per answer; `waits`, the seconds from each request to that moment.
    """

    def __init__(self, app: ASGIApp, look: Callable[[], Any] = lambda: None):
        self.app, self.look = app, look
        self.seen: list[Any] = []
        self.waits: list[float] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = time.perf_counter()

        async def noting(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                self.waits.append(time.perf_counter() - begun)
                self.seen.append(self.look())
            await send(message)

        await self.app(scope, receive, noting)


def told_apart(waits: list[float]) -> float:
    """Of two kinds of requests in turn: by how many seconds the second kind waits longer; 0 where no clock would notice.

    The shortest waits are compared: a machine that is busy lengthens some, not all.
    """
    longer = min(waits[1::2]) - min(waits[::2])
    return longer if abs(longer) >= NOTICED else 0.0
