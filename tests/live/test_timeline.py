"""A timeline's facts, from bars that no clock has made."""

import pytest

from helpers.errors import NotInTimeline
from helpers.live.timeline import Bar, Timeline


def bar(name: str, kind: str, start: float, end: float, **more) -> Bar:
    return Bar(**{"name": name, "kind": kind, "label": name, "start": start, "end": end, "error": None,
                  "running": False, "sent": 0.5, "status": None} | more)  # fmt: skip


BARS = [
    bar("client", "client", 0.0, 0.6, label="GET /", sent=None),
    bar("GET /", "server", 0.1, 0.5, status=200),
    bar("dependencies", "dependencies", 0.11, 0.12),
    bar("root", "endpoint", 0.2, 0.4),
    bar("serialization", "serialization", 0.41, 0.42),
    bar("second", "task", 0.76, 0.9, error="ValueError"),
    bar("first", "task", 0.5, 0.75),
    bar("closed", "event", 0.3, 0.3),
]


def filled(bars: list[Bar] = BARS, *, detail: bool = False) -> Timeline:
    timeline = Timeline(detail=detail)
    timeline.fill(bars, 1.0)
    return timeline


def test_what_happened_is_told_in_the_order_in_which_it_happened():
    assert filled().order == [
        "request received",
        "root starts",
        "closed",
        "root ends",
        "response sent",
        "first starts",
        "first ends",
        "second starts",
        "second fails",
    ]


def test_what_happened_at_once_keeps_the_order_of_the_bars():
    bars = [bar("b", "task", 1.0, 1.0), bar("a", "event", 1.0, 1.0)]
    assert filled(bars).order == ["b starts", "b ends", "a"]


def test_tasks_come_in_the_order_of_their_start():
    assert [task.name for task in filled().tasks] == ["first", "second"]


def test_a_bar_is_found_by_its_name_alone():
    timeline = filled()
    assert timeline["first"] is BARS[6] and timeline.waited == 0.6
    assert "first" in timeline and "third" not in timeline and 1 not in timeline and None not in timeline
    assert timeline.names == [each.name for each in timeline] and len(timeline) == 8
    for missing in ("third", 1, None, 0):
        with pytest.raises(NotInTimeline, match="in this timeline, which holds: client, GET /, dependencies"):
            timeline[missing]


def test_what_began_when_the_response_was_sent_began_after_it():
    assert [bar("a", "task", start, 1.0).started_after_response for start in (0.49, 0.5, 0.51)] == [False, True, True]
    assert not bar("a", "task", 1.0, 2.0, sent=None).started_after_response


def test_a_bar_shows_its_moments_in_milliseconds():
    assert repr(bar("first", "task", 0.5, 0.75)) == "<task first: 500.0 ms to 750.0 ms>"
    assert bar("first", "task", 0.5, 0.75).duration == 0.25


def test_the_data_of_the_picture_are_milliseconds_and_the_label_of_the_request():
    data = filled([bar("client", "client", 0.000001, 0.12345678, label="GET /", sent=None), BARS[5]]).data()
    assert data == {
        "length": 1000.0,
        "bars": [
            {"name": "GET /", "kind": "client", "start": 0.0, "end": 123.46, "sent": None, "error": None,
             "running": False, "status": None},
            {"name": "second", "kind": "task", "start": 760.0, "end": 900.0, "sent": 500.0, "error": "ValueError",
             "running": False, "status": None},
        ],
    }  # fmt: skip


def test_details_are_shown_where_they_were_asked_for():
    kinds = [[each["kind"] for each in filled(detail=detail).data()["bars"]] for detail in (False, True)]
    assert kinds == [[each.kind for each in BARS if each.kind not in ("dependencies", "serialization")],
                     [each.kind for each in BARS]]  # fmt: skip
    assert not Timeline().detail and Timeline().length == 0


def test_what_still_runs_has_no_end():
    bars = [
        bar("GET /", "server", 0.1, 0.9, running=True, sent=None),
        bar("root", "endpoint", 0.2, 0.4),
        bar("closed", "event", 0.5, 0.5),
        bar("letter", "task", 0.6, 0.9, running=True),
    ]
    assert filled(bars).order == ["request received", "root starts", "root ends", "closed", "letter starts"]
