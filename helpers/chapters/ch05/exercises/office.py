"""The office of chapter 5's exercises: what stands in the notebook before them, made once, when somebody asks for it."""

import threading
from collections.abc import Callable, Iterator
from functools import cache, wraps
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends

from helpers.services.scratch import scratch_folder

__all__ = ["in_the_office", "office", "standing_in"]


@cache
def office() -> SimpleNamespace:
    """Imports, tables and engines of the notebook, by their names there."""
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

    address = f"sqlite:///{scratch_folder() / 'letters.db'}"
    engine = create_engine(address, pool_size=2, max_overflow=0, pool_timeout=2)
    senders_engine = create_engine(address)
    Base.metadata.create_all(engine)
    paper, printed_letters = threading.Event(), []

    def print_letter(letter_id: int) -> None:
        paper.wait(timeout=10)
        printed_letters.append(letter_id)

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    tools = {"Session": Session, "select": select, "selectinload": selectinload, "get_letter_session": get_session}
    tables = {"Letter": Letter, "LetterCreate": LetterCreate, "Job": Job, "Sender": Sender, "Parcel": Parcel}
    return SimpleNamespace(
        **tools,
        **tables,
        SenderRecipients=SenderRecipients,
        LetterSessionDep=Annotated[Session, Depends(get_session)],
        letters_engine=engine,
        jobs_engine=engine,
        senders_engine=senders_engine,
        paper=paper,
        print_letter=print_letter,
        printed_letters=printed_letters,
    )


def standing_in(world: Callable[[], SimpleNamespace]) -> Callable[[Callable], Callable]:
    """Give a solution the names that the notebook's cells have, without importing what they need with its file."""

    def stand(solve: Callable) -> Callable:
        @wraps(solve)
        def solved():
            solve.__globals__.update(vars(world()))
            return solve()

        return solved

    return stand


in_the_office = standing_in(office)


if TYPE_CHECKING:
    from pydantic import BaseModel
    from sqlalchemy.orm import selectinload as selectinload
    from sqlmodel import Session as Session
    from sqlmodel import select as select

    values: Any = None
    letters_engine = jobs_engine = senders_engine = paper = printed_letters = get_letter_session = print_letter = (
        Job
    ) = Sender = values

    class LetterCreate(BaseModel):
        recipient: str

    class Letter(LetterCreate):
        id: int | None

    class SenderRecipients(BaseModel):
        name: str
        recipients: list[str]
