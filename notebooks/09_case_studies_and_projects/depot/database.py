"""Tables, engine and session."""

import time
from collections.abc import Iterator
from typing import Annotated

from fastapi import Depends
from sqlalchemy import event
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, create_engine

from depot.settings import settings


class Table(SQLModel, registry=registry()):
    """Base of this package's tables."""


class Parcel(Table, table=True):
    id: int | None = Field(default=None, primary_key=True)
    to: str
    email: str


class Event(Table, table=True):
    """What happened to a parcel; clients follow it live."""

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    name: str


class Job(Table, table=True):
    """The outbox: work that is owed to a parcel, with the trace of the request that caused it."""

    id: int | None = Field(default=None, primary_key=True)
    parcel_id: int = Field(foreign_key="parcel.id", index=True)
    name: str
    trace: str = ""
    leased_until: float = 0.0
    attempts: int = 0
    done_at: float | None = None


class Clerk(Table, table=True):
    """Who may use the desk."""

    name: str = Field(primary_key=True)
    password: str  # its hash


class Attempt(Table, table=True):
    """A log-in that was tried; `who` is a hash of name and address, so that nobody's typing slips are kept."""

    id: int | None = Field(default=None, primary_key=True)
    who: str = Field(index=True)
    at: float


engine = create_engine(settings.database_url)


@event.listens_for(engine, "connect")
def _readers_do_not_block_the_writer(connection, _record) -> None:
    connection.execute("PRAGMA journal_mode = WAL")


def get_session() -> Iterator[Session]:
    with Session(engine) as session:
        yield session


# Fewer at once than the pool has connections (15). Else threads that wait for one leave none to those who hold one
# and need a thread to end: 80 clients at once, and half of them get a 500 after 30 s.
SessionDep = Annotated[Session, Depends(get_session, scope="function", max_concurrency=10)]


def now() -> float:
    return time.time()
