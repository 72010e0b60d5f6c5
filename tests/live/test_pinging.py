"""The second client: it feels what holds the event loop, and only that."""

import time

import pytest
from fastapi import FastAPI

from helpers.errors import CourseError
from helpers.live.pinging import ping
from helpers.live.server import running


@pytest.fixture(scope="module")
def server():
    app = FastAPI()

    @app.get("/ping")
    async def answer() -> None: ...

    @app.get("/block")
    async def block() -> None:
        time.sleep(0.3)

    @app.get("/wait")
    def wait() -> None:
        time.sleep(0.3)

    with running(app) as server:
        yield server


def test_it_feels_a_held_event_loop_and_nothing_else(server):
    with ping(server) as held:
        server.client.get("/block")
    with ping(server) as free:
        server.client.get("/wait")
    assert held.worst > 0.25 and free.worst < 0.2 and free.typical < 0.1
    assert len(free.waits) > 5 and "the worst waited" in repr(free)


def test_a_wrong_path_or_no_server_gets_a_sentence(server):
    with pytest.raises(CourseError, match="expects /nowhere to answer, but it said 404"), ping(server, "/nowhere"):
        pass
    with pytest.raises(CourseError, match="expects a server such as"):
        ping("http://127.0.0.1")


def test_an_error_in_the_block_passes(server):
    with pytest.raises(ZeroDivisionError), ping(server):
        raise ZeroDivisionError


def test_a_server_that_stops_meanwhile_is_told():
    app = FastAPI()
    app.get("/ping")(lambda: None)
    with pytest.raises(CourseError, match="no ping of /ping was answered"), running(app) as server, ping(server):
        server.stop(0)
        time.sleep(0.1)
