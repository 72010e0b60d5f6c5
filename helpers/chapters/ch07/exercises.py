"""Chapter 7: its exercises, their checks and reference solutions."""

import contextlib
import os
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

import httpx
from fastapi import FastAPI, HTTPException

from helpers.chapters.ch07.lesson import Bank, Desk, Killed
from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.process import Process, process
from helpers.services.waiting import until
from helpers.wording import logged_error

# What the cells ask of the machine, and of the processes that they start


# Exercises


def _check_enqueue(app: FastAPI, desk: Desk) -> str:
    with running(app) as server:
        try:
            desk.reset(down=False, held=False)
            answer = server.client.post("/parcels/7/label")
            at_the_answer = list(desk.accepted)
            desk.entered.wait(0.3)  # by a task, after the answer
            assert answer.status_code < 500, (
                f"with a broker that works, your app answered {answer.status_code}: {logged_error(server.log)}."
            )
            assert desk.calls, "nothing was enqueued: `desk.enqueue(parcel)` was never called."
            assert at_the_answer, (
                "the client had its 202 before the broker had the job. Between the two, a crash loses the job, and a broker "
                "that is down is told to nobody: enqueue inside the path operation, not in a background task."
            )
            assert at_the_answer == [7], f"parcel 7 should be enqueued once, but the broker got {at_the_answer}."
            assert answer.status_code == 202, f"202 was asked for, but {answer.status_code} came."
            assert answer.json() == {"job": "job-7"}, f'{{"job": "job-7"}} was asked for, but {answer.json()} came.'
            assert _others_are_served(server, desk), (
                "while your path operation waited for the broker, nobody else was answered: `enqueue` blocks, and an "
                "`async def` path operation runs on the event loop. A `def` path operation runs in a thread."
            )
            desk.reset(down=True, held=False)
            server.client.hang_up()
            answer = server.client.post("/parcels/8/label")
        finally:
            desk.reset(down=False, held=False)
    assert answer.status_code != 202, (
        "the broker was down, and the client was told 202: nobody will ever print that label. Answer what is true, 503."
    )
    assert answer.status_code != 500, (
        "the broker was down, and the client got 500, which says that your code is wrong. It is not: catch the "
        "ConnectionError and raise `HTTPException(503)`, so that clients know that they may try again."
    )
    assert answer.status_code == 503, f"with the broker down 503 was asked for, but {answer.status_code} came."
    return "202 means that the broker has the job, 503 that it has not, and nobody else waits for either."


def _others_are_served(server: Server, desk: Desk) -> bool:
    """Whether another client gets an answer while `enqueue` is held."""
    desk.reset(down=False, held=True)
    asking = threading.Thread(target=lambda: server.client.post("/parcels/7/label"), daemon=True)
    asking.start()
    desk.entered.wait(5.0)
    with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=30.0) as other:
        other.get("/openapi.json")
    served = not desk.left.is_set()
    desk.may_leave.set()
    asking.join(5.0)
    return served


def _solve_enqueue() -> tuple[FastAPI, Desk]:
    desk = Desk()
    app = FastAPI()

    @app.post("/parcels/{parcel}/label", status_code=202)
    def label(parcel: int) -> dict[str, str]:
        try:
            return {"job": desk.enqueue(parcel)}
        except ConnectionError:
            raise HTTPException(503, "try again in a moment", headers={"Retry-After": "5"}) from None

    return app, desk


def _check_twice(job: Callable[[int, Bank], object]) -> str:
    def bookings(parcels: list[int], kill: str = "") -> int:
        bank = Bank()
        for parcel in parcels:
            bank.kill, kill = kill, ""
            with contextlib.suppress(Killed):
                job(parcel, bank)
        assert set(bank.booked) <= {490}, f"490 cents were asked for, but the bank booked {bank.booked}."
        return len(bank.booked)

    once = bookings([101])
    assert once, "the job ran, and the bank booked nothing: call `bank.charge(490, ...)`."
    assert once == 1, f"one run of the job booked {once} times."
    assert bookings([102, 103]) == 2, (
        "two parcels were charged and only one was booked: the key must tell one parcel from another."
    )
    killed_late = bookings([104, 104], "after")
    assert killed_late != 2 or bookings([105, 105]) != 2, (
        "the job was delivered twice, and the sender paid twice: give the bank a `key` that is the same each time this "
        "parcel is charged, and no random one."
    )
    assert killed_late == 1, (
        "the worker was killed after the bank had booked and before your job could remember that, and the sender paid twice. "
        "Only the bank can know: pass it a `key`."
    )
    assert bookings([106, 106], "before") == 1, (
        "the worker was killed before the bank had booked, and the second run did nothing, because your job had noted the "
        "parcel as done. Nobody ever paid. Note nothing before the work: let the bank tell by the `key`."
    )
    return "However often the job is delivered and wherever it is killed, the sender pays once."


def _solve_twice() -> Callable[[int, Bank], None]:
    def charge_sender(parcel: int, bank: Bank) -> None:
        bank.charge(490, key=f"parcel-{parcel}")

    return charge_sender


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


EXERCISES = [
    Exercise(
        id="7.1-enqueue",
        title="enqueue without freezing anybody",
        task='`POST /parcels/{parcel}/label` should answer 202 with `{"job": <the id>}` when the broker has the job, 503 when '
        "it is down, and keep nobody else waiting.",
        check=_check_enqueue,
        hints=(
            "`desk.enqueue(parcel)` blocks. Which kind of path operation may block, `def` or `async def`?",
            "A broker that is down shows as a ConnectionError from `desk.enqueue`. Which status code says: not your fault, "
            "not mine for long, try again?",
        ),
        solution=_solve_enqueue,
        wants=("app", "value"),
        routes=("POST /parcels/{parcel}/label",),
    ),
    Exercise(
        id="7.1-twice",
        title="a job that may run twice",
        task="`charge_sender(parcel, bank)` should charge 490 cents once for each parcel, however often it is delivered and "
        "wherever it is killed.",
        check=_check_twice,
        hints=(
            "Whatever your job remembers by itself can be lost between the charge and the note. Who else can remember?",
            "`bank.charge(cents, key)` books a key once. What is the same in every delivery of this job, and different for "
            "every other parcel?",
        ),
        solution=_solve_twice,
        wants="function",
    ),
    Exercise(
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
    ),
]
