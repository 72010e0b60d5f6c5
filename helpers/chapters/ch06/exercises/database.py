"""Exercise 6.2-database: a session whose commits do not stay."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Engine, MetaData, StaticPool, String, Table, create_engine, event, select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from helpers.chapters.judging import begun, ended, raised
from helpers.learning.model import Exercise

_senders = Table("sender", MetaData(), Column("name", String, primary_key=True))
_SEED = ["Ada"]


def _engine() -> Engine:
    """An in-memory database with one row, in which savepoints work as in PostgreSQL."""
    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    with engine.begin() as connection:
        _senders.metadata.create_all(connection)
        _add(connection, "Ada")
    return engine


def _add(session: Any, name: str) -> None:
    session.execute(_senders.insert().values(name=name))


def _names(session: Any) -> list[str]:
    return sorted(session.execute(select(_senders.c.name)).scalars())


def _left(engine: Engine) -> list[str]:
    try:
        with engine.connect() as connection:
            return _names(connection)
    except OperationalError as error:
        gone = "no such table" in str(error.orig)
        raise AssertionError(
            "the table itself is gone behind the test."
            if gone
            else "its transaction is still open behind the test. Roll back and close in `finally`, or use `with`."
        ) from None


def _check_database(session_of: Callable[..., Any]) -> str:
    engine = _engine()
    running, session = begun(session_of, engine)
    assert isinstance(session, Session), "`session_of` should yield a `Session`, which a path operation can be given."
    assert _names(session) == _SEED, "in the test, the session should see what the database holds."
    _add(session, "Grace")
    session.commit()
    assert _names(session) == ["Ada", "Grace"], "in the test, what was committed should be there."
    ended(running)
    left = _left(engine)
    assert "Grace" not in left, (
        "what the test committed is still there. Begin a transaction on the connection, outside of the session, and roll "
        "that back."
    )
    assert left == _SEED, "what was there before the test is gone. Take back what the test did, not everything."

    running, session = begun(session_of, engine)
    _add(session, "Grace")
    session.commit()
    try:
        _add(session, "Ada")
        session.flush()
    except IntegrityError:
        session.rollback()
    assert _names(session) == ["Ada", "Grace"], (
        "when the service rolls back after a refused row, it loses what the test had committed before. "
        '`join_transaction_mode="create_savepoint"` keeps the two apart.'
    )
    _add(session, "Depot Bern")
    session.commit()
    ended(running)
    assert _left(engine) == _SEED, "after a rollback in the service, a later commit stays for ever."

    running, session = begun(session_of, engine)
    _add(session, "Grace")
    session.commit()
    raised(running)
    assert _left(engine) == _SEED, (
        "an error left the `with` block, and its rows are still there. `finally` runs in any case."
    )
    return "Each test commits as it likes, and the next finds the database as it was, behind an error, too."


def _solve_database() -> Callable[..., Any]:
    def session_of(engine: Engine) -> Iterator[Session]:
        with engine.connect() as connection, connection.begin() as transaction:
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                try:
                    yield session
                finally:
                    session.close()
                    transaction.rollback()

    return session_of


EXERCISE = Exercise(
    id="6.2-database",
    title="a session whose commits do not stay",
    task="`session_of(engine)` should yield a `Session` that may commit and roll back, and leave the database as it was, "
    "also when an error leaves the `with` block.",
    check=_check_database,
    hints=(
        "Who begins the transaction that is rolled back at the end: the session, or the connection that you give it?",
        "What should `session.commit()` end, if not that transaction? `Session` has a parameter that says so.",
        '`Session(connection, join_transaction_mode="create_savepoint")`, and behind `yield`, in any case, '
        "`transaction.rollback()`.",
    ),
    solution=_solve_database,
    wants="function",
)
