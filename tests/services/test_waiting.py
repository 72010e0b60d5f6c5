"""A wait says what it waits for when it is long for a reader, once, and never where outputs are compared."""

import pytest

from helpers import Mailbox, process
from helpers.errors import CourseError
from helpers.services import waiting

UP = ["python", "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); print('up'); time.sleep(60)"]


@pytest.fixture
def reading(monkeypatch) -> None:
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.setattr(waiting, "LONG", 0.0)  # the first look says it


def test_each_long_wait_says_what_for(reading, capsys):
    with process(["sh", "-c", "sleep 2; echo ready; sleep 60"], name="worker", ready_text="ready") as worker:
        assert capsys.readouterr().out == "Waiting for worker to be ready, at most 60 s.\n"
        with pytest.raises(CourseError):
            worker.wait_for("done", timeout=0.2)
        assert capsys.readouterr().out == "Waiting for worker to log 'done', at most 0.2 s.\n"
        with pytest.raises(CourseError):
            worker.wait(timeout=0.2)
        assert capsys.readouterr().out == "Waiting for worker to end, at most 0.2 s.\n"
    with process(UP, name="deaf", ready_text="up") as deaf:
        capsys.readouterr()
        deaf.stop(timeout=0.2)
    assert capsys.readouterr().out == "Waiting for deaf to stop, at most 0.2 s.\n"
    with Mailbox() as mailbox, pytest.raises(CourseError):
        mailbox.wait_for(2, timeout=0.2)
    assert capsys.readouterr().out == "Waiting for mail, 2 messages in all, at most 0.2 s.\n"


def test_nothing_is_said_of_a_short_one_nor_where_outputs_are_compared(reading, capsys, monkeypatch):
    assert waiting.until(lambda: True, 1.0, "nobody")
    monkeypatch.setenv("COURSE_RUN", "ci")
    assert not waiting.until(lambda: False, 0.2, "nobody")
    assert capsys.readouterr().out == ""
