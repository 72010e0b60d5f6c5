"""The tables and engines of the exercises of sections 5.3 to 5.5, made once, when somebody asks for them.

The notebook imports by their names those that it does not build itself: `from ...tables import Cart, carts_engine`.
"""

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from helpers.chapters.ch05.exercises.office import standing_in
from helpers.services.scratch import scratch_folder

__all__ = ["at_the_tables", "tables"]


@cache
def tables() -> SimpleNamespace:
    """Imports, tables and engines of the notebook, by their names there."""
    import sqlalchemy as sa
    from pydantic import BaseModel
    from sqlalchemy import Engine, Index, event, literal, text
    from sqlalchemy.dialects.sqlite import insert
    from sqlalchemy.exc import IntegrityError
    from sqlalchemy.orm import registry
    from sqlmodel import Field, Relationship, Session, SQLModel, create_engine, delete, func, select

    class Base(SQLModel, registry=registry()):
        pass

    class Cart(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)
        label: str = Field(unique=True)
        capacity: int | None = None

    class Stock(Base, table=True):
        item: str = Field(primary_key=True)
        amount: int

    class Station(Base, table=True):
        id: int = Field(primary_key=True)
        city: str
        parent_id: int | None = Field(default=None, foreign_key="station.id")
        children: list["Station"] = Relationship()

    class Receipt(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)
        recipient: str
        day: int

    in_use = {"sqlite_where": text("NOT deleted"), "postgresql_where": text("NOT deleted")}

    class Tour(Base, table=True):
        __table_args__ = (Index("name_in_use", "name", unique=True, **in_use),)
        id: int | None = Field(default=None, primary_key=True)
        name: str
        deleted: bool = False

    class Locker(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)

    class Key(Base, table=True):
        id: int | None = Field(default=None, primary_key=True)
        locker_id: int = Field(foreign_key="locker.id", ondelete="CASCADE")

    address = f"sqlite:///{scratch_folder() / 'tables.db'}"
    names = ("carts_engine", "stock_engine", "stations", "lockers_engine", "receipts_engine", "tours_engine")
    engines = {name: create_engine(address) for name in names}
    Base.metadata.create_all(engines["stations"])
    tools = {
        "Session": Session,
        "select": select,
        "delete": delete,
        "func": func,
        "insert": insert,
        "text": text,
        "literal": literal,
    }
    return SimpleNamespace(
        **tools,
        **engines,
        BaseModel=BaseModel,
        Field=Field,
        IntegrityError=IntegrityError,
        sa=sa,
        Engine=Engine,
        Cart=Cart,
        Stock=Stock,
        Station=Station,
        Receipt=Receipt,
        Tour=Tour,
        Locker=Locker,
        Key=Key,
        event=event,
        create_engine=create_engine,
    )


at_the_tables = standing_in(tables)


def __getattr__(name: str) -> Any:
    """What `tables()` makes, by its name."""
    if not name.startswith("_") and hasattr(tables(), name):
        return getattr(tables(), name)
    raise AttributeError(f"{__name__} has no {name}")


if TYPE_CHECKING:
    from pydantic import BaseModel as BaseModel
    from sqlalchemy import event as event
    from sqlalchemy import literal as literal
    from sqlalchemy import text as text
    from sqlalchemy.dialects.sqlite import insert as insert
    from sqlalchemy.exc import IntegrityError as IntegrityError
    from sqlmodel import Field as Field
    from sqlmodel import Session as Session
    from sqlmodel import delete as delete
    from sqlmodel import select as select

    values: Any = None
    sa = func = values
    Cart = Stock = Receipt = Tour = Station = Locker = Key = values
    carts_engine = stock_engine = receipts_engine = tours_engine = stations = lockers_engine = values
