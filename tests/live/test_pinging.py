"""The second client: it feels what holds the event loop, and only that."""

import asyncio
import time
from itertools import pairwise

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from helpers.errors import CourseError
from helpers.live.client import came
from helpers.live.pinging import ping
from helpers.live.server import running
from helpers.services.waiting import until


@pytest.fixture(scope="module")
def server():
    app = FastAPI()
    app.get("/ping")(lambda: None)
    with running(app) as server:
        yield server


def test_it_feels_a_held_event_loop_and_nothing_else():
    app, sent, answered = FastAPI(), [], []

    @app.get("/ping")
    async def answer() -> None:
        answered.append("a ping")

    @app.get("/block")
    async def block() -> bool:
        on_its_way = until(lambda: len(sent) > len(answered), 20)
        time.sleep(0.3)
        return on_its_way

    @app.get("/wait")
    def wait() -> bool:
        return until(lambda: len(free.waits) > 5, 20)

    with running(app) as server:
        held, free = ping(server), ping(server)
        held._client.event_hooks = {"request": [sent.append]}
        with held:
            assert server.client.get("/block").json(), "a ping was sent before the event loop slept"
        with free:
            assert server.client.get("/wait").json(), "pings were answered while an endpoint waited in its thread"
    assert held.worst >= 0.3
    assert "the worst waited" in repr(free)


def test_a_wrong_path_or_no_server_gets_a_sentence(server):
    with pytest.raises(CourseError, match="expects /nowhere to answer, but it said 404"), ping(server, "/nowhere"):
        pass
    with pytest.raises(CourseError, match=r"^ping\(\) expects a server such as"):
        ping("http://127.0.0.1")


def test_an_error_in_the_block_passes(server):
    with pytest.raises(ZeroDivisionError), ping(server):
        raise ZeroDivisionError


def test_a_server_that_stops_meanwhile_is_told():
    app, asked = FastAPI(), []

    @app.get("/ping")
    async def answer() -> None:
        asked.append("a ping")
        if len(asked) > 1:  # all but the one that opens the connection
            await asyncio.sleep(60)

    with pytest.raises(CourseError, match=r"no ping of /ping was answered: \w+\."):
        with running(app) as server, ping(server):
            assert until(lambda: len(asked) > 1, 20)
            server.stop(0)


def test_what_is_no_number_of_seconds_is_told_by_name(server):
    with pytest.raises(CourseError, match=r"^ping\(every=\.\.\.\) expects"):
        ping(server, every=-1)


def test_what_was_measured_is_told_in_milliseconds(server):
    pings = ping(server)
    pings.waits = [0.0025, 0.004, 1.5]
    assert repr(pings) == "pings: 3 answers, the worst waited 1500 ms, the typical one 4.0 ms"


@pytest.mark.parametrize("error", [httpx.ReadTimeout("late"), httpx.ConnectError("refused")])
def test_an_error_that_is_no_answer_is_told_by_its_kind(error):
    assert came(error) == type(error).__name__


def refusing(status: int):
    def answer() -> None:
        raise HTTPException(status)

    return answer


def page() -> HTMLResponse:
    return HTMLResponse("<p>")


def moved() -> RedirectResponse:
    return RedirectResponse("/ping/")


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusing(401), "it said 401, so it asks for a log-in: ping a path that is open to everybody."),
        (refusing(403), "it said 403, so it asks for a log-in: ping a path that is open to everybody."),
        (refusing(418), "it said 418."),
        (refusing(429), "it said 429, so it limits how often it is asked: ping another path, or more slowly"),
        (moved, "it said 307, a redirect to /ping/."),
        (page, "to be a small answer, but it is a page."),
    ],
)
def test_a_path_that_cannot_be_a_ping_is_told(answer, says):
    app = FastAPI()
    app.get("/ping", response_model=None)(answer)
    with running(app) as server, pytest.raises(CourseError) as refusal, ping(server):
        pass
    assert says in str(refusal.value)


def test_the_apps_description_is_no_ping(server):
    with pytest.raises(CourseError, match="it is the app's description"), ping(server, "/openapi.json"):
        pass


def test_a_limit_that_is_met_on_the_way_is_told():
    app, left = FastAPI(), [3]

    @app.get("/ping")
    def answer() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise HTTPException(429)

    def unanswered() -> str:
        with pytest.raises(CourseError) as refusal, running(app) as server, ping(server):
            assert until(lambda: left[0] < 0, 20)
        return str(refusal.value)

    assert "/ping was answered 2 times, then: 429, so it limits how often it is asked" in unanswered()


def test_its_words_and_figures_are_those_of_its_waits(server):
    pings = ping(server)
    assert repr(pings) == "pings: none yet"
    for figure in ("worst", "typical"):
        with pytest.raises(CourseError, match="no ping has been answered yet"):
            getattr(pings, figure)
    pings.waits[:] = [0.001, 0.25, 0.0024]
    assert (pings.worst, pings.typical) == (0.25, 0.0024)
    assert repr(pings) == "pings: 3 answers, the worst waited 250 ms, the typical one 2.4 ms"


def test_it_rests_after_each_answer_as_long_as_it_was_told():
    app, asked = FastAPI(), []
    app.get("/ping")(lambda: asked.append(time.perf_counter()))

    def shortest() -> float:
        return min(later - earlier for earlier, later in pairwise(asked))

    with running(app) as server:
        with ping(server, every=0.05):
            assert until(lambda: len(asked) > 6, 20)
        assert shortest() >= 0.05
        asked.clear()
        with ping(server, every=0):
            assert until(lambda: len(asked) > 6 and shortest() < 0.01, 20), "it rests all the same"


def test_it_says_how_many_answers_stand_behind_its_words(server):
    with ping(server) as pings:
        assert until(lambda: len(pings.waits) > 2, 20)
    assert repr(pings).startswith(f"pings: {len(pings.waits)} answers, the worst waited ")
