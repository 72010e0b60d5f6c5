"""Looking at the stacks of all threads is safe: a look never stops the process."""

import gc
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from helpers.live.frames import innermost

# The collector lets other threads run whenever it is called, and these start threads all the time.
CROWDED = """
import gc, sys, threading, time
from helpers.live.frames import innermost
gc.callbacks.append(lambda phase, info: time.sleep(0))
gc.set_threshold(1)
end = time.monotonic() + 1.0

def start_threads():
    while time.monotonic() < end:
        threading.Thread(target=int).start()

threading.Thread(target=start_threads).start()
while time.monotonic() < end:
    assert threading.get_ident() in {look}()
"""


def looks(look: str) -> bool:
    """Whether a process that looks for a second beside starting threads comes to its end."""
    try:
        subprocess.run([sys.executable, "-c", CROWDED.replace("{look}", look)], check=True, timeout=15)
    except subprocess.TimeoutExpired:
        return False
    return True


def test_a_look_beside_starting_threads_never_stops_the_process():
    assert looks("innermost")


@pytest.mark.slow
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python collects elsewhere since 3.12")
def test_a_bare_look_does_stop_it():
    # A process may be spared: whether a thread starts inside the collection is chance.
    assert not all(looks("sys._current_frames") for _ in range(25))


def test_many_looks_at_once_leave_the_collector_on():
    end, switching = time.monotonic() + 1.0, sys.getswitchinterval()

    def look() -> None:
        while time.monotonic() < end:
            innermost()

    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(lambda _: look(), range(3)))
        assert gc.isenabled()
    finally:
        sys.setswitchinterval(switching)
        gc.enable()


def test_a_look_leaves_the_collector_as_it_was():
    assert innermost()[threading.get_ident()] and gc.isenabled()
    gc.disable()
    try:
        innermost()
        assert not gc.isenabled()
    finally:
        gc.enable()
