"""The end of a JupyterLab that the tests start: whatever keeps its process, nothing of it stays."""

import subprocess
import sys
import time

import pytest

from tests.browser.lab_driver import stop

# Takes connections, like JupyterLab, until it is told to end.
SERVER = """
import signal, socket, subprocess, sys, threading
server = socket.create_server(("127.0.0.1", 0))
signal.signal(signal.SIGTERM, {})
{}
print(server.getsockname()[1], flush=True)
signal.pause()
"""
ENDS = ("lambda *_: (server.close(), sys.exit())", "")
IDLE_THREAD = (ENDS[0], "threading.Thread(target=threading.Event().wait).start()")
DEAF = ("signal.SIG_IGN", "")


def begun(ends: tuple[str, str]) -> tuple[subprocess.Popen, int]:
    process = subprocess.Popen([sys.executable, "-c", SERVER.format(*ends)], stdout=subprocess.PIPE, text=True)
    return process, int(process.stdout.readline())


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize(("ends", "status"), [(ENDS, 0), (IDLE_THREAD, -9)])
def test_what_has_ended_but_for_an_idle_thread_is_killed(ends, status):
    process, port = begun(ends)
    stop(process, port)
    assert process.returncode == status


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_what_goes_on_listening_is_told_and_killed():
    process, port = begun(DEAF)
    begin = time.monotonic()
    with pytest.raises(RuntimeError, match="did not stop within 1 s"):
        stop(process, port, 1)
    assert process.returncode == -9 and time.monotonic() - begin >= 1
