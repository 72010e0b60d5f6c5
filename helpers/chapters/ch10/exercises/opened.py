"""10.3-opened: once, from start to stop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI

from helpers.chapters.asking import ask, is_app, logged, wanted
from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.live.server import Server, running


class _Connection:
    """Counts up from `first`, as long as it is open."""

    def __init__(self, first: int):
        self.last, self.closed = first - 1, 0

    async def count(self) -> int:
        await asyncio.sleep(0)
        if self.closed:
            raise ConnectionError("the connection is closed")
        self.last += 1
        return self.last

    async def close(self) -> None:
        await asyncio.sleep(0)
        self.closed += 1


class _Source:
    """What gives connections, and keeps those that it gave."""

    def __init__(self, first: int, fails: bool = False):
        self.first, self.fails = first, fails
        self.tried, self.given = 0, list[_Connection]()

    def connect(self) -> Awaitable[_Connection]:
        self.tried += 1  # here, because a coroutine that nobody awaits never begins
        return self._connect()

    async def _connect(self) -> _Connection:
        await asyncio.sleep(0)
        if self.fails:
            raise ConnectionError("nobody answers")
        self.given.append(_Connection(self.first))
        return self.given[-1]


def _check(make_app: Callable[..., Any]) -> str:
    ours, theirs = _Source(1), _Source(50)
    with running(_app(make_app, ours)) as one, running(_app(make_app, theirs)) as two:
        for source in (ours, theirs):
            assert source.given or not source.tried, (
                "`connect()` was called, and nothing was opened: what it returns is a coroutine, which begins when it is awaited."
            )
            assert source.given, (
                "the app had started, and `connect` was not called: the lifespan runs before the first request comes."
            )
        for server, count in ((one, 1), (two, 50), (one, 2)):
            _counts(server, count, ours if server is one else theirs)
        for source in (ours, theirs):
            assert len(source.given) == 1, (
                f"one connection was to be opened, and {len(source.given)} were: connect where the app starts, not where a request comes."
            )
    for source in (ours, theirs):
        closed = source.given[0].closed
        assert closed, (
            "the server had stopped, and the connection was still open: `await connection.close()` behind the `yield`."
        )
        assert closed == 1, f"the connection was closed {closed} times: once is enough."
    _does_not_start(make_app)
    return "Opened before the first request, one for all requests, closed behind the last, and no start without it."


def _app(make_app: Callable[..., Any], source: _Source) -> FastAPI:
    app = make_app(source.connect)
    is_app(app, "make_app", "GET /count")
    assert not source.tried, (
        "`make_app` connected itself: the app is made, and nobody serves it yet. Its lifespan is the place."
    )
    return app


def _counts(server: Server, count: int, source: _Source) -> None:
    closed = bool(source.given[0].closed)
    answer = ask(server, "GET", "/count")
    assert not closed or answer.status_code != 500, (
        "the connection was closed before the first request came: what stands behind the `yield` runs when the server stops."
    )
    assert answer.status_code == 200, (
        f"`GET /count` should answer 200, but {answer.status_code} came: {logged(server)}."
    )
    assert not any(given.closed for given in source.given), (
        "the connection was closed while the server runs: it is for all requests, until the server stops."
    )
    assert answer.text == str(count), (
        f"two apps are served, each with a connection of its own, and {wanted(count, answer)}: each request asks once, and what "
        "belongs to one app is kept by that app."
    )


def _does_not_start(make_app: Callable[..., Any]) -> None:
    source = _Source(1, fails=True)
    try:
        with running(_app(make_app, source)):
            pass
    except CourseError:
        pass
    else:
        raise AssertionError(
            "`connect` failed, and the app started all the same, to fail at each request: let the error out of the lifespan."
        )


def _solve() -> Callable[..., FastAPI]:
    def make_app(connect: Callable[[], Awaitable[Any]]) -> FastAPI:
        @asynccontextmanager
        async def lifespan(app: FastAPI) -> AsyncIterator[None]:
            app.state.connection = await connect()
            yield
            await app.state.connection.close()

        app = FastAPI(lifespan=lifespan)

        @app.get("/count")
        async def count() -> int:
            return await app.state.connection.count()

        return app

    return make_app


EXERCISE = Exercise(
    id="10.3-opened",
    title="once, from start to stop",
    task="`make_app(connect)` should make an app of its own that awaits `connect()` once, before the first request, answers `GET /count` with what "
    "`await connection.count()` gives, awaits `connection.close()` when the server stops, and does not start when `connect` fails.",
    check=_check,
    hints=(
        "What runs before the first request and ends behind the last one?",
        "`FastAPI(lifespan=...)` takes an `@asynccontextmanager`. Which of the three stands before its `yield`, and which behind?",
        "`app.state.connection = await connect()`; two apps of one process have each a `state` of their own.",
    ),
    solution=_solve,
    wants="function",
)
