"""The heartbeat finds what holds an event loop, names its line, and blames nobody for a busy machine."""

import asyncio
import gc
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import thread
from pathlib import Path

import pytest

from helpers.live.heartbeat import LEAST, Heartbeat, Hold, _Late


def watched(work: Callable[[], Awaitable[None]]) -> list[Hold]:
    """What the heartbeat says of `work`, run on a loop in a thread of its own."""
    told: list[Hold] = []

    async def main() -> None:
        heartbeat = Heartbeat(asyncio.get_running_loop(), threading.get_ident())
        heartbeat.start()
        await asyncio.sleep(0.05)
        await work()
        await asyncio.sleep(0.05)
        heartbeat.stop()
        told.extend(heartbeat.holds)

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    thread.join(20)
    return told


async def sleeps() -> None:
    time.sleep(0.3)


async def adds_up() -> None:
    sum(range(30_000_000))  # one call in C: the interpreter's lock is not let go


async def loops() -> None:
    end = time.thread_time() + 0.3  # of the processor: on a busy machine it takes longer
    while time.thread_time() < end:
        pass


async def waits() -> None:
    await asyncio.sleep(0.3)


async def takes_many_small_steps() -> None:
    for _ in range(60):
        time.sleep(0.005)
        await asyncio.sleep(0)


async def waits_for_a_thread() -> None:
    await asyncio.to_thread(time.sleep, 0.3)


async def lets_python_collect() -> None:
    gc.collect()  # as Python itself does, in whatever thread makes one object too many


@pytest.fixture
def much_to_collect():
    """Enough objects that a collection takes longer than a hold may."""
    kept: list[list] = []
    seconds = 0.0
    while seconds < 2 * LEAST:
        kept.extend([] for _ in range(1_000_000))
        begun = time.thread_time()
        gc.collect()
        seconds = time.thread_time() - begun
    return kept


def test_pythons_own_collector_is_not_blamed_on_anybody(much_to_collect):
    assert watched(lets_python_collect) == []
    assert gc.callbacks == [] or all("Heartbeat" not in repr(callback) for callback in gc.callbacks)


STOPPED = """
import os, signal, sys, time
sys.path.insert(0, {folder!r})
from tests.live.test_heartbeat import watched

async def is_stopped():
    print("now", flush=True)
    time.sleep(0.06)

print(watched(is_stopped), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGSTOP there")
def test_a_process_that_was_stopped_as_a_whole_held_nothing():
    """What a container does to a process that has used its share of the processor."""
    folder = str(Path(__file__).parents[2])
    with subprocess.Popen([sys.executable, "-c", STOPPED.format(folder=folder)], stdout=subprocess.PIPE) as child:
        assert child.stdout.readline() == b"now\n"
        time.sleep(0.03)
        child.send_signal(signal.SIGSTOP)
        time.sleep(0.3)
        child.send_signal(signal.SIGCONT)
        assert child.stdout.readline() == b"[]\n"


@pytest.mark.parametrize("work", [sleeps, adds_up, loops])
def test_what_holds_the_loop_is_named(work):
    [hold] = watched(work)
    assert hold.seconds >= LEAST
    last = [line for line in hold.lines if line.file == __file__][-1]
    assert last.function == work.__name__ and last.number > 0


class Late(threading.Event):
    """Says late that a thread has started, as a busy machine does."""

    def wait(self, timeout: float | None = None) -> bool:
        time.sleep(0.3)
        return super().wait(timeout)


async def starts_a_thread() -> None:
    thread = threading.Thread(target=time.time)
    thread._started = Late()
    thread.start()


async def hands_work_to_a_thread() -> None:
    """While somebody else starts one, late: all executors share a lock for that."""
    taken = threading.Event()

    def starts_late() -> None:
        with thread._global_shutdown_lock:
            taken.set()
            time.sleep(0.3)

    threading.Thread(target=starts_late).start()
    taken.wait()
    await asyncio.to_thread(time.time)


async def shares_the_interpreter() -> None:
    """Short calls that let go of the interpreter's lock, as a write to a socket does, and get it back late."""
    over = threading.Event()

    def computes() -> None:
        while not over.is_set():
            pass

    others = [threading.Thread(target=computes) for _ in range(8)]
    for other in others:
        other.start()
    for _ in range(20):
        time.sleep(0)
    over.set()


LETS_GO = [
    waits,
    takes_many_small_steps,
    waits_for_a_thread,
    starts_a_thread,
    hands_work_to_a_thread,
    pytest.param(
        shares_the_interpreter, marks=pytest.mark.skipif(sys.platform != "linux", reason="counts no switches")
    ),
]


@pytest.mark.parametrize("work", LETS_GO)
def test_what_lets_the_loop_go_on_is_not_blamed(work):
    assert [line.function for hold in watched(work) for line in hold.lines if line.file == __file__] == []


def test_who_holds_a_loop_that_was_late_before_is_named():
    """On a busy machine the first looks see somebody else."""

    def is_late() -> None:
        time.sleep(0.06)

    def holds() -> None:
        time.sleep(0.3)

    async def is_late_and_holds() -> None:
        is_late()
        holds()

    [hold] = watched(is_late_and_holds)
    assert [line.function for line in hold.lines if line.file == __file__][-1] == "holds"


def test_two_holds_are_two():
    async def twice() -> None:
        await sleeps()
        await asyncio.sleep(0.1)
        await sleeps()

    assert len(watched(twice)) == 2


def test_coroutines_that_block_one_after_the_other_are_each_named():
    async def all_three() -> None:
        await asyncio.gather(sleeps(), sleeps(), sleeps())

    assert ["sleeps" in [line.function for line in hold.lines] for hold in watched(all_three)] == [True] * 3


def test_a_hold_that_lasts_when_the_watching_ends_is_told():
    started, loop = threading.Event(), asyncio.new_event_loop()

    async def hold() -> None:
        started.set()
        time.sleep(0.6)

    thread = threading.Thread(target=loop.run_until_complete, args=(hold(),))
    thread.start()
    started.wait(5)
    heartbeat = Heartbeat(loop, thread.ident)
    heartbeat.start()
    time.sleep(0.3)
    heartbeat.stop()
    thread.join()
    loop.close()
    assert len(heartbeat.holds) == 1 and heartbeat.holds[0].seconds >= LEAST


def test_what_was_before_the_start_is_no_hold():
    loop = asyncio.new_event_loop()
    heartbeat = Heartbeat(loop, threading.get_ident())
    time.sleep(0.02)
    started = time.monotonic()
    heartbeat.start()
    heartbeat.stop()
    loop.close()
    assert heartbeat.beaten >= started


def test_it_ends_with_its_loop():
    watched(waits)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(thread.name == "heartbeat" for thread in threading.enumerate()):
        time.sleep(0.01)
    assert not [thread for thread in threading.enumerate() if thread.name == "heartbeat"]


OUTLIVED = """
import asyncio, threading, time
from helpers.live.heartbeat import Heartbeat

for _ in range(20):
    over, loop = threading.Event(), asyncio.new_event_loop()
    threads = [threading.Thread(target=over.wait) for _ in range(60)]
    for thread in threads:
        thread.start()
    hearts = [Heartbeat(loop, thread.ident) for thread in threads]
    over.set()
    for thread in threads:
        thread.join()
    hearts += [Heartbeat(loop, thread.ident) for thread in threads]
    time.sleep(0.01)
    for heart in hearts:
        heart._used()
    loop.close()
print([hearts[0]._used(), hearts[-1]._used()])
"""


def test_a_loops_thread_that_has_ended_does_not_stop_the_process():
    done = subprocess.run([sys.executable, "-c", OUTLIVED], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "[0.0, 0.0]"), done.stderr


def is_named(work) -> bool:
    return any(line.function == work.__name__ for hold in watched(work) for line in hold.lines)


@pytest.mark.slow
def test_a_busy_machine_is_not_taken_for_a_hold():
    crowd = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(8)]
    try:
        # Not the small steps: a blocking call of 5 ms holds the loop for as long as a busy machine makes of it.
        for work in (waits, waits_for_a_thread) * 5:
            assert [line.function for hold in watched(work) for line in hold.lines if line.file == __file__] == []
        for work in (sleeps, adds_up, loops):
            assert any(map(is_named, [work] * 5)), "where the watcher itself comes late, a hold may pass unseen"
    finally:
        for process in crowd:
            process.kill()
            process.wait()


@pytest.mark.parametrize(
    ("seconds", "stood", "used", "counts"),
    [
        (0.1, 0.1, 0.0, True),
        (0.09, 0.1, 0.1, False),
        (0.3, 0.09, 0.09, False),
        (0.3, 0.0, 0.125, True),
        (0.3, 0.125, 0.0, True),
    ],
)
def test_a_hold_is_what_stood_still_or_used_the_processor_for_a_tenth_of_a_second(
    seconds, stood, used, counts, monkeypatch
):
    heartbeat = Heartbeat(asyncio.new_event_loop(), threading.get_ident())
    late = _Late(50.0, busy=8.0)
    late.look([sys._getframe()], 0)
    late.stood = stood
    monkeypatch.setattr(heartbeat, "_used", lambda: 8.0 + used)
    heartbeat._keep(late, 50.0 + seconds)
    heartbeat._loop.close()
    assert [hold.since for hold in heartbeat.holds] == ([50.0] if counts else [])


def test_the_collectors_time_is_nobodys(monkeypatch):
    heartbeat = Heartbeat(asyncio.new_event_loop(), threading.get_ident())
    heartbeat._loop.close()
    moments = iter([1.0, 1.25, 4.0, 4.5])
    monkeypatch.setattr(time, "thread_time", lambda: next(moments))
    heartbeat._collector("stop", None)  # it had begun before it was watched
    for phase in ("start", "stop", "start", "stop"):
        heartbeat._collector(phase, None)
    monkeypatch.setattr("helpers.live.heartbeat._read", lambda clock: 2.0)
    assert heartbeat._used() == 2.0 - 0.75
    monkeypatch.setattr(heartbeat, "_thread", -1)
    heartbeat._collector("start", None)  # in another thread
    assert heartbeat._collected == 0.75


def test_looks_count_time_only_where_nothing_moved(monkeypatch):
    now = [10.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    late, frame = _Late(10.0, busy=0.0), sys._getframe()
    code = type("Frame", (), {"f_code": frame.f_code, "f_lasti": 1, "f_lineno": 7})()
    for moment, instruction, switches in (
        (10.0, 1, 5),
        (10.01, 1, 5),  # stood for 10 ms
        (10.11, 1, 5),  # a look that came late speaks for 25 ms
        (10.12, 1, 6),  # switched off meanwhile
        (10.13, 2, 6),  # another instruction
    ):
        now[0], code.f_lasti = moment, instruction
        late.look([code], switches)
    assert late.stood == pytest.approx(0.035)
    assert [(line.number, line.function) for line in late.lines()] == [(7, frame.f_code.co_name)]
    code.f_lineno = 8  # the call is over, and the look came too late
    late.look([code], 6)
    assert [line.number for line in late.lines()] == [7]
    late.look([], 9)
    assert late.left_by([object()]) and not late.left_by([code]) and not late.left_by([])
