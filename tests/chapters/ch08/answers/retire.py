"""What learners pass to 8.5-retire."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.background import BackgroundTask
from starlette.background import BackgroundTasks as Several
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.chapters.answers import right, stub, wrong

Count = Callable[[str], None]


GOODBYE = "@1798761600"


@stub("8.5-retire")
def retire_shipped():
    def retire(app: FastAPI, note_use: Count) -> None: ...

    return retire


def with_middleware(say_goodbye: Callable[[Count, Request, Response], Awaitable[None] | None]):
    """A `retire` whose middleware changes the response by `say_goodbye`."""

    def retire(app: FastAPI, note_use: Count) -> None:
        @app.middleware("http")
        async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            response = await call_next(request)
            say_goodbye(note_use, request, response)
            return response

    return retire


@wrong("8.5-retire", says="has no `Deprecation` header")
def retire_notes_only():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="`/v2` says that it is deprecated, too")
def retire_everything():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        response.headers["Deprecation"] = GOODBYE
        response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the client waited for `note_use`")
def retire_notes_first():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            note_use(request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the 404 of `/v1` has no `Deprecation` header")
def retire_successes():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/") and response.status_code == 200:
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="only successes are noted")
def retire_counts_successes():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            if response.status_code == 200:
                response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="a use of `/v1` was not noted")
def retire_header_only():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the header's value should be @1798761600")
def retire_true():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = "true"
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the notes are")
def retire_notes_the_address():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, f"{request.method} {request.url.path}")

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the answers should stay 200, 200, 404 and 422")
def retire_gone():
    def retire(app: FastAPI, note_use: Count) -> None:
        @app.middleware("http")
        async def middleware(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            if request.url.path.startswith("/v1/"):
                note = BackgroundTask(note_use, request.url.path)
                return Response(status_code=410, headers={"Deprecation": GOODBYE}, background=note)
            return await call_next(request)

    return retire


@right("8.5-retire")
def retire_with_several():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.split("/")[1] == "v1":
            response.headers["Deprecation"] = GOODBYE
            response.background = Several([BackgroundTask(note_use, request.url.path)])

    return with_middleware(say_goodbye)


@right("8.5-retire")
def retire_as_pure_asgi():
    class Goodbye:
        def __init__(self, app: ASGIApp, note_use: Count):
            self.app, self.note_use = app, note_use

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            retired = scope["type"] == "http" and scope["path"].startswith("/v1/")

            async def marked(message: Message) -> None:
                if retired and message["type"] == "http.response.start":
                    message["headers"].append((b"deprecation", GOODBYE.encode()))
                await send(message)

            await self.app(scope, receive, marked)
            if retired:
                await run_in_threadpool(self.note_use, scope["path"])

    def retire(app: FastAPI, note_use: Count) -> None:
        app.add_middleware(Goodbye, note_use=note_use)

    return retire


@wrong("8.5-retire", says="`/v10` says that it is deprecated, too")
def retire_without_the_slash():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1"):
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="held the event loop")
def retire_blocks():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        async def note() -> None:
            note_use(request.url.path)

        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the 404 for a path that does not exist")
def retire_routes_alone():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/") and "route" in request.scope:
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="the notes are")
def retire_notes_a_constant():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, "/v1/prices")

    return with_middleware(say_goodbye)


@wrong("8.5-retire", says="failed: AttributeError")
def retire_misspelt():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if request.path.startswith("/v1/"):
            response.headers["Deprecation"] = GOODBYE

    return with_middleware(say_goodbye)


@right("8.5-retire")
def retire_as_base_http_middleware():
    class Goodbye(BaseHTTPMiddleware):
        def __init__(self, app: ASGIApp, note_use: Count):
            super().__init__(app)
            self.note_use = note_use

        async def dispatch(self, request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            response = await call_next(request)
            if request.url.path.startswith("/v1/"):
                response.headers["Deprecation"] = GOODBYE
                response.background = BackgroundTask(run_in_threadpool, self.note_use, request.url.path)
            return response

    def retire(app: FastAPI, note_use: Count) -> None:
        app.add_middleware(Goodbye, note_use=note_use)

    return retire


@wrong("8.5-retire", says="/v2/v1")
def retire_whatever_holds_v1():
    def say_goodbye(note_use: Count, request: Request, response: Response) -> None:
        if "/v1/" in request.url.path:
            response.headers["Deprecation"] = GOODBYE
            response.background = BackgroundTask(note_use, request.url.path)

    return with_middleware(say_goodbye)
