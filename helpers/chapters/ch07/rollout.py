"""What sections 7.2 to 7.4 deploy on one machine: releases as folders, a load balancer that learns late, customers."""

import itertools
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import httpx

from helpers.errors import CourseError
from helpers.services.process import Process, process
from helpers.services.scratch import scratch_folder
from helpers.services.waiting import until

__all__ = ["Balancer", "Customer", "Release", "order_label", "order_parcel"]

_PATIENCE = 50.0  # seconds that a command of a release may take


class Release:
    """A copy of the folder `package` as the version `version`, which works on the database at the address `database`.

    `changes` names by file what stands in the copy in place of what: `{"parcels/orders.py": ("commit", "flush")}`. `said`
    holds what the last command printed. The copy is removed with the kernel.
    """

    def __init__(
        self, version: str, package: Path, database: str, changes: Mapping[str, tuple[str, str]] | None = None
    ):
        self.version = version
        self.folder = scratch_folder() / "parcels"
        self.said = ""
        self._given = {"PARCELS_DATABASE_URL": database, "PARCELS_VERSION": version, "PARCELS_WORK_SECONDS": "0.3"}
        self._given["NO_PROXY"] = "127.0.0.1"  # its smoke test asks a server of this machine
        self._given["TMPDIR"] = str(self.folder.parent)  # where pytest leaves its own folders
        self._given["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # the course's plugins take longer to load than its tests
        shutil.copytree(package, self.folder, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
        for file, (old, new) in (changes or {}).items():
            text = (self.folder / file).read_text(encoding="utf-8")
            if old not in text:
                raise CourseError(f"{file} does not hold what should be replaced: {old.strip()}")
            (self.folder / file).write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *command: str) -> str:
        """Run a command in the folder, e.g. `run("alembic", "upgrade", "head")`, and return how it ended: "exit 0"."""
        with process(command, cwd=self.folder, env=self._given) as run:
            ended = run.wait(_PATIENCE)
            self.said = run.log.strip()
        return ended

    def start(self) -> Process:
        """Start the service and return it when /health answers."""
        command = ["uvicorn", "parcels.service:app", "--port", "{port}"]
        return process(command, cwd=self.folder, env=self._given, ready_path="/health", name=f"version {self.version}")


class Balancer:
    """Sends each new connection to one of the servers that it knows, in turn, as kube-proxy's rules do.

    `pick()` is the address for the next one. Like those rules it is told of a change, and may learn of it late.
    """

    def __init__(self, *urls: str):
        self._known: list[tuple[float, tuple[str, ...]]] = [(0.0, urls)]
        self._turns = itertools.count()

    def tell(self, *urls: str, after: float = 0.0) -> None:
        """From `after` seconds on, there are these servers and no others."""
        self._known.append((time.monotonic() + after, urls))

    def pick(self) -> str:
        """The address of the server whose turn it is, of those that are known by now."""
        urls = [urls for since, urls in self._known if since <= time.monotonic()][-1]
        return urls[next(self._turns) % len(urls)]


Order = Callable[[httpx.Client, int], int]


def order_label(client: httpx.Client, number: int) -> int:
    """Order the label of a parcel with the customer's own number, and return that."""
    client.post(f"/parcels/{number}/label").raise_for_status()
    return number


def order_parcel(client: httpx.Client, number: int) -> int:
    """Create a parcel, and return the id that the service gave it."""
    return client.post("/parcels", json={"recipient": "Ada"}).raise_for_status().json()["id"]


class Customer(threading.Thread):
    """Places one order after the other, each on a connection of its own to `pick()`, until `leave()`.

    `accepted` holds the parcels whose order was accepted, `refused` why each of the others was not: "500", "ConnectError".
    It leaves at the end of a `with` block, also of one that is interrupted.
    """

    def __init__(self, pick: Callable[[], str], order: Order = order_label):
        super().__init__(daemon=True)
        self.accepted: list[int] = []
        self.refused: list[str] = []
        self._pick, self._order = pick, order
        self._done = threading.Event()
        self.start()

    def run(self) -> None:
        """Orders one label after the other, each by a new connection, until it is to end."""
        for number in itertools.count(1):
            if self._done.wait(0.02):
                return
            try:
                with httpx.Client(base_url=self._pick(), trust_env=False, verify=False, timeout=10.0) as client:
                    self.accepted.append(self._order(client, number))
            except httpx.HTTPStatusError as error:
                self.refused.append(str(error.response.status_code))
            except httpx.HTTPError as error:
                self.refused.append(type(error).__name__)

    def orders(self, more: int) -> None:
        """Wait until `more` orders have been accepted from now on."""
        wanted = len(self.accepted) + more
        if not until(lambda: len(self.accepted) >= wanted, 20.0):
            raise CourseError("The service accepted no more orders for 20 s.")

    def leave(self) -> None:
        """Order no more, and wait for the answer to the last order, which comes within 10 s or never."""
        self._done.set()
        self.join(15.0)

    def __enter__(self) -> "Customer":
        return self

    def __exit__(self, *exception: object) -> None:
        self._done.set()
