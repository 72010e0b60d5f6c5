"""How long answers take, as it is often measured."""

import time
from collections import defaultdict

from starlette.types import ASGIApp, Receive, Scope, Send

durations: defaultdict[str, list[float]] = defaultdict(list)


class Timing:
    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = time.perf_counter()
        await self.app(scope, receive, send)
        durations[scope.get("path", "")].append(time.perf_counter() - began)
