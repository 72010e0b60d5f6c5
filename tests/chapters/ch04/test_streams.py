"""What becomes of a stream whose client leaves: its dependency ends at once, its generator when it is collected."""

import asyncio
import contextlib
import gc
import importlib
import logging
import socket
import sys
import time
from collections.abc import AsyncIterable, AsyncIterator, Iterable

import httpx
import pytest
from fastapi import Depends, FastAPI
from fastapi.sse import EventSourceResponse
from websockets.sync.client import ClientConnection, connect

from helpers.live.server import running
from helpers.services.broker import Broker
from helpers.services.waiting import until

PIECE = "label" * 20_000


def streams() -> tuple[FastAPI, list[str], list[int]]:
    """Streams without end; what ended, in order; and the pieces that were made."""
    app, ended, made = FastAPI(), [], []

    async def printer() -> AsyncIterator[None]:
        try:
            yield
        finally:
            ended.append("dependency")

    def in_a_thread() -> Iterable[str]:
        try:
            while True:
                made.append(1)
                yield "label"
                time.sleep(0.02)
        finally:
            ended.append("generator")

    async def without_await() -> AsyncIterable[str]:
        try:
            while True:
                made.append(1)
                yield PIECE
        finally:
            ended.append("generator")

    async def awaiting() -> AsyncIterable[str]:
        try:
            while True:
                made.append(1)
                yield "label"
                await asyncio.Event().wait()
        finally:
            ended.append("generator")

    printed = [Depends(printer)]
    app.get("/def", dependencies=printed)(in_a_thread)
    app.get("/unread", dependencies=printed)(without_await)
    app.get("/awaiting", dependencies=printed)(awaiting)
    app.get("/events", response_class=EventSourceResponse, dependencies=printed)(without_await)
    return app, ended, made


@pytest.fixture
def uncollected():
    """No garbage is collected but by hand."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.fixture
def errors():
    """The types of the errors in uvicorn's log. No record is kept: its traceback would hold the generator."""
    found = []

    def note(record: logging.LogRecord) -> bool:
        if record.exc_info:
            found.append(record.exc_info[0])
        return not record.exc_info

    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(note)
    yield found
    logger.removeFilter(note)


def stands_still(made: list[int]) -> bool:
    """Whether a stream made something, and then nothing for a while."""
    before = len(made)
    time.sleep(0.3)
    return len(made) == before > 0


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/def", ["dependency"]),
        ("/unread", ["dependency"]),
        ("/awaiting", ["generator", "dependency"]),
        ("/events", ["dependency"]),
    ],
)
def test_a_generator_held_at_its_yield_ends_when_it_is_collected(uncollected, errors, path, expected):
    app, ended, made = streams()
    with running(app) as server:
        with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as client:
            client.sendall(f"GET {path} HTTP/1.1\r\nHost: depot\r\n\r\n".encode())
            client.recv(100)
            assert path == "/def" or until(lambda: stands_still(made), timeout=30)
        assert until(lambda: "dependency" in ended, timeout=30)
        assert ended == expected
        if path == "/events":  # the only one that leaves an error in the log
            assert until(lambda: errors == [ExceptionGroup], timeout=30)
        gc.collect()
        assert until(lambda: "generator" in ended, timeout=30)
    assert errors == [ExceptionGroup] * (path == "/events")


@pytest.mark.skipif(sys.platform == "win32", reason="the embedded Valkey exists for Linux and macOS only")
def test_the_board_hears_again_when_its_broker_was_started_anew(monkeypatch):
    with Broker() as broker:
        monkeypatch.setenv("REDIS_URL", broker.url)
        board = importlib.import_module("notebooks.04_advanced_features.board")

        def heard(follower: ClientConnection, news: str) -> bool:
            with contextlib.suppress(httpx.HTTPError, TimeoutError):
                server.client.post("/news", params={"news": news})
                return follower.recv(timeout=0.2) == news
            return False

        with running(board.app) as server:
            with connect(f"{server.url.replace('http', 'ws')}/board") as follower:
                assert follower.recv(timeout=10) == "welcome"
                assert until(lambda: heard(follower, "before"), 10)
                broker.stop()
                broker.start()
                assert until(lambda: heard(follower, "after"), 30)


def test_the_board_forgets_a_follower_who_reads_nothing_and_leaves(uncollected):
    board = importlib.import_module("notebooks.04_advanced_features.board")
    app = FastAPI()
    app.get("/events", response_class=EventSourceResponse)(board.follow_events)

    @app.post("/news")
    async def tell() -> bool:
        board.hub.publish(PIECE)
        return all(queue.full() for queue in board.hub.followers)

    with running(app) as server:
        with socket.create_connection(("127.0.0.1", int(server.url.rsplit(":", 1)[1]))) as client:
            client.sendall(b"GET /events HTTP/1.1\r\nHost: depot\r\n\r\n")
            assert until(lambda: len(board.hub.followers) == 1, timeout=30)
            assert until(lambda: server.client.post("/news").json(), timeout=30)
        assert until(lambda: not board.hub.followers, timeout=30)
