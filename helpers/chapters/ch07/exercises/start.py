"""Exercise 7.2-start: a start script that hears SIGTERM."""

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.services.process import Process, process
from helpers.services.waiting import until

# Each says in files what it did: what a process has written is there when the next one looks, whoever ends first.
# The migration takes as long as four programs take to start, so that a server that does not wait for it comes too early.
MIGRATE = """
import os, subprocess, sys
from pathlib import Path

Path("migrated").touch()
for _ in range(4):
    subprocess.run([sys.executable, "-c", "import signal, sys, time, pathlib"])
if os.environ["MIGRATION"] == "fails":
    sys.exit(3)
Path("schema").touch()
"""
SERVER = """
import signal, sys, time
from pathlib import Path

def stop(*_):
    Path("heard").touch()
    time.sleep(0.5)
    Path("finished").touch()
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
Path("serving with its schema" if Path("schema").exists() else "serving too early").touch()
for beat in range(200):
    time.sleep(0.1)
    Path(f"beat {beat}").touch()
"""
DEAF = 10  # beats of a server that runs and has heard nothing: on a busy machine they come late, and count the same


def _check_start(script: str) -> str:
    assert os.name != "nt", "this exercise runs a shell script, and Windows has no `sh`: use WSL, or read the solution."
    assert isinstance(script, str), "the script is a text: put it between triple quotes."
    with _started(script, "succeeds") as (started, did, beats):
        served = did("serving with its schema") or did("serving too early")
        words = "" if did("migrated") or served else _words(script, started) or " Start with `python migrate.py`."
        assert did("migrated") or served, f"the migration never ran.{words}"
        assert served, (
            "the server never started. `exec` puts a program in the shell's place, so no line after it is run; and after a "
            f"line that fails under `set -e` none is, either.{_words(script, started)}"
        )
        assert did("migrated"), "the migration never ran before the server was serving: start with `python migrate.py`."
        assert did("serving with its schema"), "the server was serving before the migration had ended."
        with contextlib.suppress(CourseError):  # ended by itself
            started.signal("SIGTERM")
        before = beats()
        until(lambda: did("finished") or not started.running or beats() > before + DEAF, 20.0)
        assert did("finished") or did("heard"), (
            "SIGTERM went to the shell, which ended or waited and told nobody: the server never heard it, and its task was "
            f"lost. Let the server take the shell's place with `exec`.{_words(script, started)}"
        )
        assert did("finished"), (
            "the server heard SIGTERM, but your script ended before it, and the container ends with the script: the task was "
            "lost. Let the server take the shell's place with `exec`."
        )
    with _started(script, "fails") as (_, did, _):
        assert not (did("serving with its schema") or did("serving too early")), (
            "the migration failed, and the server was started all the same, on a database that it does not fit: "
            "`set -e` ends a script at the first error."
        )
    return "The migration runs first, a failed one stops the start, and SIGTERM reaches the server itself."


@contextlib.contextmanager
def _started(script: str, migration: str) -> Iterator[tuple[Process, Callable[[str], bool], Callable[[], int]]]:
    """The script, run with `sh` until it serves or has ended; what says whether something was done, and counts the beats."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in (("start.sh", script), ("migrate.py", MIGRATE), ("server.py", SERVER)):
            (place / name).write_text(text, encoding="utf-8", newline="")

        def did(what: str) -> bool:
            return (place / what).exists()

        with process(["sh", "start.sh"], cwd=place, env={"MIGRATION": migration}, name="start.sh") as started:
            until(lambda: any(place.glob("serving*")) or not started.running, 5.0)
            yield started, did, lambda: len(list(place.glob("beat *")))


def _words(script: str, started: Process) -> str:
    """What the script itself said last, as a sentence, and what is behind a frequent riddle of it; or nothing."""
    if "\r" in script:
        return (
            " Your lines end in CRLF, as on Windows: `sh` takes the invisible CR for a part of the line's last word. "
            "End them in LF."
        )
    until(lambda: not started.running, 1.0)
    said = started.log.strip().splitlines()
    if not said:
        return ""
    bash = " `pipefail` belongs to bash, and `sh` is another shell in many images: use `set -eu`." * (
        "pipefail" in said[-1]
    )
    return f" The script said: `{said[-1].replace('`', chr(39))}`.{bash}"


def _solve_start() -> str:
    script = """
set -e
python migrate.py
exec python server.py
"""
    return script


EXERCISE = Exercise(
    id="7.2-start",
    title="a start script that hears SIGTERM",
    task="The script should run `python migrate.py`, start `python server.py` only if that went well, and let SIGTERM reach "
    "the server.",
    check=_check_start,
    hints=(
        "A shell waits for the program it has started and keeps the signals for itself. Which builtin makes it go away?",
        "And what makes a script end at the first command that fails?",
    ),
    solution=_solve_start,
    wants="value",
)
