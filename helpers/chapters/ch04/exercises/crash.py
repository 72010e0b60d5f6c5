"""Exercise 4.5-crash: a page that may read every answer, also that of a crash."""

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.middleware.cors import CORSMiddleware

from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.live.server import running


def _check_crash(readable: Callable[..., Any]) -> str:
    _try(readable, "https://shop.example", "https://evil.example", "a carrier's slip")
    _try(readable, "https://depot.example", "https://shop.example", "another slip")
    return "Whatever is answered, and by whom, the page may read it; no other page may."


def _try(readable: Callable[..., Any], page: str, other: str, slip: str) -> None:
    served = readable(_app(slip), page)
    assert callable(served), (
        "`readable(app, page)` should give back what the server gets, such as `app` or something around it, but it "
        f"returned {'None: the `return` is missing' if served is None else 'nothing that can be served'}."
    )
    try:
        _ask(served, page, other, slip)
    except CourseError as error:
        raise AssertionError(f"what `readable` gives back cannot be served. {error}") from None


def _ask(served: Any, page: str, other: str, slip: str) -> None:
    with running(served) as server:

        def ask(path: str, origin: str) -> tuple[int, str | None]:
            # A connection each: after a crash uvicorn closes it, and the next request on it would get no answer.
            answer = server.client.get(path, headers={"Origin": origin, "Connection": "close"})
            return answer.status_code, answer.headers.get("Access-Control-Allow-Origin")

        paths = ("/parcels", "/refused", "/limited", "/crash")
        near = page[:-1]  # "https://shop.exampl": another origin, which a text in the place of a list holds
        assert ask("/parcels", near)[1] != near, (
            f"a page of {near} may read, too: `allow_origins` takes a list. In a text, `in` finds every part of it."
        )
        mine, theirs = ({path: ask(path, origin) for path in paths} for origin in (page, other))
        method = {"Origin": page, "Access-Control-Request-Method": "GET"}
        preflight = server.client.options("/parcels", headers=method).status_code
    logged = slip in "".join(server.log)
    statuses = [status for status, _ in mine.values()]
    assert statuses == [200, 403, 429, 500], (
        f"the answers should stay what they were, 200, 403, 429 and 500, but {statuses} came."
    )
    for path, (_, allowed) in theirs.items():
        assert allowed != "*", "`*` lets every page read, and only one was asked for."
        assert allowed != other, f"a page of another origin may read {path}, too: only the given page was asked for."
    assert mine["/parcels"][1] == page, "the page may not even read the answer of /parcels: nothing allows it."
    assert mine["/refused"][1] == page, "the page may not read a 403, an answer like any other."
    assert mine["/crash"][1] == page, (
        "the page may not read the crash's 500. Starlette's outermost layer makes that answer, outside of every "
        "middleware that `add_middleware` adds: put `CORSMiddleware` around the app itself."
    )
    assert mine["/limited"][1] == page, (
        "the page may not read the 429, an answer of a middleware that was there before."
    )
    assert logged, (
        "the crash is no longer in the server's log: an answer for the page must not hide the error from you."
    )
    assert preflight == 200, f"a preflight is answered {preflight}, so the page could send nothing but plain requests."


def _app(slip: str) -> FastAPI:
    app = FastAPI()

    @app.middleware("http")
    async def limit(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        return Response(status_code=429) if request.url.path == "/limited" else await call_next(request)

    @app.get("/parcels")
    async def read() -> str:
        return "7"

    @app.get("/refused")
    async def refuse() -> None:
        raise HTTPException(403)

    @app.get("/crash")
    async def crash() -> None:
        raise ValueError(slip)

    return app


def _solve_crash() -> Callable[..., Any]:
    def readable(app: FastAPI, page: str) -> Any:
        return CORSMiddleware(app, allow_origins=[page])

    return readable


EXERCISE = Exercise(
    id="4.5-crash",
    title="a crash that the page can read",
    task="`readable(app, page)` should give back what the server gets instead of `app`, so that the page, and no other, "
    "may read every answer, also a 500, which still stands in the log.",
    check=_check_crash,
    hints=(
        "Which layer makes the 500, and is it inside or outside of what `add_middleware` adds?",
        "`CORSMiddleware` is a class that takes an app as its first argument, and is an app itself.",
    ),
    solution=_solve_crash,
    wants="function",
)
