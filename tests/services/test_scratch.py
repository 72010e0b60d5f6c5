"""The notebooks' scratch folder: there while the kernel lives, gone when it is gone, however it went; and the kept one.

And what is said where the system has no room for it, nor for anything else that is temporary.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from helpers import Broker, CourseError, Postgres, process, scratch_folder
from helpers.services import broker, postgres
from helpers.services.observed import observe
from helpers.services.project import Project
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


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kernel_that_is_killed_as_soon_as_its_folder_is_made_leaves_nothing(tmp_path):
    code = """if True:
        import os, signal
        make = os.mkdir
        def make_and_die(*arguments, **options):
            make(*arguments, **options)
            os.kill(os.getpid(), signal.SIGKILL)
        os.mkdir = make_and_die
        from helpers import scratch_folder
        scratch_folder()
    """
    kernel = subprocess.run([sys.executable, "-c", code], env={**os.environ, "TMPDIR": str(tmp_path)})
    assert kernel.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


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


# Where there is no room

NEEDING = {
    "scratch_folder": scratch_folder,
    "process": lambda: process(["python", "-c", ""]),
    "Broker": lambda: Broker().start(),
    "Postgres": lambda: Postgres().start(),
    "Project": Project,
    "observe": lambda: observe(Path(__file__).parents[2] / "notebooks" / "appendix_your_service" / "healthy"),
}
THERE = {"Broker": Broker().kind != broker.NONE, "Postgres": Postgres().kind != postgres.NONE}


@pytest.mark.parametrize("name", NEEDING)
def test_where_no_temporary_file_can_be_made_a_sentence_says_so(name, tmp_path, monkeypatch):
    if not THERE.get(name, True):
        pytest.skip(f"no {name} for this system")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "gone"))
    with pytest.raises(CourseError, match="No temporary file can be made here: .*set TMPDIR to a folder"):
        NEEDING[name]()


FULL = """
import contextlib, sys, tempfile
from pathlib import Path
from helpers import CourseError, process
from helpers.services.project import Project

tempfile.tempdir = sys.argv[1]
project = Project()
with open(Path(sys.argv[1]) / "others", "wb", buffering=0) as others, contextlib.suppress(OSError):
    while True:
        others.write(bytes(4096))
for act in (lambda: project.write("main.py", "x" * 4096), lambda: process(["python", "-c", "print(1)"], ready_text="1")):
    try:
        act()
    except CourseError as error:
        print(error)
"""
MOUNT = 'mount -t tmpfs -o size=64k tmpfs "$1" && exec "$2" -c "$3" "$1"'


def mounts() -> bool:
    """Whether this user may mount a file system that nobody else sees."""
    unshare = shutil.which("unshare")
    trial = unshare and subprocess.run([unshare, "-m", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return bool(trial) and trial.returncode == 0


def test_on_a_full_disk_nobody_waits_for_a_word_that_cannot_be_written(tmp_path):
    if not mounts():
        pytest.skip("only root of Linux can fill a disk of its own")
    told = subprocess.run(
        ["unshare", "-m", "sh", "-c", MOUNT, "sh", tmp_path, sys.executable, textwrap.dedent(FULL)],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert told.stderr == "" and told.stdout.splitlines() == [
        "main.py cannot be written: No space left on device.",
        "No temporary file can be made here: No space left on device. Make room, or set TMPDIR to a folder that has "
        "some, and restart the kernel.",
    ]
