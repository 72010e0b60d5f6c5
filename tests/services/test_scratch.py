"""The notebooks' scratch folder: there while the kernel lives, gone when it is gone, however it went; and the kept one."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from helpers import scratch_folder
from helpers.services.scratch import kept_folder

KERNEL = """
import subprocess, sys
from helpers import scratch_folder
folder = scratch_folder()
(folder / "deep").mkdir()
(folder / "deep" / "parcels.db").write_text("rows")
print(folder, flush=True)
{end}
"""


def started(end: str) -> tuple[subprocess.Popen, Path]:
    """A Python that has a scratch folder and then does what `end` says."""
    kernel = subprocess.Popen(
        [sys.executable, "-c", KERNEL.format(end=end)], stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    )
    return kernel, Path(kernel.stdout.readline().strip())


def gone(folder: Path, seconds: float = 10) -> bool:
    """Whether the folder is removed within that time."""
    end = time.monotonic() + seconds
    while folder.exists() and time.monotonic() < end:
        time.sleep(0.02)
    return not folder.exists()


def test_each_call_gives_an_empty_folder_of_its_own():
    one, two = scratch_folder(), scratch_folder()
    assert one != two and list(one.iterdir()) == list(two.iterdir()) == []


def test_it_stays_while_the_kernel_lives_and_goes_with_it():
    kernel, folder = started("sys.stdin.read()")
    time.sleep(0.5)
    assert (folder / "deep" / "parcels.db").exists()
    kernel.communicate()
    assert gone(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_killed_kernel_leaves_nothing():
    kernel, folder = started("sys.stdin.read()")
    assert folder.exists()
    kernel.send_signal(signal.SIGKILL)
    kernel.communicate()
    assert gone(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not fork")
def test_a_forked_child_that_lives_on_does_not_keep_it():
    child = "import os, time\nif os.fork() == 0:\n    time.sleep(60)\nsys.stdin.read()"
    kernel, folder = started(child)
    kernel.send_signal(signal.SIGKILL)
    kernel.wait()
    assert gone(folder)


def test_who_still_writes_is_waited_for():
    write = "import pathlib, sys\\nfor n in range(5000):\\n    (pathlib.Path(sys.argv[1]) / str(n)).touch()"
    kernel, folder = started(f"subprocess.Popen([sys.executable, '-c', '{write}', str(folder)], stderr=-3)")
    kernel.communicate()
    assert gone(folder)


def test_a_kept_folder_is_the_same_each_time_and_outlives_its_kernel(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COURSE_RUN")
    folder = kept_folder("depot")
    assert folder == kept_folder("depot") == tmp_path.resolve() / ".kept" / "depot"
    assert os.name == "nt" or folder.stat().st_mode & 0o077 == 0, "nobody else enters"


@pytest.mark.parametrize("checked", [True, False])
def test_where_nothing_is_to_be_kept_or_can_be_it_is_a_scratch_folder(tmp_path, monkeypatch, checked):
    monkeypatch.chdir(tmp_path)
    if not checked:
        monkeypatch.delenv("COURSE_RUN")
        (tmp_path / ".kept").write_text("a file where the folder would be")
    one, two = kept_folder("depot"), kept_folder("depot")
    assert one != two and tmp_path.resolve() not in one.parents and list(one.iterdir()) == []
