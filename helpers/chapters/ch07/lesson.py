"""What the notebook of chapter 7 imports: what its cells ask of the machine and of the processes that they start."""

import asyncio
import importlib.util
import itertools
import os
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import FastAPI

from helpers.errors import CourseError
from helpers.services.broker import EMBEDDED, GIVEN, Broker
from helpers.services.postgres import Postgres
from helpers.services.process import Process
from helpers.services.waiting import until


def told(service: Process, about: str = "") -> list[str]:
    """What the package parcels logged in a process and its children, e.g. everything about "label 7"."""
    return [message for _, message in _lines(service) if f"{message} ".startswith(f"{about} " if about else "")]


def steps(service: Process, about: str) -> list[str]:
    """The same without what it is about, and so equal for each parcel: ["started", "printed"] for "label 7"."""
    return [message.removeprefix(about).strip() for message in told(service, about)]


def who(service: Process, message: str) -> list[int]:
    """The ids of the processes that logged a message, the latest last."""
    return [pid for pid, logged in _lines(service) if logged == message]


def _lines(service: Process) -> list[tuple[int, str]]:
    found = re.findall(r"^parcels\.\w+\[(\d+)\] (.+)$", service.log, re.MULTILINE)
    return [(int(pid), message) for pid, message in found]


LONGEST_CALL = 30.0  # seconds that a handler may take


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
        try:
            return self._thread.submit(self._handler, event, None).result(LONGEST_CALL)
        except TimeoutError:
            raise CourseError(f"The handler has not answered within {LONGEST_CALL:g} s.") from None

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


# What a server of another maker needs beside its own program.
_NEEDS = {"gunicorn": ("gunicorn", "uvicorn_worker")}
_OPTIONAL = "granian"


def installed(server: str) -> bool:
    """Whether this environment has a server, e.g. "granian"."""
    return all(importlib.util.find_spec(name) for name in _NEEDS.get(server, (server,)))


def present(servers: Iterable[str]) -> list[str]:
    """Those of `servers` that this environment has; one sentence for each other that it should have."""
    found = [server for server in servers if installed(server)]
    for server in servers:
        if server not in (*found, _OPTIONAL):
            print(f"{server} is not installed here, so its rows are missing.")
    return found


def other_address(address: str = "127.0.0.2") -> bool:
    """Whether this machine has a second address to connect from; macOS has not. Where not, one sentence is printed."""
    with socket.socket() as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            print(f"This machine has no {address}, so nothing was measured here: the stored output is from Linux.")
            return False
    return True


def may_stop(broker: Broker, database: Postgres) -> bool:
    """Whether both run and are the course's own, which a cell may stop. Where not, one sentence is printed."""
    if broker.kind != EMBEDDED:
        why = "The broker of REDIS_URL is not ours to stop" if broker.kind == GIVEN else "There is no broker here"
    elif not database.available:
        why = "There is no PostgreSQL here"
    else:
        broker.start()
        return True
    print(f"{why}, so nothing was measured here.")
    return False


def wait_for_celery(client: Any, queue: str) -> None:
    """Wait until one message of `queue` at most is not acknowledged.

    Celery's worker acknowledges an early one when it hears from its child that the job has begun, which the child's own
    log says before (celery/worker/request.py, `on_accepted`).
    """
    if not until(lambda: client.hlen(f"{queue}:unacked") < 2, 20.0):
        raise CourseError("Celery's worker has acknowledged no message within 20 s.")


def wait_for_rq(broker: Broker, queue: str, service: Process) -> None:
    """Wait until `queue` is empty and its worker idle; RQ notes a job's end a moment after the job's last line.

    A worker that was killed says for ever that it is at work, so only the one that runs as `service` is asked. One that has
    just taken a job is still called idle: the job then stands in a list of its own (rq/queue.py, `intermediate_queue`).
    """
    from rq import Queue, Worker

    with broker.client() as client:
        jobs = Queue(queue, connection=client)

        def idle() -> bool:
            states = [worker.get_state() for worker in Worker.all(queue=jobs) if worker.pid == service.pid]
            return states == ["idle"] and jobs.count == 0 and not client.llen(jobs.intermediate_queue_key)

        if not until(idle, 20.0):
            raise CourseError("RQ's jobs have not ended within 20 s.")


def tidy(broker: Broker, queue: str) -> None:
    """Take away what the jobs of `queue` left in a broker that outlives the notebook (REDIS_URL).

    An embedded broker stays until the kernel ends.
    """
    if broker.kind != GIVEN:
        return
    from rq import Queue
    from rq.registry import FailedJobRegistry, FinishedJobRegistry, ScheduledJobRegistry, StartedJobRegistry

    kinds = ("finished", "failed", "wip", "workers", "deferred", "scheduled", "canceled")
    with broker.client() as client:
        found = Queue(queue, connection=client)
        for registry in (FailedJobRegistry, FinishedJobRegistry, ScheduledJobRegistry, StartedJobRegistry):
            for id in registry(queue=found).get_job_ids(cleanup=False):
                if job := found.fetch_job(id):
                    job.delete()  # with its results, since RQ 3
        found.delete(delete_jobs=True)
        workers = list(client.smembers(f"rq:workers:{queue}"))  # one was killed and could not sign off
        if workers:
            client.srem("rq:workers", *workers)
        left = [*workers, *(f"rq:{kind}:{queue}" for kind in kinds), *client.scan_iter(f"{queue}:*")]
        client.delete(*left)


class Desk:
    """A queue's client, like RQ's or Celery's: `enqueue(parcel)` blocks until the broker has the job, and returns its id.

    While `down`, it tries for a moment and raises ConnectionError. `accepted` holds what the broker has got, `last_id` the id
    that it gave last; no id can be told from a parcel's number.
    """

    def __init__(self) -> None:
        self.down = False
        self.accepted: list[int] = []
        self.calls = 0
        self.last_id = ""
        self._ids = itertools.count(4711, 13)
        self.entered, self.may_leave, self.left = threading.Event(), threading.Event(), threading.Event()
        self.may_leave.set()

    def enqueue(self, parcel: int) -> str:
        """Hand the broker a job for `parcel` and return its id; ConnectionError while the broker is down. Blocks."""
        self.calls += 1
        self.entered.set()
        time.sleep(0.05)
        self.may_leave.wait(1.0)
        self.left.set()
        if self.down:
            raise ConnectionError("the broker does not answer")
        self.accepted.append(parcel)
        self.last_id = f"job-{next(self._ids)}"
        return self.last_id

    def reset(self, *, down: bool, held: bool) -> None:
        """Forget what has come; from now on be `down` or not, and hold each `enqueue` until `may_leave` is set or not."""
        self.down, self.calls = down, 0
        self.accepted.clear()
        for event in (self.entered, self.left, self.may_leave):
            event.clear()
        if not held:
            self.may_leave.set()


class Part:
    """What a service leans on, a broker or a database: `await part.ping()` returns, raises ConnectionError, or hangs.

    `asked` and `gave_in` tell a check whether it was asked, and whether somebody waited until it spoke.
    """

    def __init__(self) -> None:
        self.reset("up", 0.0)

    def reset(self, state: str, long: float) -> None:
        """From now on be "up", "down" or "silent", for `long` seconds; forget who asked."""
        self._state, self._long = state, long
        self.asked = self.gave_in = False

    async def ping(self) -> None:
        """Return when the part answers; ConnectionError when it is down. One that is silent is silent for seconds."""
        self.asked = True
        if self._state == "down":
            raise ConnectionError("nobody listens")
        if self._state == "silent":
            await asyncio.sleep(self._long)
            self.gave_in = True


class Killed(BaseException):
    """What a job sees of SIGKILL: nothing. Only the check sees it."""


class Bank:
    """A bank's service: `charge(cents, key)` books an amount. A key that it has seen before books nothing again."""

    def __init__(self) -> None:
        self.booked: list[int] = []
        self._keys: set[str] = set()
        self.kill = ""

    def charge(self, cents: int, key: str | None = None) -> None:
        """Book `cents`, unless `key` was booked before. `kill`, set by a check, ends the job before or after it, once."""
        kill, self.kill = self.kill, ""
        if kill == "before":
            raise Killed
        if key is None or key not in self._keys:
            self.booked.append(cents)
        if key is not None:
            self._keys.add(key)
        if kill == "after":
            raise Killed
