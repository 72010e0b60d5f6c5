"""Chapter 9's packages: linted and typed, its faults really there, its outbox killed with good and bad steps in it."""

import ast
import asyncio
import contextlib
import importlib
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path
from types import SimpleNamespace

import fastapi
import httpx
import nbformat
import psutil
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from helpers import Broker, Mailbox, process, record
from helpers.chapters.ch09.exercises.database import load
from helpers.chapters.ch09.exercises.packages import FILES
from helpers.chapters.ch09.lesson import source_of, yours
from helpers.learning import catalogue
from helpers.learning.exercises import body
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.waiting import until
from tests.chapters.ch09 import depot_home
from tests.services.messages import open_messages

NOTEBOOK = FILES.with_suffix(".ipynb")
book = {"to": "Grace", "email": "ada@example.org", "weight_kg": 2.5}

pytestmark = pytest.mark.skipif(os.name == "nt", reason="fork and SIGKILL")


@pytest.fixture
def packages(monkeypatch):
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    load()  # puts the chapter's folder on the path


# The files


def test_packages_pass_the_linter():
    done = subprocess.run([sys.executable, "-m", "ruff", "check", "-q", FILES], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--check", "-q", FILES], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout) == (0, "")


def test_packages_pass_the_type_checker_but_for_the_fault_under_review():
    command = ["pyrefly", "check", "--summary=none", "--output-format=min-text", "--search-path", "."]
    command += ["--search-path", "labels", "."]  # a folder of its own, as a learner's is
    done = subprocess.run([sys.executable, "-m", *command], cwd=FILES, capture_output=True, text=True)
    errors = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
    assert len(errors) == 1 and "team/after.py" in errors[0] and "`on_failure`" in errors[0]


def test_the_packages_steps_are_the_exercises_solutions():
    written = {
        node.name: node
        for node in ast.parse((FILES / "outbox" / "steps.py").read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef)
    }
    for name in ("write", "relay", "change", "listed"):
        printed = ast.parse(body(catalogue.exercise(f"9.2-{name}").solution)).body
        (solved,) = (node for node in printed if isinstance(node, ast.FunctionDef))
        shipped = written[solved.name]
        shipped.body = shipped.body[1:]  # its docstring
        assert ast.unparse(shipped) == ast.unparse(solved)


def test_tables_of_the_two_services_do_not_meet(packages):
    from outbox.models import Table
    from sqlmodel import SQLModel

    assert set(Table.metadata.tables) == {"parcel", "letter", "change"}
    assert Table.metadata is not SQLModel.metadata


# The review


class Naps:
    """A `time.sleep` during which others ask: `answered` holds, by its seconds, the paths that answered before its end."""

    def __init__(self, pool: ThreadPoolExecutor, url: str, paths: tuple[str, ...]):
        self._pool, self._url, self._paths = pool, url, paths
        self.answered: dict[float, set[str]] = {}

    def sleep(self, seconds: float) -> None:
        options = {"trust_env": False, "timeout": 60}
        asked = {self._pool.submit(httpx.get, self._url + path, **options): path for path in self._paths}
        self.answered[seconds] = {asked[answer] for answer in wait(asked, seconds).done}


@contextlib.contextmanager
def napping(server: Server, *paths: str) -> Iterator[Naps]:
    """Naps during which these paths of a server are asked, each on a connection of its own."""
    with ThreadPoolExecutor() as pool:
        yield Naps(pool, server.url, paths)


def test_each_of_the_six_remarks_is_measured(packages, monkeypatch):
    from team import after

    assert after.app.openapi()["paths"]["/parcels/{parcel_id}/reminders"]["post"]["responses"].keys() >= {"200"}
    after.journal.clear()
    with running(after.app) as server, napping(server, "/ping") as naps:
        monkeypatch.setattr(after, "time", naps)
        with record():
            refused = server.client.post("/parcels/2/reminders?asked_by=grace@example.org")
        assert refused.status_code == 404 and not after.journal, "(d) the audit is dropped"
        with record() as timeline:
            answer = server.client.post("/parcels/1/reminders?asked_by=grace@example.org")
        assert answer.status_code == 200, "(b)"
        assert answer.json() == {"status": "sent"} and timeline["mail_reminder"].started_after_response, "(f) not yet"
        assert naps.answered[0.3] == set(), "(a) everybody waits"
        assert any("asked_by=grace" in line for line in server.log), "(c) the address is in the log"
        assert any("on_failure" in line for line in server.log if line.startswith("ERROR")), "(e)"
    assert after.journal == ["grace@example.org asked", "reminded ada@example.org in en"]


# The eight faults: each is there, and nothing else is


class Sleepers:
    """A service's sleeps, which last until the test wakes them; `begun` holds the seconds that each asked for."""

    LONGEST = 20.0  # seconds: where the client waits for a sleeper, nobody wakes it

    def __init__(self) -> None:
        self.begun: list[float] = []
        self._awake = threading.Event()

    def sleep(self, seconds: float) -> None:
        self.begun.append(seconds)
        self._awake.wait(self.LONGEST)

    async def sleep_on_the_loop(self, seconds: float) -> None:
        self.begun.append(seconds)
        deadline = time.monotonic() + self.LONGEST
        while not self._awake.is_set() and time.monotonic() < deadline:
            await asyncio.sleep(0.005)

    def wake(self) -> None:
        self._awake.set()


@pytest.fixture
def hurried(packages):
    from hurried.main import app, journal

    journal.clear()
    with running(app) as server:
        yield server
        until(lambda: not server.busy, 5)


@pytest.fixture
def sleepers(hurried, monkeypatch):
    """The tasks of the hurried service, when they sleep."""
    from hurried import main

    sleepers = Sleepers()
    monkeypatch.setattr(main, "time", SimpleNamespace(sleep=sleepers.sleep))
    monkeypatch.setattr(main, "asyncio", SimpleNamespace(sleep=sleepers.sleep_on_the_loop))
    yield sleepers
    sleepers.wake()


def ask(server: Server, method: str, path: str, times: int = 1) -> list[int]:
    """The answers to so many requests, one after the other, each on a connection of its own."""
    answers = []
    for _ in range(times):
        server.client.hang_up()
        answers.append(server.client.request(method, path).status_code)
    return answers


def test_parcels_computes_an_argument_first(hurried, monkeypatch):
    from hurried import main

    draw_receipt, drawn = main.draw_receipt, []

    def draw() -> bytes:
        receipt = draw_receipt()
        drawn.append(("drawn", time.perf_counter()))
        return receipt

    monkeypatch.setattr(main, "draw_receipt", draw)
    with record(events=drawn) as timeline:
        ask(hurried, "POST", "/parcels")
    assert timeline.waited >= 0.3 and len(drawn) == 1
    assert not timeline["drawn"].started_after_response and timeline.tasks[0].started_after_response


def test_photos_blocks_the_loop(hurried, monkeypatch):
    from hurried import main

    with napping(hurried, "/ping", "/price") as naps:
        monkeypatch.setattr(main, "time", naps)
        with record() as timeline:
            ask(hurried, "POST", "/photos")
    assert naps.answered == {0.3: set()} and len(timeline.tasks) == 1


def test_labels_takes_all_threads(hurried, sleepers):
    answers = ask(hurried, "POST", "/labels", times=45)
    assert set(answers) == {202}
    assert until(lambda: len(sleepers.begun) == 40, 10), "forty threads, and five labels wait"
    with napping(hurried, "/price") as naps:
        naps.sleep(0.3)
        assert ask(hurried, "GET", "/ping") == [200]
        sleepers.wake()
    assert naps.answered == {0.3: set()}, "/price waits for a thread"


def test_claims_holds_its_sessions(hurried, sleepers):
    assert ask(hurried, "POST", "/claims", times=3) == [202, 202, 500]


def test_orders_loses_its_second_task(hurried):
    with record() as timeline:
        ask(hurried, "POST", "/orders")
    assert [task.error for task in timeline.tasks] == ["ConnectionError"]
    hurried.client.hang_up()
    assert hurried.client.get("/journal").json() == []


def test_slots_keeps_its_place(hurried):
    with record() as timeline:
        ask(hurried, "GET", "/slots", times=2)
    first, second = timeline.tasks
    assert timeline["client#2"].end >= first.end and second.start >= first.end


def test_address_changes_in_the_task(hurried, sleepers):
    street = f"{random.random()} New Street"
    with record():
        changed = hurried.client.put("/address", json={"street": street})
        meanwhile = hurried.client.get("/address").json()["street"]
        sleepers.wake()
    assert changed.status_code == 204 and meanwhile != street
    assert hurried.client.get("/address").json()["street"] == street


def test_notices_wait_for_each_other(hurried):
    with record() as timeline:
        ask(hurried, "POST", "/notices")
    assert [late.start >= early.end for early, late in zip(timeline.tasks, timeline.tasks[1:])] == [True, True]


@pytest.mark.parametrize(("path", "entry"), [("/surveys", "survey"), ("/exports", "export")])
def test_the_others_are_sound(hurried, sleepers, path, entry):
    with record() as timeline:
        hurried.client.post(path)
        pinged, priced = hurried.client.get("/ping"), hurried.client.get("/price")
        meanwhile = hurried.client.get("/journal").json()
        sleepers.wake()
    assert (pinged.status_code, priced.status_code) == (200, 200)
    assert entry not in meanwhile, "three answers came while the task ran"
    assert timeline.tasks[0].started_after_response and entry in hurried.client.get("/journal").json()


# The audit trail


@pytest.fixture
def stored(packages, tmp_path):
    """A database with one parcel, as sqlite3 sees it, past the service."""
    from outbox.models import Table
    from sqlmodel import create_engine

    engine = create_engine(f"sqlite:///{tmp_path}/parcels.db")
    for _ in range(2):  # a service that starts again finds the triggers there
        Table.metadata.create_all(engine)
    engine.dispose()
    with contextlib.closing(sqlite3.connect(tmp_path / "parcels.db")) as database:
        values = "'key', 'Grace', 'ada@example.org', 2.5, 1"
        database.execute(f'INSERT INTO parcel (key, "to", email, weight_kg, version) VALUES ({values})')
        yield database


def trail(database: sqlite3.Connection) -> list[tuple]:
    return database.execute('SELECT what, version, "to", weight_kg FROM change ORDER BY id').fetchall()


def test_every_change_is_kept_whoever_makes_it(stored):
    stored.execute("UPDATE parcel SET weight_kg = 3, version = 2")
    stored.execute("UPDATE parcel SET deleted_at = '2026-11-26', version = 3")
    assert trail(stored) == [
        ("created", 1, "Grace", 2.5),
        ("changed", 2, "Grace", 3),
        ("deleted", 3, "Grace", 3),
    ]
    stored.execute("DELETE FROM parcel")
    assert trail(stored)[3:] == [("erased", 3, "Grace", 3)]


def test_a_change_that_is_rolled_back_leaves_no_trace(stored):
    stored.commit()
    stored.execute("UPDATE parcel SET weight_kg = 3")
    stored.rollback()
    assert trail(stored) == [("created", 1, "Grace", 2.5)]


@pytest.mark.parametrize("statement", ["DELETE FROM change", "UPDATE change SET weight_kg = 9"])
def test_the_trail_is_only_added_to(stored, statement):
    with pytest.raises(sqlite3.IntegrityError, match="only added to"):
        stored.execute(statement)
    assert trail(stored) == [("created", 1, "Grace", 2.5)]


# The service of 9.2 as its clients see it


@pytest.fixture
def client(packages, tmp_path, monkeypatch):
    """The service with one parcel, whose letters nobody takes."""
    from fastapi.testclient import TestClient

    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/parcels.db")
    for name in ("outbox.main", "outbox.store"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    main = importlib.import_module("outbox.main")
    monkeypatch.setattr(main, "relay_once", lambda closing: 0)
    with TestClient(main.app) as asked:
        asked.post("/parcels", json=book, headers={"Idempotency-Key": "one"})
        yield asked
    main.engine.dispose()
    for name in ("outbox.main", "outbox.store"):
        sys.modules.pop(name)


def test_a_patch_changes_what_was_sent_and_needs_the_version(client):
    def patch(changes: object, tag: str = '"1"') -> httpx.Response:
        return client.patch("/parcels/1", json=changes, headers={"If-Match": tag})

    for wrong in ({"to": None}, {"weight_kg": 31}, {"to": ""}, {"email": "grace@example.org"}, {"version": 7}):
        assert patch(wrong).status_code == 422, wrong
    for stale in ('"2"', '"x"', "", '"²"', f'"{10**30}"'):
        assert patch({"weight_kg": 3}, stale.encode()).status_code == 412, stale
    answer = patch({"weight_kg": 3})
    assert answer.json() == {"id": 1, "to": "Grace", "weight_kg": 3, "version": 2} and answer.headers["ETag"] == '"2"'
    assert patch({"weight_kg": 4}).status_code == 412


def test_what_no_letter_can_be_sent_to_and_no_column_can_hold_is_refused(client):
    for to in ("a@b\nX: y", "<", "a@["):  # one of these in the outbox stopped all letters
        body = book | {"email": to}
        assert client.post("/parcels", json=body, headers={"Idempotency-Key": to.encode()}).status_code == 422, to
    assert client.get("/parcels", params={"before": -(10**20)}).status_code == 422
    assert client.put("/parcels/1/address", json={"to": ""}, headers={"If-Match": '"1"'}).status_code == 422


def test_a_key_belongs_to_what_came_with_it_first(client):
    def post(**other: object) -> int:
        return client.post("/parcels", json=book | other, headers={"Idempotency-Key": "one"}).status_code

    assert [post(), post(to="Somebody else"), post(email="grace@example.org"), post(weight_kg=3)] == [
        201,
        409,
        409,
        409,
    ]
    client.put("/parcels/1/address", json={"to": "Ada"}, headers={"If-Match": '"1"'})
    client.delete("/parcels/1")
    assert post() == 201, "an honest repetition, whatever became of the parcel"


def test_what_is_deleted_is_gone_for_all_but_the_trail(client):
    assert [client.delete("/parcels/1").status_code for _ in range(2)] == [204, 404]
    assert client.get("/parcels").json() == []
    for method, path, options in [
        ("GET", "", {}),
        ("PATCH", "", {"json": {"weight_kg": 3}, "headers": {"If-Match": '"2"'}}),
        ("PUT", "/address", {"json": {"to": "Ada"}, "headers": {"If-Match": '"2"'}}),
    ]:
        assert client.request(method, f"/parcels/1{path}", **options).status_code == 404
    assert [change["what"] for change in client.get("/parcels/1/changes").json()] == ["created", "deleted"]


def test_what_the_database_was_told_at_night_makes_no_later_order_a_500(client):
    engine = sys.modules["outbox.main"].engine

    def hand_in(key: str) -> httpx.Response:
        return client.post("/parcels", json=book, headers={"Idempotency-Key": key})

    with engine.begin() as night:
        night.execute(text("UPDATE parcel SET weight_kg = 9"))
    assert hand_in("one").status_code == 201
    with engine.begin() as night:
        night.execute(text("DELETE FROM parcel"))
    assert hand_in("two").json()["id"] == 2, "an erased parcel's number is not given again"
    trail = client.get("/parcels/1/changes").json()
    assert [line["what"] for line in trail] == ["created", "changed", "erased"]
    for statement in ("DELETE FROM change", "REPLACE INTO change SELECT * FROM change"):
        with pytest.raises(IntegrityError, match="only added to"), engine.begin() as night:
            night.execute(text(statement))


def test_a_service_that_ends_sends_the_letter_that_is_on_its_way_and_no_more(tmp_path):
    shutil.copytree(FILES / "outbox", tmp_path / "outbox")
    with Mailbox(delay=1.0) as mailbox:
        env = {"DATABASE_URL": f"sqlite:///{tmp_path}/parcels.db", "SMTP_HOST": mailbox.host}
        env["SMTP_PORT"] = str(mailbox.port)
        command = "uvicorn outbox.main:app --port {port}".split()
        with process(command, cwd=tmp_path, env=env, ready_path="/owed") as service:
            for number in range(15):
                service.client.post("/parcels", json=book, headers={"Idempotency-Key": str(number)})
            # One is on its way for a second more, the relay is in the middle of all the others.
            assert until(lambda: len(mailbox) >= 2 and open_messages(mailbox) == 1, 30)
            before = len(mailbox)
            service.stop(timeout=30)
        with contextlib.closing(sqlite3.connect(tmp_path / "parcels.db")) as rows:
            [noted] = rows.execute("SELECT count(*) FROM letter WHERE sent_at IS NOT NULL").fetchone()
        assert before < noted == len(mailbox) < 15


# The outbox under kill -9


BAD_RELAY = """

def relay(session, send):
    letters = session.exec(select(Letter).where(col(Letter.sent_at).is_(None))).all()
    for letter in letters:
        letter.sent_at = now()
        session.commit()
        send(letter)
    return len(letters)
"""
BAD_WRITE = """

def create_parcel(session, key, new):
    parcel = Parcel(key=key, **new.model_dump())
    session.add(parcel)
    session.commit()
    session.refresh(parcel)
    import time; time.sleep(0.03)  # what a busy machine puts between two commits
    session.add(Letter(parcel_id=parcel.id, to=parcel.email))
    session.commit()
    return parcel
"""


def killed_twenty_times(folder: Path, steps: str) -> int:
    """How many of the promised letters did not come."""
    shutil.copytree(FILES / "outbox", folder / "outbox")
    with open(folder / "outbox" / "steps.py", "a") as file:
        file.write(steps)

    def ask(method: str, path: str, **options):
        while True:
            try:
                return service.client.request(method, path, **options)
            except httpx.TransportError:
                continue

    def kill():
        until(service.children, 10)
        for pid in service.children():
            os.kill(pid, signal.SIGKILL)

    with Mailbox(delay=0.03) as mailbox:
        env = {
            "DATABASE_URL": f"sqlite:///{folder}/parcels.db",
            "SMTP_HOST": mailbox.host,
            "SMTP_PORT": str(mailbox.port),
        }
        command = ["python", "-m", "outbox.phoenix", "outbox.main", "{port}"]
        with process(command, cwd=folder, env=env, ready_path="/owed") as service:
            for number in range(20):
                killer = threading.Timer(random.uniform(0, 0.1), kill)
                killer.start()
                for count in range(3):
                    answer = ask("POST", "/parcels", json=book, headers={"Idempotency-Key": f"{number}-{count}"})
                    assert answer.status_code == 201
                killer.join()
            assert until(lambda: ask("GET", "/owed").json() == 0, 40)
        return 60 - len({letter["X-Parcel"] for letter in mailbox})


@pytest.mark.slow
@pytest.mark.parametrize(
    ("steps", "loses"),
    [("", False), (BAD_RELAY, True), (BAD_WRITE, True)],
    ids=["the course's", "notes before it sends", "commits twice"],
)
def test_the_outbox_loses_nothing_and_bad_steps_do(tmp_path, steps, loses):
    lost = killed_twenty_times(tmp_path, steps)
    print(f"{lost} of 60 letters lost")
    assert (lost > 0) is loses


# Many clients at once


async def hand_in_at_once(url: str, count: int) -> list[int]:
    limits = httpx.Limits(max_connections=count)
    async with httpx.AsyncClient(
        base_url=url, headers=depot_home.ADA, timeout=60, limits=limits, trust_env=False
    ) as client:
        asked = [
            client.post("/parcels", json=book, headers={"Idempotency-Key": str(number)}) for number in range(count)
        ]
        return [answer.status_code for answer in await asyncio.gather(*asked)]


@pytest.mark.slow
@pytest.mark.parametrize(("app", "ready"), [("outbox.main:app", "/owed"), ("depot.main:app", "/jobs")])
def test_eighty_clients_at_once_are_all_answered(tmp_path, app, ready):
    """Twice as many as there are threads, and many more than the pool has connections; and streams hold no place."""
    if app.startswith("depot"):
        depot_home.furnish(tmp_path)
    with Mailbox() as mailbox, contextlib.ExitStack() as streams:
        env = depot_home.environment(tmp_path, mailbox)
        with process(f"uvicorn {app} --port {{port}}".split(), cwd=FILES, env=env, ready_path=ready) as service:
            assert asyncio.run(hand_in_at_once(service.url, 80)) == [201] * 80
            if app.startswith("depot"):
                client = streams.enter_context(
                    httpx.Client(base_url=service.url, headers=depot_home.ADA, trust_env=False)
                )
                for _ in range(12):
                    streams.enter_context(client.stream("GET", "/parcels/1/events"))
            assert service.client.get(ready, headers=depot_home.ADA).status_code == 200
            streams.close()


# A reader's steps as a module

CELLS = [
    "import json\nfrom email.message import Message as Post, EmailMessage",
    "%matplotlib inline",
    "limit = 3\n\n\ndef helper(value):\n    return later(value)",
    "@decorated\ndef later(value):\n    return json.dumps([value, limit])",
    "def decorated(function):\n    return function\n\n\ndef step(letter: Post) -> str:\n    return helper(letter)  # old",
    "def step(letter: Post) -> str:\n    return helper(letter)\n\n\nnot_used = step",
]


def test_a_step_takes_along_what_it_uses_in_an_order_in_which_it_runs():
    code = source_of(["step"], CELLS)
    space: dict = {}
    exec(code, space)
    assert space["step"]("a") == '["a", 3]'
    assert code.count("def step") == 1 and "# old" not in code and "not_used" not in code


def test_what_the_module_has_already_is_left_to_it_and_circles_end():
    assert source_of(["even"], ["def even(n):\n    return n == 0 or odd(n - 1)", "def odd(n):\n    return even(n - 1)"])
    assert source_of(["relay"], ["def relay(session):\n    return select(Letter)"]).strip().endswith("select(Letter)")


def test_the_readers_router_is_served_or_the_courses_on_the_readers_shelf():
    from helpers.chapters.ch09.exercises import face

    def space(written: str) -> dict:
        names = {**vars(face), **vars(fastapi), "shelf": face.Shelf()}
        exec(f"retrying = APIRouter()\n@retrying.post('/parcels')\ndef mine() -> None: {written}", names)
        return names

    solved = space("shelf.add(1)")
    assert yours("retrying", "9.1-retry", solved) is solved["retrying"]
    stub = space("...")
    made = yours("retrying", "9.1-retry", stub)
    assert made is not stub["retrying"] and "create_parcel_once" not in stub
    stub["shelf"] = face.Shelf()  # a later cell's
    app = fastapi.FastAPI()
    app.include_router(made)
    with running(app) as server:
        assert server.client.post("/parcels", json=book, headers={"Idempotency-Key": "one"}).status_code == 201
    assert [parcel.to for parcel in stub["shelf"].parcels.values()] == ["Grace"]


# The notebook, as a reader leaves it


def notebook(**solved: str) -> nbformat.NotebookNode:
    """The notebook, with the cells of these ids replaced."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    assert solved.keys() <= {cell.id.replace("-", "_") for cell in book.cells}
    for cell in book.cells:
        cell.source = solved.get(cell.id.replace("-", "_"), cell.source)
    return book


def run(book: nbformat.NotebookNode, **environment: str) -> dict[str, str]:
    """Executes it and gives what each cell printed, by id."""
    client = NotebookClient(
        book, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(NOTEBOOK.parent)}}
    )
    client.execute(env={**os.environ, **environment})
    return {
        cell.id: "\n".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in cell.outputs)
        for cell in book.cells
        if cell.cell_type == "code"
    }


def solve(book: NotebookNode, exercise: Exercise) -> None:
    """Put an exercise's solution into the notebook in the place of its stub."""
    call = f'check("{exercise.id}", '
    cell = next(cell for cell in book.cells if cell.cell_type == "code" and call in cell.source)
    code, line = body(exercise.solution), cell.source[cell.source.index(call) :]
    kept = [part for part in cell.source.split("\n\n\n")[0].split("\n\n") if "import" in part or "sys." in part]
    cell.source = "\n\n\n".join([*kept, textwrap.dedent(code), line])


@pytest.mark.slow
def test_with_every_step_solved_the_readers_own_code_is_killed():
    """Each stub replaced by its solution: all checks say SOLVED, and the outbox runs with these functions."""
    book = nbformat.read(NOTEBOOK, as_version=4)
    for exercise in catalogue.exercises(9):
        solve(book, exercise)
    said = run(book)
    checked = [text for text in said.values() if any(f"· {exercise.id}" in text for exercise in catalogue.exercises(9))]
    assert len([text for text in checked if text.startswith("SOLVED")]) == len(catalogue.exercises(9))
    assert "written by you: ['create_parcel', 'relay', 'change_address', 'list_parcels']" in said["crud-gauntlet"]
    assert "letters that came: 60" in said["crud-gauntlet"]


HELPERS = """
from json import dumps


def try_to_send(session, letter, send):
    try:
        send(letter)
    except OSError:
        return False
    letter.sent_at = now()
    session.commit()
    return dumps(True)


def relay(session: Session, send: Callable[[Letter], None]) -> int:
    owed = session.exec(select(Letter).where(col(Letter.sent_at).is_(None)).order_by(col(Letter.id))).all()
    return sum(bool(try_to_send(session, letter, send)) for letter in owed)


check("9.2-relay", relay)
"""
BLOCK = """
def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
    with session.begin():
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
    return parcel


check("9.2-write", create_parcel)
"""
SECTION_9_2 = ("cases-imports", "cases-forgetful", "cases-order", "cases-gauntlet", "face-domain")


def section(**solved: str) -> nbformat.NotebookNode:
    """What section 9.2 needs of the notebook, with the cells of these ids replaced."""
    book = notebook(**solved)
    book.cells = [cell for cell in book.cells if cell.id in SECTION_9_2 or cell.id.startswith(("crud-", "outbox-"))]
    return book


@pytest.mark.slow
def test_steps_with_helpers_of_their_own_and_a_transaction_of_their_own_lose_nothing():
    said = run(section(crud_relay=HELPERS, outbox_write=BLOCK))
    assert said["crud-relay"].startswith("SOLVED") and said["outbox-write"].startswith("SOLVED")
    assert "letters that came: 60" in said["crud-gauntlet"]


@pytest.mark.slow
def test_a_relay_that_fails_is_told_by_its_own_words():
    failing = "def relay(session: Session, send: Callable[[Letter], None]) -> int:\n    return nobody_knows(session)"
    begun = time.monotonic()
    with pytest.raises(CellExecutionError) as raised:
        run(section(crud_relay=failing))
    assert "the service says: NameError: name 'nobody_knows' is not defined" in str(raised.value)
    assert time.monotonic() - begun < 60


@pytest.mark.slow
def test_without_a_broker_it_says_so_and_goes_on():
    said = run(notebook(), REDIS_URL="redis://127.0.0.1:1/0")
    silent = ("whole-start", "whole-one", "whole-load-measured", "whole-broker", "whole-resume")
    assert all("There is no broker here" in said[cell] for cell in silent)
    assert said["whole-stop"] == "running: []\n"


BEGUN = ("whole-imports", "whole-commands", "whole-build", "whole-start")


@pytest.mark.slow
def test_section_3_runs_alone_and_each_of_its_cells_again():
    """After a restart, with the imports; then twice, and once more when the service has been stopped."""
    source = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    again = [
        "whole-one",
        "whole-merge",
        "whole-spans",
        "whole-load-measured",
        "whole-board",
        "whole-broker",
        "whole-resume",
        "whole-stop",
    ]
    first = ["cases-imports", "whole-web", *BEGUN, "whole-follow"]
    cells = [*first, *(cell for cell in again for _ in range(2)), "whole-broker", "whole-spans", *again]
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(NOTEBOOK.parent))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=30)
        for number, cell in enumerate(cells):
            reply = client.execute_interactive(source[cell], timeout=120, output_hook=lambda message: None)
            assert reply["content"]["status"] == "ok", (number, cell, reply["content"])
    finally:
        client.stop_channels()
        manager.shutdown_kernel()


@pytest.mark.slow
@pytest.mark.parametrize("end", ["killed", "interrupted", "failing cell"])
def test_nothing_is_left_running(end):
    """The kernel's end, however it comes, ends web, relay, worker and broker."""
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    wanted = ("cases-imports", *BEGUN)
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(NOTEBOOK.parent))
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=30)
        for cell in cells:
            if cell.id in wanted:
                client.execute_interactive(cell.source, timeout=60, output_hook=lambda message: None)
        kernel = psutil.Process(manager.provisioner.process.pid)
        family = list(kernel.children(recursive=True))
        assert len([child for child in family if "depot" in " ".join(child.cmdline())]) >= 3
        if end == "failing cell":
            client.execute_interactive("1 / 0", timeout=30, output_hook=lambda message: None)
        elif end == "interrupted":
            client.execute("import time; time.sleep(30)")
            time.sleep(0.5)
            manager.interrupt_kernel()
        if end == "killed":
            kernel.kill()
        else:
            manager.shutdown_kernel()
        assert until(lambda: not any(child.is_running() and child.status() != "zombie" for child in family), 15)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.slow
def test_a_job_that_cannot_be_done_is_given_up(tmp_path):
    """A photo that is none fails in the worker, is tried again when its lease ends, and is given up at last."""
    depot_home.furnish(tmp_path)
    with Broker() as broker, Mailbox() as mailbox:
        told = {"REDIS_URL": broker.url, "QUEUE": tmp_path.name, "LEASE": "0.3", "ATTEMPTS": "3"}
        env = depot_home.environment(tmp_path, mailbox, **told)
        options = {"cwd": FILES, "env": env}
        with (
            process("uvicorn depot.main:app --port {port}".split(), ready_path="/jobs", **options) as web,
            process(["python", "-m", "depot.relay"], ready_text="relaying", **options),
            process(["python", "-m", "depot.worker"], ready_text="Listening on", **options),
        ):
            web.client.headers.update(depot_home.ADA)
            assert web.client.put("/parcels/1/photo", files={"photo": b"none"}).status_code == 404
            assert web.client.get("/parcels/1/events").status_code == 404
            place = web.client.post("/parcels", json={"to": "Grace", "email": "ada@example.org"}).headers["Location"]
            assert web.client.put(f"{place}/photo", files={"photo": b"none"}).status_code == 202
            assert "receipt mailed" in web.client.get(f"{place}/events", timeout=60).text
            counted = {"parcels": 1, "done": 1, "owed": 0, "given_up": 1, "repeated": 1}
            assert web.client.get("/jobs").json() == counted
    with contextlib.closing(sqlite3.connect(tmp_path / "parcels.db")) as database:
        assert database.execute("SELECT name, attempts FROM job ORDER BY id").fetchall() == [
            ("receipt", 1),
            ("thumbnail", 3),
        ]
