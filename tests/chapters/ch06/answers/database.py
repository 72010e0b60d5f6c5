"""What learners pass to 6.2-database."""

from contextlib import contextmanager

import sqlmodel
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from tests.chapters.answers import right, stub, wrong


@stub("6.2-database")
def database_shipped():
    def session_of(engine): ...

    return session_of


@wrong("6.2-database", says="what the test committed is still there")
def database_rolls_the_session_back():
    def session_of(engine):
        with Session(engine) as session:
            yield session
            session.rollback()

    return session_of


@wrong("6.2-database", says="what was there before the test is gone")
def database_empties():
    def session_of(engine):
        with Session(engine) as session:
            yield session
            session.execute(text("DELETE FROM sender"))
            session.commit()

    return session_of


@wrong("6.2-database", says="the table itself is gone")
def database_drops():
    def session_of(engine):
        with Session(engine) as session:
            yield session
        with engine.begin() as connection:
            connection.execute(text("DROP TABLE sender"))

    return session_of


@wrong("6.2-database", says="keeps the two apart")
def database_without_savepoints():
    def session_of(engine):
        with engine.connect() as connection:
            transaction = connection.begin()
            with Session(connection) as session:
                yield session
            transaction.rollback()

    return session_of


@wrong("6.2-database", says="its transaction is still open")
def database_without_finally():
    def session_of(engine):
        connection = engine.connect()
        transaction = connection.begin()
        session = Session(connection, join_transaction_mode="create_savepoint")
        yield session
        session.close()
        transaction.rollback()
        connection.close()

    return session_of


@wrong("6.2-database", says="should yield a `Session`")
def database_gives_the_connection():
    def session_of(engine):
        with engine.connect() as connection:
            yield connection
            connection.rollback()

    return session_of


@wrong("6.2-database", says="should be a generator")
def database_returns():
    def session_of(engine):
        return Session(engine)

    return session_of


@right("6.2-database")
def database_with_finally():
    def session_of(engine):
        connection = engine.connect()
        transaction = connection.begin()
        session = sqlmodel.Session(connection, join_transaction_mode="create_savepoint")
        try:
            yield session
        finally:
            session.close()
            transaction.rollback()
            connection.close()

    return session_of


@right("6.2-database")
def database_closes_the_connection():
    @contextmanager
    def session_of(engine):
        with engine.connect() as connection:
            connection.begin()
            yield Session(bind=connection, join_transaction_mode="create_savepoint")

    return session_of


@right("6.2-database")
def database_by_a_factory():
    make = sessionmaker(join_transaction_mode="create_savepoint", expire_on_commit=False)

    def session_of(engine):
        with engine.connect() as connection:
            transaction = connection.begin()
            try:
                with make(bind=connection) as session:
                    yield session
            finally:
                transaction.rollback()

    return session_of


@wrong("6.2-database", says="your code swallowed it")
def database_swallows():
    def session_of(engine):
        with engine.connect() as connection:
            transaction = connection.begin()
            with Session(connection, join_transaction_mode="create_savepoint") as session:
                try:
                    yield session
                except Exception:
                    session.rollback()
            transaction.rollback()

    return session_of
