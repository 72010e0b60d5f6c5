"""A loop that is held is told from one that works."""

import asyncio
import time

import pytest
from fastapi import FastAPI

from helpers.live.holding import holding
from helpers.live.server import running

HELD = 0.3  # seconds


@pytest.fixture
def loops():
    """A server whose path operations hold its loop or leave it free; and that loop."""
    app, found = FastAPI(), []

    @app.get("/")
    async def find() -> None:
        found.append(asyncio.get_running_loop())

    @app.get("/held")
    async def hold() -> None:
        time.sleep(HELD)

    @app.get("/free")
    def leave_free() -> None:
        time.sleep(HELD)

    with running(app) as server:
        server.client.get("/")
        yield server, found[0]


def test_a_blocking_async_function_holds_the_loop_and_a_thread_does_not(loops):
    server, loop = loops
    longest = {}
    for path in ("/held", "/free"):
        rounds = []
        for _ in range(2):
            with holding(loop) as hold:
                time.sleep(0.02)
                server.client.get(path)
            rounds.append(hold.longest)
        longest[path] = min(rounds)
    assert longest["/held"] > HELD * 0.9
    assert longest["/free"] < longest["/held"] / 2


def test_a_loop_that_has_ended_is_left_alone():
    loop = asyncio.new_event_loop()
    loop.close()
    with holding(loop) as hold:
        time.sleep(0.05)
    assert hold.longest == 0
