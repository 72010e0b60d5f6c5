"""How long answers take: a middleware that stops its watch when the last byte has left."""

import time
from collections import defaultdict

from starlette.types import ASGIApp, Message, Receive, Scope, Send

durations: defaultdict[str, list[float]] = defaultdict(list)


class Timing:
    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()

        async def measured(message: Message) -> None:
            await send(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                durations[scope["path"]].append(time.perf_counter() - began)

        await self.app(scope, receive, measured)
