"""What a learner left running, an endless loop or a wait for what never comes, is ended with its check: the next one is right."""

import asyncio
import queue
import sys
import threading
import time

import pytest
from fastapi import BackgroundTasks, FastAPI

from helpers.learning import attempts
from helpers.learning.exercises import NOT_YET, SOLVED, Exercise, judge
from helpers.live.recording import record
from helpers.live.server import live, running
from helpers.services.mailbox import Mailbox
from helpers.services.waiting import until
from tests.live.spinning import (
    app_of,
    endpoint_spins,
    endpoint_spins_on_the_loop,
    spin,
    spin_on_the_loop,
    spinning,
    task_spins,
)

END = 3.0  # seconds, after which a sleeper of this file lets go


def right() -> str:
    return "right"


def task_spins_on_the_loop(tasks: BackgroundTasks) -> None:
    tasks.add_task(spin_on_the_loop)


def waits_for_its_task(tasks: BackgroundTasks) -> None:
    done = threading.Event()
    tasks.add_task(done.set)
    done.wait()


async def awaits_its_task(tasks: BackgroundTasks) -> None:
    done = asyncio.Event()
    tasks.add_task(done.set)
    await done.wait()


def polls_for_its_task(tasks: BackgroundTasks) -> None:
    done = []
    tasks.add_task(done.append, 1)
    while not done:
        time.sleep(0.01)


def task_never_ends(tasks: BackgroundTasks) -> None:
    async def forever() -> None:
        while True:
            await asyncio.sleep(0.05)

    tasks.add_task(forever)


def task_swallows_its_cancellation(tasks: BackgroundTasks) -> None:
    async def stubborn() -> None:
        while True:
            try:
                await asyncio.sleep(0.05)
            except asyncio.CancelledError:
                pass

    tasks.add_task(stubborn)


def catches_everything() -> None:
    while True:
        try:
            try:
                spin()
            except BaseException:
                pass
        except BaseException:
            print("caught")


def waits_for_a_queue() -> None:
    queue.Queue().get()


async def creates_a_task_that_spins() -> None:
    asyncio.create_task(spin_on_the_loop())


async def spins_in_to_thread() -> None:
    await asyncio.to_thread(spin)


def starts_a_thread_that_spins() -> None:
    threading.Thread(target=spin).start()


def sleeps() -> None:
    time.sleep(END)
    print("woken")


async def sleeps_on_the_loop() -> None:
    time.sleep(END)
    print("woken")


FOUR = [endpoint_spins, endpoint_spins_on_the_loop, task_spins, task_spins_on_the_loop]
OTHERS = [
    waits_for_its_task,
    awaits_its_task,
    polls_for_its_task,
    task_never_ends,
    task_swallows_its_cancellation,
    catches_everything,
    waits_for_a_queue,
    creates_a_task_that_spins,
    spins_in_to_thread,
    starts_a_thread_that_spins,
]
SLEEPERS = [sleeps, sleeps_on_the_loop]


def checked(app: FastAPI, mailbox: Mailbox) -> str:
    delay, mailbox.delay = mailbox.delay, 0.3
    try:
        with running(app) as server:
            with record():
                answer = server.client.get("/go")
    finally:
        mailbox.delay = delay
    if answer.text != '"right"':  # no plain assert, which pytest rewrites in this file
        raise AssertionError(f"{answer.status_code} came.")
    return "It is right."


# As those of the chapters, the check is none of the learner's own code.
checked.__code__ = checked.__code__.replace(co_filename=attempts.__file__)
EXERCISE = Exercise("1.1-x", "X", "Answer.", checked, ("?",), lambda: None, wants=("app", "value"))


@pytest.fixture(scope="module")
def mailbox():
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def soon(monkeypatch):
    monkeypatch.setattr(attempts, "DEADLINE", 0.5)


def running_threads() -> int:
    """Those that the interpreter runs; `threading` also lists one whose start was struck."""
    return len(sys._current_frames())


def prove(endpoint, mailbox: Mailbox, capfd, left: int = 0) -> None:
    """A check that runs into its deadline leaves the kernel as it was, but for `left` threads that sleep."""
    before = running_threads()
    begun = time.monotonic()
    assert judge(EXERCISE, (app_of(endpoint), mailbox)).state == NOT_YET
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(attempts, "DEADLINE", 10.0)  # as it is: half a second may be short on a busy machine
        assert judge(EXERCISE, (app_of(right), mailbox)) == (SOLVED, "It is right.", ())
    assert time.monotonic() - begun < 9, "the second attempt would have waited for its own deadline, 10 s"
    assert mailbox.delay == 0 and live() == []
    assert until(lambda: running_threads() <= before + left, 30), threading.enumerate()
    assert not spinning(), "a thread spins on"
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("endpoint", FOUR + OTHERS)
def test_what_runs_on_is_ended_and_the_next_check_is_right(endpoint, mailbox, soon, capfd):
    prove(endpoint, mailbox, capfd)


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", FOUR + OTHERS)
def test_it_is_ended_ten_times_in_a_row(endpoint, mailbox, soon, capfd):
    for _ in range(10):
        prove(endpoint, mailbox, capfd)


@pytest.mark.parametrize("endpoint", SLEEPERS)
def test_what_sleeps_is_set_aside_and_ends_when_it_wakes(endpoint, mailbox, soon, capfd):
    before = running_threads()
    prove(endpoint, mailbox, capfd, left=2)
    assert until(lambda: running_threads() <= before, 30), threading.enumerate()
    assert capfd.readouterr() == ("", ""), "nothing is printed into a later cell"


def test_a_check_that_cannot_be_woken_leaves_no_setting_behind(mailbox, soon):
    def stuck(sleep, mailbox):
        mailbox.delay = 0.3
        try:
            sleep()
        finally:
            mailbox.delay = 0.0

    exercise = Exercise("1.1-x", "X", "Answer.", stuck, ("?",), lambda: None, wants=("function", "value"))
    assert "did not finish" in judge(exercise, (lambda: time.sleep(END), mailbox)).message
    assert mailbox.delay == 0


def test_what_ran_before_the_check_goes_on(mailbox, soon):
    steps = []
    over = threading.Event()

    def own_thread() -> None:
        while not over.is_set():
            steps.append(1)
            time.sleep(0.01)

    thread = threading.Thread(target=own_thread)
    thread.start()
    try:
        with running(app_of(right)) as own:
            assert judge(EXERCISE, (app_of(endpoint_spins), mailbox)).state == NOT_YET
            assert own.client.get("/go").text == '"right"'
        count = len(steps)
        assert until(lambda: len(steps) > count, 30)
    finally:
        over.set()
        thread.join()


def test_a_loop_that_a_check_in_time_has_left_is_ended_too(mailbox, capfd):
    before = sys.gettrace()
    prove(starts_a_thread_that_spins, mailbox, capfd)
    assert sys.gettrace() is before
