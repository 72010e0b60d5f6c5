"""What learners pass to exercise 7.2-start."""

import subprocess

from tests.chapters.answers import right, stub, wrong

# Elsewhere `sh` may be bash, which knows `pipefail` and says other words.
DASH = subprocess.run(["sh", "-c", "set -o pipefail"], capture_output=True).returncode != 0


@stub("7.2-start")
def start_shipped():
    return ...


@wrong("7.2-start", says="Let the server take the shell's place with `exec`")
def start_without_exec():
    return "set -e\npython migrate.py\npython server.py\n"


@wrong("7.2-start", says="the migration failed, and the server was started all the same")
def start_without_errors():
    return "python migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="the server never started")
def start_exec_twice():
    return "set -e\nexec python migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="the migration never ran before the server")
def start_without_migration():
    return "exec python server.py\n"


@wrong("7.2-start", says="the server was serving before the migration had ended")
def start_side_by_side():
    return "python migrate.py &\nuntil [ -e migrated ]; do sleep 0.01; done\nexec python server.py\n"


@wrong("7.2-start", says="The script said: `start.sh: 2: pythonn: not found`" if DASH else "pythonn")
def start_misspelt():
    return "set -e\npythonn migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="The script said: `start.sh: 3: exec: pythonn: not found`" if DASH else "pythonn")
def start_misspelt_server():
    return "set -e\npython migrate.py\nexec pythonn server.py\n"


@(wrong("7.2-start", says="`pipefail` belongs to bash") if DASH else right("7.2-start"))
def start_as_bash():
    return "set -euo pipefail\npython migrate.py\nexec python server.py\n"


@wrong("7.2-start", says="Your lines end in CRLF")
def start_from_windows():
    return "set -e\r\npython migrate.py\r\nexec python server.py\r\n"


@wrong("7.2-start", says="your script ended before it, and the container ends with the script")
def start_with_a_trap_that_does_not_wait():
    return "python migrate.py || exit 1\npython server.py &\ntrap 'kill -TERM $!; until [ -e heard ]; do :; done; exit' TERM\nwait $!\n"


@wrong("7.2-start", says="put it between triple quotes")
def start_as_a_list():
    return ["python migrate.py", "exec python server.py"]


@right("7.2-start")
def start_in_one_line():
    return "python migrate.py && exec python server.py"


@right("7.2-start")
def start_with_a_trap():
    return """
python migrate.py || exit 1
python server.py &
trap 'kill -TERM $!' TERM
wait $!
wait $!
"""


@right("7.2-start")
def start_with_a_condition():
    return """#!/bin/sh
if ! python migrate.py; then
    echo "the migration failed" >&2
    exit 1
fi
exec python -u server.py
"""
