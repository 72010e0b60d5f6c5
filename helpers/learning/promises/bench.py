"""The service on the bench: a copy of its folder, its processes, and the clients that ask them.

Nothing is read of the code and nothing is changed in the folder: each process runs in a copy, which is removed with it.
"""

import contextlib
import itertools
import shutil
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NoReturn, Self

import httpx

from helpers.errors import CourseError
from helpers.learning.promises.plan import NAME, Plan, filled, inside
from helpers.live.client import LIMITS
from helpers.services import scratch
from helpers.services.interpreter import interpreter_of
from helpers.services.process import Process, process

__all__ = ["PATIENCE", "Bench", "Broken", "Service", "parsed", "python", "wrong"]

PATIENCE = 15.0  # seconds after which an answer comes too late; what is slow on purpose takes half a minute
STUCK = 10.0  # seconds without progress after which accepted work counts as lost
LEFT_OUT = (".*", "venv", "__pycache__", "node_modules", "*.pyc")  # also `.env`, which may name a database in use


class Broken(Exception):
    """A promise is not kept: the message is the sentence that says how."""


class Service:
    """A copy of a folder with a running service. `client` asks it; it ends, with its copy, at the end of a `with` block.

    `env` is added to the plan's. `CourseError` when it does not start.
    """

    def __init__(self, plan: Plan, folder: Path, env: dict[str, str]):
        self.plan, self.env = plan, {**plan.env, **env}
        self.folder = copied(plan, folder)
        self.tokens: dict[str, str] = {}
        self.logs: list[str] = []
        self._python = python(folder)
        self._keys = itertools.count()
        try:
            if plan.prepare:
                prepare(self._python, plan, self.folder, self.env)
            self._start()
        except BaseException:
            scratch.remove(self.folder)
            raise

    def _start(self) -> None:
        app = [self.plan.app, *(["--factory"] if self.plan.factory else [])]
        command = [self._python, "-m", "uvicorn", *app, "--host", "127.0.0.1", "--port", "{port}"]
        self.process: Process = process(command, cwd=self.folder, env=self.env, name="the service")
        self.client = self._new_client()

    def _new_client(self) -> httpx.Client:
        limits = httpx.Limits(
            max_connections=None, max_keepalive_connections=100, keepalive_expiry=LIMITS.keepalive_expiry
        )
        return httpx.Client(base_url=self.process.url, trust_env=False, verify=False, timeout=PATIENCE, limits=limits)

    def again(self) -> None:
        """Start the service once more in the same copy, after its process has ended; `Broken` when it does not start."""
        self._halt()
        try:
            self._start()
        except CourseError as error:
            raise Broken(f"Its process has ended, and {error}") from None

    def kill(self) -> None:
        """End the process at once, as `kill -9` does."""
        self.process.kill()

    def stop(self) -> None:
        """End the process at once and remove the copy."""
        self._halt()
        scratch.remove(self.folder)

    def _halt(self) -> None:
        self.logs.append(self.process.log)
        self.process.kill()
        self.client.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @property
    def log(self) -> str:
        """What all its processes have written."""
        return "\n".join([*self.logs, self.process.log])

    # What the clients of a service do

    @property
    def users(self) -> list[str]:
        """The names of the users in the plan; the first owns the work."""
        return list(self.plan.login.users)

    def log_in(self, user: str, password: str | None = None) -> httpx.Response:
        """Send a user's log-in, with another password than theirs if one is given."""
        login = self.plan.login
        words = {"user": user, "password": login.users[user] if password is None else password}
        sent: dict[str, Any] = (
            {"data": filled(login.form, **words)} if login.form else {"json": filled(login.body, **words)}
        )
        return self.ask(login.path, **sent)

    def headers(self, user: str) -> dict[str, str]:
        """The headers with which a user asks; the log-in behind them is made once."""
        if user not in self.tokens:
            answer = self.log_in(user)
            token = inside(parsed(answer), self.plan.login.token)
            if not answer.is_success or not isinstance(token, str):
                wrong(f"{self.plan.login.path} gave {answer.status_code} and no `{self.plan.login.token}` to {user!r}")
            self.tokens[user] = token
        return filled(self.plan.login.headers, token=self.tokens[user])

    def ask(self, operation: str, headers: dict[str, str] | None = None, **options: Any) -> httpx.Response:
        """Send a request such as "GET /labels"; `Broken` when no answer came in time or the connection broke."""
        method, _, path = operation.partition(" ")
        try:
            return self.client.request(method, path, headers=headers, **options)
        except httpx.TimeoutException:
            raise Broken(f"{operation} was not answered within {PATIENCE:g} s.") from None
        except httpx.TransportError as error:
            raise Broken(f"{operation} was not answered: the connection broke ({type(error).__name__}).") from None

    def order(self, key: str | None = None, body: dict[str, Any] | None = None, user: str = "") -> httpx.Response:
        """Ask for the work, by the first user and with a new key unless others are given."""
        key = f"promise-{next(self._keys)}-{uuid.uuid4().hex[:8]}" if key is None else key
        work = self.plan.work
        headers = {**self.headers(user or self.users[0]), **filled(work.headers, key=key)}
        return self.ask(filled(work.path, key=key), headers, json=filled(work.body if body is None else body, key=key))

    def accepted(self, answer: httpx.Response) -> Any:
        """The id of work that was accepted; `Broken` when it was not."""
        if not answer.is_success:
            raise Broken(f"{self.plan.work.path} answered {answer.status_code}.")
        found = inside(parsed(answer), self.plan.work.id)
        if found is None:
            wrong(f"the answer of {self.plan.work.path} holds no `{self.plan.work.id}`")
        return found

    def orders(self, count: int, at_once: int = 8) -> list[Any]:
        """The ids of so many pieces of work, accepted one and all."""
        self.headers(self.users[0])
        with ThreadPoolExecutor(at_once) as pool:
            answers = list(pool.map(lambda _: self.order(), range(count)))
        return [self.accepted(answer) for answer in answers]

    def state(self, id: Any, user: str = "") -> httpx.Response:
        """What the service shows of the work with this id."""
        return self.ask(filled(self.plan.state.path, id=id), self.headers(user or self.users[0]))

    def done(self, id: Any) -> bool:
        """Whether the work is done, as its state says."""
        return inside(parsed(self.state(id)), self.plan.state.field) == self.plan.state.done

    def undone(self, ids: list[Any]) -> list[Any]:
        """What is still not done when, for `STUCK` seconds, no more of it was."""
        left, since = list(ids), time.monotonic()
        while left and time.monotonic() - since < STUCK:
            still = [id for id in left if not self.done(id)]
            if len(still) < len(left):
                left, since = still, time.monotonic()
            time.sleep(0.05)
        return left

    def page(self, operation: str, **words: object) -> list[Any]:
        """The items of a page."""
        answer = self.ask(filled(operation, **words), self.headers(self.users[0]))
        items = inside(parsed(answer), self.plan.pages.items)
        if not answer.is_success or not isinstance(items, list):
            raise Broken(f"{filled(operation, **words)} answered {answer.status_code} and no list.")
        return items


class Bench:
    """Where the promises of the service in `folder` are measured.

    `calm()` and `slow()` give a service that promises share, until `discard()`: a start takes longer than most of them.
    """

    def __init__(self, plan: Plan, folder: Path):
        self.plan, self.folder = plan, folder
        self.python = python(folder)
        self._shared: dict[str, Service] = {}

    def calm(self) -> Service:
        """The service as it is, with whatever earlier promises have left in its database."""
        return self._one("calm", {})

    def slow(self) -> Service:
        """The service when its work, and whoever it asks, takes half a minute."""
        return self._one("slow", {**self.plan.work.slow, **self.plan.slow.env})

    def fresh(self, env: dict[str, str]) -> Service:
        """A service of its own, in the plan's environment with `env` added, for a `with` block."""
        return Service(self.plan, self.folder, env)

    def discard(self) -> None:
        """End the services that promises share."""
        while self._shared:
            self._shared.popitem()[1].stop()

    @contextlib.contextmanager
    def copy(self) -> Iterator[Path]:
        """A copy of the folder alone, in which nothing runs."""
        folder = copied(self.plan, self.folder)
        try:
            yield folder
        finally:
            scratch.remove(folder)

    def _one(self, kind: str, env: dict[str, str]) -> Service:
        if kind not in self._shared:
            self._shared[kind] = self.fresh(env)
        return self._shared[kind]


def wrong(what: str) -> NoReturn:
    """Stop: what the plan says is not what the service does."""
    raise CourseError(f"{NAME} does not fit the service: {what}.")


def copied(plan: Plan, folder: Path) -> Path:
    """A copy of the folder, without hidden files, caches and the database that may lie in it."""
    place = scratch.scratch_folder()
    own = [f"{Path(plan.health.database).name}*"] if plan.health.database else []
    try:
        shutil.copytree(folder, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns(*LEFT_OUT, *own))
    except (OSError, shutil.Error):
        scratch.remove(place)
        raise CourseError(f"The folder {folder.name!r} cannot be copied: a file in it cannot be read.") from None
    return place


def python(folder: Path) -> str:
    """The interpreter of the folder's own environment, if it has one, else that of the course."""
    return str(interpreter_of(folder) or "python")


def prepare(program: str, plan: Plan, folder: Path, env: dict[str, str]) -> None:
    """Run what the plan wants before the start; `CourseError` when it fails or takes a minute."""
    with process([program, *plan.prepare], cwd=folder, env=env, name="`prepare`") as run:
        if (ended := run.wait(60)) != "exit 0":
            raise CourseError(f"`prepare` in {NAME} ended with {ended}. {run.last_lines()}")


def parsed(answer: httpx.Response) -> Any:
    """The JSON of an answer, None for anything else."""
    try:
        return answer.json()
    except ValueError:
        return None
