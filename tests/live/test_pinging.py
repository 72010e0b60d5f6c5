"""The second client: it feels what holds the event loop, and only that."""

import time

import pytest
from fastapi import FastAPI, HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

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
    with pytest.raises(CourseError, match=r"^ping\(\) expects a server such as"):
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
            time.sleep(0.3)
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


def test_it_rests_after_each_answer_as_long_as_it_was_told(server):
    with ping(server, every=0.05) as rested:
        time.sleep(0.3)
    with ping(server, every=0) as restless:
        time.sleep(0.3)
    assert len(rested.waits) <= 6 < len(restless.waits)


def test_it_says_how_many_answers_stand_behind_its_words(server):
    with ping(server) as pings:
        time.sleep(0.1)
    assert repr(pings).startswith(f"pings: {len(pings.waits)} answers, the worst waited ")
