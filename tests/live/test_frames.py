"""Looking at the stacks of all threads is safe: a look never stops the process."""

import gc
import subprocess
import sys
import threading

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


def test_a_look_leaves_the_collector_as_it_was():
    assert innermost()[threading.get_ident()] and gc.isenabled()
    gc.disable()
    try:
        innermost()
        assert not gc.isenabled()
    finally:
        gc.enable()
