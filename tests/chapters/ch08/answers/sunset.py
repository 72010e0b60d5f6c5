"""What learners pass to 8.5-sunset."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from email.utils import format_datetime

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.datastructures import MutableHeaders
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.chapters.answers import right, stub, wrong

Clock = Callable[[], datetime]
Next = Callable[[Request], Awaitable[Response]]
LINK = {"Link": '</v2/>; rel="successor-version"'}


@stub("8.5-sunset")
def sunset_shipped():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None: ...

    return sunset


def http_date(last: datetime) -> str:
    return format_datetime(last.astimezone(UTC), usegmt=True)


def ending(
    begins: str = "/v1/",
    written: Callable[[datetime], str] = http_date,
    over: Callable[[datetime, datetime], bool] = lambda now, last: now >= last,
    status: int = 410,
    link: dict[str, str] = LINK,
):
    """A `sunset` by middleware that may differ from the right one in one respect."""

    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        @app.middleware("http")
        async def end(request: Request, call_next: Next) -> Response:
            if not request.url.path.startswith(begins):
                return await call_next(request)
            if over(now(), last):
                return Response(status_code=status, headers=link)
            response = await call_next(request)
            response.headers["Sunset"] = written(last)
            return response

    return sunset


@wrong("8.5-sunset", says="as HTTP writes dates, always in GMT")
def sunset_as_iso():
    return ending(written=datetime.isoformat)


@wrong("8.5-sunset", says="-0200")
def sunset_in_its_own_zone():
    return ending(written=format_datetime)


@wrong("8.5-sunset", says="Fri, 31 Dec 2027 22:00:00 GMT")
def sunset_zone_thrown_away():
    return ending(written=lambda last: format_datetime(last.replace(tzinfo=UTC), usegmt=True))


@wrong("8.5-sunset", says="at `last` itself version 1 is over")
def sunset_a_moment_late():
    return ending(over=lambda now, last: now > last)


@wrong("8.5-sunset", says="a second before `last`")
def sunset_by_the_day():
    return ending(over=lambda now, last: now.date() >= last.date())


@wrong("8.5-sunset", says="but 404 came")
def sunset_not_found():
    return ending(status=404)


@wrong("8.5-sunset", says="its `Link` is missing")
def sunset_without_a_link():
    return ending(link={})


@wrong("8.5-sunset", says="`/v10/` was touched")
def sunset_without_the_slash():
    return ending(begins="/v1")


@wrong("8.5-sunset", says="Is the clock asked for every request?")
def sunset_asks_once():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        over = now() >= last
        ending(over=lambda *_: over)(app, last, now)

    return sunset


@wrong("8.5-sunset", says="a path operation of version 1 still ran")
def sunset_afterwards():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        @app.middleware("http")
        async def end(request: Request, call_next: Next) -> Response:
            response = await call_next(request)
            if request.url.path.startswith("/v1/"):
                if now() >= last:
                    return Response(status_code=410, headers=LINK)
                response.headers["Sunset"] = http_date(last)
            return response

    return sunset


@wrong("8.5-sunset", says="the 404 of `/v1/` has no header `Sunset`")
def sunset_routes_alone():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        @app.middleware("http")
        async def end(request: Request, call_next: Next) -> Response:
            if request.url.path.startswith("/v1/") and now() >= last:
                return Response(status_code=410, headers=LINK)
            response = await call_next(request)
            if request.url.path.startswith("/v1/") and response.status_code != 404:
                response.headers["Sunset"] = http_date(last)
            return response

    return sunset


@wrong("8.5-sunset", says="has no header `Sunset`: every answer")
def sunset_as_a_dependency():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        def end(request: Request, response: Response) -> None:
            if request.url.path.startswith("/v1/"):
                if now() >= last:
                    raise HTTPException(410, headers=LINK)
                response.headers["Sunset"] = http_date(last)

        app.router.dependencies.append(Depends(end))

    return sunset


@right("8.5-sunset")
def sunset_with_a_body():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        @app.middleware("http")
        async def end(request: Request, call_next: Next) -> Response:
            if request.url.path.split("/")[1] != "v1":
                return await call_next(request)
            if now() < last:
                response = await call_next(request)
            else:
                response = JSONResponse({"detail": "Version 1 has ended."}, 410, headers=LINK)
            response.headers["sunset"] = last.astimezone(UTC).strftime("%a, %d %b %Y %H:%M:%S GMT")
            return response

    return sunset


@right("8.5-sunset")
def sunset_as_a_class():
    class Sunset(BaseHTTPMiddleware):
        def __init__(self, app: ASGIApp, last: datetime, now: Clock):
            super().__init__(app)
            self.last, self.now = last, now

        async def dispatch(self, request: Request, call_next: Next) -> Response:
            if not request.url.path.startswith("/v1/"):
                return await call_next(request)
            if self.now() >= self.last:
                return Response("gone", 410, headers=LINK)
            response = await call_next(request)
            response.headers["Sunset"] = http_date(self.last)
            return response

    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        app.add_middleware(Sunset, last=last, now=now)

    return sunset


@right("8.5-sunset")
def sunset_as_pure_asgi():
    class Sunset:
        def __init__(self, app: ASGIApp, last: datetime, now: Clock):
            self.app, self.last, self.now = app, last, now

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            async def dated(message: Message) -> None:
                if message["type"] == "http.response.start":
                    MutableHeaders(scope=message)["Sunset"] = http_date(self.last)
                await send(message)

            if scope["type"] != "http" or not scope["path"].startswith("/v1/"):
                await self.app(scope, receive, send)
            elif self.now() >= self.last:
                await Response(status_code=410, headers=LINK)(scope, receive, send)
            else:
                await self.app(scope, receive, dated)

    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        app.add_middleware(Sunset, last=last, now=now)

    return sunset


@wrong("8.5-sunset", says="compare two moments with their zones")
def sunset_by_the_hands_of_the_clock():
    return ending(over=lambda now, last: now.replace(tzinfo=None) >= last.replace(tzinfo=None))


@wrong("8.5-sunset", says="/v2/v1")
def sunset_of_whatever_holds_v1():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        @app.middleware("http")
        async def end(request: Request, call_next: Next) -> Response:
            if "/v1/" not in request.url.path:
                return await call_next(request)
            if now() >= last:
                return Response(status_code=410, headers=LINK)
            response = await call_next(request)
            response.headers["Sunset"] = http_date(last)
            return response

    return sunset


@right("8.5-sunset")
def sunset_with_a_whole_address():
    def sunset(app: FastAPI, last: datetime, now: Clock) -> None:
        @app.middleware("http")
        async def end(request: Request, call_next: Next) -> Response:
            if not request.url.path.startswith("/v1/"):
                return await call_next(request)
            if now() >= last:
                link = f'<{request.base_url}v2/>; rel="successor-version"'
                return Response(status_code=410, headers={"Link": link})
            response = await call_next(request)
            response.headers["Sunset"] = http_date(last)
            return response

    return sunset
