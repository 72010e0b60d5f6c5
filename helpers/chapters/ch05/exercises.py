"""Chapter 5: its exercises, their checks and reference solutions."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import BackgroundTasks, Depends, FastAPI

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.waiting import until
from helpers.wording import logged_error


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
