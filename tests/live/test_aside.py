"""Waiting in a cell: what was done beside comes back, and whoever waits is told for what, once."""

import threading

import pytest

from helpers.live import aside
from helpers.live.aside import Hurry, Patience


@pytest.fixture
def clock(monkeypatch):
    """A list whose last number is the time, outside of the course's own check."""
    moments = [100.0]
    monkeypatch.setattr(aside.time, "monotonic", lambda: moments[-1])
    monkeypatch.delenv("COURSE_RUN", raising=False)
    return moments


def test_whoever_waits_longer_than_two_seconds_is_told_once_for_what(clock, capsys):
    patience = Patience()
    for moment in (100.0, 102.0):
        clock.append(moment)
        patience.tell("for a thing")
    assert capsys.readouterr().out == ""
    for moment in (102.1, 110.0):
        clock.append(moment)
        patience.tell(lambda: "for another thing")
    assert capsys.readouterr().out == "Waiting for another thing ...\n"


def test_where_the_course_is_checked_it_is_silent(clock, capsys, monkeypatch):
    monkeypatch.setenv("COURSE_RUN", "ci")
    patience = Patience()
    clock.append(1000.0)
    patience.tell("for a thing")
    assert capsys.readouterr().out == ""


def test_what_is_done_beside_comes_back_from_a_thread_of_its_own():
    done_in = aside.aside(lambda hurry: (threading.current_thread(), hurry.is_set(), hurry.doing))
    assert done_in[0] is not threading.current_thread() and done_in[1:] == (False, "")


def test_what_it_raises_is_raised_here_and_kept_by_nobody():
    failure = ValueError("no such thing")

    def fails(hurry: Hurry) -> None:
        raise failure

    with pytest.raises(ValueError) as raised:
        aside.aside(fails)
    assert raised.value is failure


def test_what_takes_long_tells_for_what(monkeypatch, capsys):
    monkeypatch.delenv("COURSE_RUN", raising=False)
    monkeypatch.setattr(Patience, "after", 0.0)
    told = threading.Event()
    monkeypatch.setattr(
        "builtins.print", lambda words: (words, told.set())[1] if words == "Waiting for a thing ..." else None
    )

    def slow(hurry: Hurry) -> bool:
        hurry.doing = "for a thing"
        return told.wait(20)

    assert aside.aside(slow)
