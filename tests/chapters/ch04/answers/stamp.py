"""What learners pass to 4.2-stamp."""

from starlette.datastructures import MutableHeaders
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import Response

from tests.chapters.answers import right, stub, wrong


class Wrapper:
    """What most answers share: the app and the depot."""

    def __init__(self, app, depot):
        self.app, self.depot = app, depot


@stub("4.2-stamp")
def stamp_shipped():
    class StampDepot:
        def __init__(self, app, depot: str) -> None: ...

        async def __call__(self, scope, receive, send) -> None: ...

    return StampDepot


@wrong("4.2-stamp", says="that failed: ")
def stamp_without_a_depot():
    class StampDepot:
        def __init__(self, app):
            self.app = app

        async def __call__(self, scope, receive, send):
            await self.app(scope, receive, send)

    return StampDepot


@wrong("4.2-stamp", says="wrap `send`")
def stamp_passes_on():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            await self.app(scope, receive, send)

    return StampDepot


@wrong("4.2-stamp", says="Only the message of type")
def stamp_on_every_message():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                MutableHeaders(scope=message)["X-Depot"] = self.depot
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@wrong("4.2-stamp", says="lifespan of the app did not run")
def stamp_by_the_request():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            asked = dict(scope["headers"]).get(b"x-depot", self.depot.encode())

            async def stamp(message):
                if message["type"] == "http.response.start":
                    message["headers"].append((b"x-depot", asked))
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@wrong("4.2-stamp", says="`MutableHeaders(scope=message)` takes texts")
def stamp_in_texts():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                if message["type"] == "http.response.start":
                    message["headers"].append(("X-Depot", self.depot))
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@wrong("4.2-stamp", says="Call the app that you wrap")
def stamp_answers_itself():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            if scope["type"] != "http":
                return await self.app(scope, receive, send)
            await Response("stamped", headers={"X-Depot": self.depot})(scope, receive, send)

    return StampDepot


@wrong("4.2-stamp", says="should say its depot")
def stamp_on_success():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                if message["type"] == "http.response.start" and message["status"] == 200:
                    MutableHeaders(scope=message)["X-Depot"] = self.depot
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@wrong("4.2-stamp", says="is told its depot when it is made")
def stamp_north_for_ever():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["X-Depot"] = "north"
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@wrong("4.2-stamp", says="other headers were lost")
def stamp_alone():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                if message["type"] == "http.response.start":
                    message = {**message, "headers": [(b"x-depot", self.depot.encode())]}
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@wrong("4.2-stamp", says="held back until its end")
def stamp_on_the_whole_body():
    class StampDepot(BaseHTTPMiddleware):
        def __init__(self, app, depot):
            super().__init__(app)
            self.depot = depot

        async def dispatch(self, request, call_next):
            response = await call_next(request)
            whole = Response(b"".join([piece async for piece in response.body_iterator]), response.status_code)
            whole.raw_headers = [*response.raw_headers, (b"x-depot", self.depot.encode())]
            return whole

    return StampDepot


@wrong("4.2-stamp", says="the client waited for the background task")
def stamp_when_all_is_over():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            if scope["type"] != "http":
                return await self.app(scope, receive, send)
            kept = []

            async def stamp(message):
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["X-Depot"] = self.depot
                if scope["path"] == "/stream":
                    return await send(message)
                kept.append(message)

            await self.app(scope, receive, stamp)
            for message in kept:
                await send(message)

    return StampDepot


@right("4.2-stamp")
def stamp_in_bytes():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", []), (b"X-Depot", self.depot.encode())]
                await send(message)

            await self.app(scope, receive, stamp)

    return StampDepot


@right("4.2-stamp")
def stamp_by_call_next():
    class StampDepot(BaseHTTPMiddleware):
        def __init__(self, app, depot: str):
            super().__init__(app)
            self.depot = depot

        async def dispatch(self, request, call_next):
            response = await call_next(request)
            response.headers["X-Depot"] = self.depot
            return response

    return StampDepot


@right("4.2-stamp")
def stamp_by_a_method():
    class StampDepot:
        def __init__(self, app, *, depot):
            self.app, self.depot = app, depot

        async def __call__(self, scope, receive, send):
            await self.app(scope, receive, self.stamping(send) if scope["type"] == "http" else send)

        def stamping(self, send):
            async def stamp(message):
                if message["type"].endswith("response.start"):
                    MutableHeaders(raw=message["headers"]).append("X-Depot", self.depot)
                await send(message)

            return stamp

    return StampDepot


@wrong("4.2-stamp", says="serves all requests at once")
def stamp_with_one_send_for_all():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            if scope["type"] != "http":
                return await self.app(scope, receive, send)
            self.send = send
            await self.app(scope, receive, self.stamp)

        async def stamp(self, message):
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Depot"] = self.depot
            await self.send(message)

    return StampDepot


@wrong("4.2-stamp", says="a WebSocket was accepted before, and is not any more")
def stamp_forgets_websockets():
    class StampDepot(Wrapper):
        async def __call__(self, scope, receive, send):
            async def stamp(message):
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["X-Depot"] = self.depot
                await send(message)

            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            elif scope["type"] == "http":
                await self.app(scope, receive, stamp)

    return StampDepot
