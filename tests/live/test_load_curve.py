"""The load curve: what it measures, what it says, and its slider, which is driven here without a browser."""

import re
import time

import pytest
from fastapi import FastAPI, Response

from helpers.errors import CourseError
from helpers.live.load_curve import LoadCurve, Point
from helpers.live.server import running


@pytest.fixture(scope="module")
def server():
    app = FastAPI()

    @app.get("/one-at-a-time")
    async def slow() -> None:
        time.sleep(0.1)

    with running(app) as server:
        yield server


@pytest.fixture
def in_jupyterlab(monkeypatch):
    monkeypatch.delenv("COURSE_RUN")


def test_more_clients_than_places_wait_for_each_other(server):
    curve = LoadCurve(server, "/one-at-a-time", clients=(1, 4), most=8)
    # Half way to two places: a client's clock starts when its thread does, which a busy machine lets wait.
    assert curve[4].last >= 0.3 > curve[4].first and curve[1].last >= 0.1
    assert curve[4].rate < 4 / 0.3
    assert curve.finding == "from 1 to 4 clients: the longest wait came with 4"


def test_its_words_to_the_letter(server):
    curve = LoadCurve(server, "/one-at-a-time", most=64)
    assert (repr(curve), curve.finding) == ("No point yet.", "No point yet.")
    curve.points[16] = Point(16, 0.1, 1.6)
    assert curve.finding == "1 point: the longest wait came with 16"
    curve.points[2] = Point(2, 0.1, 2.0)
    assert repr(curve).splitlines() == [
        "  2 at once: the last waited 2000 ms , 1 requests/s",
        " 16 at once: the last waited 1600 ms , 10 requests/s",
        "from 2 to 16 clients: the longest wait came with 2",
    ]
    assert curve._repr_mimebundle_()["text/markdown"].splitlines() == [
        "| clients at once | the first waited | the last waited | answered |",
        "|---|---|---|---|",
        "| 2 | 100 ms | 2000 ms | 1 requests/s |",
        "| 16 | 100 ms | 1600 ms | 10 requests/s |",
        "",
        "from 2 to 16 clients: the longest wait came with 2",
    ]


@pytest.mark.parametrize("most", [0, 65, True, 8.0, "8"])
def test_the_end_of_the_slider_is_a_whole_number_up_to_64(server, most):
    with pytest.raises(CourseError, match="goes up to a number of clients from 1 to 64, not"):
        LoadCurve(server, "/one-at-a-time", most=most)


def test_the_slider_begins_where_most_clients_were_measured(server, in_jupyterlab):
    curve = LoadCurve(server, "/one-at-a-time", most=16)
    curve._repr_mimebundle_()
    assert (curve.widget.clients, curve.widget.most, curve.widget.points) == (1, 16, [])
    other = LoadCurve(server, "/one-at-a-time")
    other.points[5] = Point(5, 0.1, 0.5)
    other._repr_mimebundle_()
    first = other.widget
    assert (first.clients, first.most, first.points) == (5, 32, [{"clients": 5, "first": 0.1, "last": 0.5}])
    other._repr_mimebundle_()
    assert other.widget is first


def test_its_words_are_the_same_in_every_run_once_numbers_with_units_are_left_out(server):
    def said() -> list[str]:
        shown = LoadCurve(server, "/one-at-a-time", clients=(3, 1))._repr_mimebundle_()
        return [re.sub(r" *\d+ (ms|requests/s) *", r"<\1>", text) for text in shown.values()]

    assert said() == said()
    assert set(LoadCurve(server, "/one-at-a-time")._repr_mimebundle_()) == {"text/markdown", "text/plain"}


def test_the_slider_measures_where_it_stops(server, in_jupyterlab):
    curve = LoadCurve(server, "/one-at-a-time", clients=(1,), most=8)
    data, _ = curve._repr_mimebundle_()
    assert {"application/vnd.jupyter.widget-view+json", "text/markdown", "text/plain"} <= set(data)
    curve.widget.clients = 2
    assert [point["clients"] for point in curve.widget.points] == [1, 2] and 2 in curve.points
    assert curve.widget.status.startswith("2 clients: the last waited")


def test_a_server_that_is_gone_is_told_and_not_raised(in_jupyterlab):
    app = FastAPI()
    app.get("/quick")(lambda: None)
    with running(app) as server:
        curve = LoadCurve(server, "/quick", clients=(1,))
        curve._repr_mimebundle_()
    curve.widget.clients = 3
    assert "3 of 3 clients had no answer" in curve.widget.status and list(curve.points) == [1]


def test_its_slider_keeps_its_keys():
    from pathlib import Path

    import helpers.live.load_curve

    source = Path(helpers.live.load_curve.__file__).with_name("load_curve.js").read_text()
    assert 'slider.setAttribute("data-lm-suppress-shortcuts", "true")' in source and "aria-live" in source
    assert "http" not in source.replace("http://www.w3.org/2000/svg", ""), "nothing comes from a network"


def test_wrong_numbers_and_no_server_get_a_sentence(server):
    with pytest.raises(CourseError, match="from 1 to 32, not 0"):
        LoadCurve(server, "/one-at-a-time").measure(0)
    for wrong in ("12", b"1", 3, {1: 2}):
        with pytest.raises(CourseError, match="are a list of numbers such as"):
            LoadCurve(server, "/one-at-a-time", clients=wrong)
    with pytest.raises(CourseError, match="from 1 to 2, not 3"):
        LoadCurve(server, "/one-at-a-time", most=2).measure(3)
    with pytest.raises(CourseError, match="expects a server"):
        LoadCurve("http://127.0.0.1", "/")
    with pytest.raises(CourseError, match="2 of 2 clients had no good answer from /nowhere: 404"):
        LoadCurve(server, "/nowhere", clients=(2,))


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (500, "500"),
        (401, "401, so it asks for a log-in"),
        (429, "429, so it limits how often it is asked"),
        (307, "307, a redirect to /other"),
    ],
)
def test_an_answer_that_is_none_to_measure_is_told_by_its_number(status, told):
    app = FastAPI()
    app.get("/")(lambda: Response(status_code=status, headers={"location": "/other"}))
    with (
        running(app) as server,
        pytest.raises(CourseError, match=f"^1 of 1 clients had no good answer from /: {told}.$"),
    ):
        LoadCurve(server, "/", clients=(1,))


def test_a_point_that_was_not_measured_is_told(server):
    curve = LoadCurve(server, "/one-at-a-time")
    with pytest.raises(CourseError, match=r"^8 clients were not measured: this curve has no point yet\.$"):
        curve[8]
    curve.points |= {4: Point(4, 0.1, 0.4), 1: Point(1, 0.1, 0.1)}
    for wrong in (8, "4", [4], None):
        with pytest.raises(CourseError, match=r" clients were not measured: this curve has points for 1, 4\.$"):
            curve[wrong]
    assert curve[4].last == 0.4
