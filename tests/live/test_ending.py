"""Outside of a check: a served app that hangs is ended when the next one is served."""

import concurrent.futures
import queue
import subprocess
import sys
import threading
import time

import httpx
import pytest

from helpers.live import ending
from helpers.live import server as module
from helpers.live.frames import innermost, outward
from helpers.live.server import serve
from helpers.services.waiting import until
from tests.live.spinning import app_of, endpoint_spins, endpoint_spins_on_the_loop, spinning, task_spins


@pytest.mark.parametrize("endpoint", [endpoint_spins, endpoint_spins_on_the_loop, task_spins])
def test_a_request_that_hangs_does_not_outlive_its_app(endpoint, monkeypatch):
    monkeypatch.setattr(module, "HANDOVER", 0.2)
    server = serve(app_of(endpoint))
    try:
        server.client.get("/go", timeout=0.2)
    except httpx.ReadTimeout:
        pass
    begun = time.monotonic()
    assert serve(app_of(lambda: "right")).client.get("/go").json() == "right"
    assert time.monotonic() - begun < 20, "the request would have hung for good"
    assert until(lambda: not spinning(), 20), "a thread spins on"


def test_a_stuck_app_lets_go_of_its_clients():
    server = serve(app_of(endpoint_spins_on_the_loop))
    failure = []

    def ask() -> None:
        try:
            server.client.get("/go", timeout=60)
        except httpx.HTTPError as error:
            failure.append(type(error))

    client = threading.Thread(target=ask)
    client.start()
    assert until(spinning, 20)
    server.stop(0.1)
    client.join(30)
    assert not client.is_alive() and failure in ([httpx.ReadError], [httpx.RemoteProtocolError])


def test_a_loop_that_sleeps_lets_go_of_its_clients_before_it_wakes():
    begun, woke, failure = threading.Event(), threading.Event(), []

    async def sleeps() -> None:
        begun.set()
        time.sleep(5)
        woke.set()

    server = serve(app_of(sleeps))

    def ask() -> None:
        try:
            httpx.get(f"{server.url}/go", timeout=20, trust_env=False)  # a client that the server does not know
        except httpx.HTTPError:
            failure.append(woke.is_set())

    client = threading.Thread(target=ask)
    client.start()
    assert begun.wait(20)
    server.stop(0.1)
    client.join(20)
    assert failure == [False]


WAITS = {
    "event": lambda: threading.Event().wait(),
    "queue": lambda: queue.Queue().get(),
    "future": lambda: concurrent.futures.Future().result(),
}


@pytest.mark.parametrize("kind", WAITS)
def test_a_thread_that_waits_for_what_never_comes_is_woken(kind):
    def waits() -> None:
        WAITS[kind]()

    thread = threading.Thread(target=waits, daemon=True)
    thread.start()
    end_of_patience = time.monotonic() + 20
    while not any(
        frame.f_code is threading.Condition.wait.__code__ for frame in outward(innermost().get(thread.ident))
    ):
        assert time.monotonic() < end_of_patience
        time.sleep(0.01)
    assert ending.alive(thread)
    ending.raise_in(thread)
    thread.join(20)
    assert not ending.alive(thread)


TRACED = """
import sys, threading, time
from helpers.live import ending
from helpers.live.frames import innermost

waits = threading.Thread(target=lambda: threading.Event().wait(), daemon=True)
waits.start()
while innermost()[waits.ident].f_code is not threading.Condition.wait.__code__:
    time.sleep(0.01)
sys.settrace(lambda *_: None)
ending.raise_in(waits)
ending.alive(waits)
sys.settrace(None)
waits.join(20)
print("woken" if not ending.alive(waits) else "waits on")
"""


def test_a_debugger_or_coverage_does_not_stop_whoever_ends_a_thread():
    ran = subprocess.run([sys.executable, "-c", TRACED], capture_output=True, text=True, timeout=60)
    assert (ran.stdout, ran.stderr) == ("woken\n", "")


def test_what_catches_everything_is_struck_until_it_is_over():
    def stubborn() -> None:
        while True:
            try:
                time.sleep(0.001)
            except BaseException:
                pass

    thread = threading.Thread(target=stubborn, daemon=True)
    thread.start()
    ending.end(lambda: [thread], lambda: not ending.alive(thread), 20)
    assert not ending.alive(thread)


def test_what_catches_twice_needs_no_second_blow():
    def stubborn() -> None:
        while True:
            try:
                while True:
                    try:
                        time.sleep(0.001)
                    except BaseException:
                        pass
            except BaseException:
                pass

    thread = threading.Thread(target=stubborn, daemon=True)
    thread.start()
    ending.raise_in(thread)
    thread.join(20)
    assert not ending.alive(thread)


def test_only_threads_with_the_learners_code_are_struck():
    over = threading.Event()
    library = threading.Thread(target=over.wait, daemon=True)
    own = threading.Thread(target=lambda: over.wait(), daemon=True)
    for thread in (library, own):
        thread.start()
    found = ending.own_threads([library, own, threading.current_thread()])
    over.set()
    assert found == [own]


class Dying:
    def __init__(self, error: BaseException):
        self.error = error

    def __del__(self) -> None:
        raise self.error


def test_a_blow_that_no_code_can_take_is_told_to_nobody(monkeypatch):
    told: list[type] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda ignored: told.append(ignored.exc_type))
    over = threading.Thread(target=int)
    over.start()
    over.join()
    for _ in range(3):
        ending.raise_in(over)
    for error in (ending.Stop.__new__(ending.Stop), ZeroDivisionError()):  # a `Stop` that is called arms a trace here
        Dying(error)
    assert told == [ZeroDivisionError]


def test_a_thread_whose_number_another_one_has_is_not_alive(monkeypatch):
    over = threading.Thread(target=int)
    over.start()
    over.join()
    monkeypatch.setattr(over, "_ident", threading.get_ident())  # Linux gives it away at once
    assert ending.alive(threading.current_thread()) and not ending.alive(over)
