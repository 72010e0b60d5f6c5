"""What the appendix on queues needs besides the queues: which of them can be had here, the diary that their jobs keep, and
the page of Flower."""

import importlib.util
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from helpers.errors import reading
from helpers.live.jupyter import proxied
from helpers.notes import Note
from helpers.services.broker import Broker
from helpers.services.postgres import Postgres
from helpers.services.process import Process
from helpers.services.waiting import until

QUEUE_NAMES = ("rq", "celery", "dramatiq", "taskiq", "arq", "procrastinate")
DATA = Path(__file__).with_name("queues.json")
ARQ = "QUEUES_ARQ"  # the folder of programs of arq's own environment; `make queues` sets it


def obtainable(broker: Broker, postgres: Postgres) -> list[str]:
    """The queues that can be tried here and now; each reason why others cannot is printed, a sentence each.

    arq wants an older client of Redis than the others, so it is among them only where `make queues` has made it an
    environment of its own; nothing is printed about it, because its stored answers stand in for it.
    """
    if os.name == "nt":
        print(
            "Windows has no signals to kill a worker with, so nothing was measured here: the stored output is from Linux."
        )
        return []
    missing = {
        "rq celery dramatiq taskiq arq": ""
        if broker.available
        else "No broker answers, so no queue on Redis was measured here: set REDIS_URL to a Redis or Valkey that runs.",
        "procrastinate": postgres.why_not,
    }
    wrong = {queue: why for queues, why in missing.items() for queue in queues.split() if why}
    for queue in QUEUE_NAMES:
        if queue not in wrong and queue != "arq" and importlib.util.find_spec(queue) is None:
            wrong[queue] = f"{queue} is not installed here, so it was not measured."
    for why in dict.fromkeys(wrong.values()):
        print(why)
    return [queue for queue in QUEUE_NAMES if queue not in wrong and (queue != "arq" or ARQ in os.environ)]


def program(queue: str, command: str) -> list[str]:
    """A command's words; for arq its program is the one of arq's own environment."""
    first, *others = command.split()
    return [str(Path(os.environ[ARQ]) / first) if queue == "arq" else first, *others]


def prefix() -> list[str]:
    """The option that tells Flower where JupyterLab shows it; none outside of JupyterLab."""
    shown = proxied("{port}", "", whole=True)
    return [f"--url-prefix={shown.strip('/')}"] if shown else []


def page(server: Process, path: str) -> str:
    """The path of a page of Flower, which begins with its prefix in JupyterLab."""
    return proxied(server.port or 0, path, whole=True) or path


def show(server: Process, path: str) -> None:
    """Show a page of Flower inside the notebook; outside of JupyterLab say where it is shown."""
    if not prefix():
        print("In JupyterLab, Flower's page stands here.")
        return
    from IPython.display import IFrame, display

    display(IFrame(page(server, path), "100%", 400))


@dataclass(frozen=True)
class Line:
    """One line of the diary: `moment` in seconds of the machine's clock, the process, and the event."""

    moment: float
    pid: int
    event: str


class Diary:
    """The file in which the jobs of all queues note what they do, each line about a parcel's number or a scheduler's word."""

    def __init__(self, path: Path):
        self.path = path
        path.touch()

    def about(self, who: int | str) -> list[Line]:
        """All lines about one parcel, in their order."""
        found = []
        for line in self.path.read_text(encoding="utf-8").splitlines():
            words = line.split(" ", 3)
            if len(words) == 4 and words[2] == str(who):
                found.append(Line(float(words[0]), int(words[1]), words[3]))
        return found

    def events(self, who: int | str) -> list[str]:
        """What was noted about one parcel: ["started", "printed", "left"]."""
        return [line.event for line in self.about(who)]

    def wait(self, orders: Mapping[str, int], event: str, times: int = 1, timeout: float = 30.0) -> list[str]:
        """Wait until `event` was noted `times` about each queue's parcel, or for `timeout` seconds.

        Returns the queues about whose parcels it was; it never raises, so that the cell can say who is missing.
        """

        def done() -> list[str]:
            return [queue for queue, parcel in orders.items() if self.events(parcel).count(event) >= times]

        until(lambda: len(done()) == len(orders), timeout, f"each queue's job to note {event!r}")
        return done()


def comparison(table: Mapping[str, Mapping[str, str]]) -> Note:
    """The rows of `table`, each an answer by queue, as a table with what `make queues` has stored beside them.

    Stored answers stand in for a queue that was not measured here; an answer that nobody has is a dash.
    """
    stored = load()
    rows = {row: {**stored.answers.get(row, {}), **answers} for row, answers in table.items()}
    rows |= {row: answers for row, answers in stored.slow.items() if row not in rows}
    lines = [f"| | {' | '.join(QUEUE_NAMES)} |", "|---" * (len(QUEUE_NAMES) + 1) + "|"]
    for row, answers in rows.items():
        lines.append(f"| {row} | {' | '.join(answers.get(queue, '–') for queue in QUEUE_NAMES)} |")
    return Note("\n".join(lines))


class Stored(BaseModel):
    """What `make queues` has measured: `answers` of arq to the appendix's own cells, and `slow`, what takes minutes."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, dict[str, str]]
    slow: dict[str, dict[str, str]]


@cache
def load() -> Stored:
    """What is stored."""
    with reading(DATA):
        return Stored.model_validate_json(DATA.read_text(encoding="utf-8"))
