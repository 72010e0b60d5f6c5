"""What code of the questions on databases works with: one table with one parcel, and a count of statements."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event
from sqlalchemy.orm import registry
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, Session, SQLModel, create_engine

__all__ = ["Parcel", "Session", "counted", "engine"]


class Base(SQLModel, registry=registry()):
    """Tables of this module alone, apart from those of a notebook."""


class Parcel(Base, table=True):
    """As in chapter 5."""

    id: int | None = Field(default=None, primary_key=True)
    recipient: str


engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Parcel(id=1, recipient="Grace"))
    session.commit()


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that are sent to the database meanwhile."""
    statements: list[str] = []

    def note(connection, cursor, statement: str, *rest) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield statements
    event.remove(engine, "before_cursor_execute", note)
