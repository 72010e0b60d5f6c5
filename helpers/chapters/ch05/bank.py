"""What code of the questions on databases works with: one table with one parcel, and a count of statements."""

from functools import partial

from sqlalchemy.orm import registry
from sqlalchemy.pool import StaticPool
from sqlmodel import Field, Session, SQLModel, create_engine

from helpers.chapters.ch05.exercises.database import statements

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


counted = partial(statements, engine)
