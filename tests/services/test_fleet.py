"""Several processes: started side by side, ended together when one fails, and started again where one was killed."""

import contextlib
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from helpers.errors import CourseError, Interrupted
from helpers.services import fleet
from helpers.services.process import Process, process
from helpers.services.waiting import until

UP = "print('up'); import time; time.sleep(60)"


def left() -> list[int]:
    """The processes of a test that still run, their guards included."""
    found = []
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if any("time.sleep(60)" in word for word in child.cmdline()):
                found.append(child.pid)
    return found


def test_only_who_does_not_run_is_started():
    begun: list[str] = []

    def start(name: str) -> Process:
        begun.append(name)
        return process(["python", "-c", UP], ready_text="up", name=name)

    members = fleet.Fleet(start)
    members.start("web", "worker")
    assert sorted(begun) == ["web", "worker"] and members["web"].running
    web = members["web"]
    members["worker"].kill()
    begun.clear()
    members.start("web", "worker")
    assert begun == ["worker"] and members["web"] is web and members["worker"].running
    for member in members.values():
        member.kill()


def test_side_by_side_ends_all_when_one_cannot_start():
    started = []

    def start(code: str):
        started.append(process(["python", "-c", code], ready_text="up", timeout=30))
        return started[-1]

    with pytest.raises(CourseError):
        fleet.side_by_side(start, [UP, "raise SystemExit(3)"])
    assert [member.running for member in started] == [False]


def test_side_by_side_ends_all_when_it_is_interrupted_between_two_starts(monkeypatch):
    started, begun = [], threading.Event()

    class Interrupting(ThreadPoolExecutor):
        def submit(self, *work):
            super().submit(*work)
            assert begun.wait(30)
            raise KeyboardInterrupt

    def start(code: str):
        begun.set()
        started.append(process(["python", "-c", code], ready_text="up", timeout=30))
        return started[-1]

    monkeypatch.setattr(fleet, "ThreadPoolExecutor", Interrupting)
    with pytest.raises(Interrupted):
        fleet.side_by_side(start, [UP] * 2)
    assert left() == []


def test_an_interrupt_does_not_wait_for_members_that_are_not_ready(monkeypatch):
    """They are killed, and nobody waits until they would have been ready."""
    starting: list[str] = []

    class Interrupting(ThreadPoolExecutor):
        def submit(self, *work):
            future = super().submit(*work)
            if work[1] == "worker":
                until(lambda: len(starting) == 2, 30)
                raise KeyboardInterrupt
            return future

    def start(name: str) -> Process:
        starting.append(name)
        return process(["python", "-c", "import time; time.sleep(60)"], ready_text="never", name=name, timeout=60)

    monkeypatch.setattr(fleet, "ThreadPoolExecutor", Interrupting)
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        fleet.side_by_side(start, ["web", "worker", "flower"])
    assert left() == [] and time.monotonic() - begun < 20, "they would have taken a minute"
