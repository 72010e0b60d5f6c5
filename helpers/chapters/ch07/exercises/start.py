"""Exercise 7.2-start: a start script that hears SIGTERM."""

import contextlib
import os
import tempfile
from pathlib import Path

from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.services.process import Process, process
from helpers.services.waiting import until

MIGRATE = "import os, sys\nprint('migrated', flush=True)\nsys.exit(int(os.environ['MIGRATION_FAILS']))\n"
SERVER = """
import signal, sys, time

def stop(*_):
    print("task finished", flush=True)
    sys.exit(0)

signal.signal(signal.SIGTERM, stop)
print("serving", flush=True)
time.sleep(20)
"""


def _check_start(script: str) -> str:
    assert os.name != "nt", "this exercise runs a shell script, and Windows has no `sh`: use WSL, or read the solution."
    assert isinstance(script, str), "the script is a text: put it between triple quotes."
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        for name, text in (("start.sh", script), ("migrate.py", MIGRATE), ("server.py", SERVER)):
            (place / name).write_text(text, encoding="utf-8")

        def start(fails: int) -> Process:
            started = process(["sh", "start.sh"], cwd=place, env={"MIGRATION_FAILS": str(fails)}, name="start.sh")
            until(lambda: "serving" in started.log or not started.running, 5.0)
            return started

        with start(fails=0) as started:
            until(lambda: "migrated" in started.log, 2.0)
            log = started.log
            assert "migrated" in log, "the migration never ran: start with `python migrate.py`."
            assert "serving" in log, (
                "the server never started. `exec` puts a program in the shell's place, so no line after it is run; and after a "
                "line that fails under `set -e` none is, either."
            )
            assert log.index("migrated") < log.index("serving"), "the server was serving before the migration had run."
            with contextlib.suppress(CourseError):  # ended by itself
                started.signal("SIGTERM")
            finished = until(lambda: "task finished" in started.log or not started.running, 5.0)
            finished = finished and until(lambda: "task finished" in started.log, 0.3)
            assert finished, (
                "SIGTERM went to the shell, which ended or waited and told nobody: the server never heard it, and its task was "
                "lost. Let the server take the shell's place with `exec`."
            )
        with start(fails=1) as started:
            assert "serving" not in started.log, (
                "the migration failed, and the server was started all the same, on a database that it does not fit: "
                "`set -e` ends a script at the first error."
            )
    return "The migration runs first, a failed one stops the start, and SIGTERM reaches the server itself."


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
