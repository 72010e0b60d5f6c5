"""Exercise 5.5-senders: two statements for all."""

from collections import Counter
from typing import TYPE_CHECKING

from fastapi import FastAPI

from helpers.chapters.ch05.exercises.database import execute, locked, statements
from helpers.chapters.ch05.exercises.office import in_the_office
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.office import (
        Sender,
        SenderRecipients,
        Session,
        select,
        selectinload,
        senders_engine,
    )

Told = list[tuple[str, list[str]]]


def _check_senders(app: FastAPI, engine: "AnyEngine") -> str:
    counts = []
    with statements(engine) as told, running(app) as server:
        try:
            for more in (4, 10):
                for number in range(more):
                    _insert_sender(engine, number)
                expected = _senders(engine)
                told.clear()
                with record():
                    answer = server.client.get("/senders")
                counts.append(len(told))
                if answer.status_code != 200:
                    break
            else:
                with locked(engine), record():
                    server.client.get("/senders")  # does the wait hold the loop? `judge` tells
        finally:
            execute(engine, "DELETE FROM parcel WHERE recipient LIKE 'check %'")
            execute(engine, "DELETE FROM sender WHERE name LIKE 'check %'")
        errors = logged_error(server.log)
    assert answer.status_code < 500 or "DetachedInstance" not in errors, (
        "the answer is built from parcels that nobody had loaded when the session was closed: DetachedInstanceError."
    )
    assert answer.status_code < 500 or "unique()" not in errors, (
        "`joinedload` of a list repeats each sender for each parcel, and SQLAlchemy asks you to call `.unique()` on the result."
    )
    assert answer.status_code == 200, f"your app answered {answer.status_code}: {errors or answer.text[:80]}."
    assert counts[0] > 0, "no statement reached the engine that was passed: use `Session(senders_engine)`."
    _compare(answer.json(), expected)
    assert counts[1] == counts[0], (
        f"with ten more senders the statements went from {counts[0]} to {counts[1]}: each sender's parcels are asked for one "
        "by one. `select(Sender).options(selectinload(Sender.parcels))` says beforehand what will be needed."
    )
    assert counts[1] <= 2, f"{counts[1]} statements were needed, at most two were asked for."
    return f"Every sender came with its recipients, and ten senders more took no statement more: {counts[1]} in all."


def _compare(body: object, expected: Told) -> None:
    assert isinstance(body, list) and all(isinstance(sender, dict) for sender in body), (
        "a list of senders was asked for, each with its name and its recipients."
    )
    got = [(sender.get("name"), sorted(sender.get("recipients") or [], key=str)) for sender in body]
    names, wanted = Counter(name for name, _ in got), Counter(name for name, _ in expected)
    with_parcels = Counter(name for name, recipients in expected if recipients)
    assert names <= wanted, "some senders came several times: a join gives one row for each parcel."
    assert names == wanted or names != with_parcels, (
        "senders without a parcel are missing: an inner join leaves them out."
    )
    assert names == wanted or set(names) != set(wanted), (
        "two senders may have the same name, and only one of them came: what tells them apart is the id."
    )
    assert names == wanted, f"{len(got)} of {len(expected)} senders came, and every sender was asked for."
    once = [(name, sorted(set(recipients))) for name, recipients in expected]
    assert sorted(got) == sorted(expected) or sorted(got) != sorted(once), (
        "a sender with two parcels for the same recipient has that name twice: a set drops the second."
    )
    assert sorted(got) == sorted(expected), (
        "names and recipients do not fit: each sender should come with the recipients of its own parcels."
    )


def _insert_sender(engine: "AnyEngine", number: int) -> None:
    """A sender with no, one or two parcels, those of every other sender for the same person; each third is a namesake."""
    name = "check namesake" if number % 3 == 1 else f"check {number}"
    id = execute(engine, "INSERT INTO sender (name) VALUES (:name)", name=name)[0]
    for parcel in range(number % 4 if number % 4 < 3 else 2):
        to = f"check {id}" if number % 2 else f"check {id}.{parcel}"
        execute(engine, "INSERT INTO parcel (recipient, sender_id) VALUES (:to, :id)", to=to, id=id)


def _senders(engine: "AnyEngine") -> Told:
    """Every sender of the table with its recipients in the order of the alphabet."""
    found: dict[int, tuple[str, list[str]]] = {
        id: (name, []) for id, name in execute(engine, "SELECT id, name FROM sender")
    }
    for id, recipient in execute(engine, "SELECT sender_id, recipient FROM parcel ORDER BY recipient"):
        found[id][1].append(recipient)
    return list(found.values())


@in_the_office
def _solve_senders() -> tuple[FastAPI, "AnyEngine"]:
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


EXERCISE = Exercise(
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
)
