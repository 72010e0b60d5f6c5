"""Chapter 7: its predictions, exercises and reference solutions, and what its cells ask of the machine."""

import asyncio
import contextlib
import importlib.util
import os
import re
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException

from helpers.broker import GIVEN, Broker
from helpers.errors import CourseError, Interrupted
from helpers.exercises import Exercise
from helpers.predictions import Prediction
from helpers.processes import Process, process
from helpers.readiness import until
from helpers.server import Server, running
from helpers.wording import logged_error

PREDICTIONS = [
    Prediction(
        id="7.3-lambda",
        question="The same app, with its label as a background task of 0.4 s, moves from uvicorn to AWS Lambda. How long do "
        "its clients wait there?",
        options={
            "a": "a few milliseconds, because a background task runs after the response",
            "b": "a few milliseconds, but Lambda ends before the label is printed",
            "c": "0.4 s and a little more, because the task is part of what Lambda waits for",
        },
        answer="c",
        because={
            "a": "After the response was handed to the server. Here the server is an adapter that waits for the whole call.",
            "b": "It would, if the adapter returned at once. It returns when the app's call has ended, tasks included.",
        },
        shown_by="The two waits and the two events show it.",
    ),
    Prediction(
        id="7.1-workers",
        question="Three workers run. One of them has answered 202 and is printing the label when it is killed. Who prints the "
        "label?",
        options={
            "a": "one of the two other workers, because they share the tasks",
            "b": "the worker that is started in its place",
            "c": "the parent process, which knows what its workers were doing",
            "d": "nobody",
        },
        answer="d",
        because={
            "a": "Workers share a listening socket, and nothing else.",
            "b": "It starts with an empty list of tasks, like every process.",
            "c": "The parent starts and stops workers. What they do, it does not know.",
        },
        shown_by="A new worker was started, and no log line says that the label was printed.",
    ),
    Prediction(
        id="7.1-grace",
        question="A server with `--timeout-graceful-shutdown 1` gets SIGTERM while a `def` task and an `async def` task run, "
        "both of 3 s. What becomes of them?",
        options={
            "a": "the `async def` task is cancelled and can tell; the `def` task vanishes without a word",
            "b": "both are cancelled with a CancelledError",
            "c": "both run to their end, because the server waits for background tasks",
            "d": "the `def` task runs to its end in its thread; the `async def` task is cancelled",
        },
        answer="a",
        because={
            "b": "A thread cannot be cancelled from outside.",
            "c": "It waits without limit only where no limit was set.",
            "d": "A thread lives no longer than its process, and the process ends when the grace is over.",
        },
        shown_by="The second row of the table shows it.",
    ),
    Prediction(
        id="7.1-late",
        question="Two Celery jobs run, memory runs out, and the system kills the processes that work on them. One is an ordinary "
        "task, one has `acks_late=True, reject_on_worker_lost=True`. Which one is run again?",
        options={
            "a": "both, because a queue never loses a job",
            "b": "only the one with `acks_late`",
            "c": "none, unless it is also given a retry",
        },
        answer="b",
        because={
            "a": "By default Celery acknowledges a message before the work, so the broker has forgotten it by then.",
            "c": "A retry is asked for by code that runs. This code was killed.",
        },
        shown_by="Its start stands in the worker's log twice.",
    ),
]


# What the cells ask of the machine, and of the processes that they start


def told(service: Process, about: str = "") -> list[str]:
    """What the package parcels logged in a process and its children, e.g. everything about "label 7"."""
    return [message for _, message in _lines(service) if f"{message} ".startswith(f"{about} " if about else "")]


def who(service: Process, message: str) -> list[int]:
    """The ids of the processes that logged a message, the latest last."""
    return [pid for pid, logged in _lines(service) if logged == message]


def _lines(service: Process) -> list[tuple[int, str]]:
    found = re.findall(r"^parcels\.\w+\[(\d+)\] (.+)$", service.log, re.MULTILINE)
    return [(int(pid), message) for pid, message in found]


def side_by_side(start: Callable[[str], Process], keys: Iterable[str]) -> dict[str, Process]:
    """Start one process for each key at the same time, and wait until all are ready.

    When one cannot start, or the cell is interrupted, those that did are ended, too.
    """
    started: dict[str, Process] = {}

    def begin(key: str) -> None:
        started[key] = start(key)  # noted here: an interrupt may come before `submit` has returned its future

    keys = list(keys)
    with ThreadPoolExecutor() as pool:
        try:
            for future in [pool.submit(begin, key) for key in keys]:
                future.result()
        except BaseException as error:
            pool.shutdown(cancel_futures=True)
            for member in started.values():
                member.kill()
            if isinstance(error, KeyboardInterrupt):
                raise Interrupted("Interrupted while processes were starting: they were ended.") from None
            raise
    return {key: started[key] for key in keys}


@contextlib.contextmanager
def scratch() -> Iterator[dict[str, str]]:
    """An environment whose temporary folder is a fresh one, which is removed at the end of the block.

    Celery's pool makes an empty folder at its start (billiard/heap.py) and never needs it again, but a worker that is
    killed leaves it behind.
    """
    with tempfile.TemporaryDirectory(prefix="worker-") as folder:
        yield {"TMPDIR": folder}


class Lambda:
    """Calls a handler as Lambda's Python runtime does: with an event, in a thread without an event loop, one at a time.

    `adapter(app)` makes the handler. The event is that of an HTTP API or function URL, payload version 2.0
    (docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html).
    """

    def __init__(self, adapter: Callable[[FastAPI], Callable[[dict, Any], dict]], app: FastAPI):
        self._thread = ThreadPoolExecutor(1)
        self._handler = self._thread.submit(adapter, app).result()

    def post(self, path: str) -> dict[str, Any]:
        """Call the handler for POST `path` and return what Lambda would send on."""
        http = {"method": "POST", "path": path, "sourceIp": "203.0.113.7"}
        event = {
            "version": "2.0",
            "rawPath": path,
            "rawQueryString": "",
            "headers": {},
            "requestContext": {"http": http},
        }
        return self._thread.submit(self._handler, event, None).result()

    def end(self) -> None:
        """Take the environment away, with whatever is still pending in it."""
        self._thread.submit(_close_event_loop).result()
        self._thread.shutdown()


def _close_event_loop() -> None:
    loop = asyncio.get_event_loop_policy().get_event_loop()
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    loop.run_until_complete(asyncio.gather(*pending, return_exceptions=True))
    loop.close()


class Customer(threading.Thread):
    """Orders one label after the other from the service at `url`, which may change meanwhile, until `leave()`.

    `accepted` holds the parcels whose order was answered with 202, `refused` counts the orders that failed.
    """

    def __init__(self, url: str):
        super().__init__(daemon=True)
        self.url = url
        self.accepted: list[int] = []
        self.refused = 0
        self._done = threading.Event()
        self.start()

    def run(self) -> None:
        parcel = 0
        while not self._done.wait(0.02):
            parcel += 1
            try:
                with httpx.Client(trust_env=False, verify=False, timeout=10.0) as client:
                    client.post(f"{self.url}/parcels/{parcel}/label").raise_for_status()
                self.accepted.append(parcel)
            except httpx.HTTPError:
                self.refused += 1

    def orders(self, more: int) -> None:
        """Wait until `more` orders have been accepted from now on."""
        wanted = len(self.accepted) + more
        if not until(lambda: len(self.accepted) >= wanted, 20.0):
            raise CourseError("The service accepted no more orders for 20 s.")

    def leave(self) -> None:
        self._done.set()
        self.join()


def possible(broker: Broker | None = None) -> bool:
    """Whether this machine has what an experiment needs: POSIX signals and, if one is passed, a broker that answers.

    Where not, one sentence is printed in place of the experiment.
    """
    if os.name == "nt":
        print("Windows has no such signals, so nothing was measured here: the stored output is from Linux.")
        return False
    if broker is not None and not broker.available:
        print("No broker answers, so nothing was measured here: set REDIS_URL to a Redis or Valkey that runs.")
        return False
    return True


def lab() -> str | None:
    """The path under which JupyterLab serves this kernel's reader, with slashes around; None outside of JupyterLab."""
    if importlib.util.find_spec("jupyter_server_proxy") is None:
        return None
    if prefix := os.environ.get("JUPYTERHUB_SERVICE_PREFIX"):
        return prefix
    with contextlib.suppress(ImportError, KeyError, ValueError, OSError):
        from jupyter_server.serverapp import list_running_servers

        parent = int(os.environ["JPY_PARENT_PID"])
        return next((server["base_url"] for server in list_running_servers() if server["pid"] == parent), None)
    return None


def prefix() -> list[str]:
    """The option that tells Flower where JupyterLab shows it; none outside of JupyterLab."""
    base = lab()
    return [f"--url-prefix={base.strip('/')}/proxy/absolute/{{port}}".replace("=/", "=")] if base else []


def page(server: Process, path: str) -> str:
    """The path of a page of Flower, which begins with its prefix in JupyterLab."""
    base = lab()
    return f"{base}proxy/absolute/{server.port}{path}" if base else path


def show(server: Process, path: str) -> None:
    """Show a page of Flower inside the notebook; outside of JupyterLab say where it is shown."""
    if lab() is None:
        print("In JupyterLab, Flower's page stands here.")
        return
    from IPython.display import IFrame, display

    display(IFrame(page(server, path), "100%", 400))


def tidy(broker: Broker, queue: str, flower: Process) -> None:
    """Take away what the jobs of `queue` left in a broker that outlives the notebook (REDIS_URL), after ending Flower.

    An embedded broker, and Flower's page with it, stay until the kernel ends.
    """
    if broker.kind != GIVEN:
        return
    flower.stop()  # or it would write its bindings anew
    from rq import Queue
    from rq.registry import FailedJobRegistry, FinishedJobRegistry, StartedJobRegistry
    from rq.results import Result

    kinds = ("finished", "failed", "wip", "workers", "deferred", "scheduled", "canceled")
    with broker.client() as client:
        found = Queue(queue, connection=client)
        for registry in (FailedJobRegistry, FinishedJobRegistry, StartedJobRegistry):
            for id in registry(queue=found).get_job_ids(cleanup=False):
                if job := found.fetch_job(id):
                    Result.delete_all(job)
                    job.delete()
        found.delete(delete_jobs=True)
        workers = list(client.smembers(f"rq:workers:{queue}"))  # one was killed and could not sign off
        if workers:
            client.srem("rq:workers", *workers)
        left = [*workers, *(f"rq:{kind}:{queue}" for kind in kinds), *client.scan_iter(f"{queue}:*")]
        client.delete(*left)


# Exercises


class Desk:
    """A queue's client, like RQ's or Celery's: `enqueue(parcel)` blocks until the broker has the job, and returns its id.

    While `down`, it tries for a moment and raises ConnectionError. `accepted` holds what the broker has got.
    """

    def __init__(self) -> None:
        self.down = False
        self.accepted: list[int] = []
        self.calls = 0
        self.entered, self.may_leave, self.left = threading.Event(), threading.Event(), threading.Event()
        self.may_leave.set()

    def enqueue(self, parcel: int) -> str:
        self.calls += 1
        self.entered.set()
        time.sleep(0.05)
        self.may_leave.wait(1.0)
        self.left.set()
        if self.down:
            raise ConnectionError("the broker does not answer")
        self.accepted.append(parcel)
        return f"job-{parcel}"

    def reset(self, *, down: bool, held: bool) -> None:
        self.down, self.calls = down, 0
        self.accepted.clear()
        for event in (self.entered, self.left, self.may_leave):
            event.clear()
        if not held:
            self.may_leave.set()


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


class Killed(BaseException):
    """What a job sees of SIGKILL: nothing. Only the check sees it."""


class Bank:
    """A bank's service: `charge(cents, key)` books an amount. A key that it has seen before books nothing again."""

    def __init__(self) -> None:
        self.booked: list[int] = []
        self._keys: set[str] = set()
        self.kill = ""

    def charge(self, cents: int, key: str | None = None) -> None:
        kill, self.kill = self.kill, ""
        if kill == "before":
            raise Killed
        if key is None or key not in self._keys:
            self.booked.append(cents)
        if key is not None:
            self._keys.add(key)
        if kill == "after":
            raise Killed


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
