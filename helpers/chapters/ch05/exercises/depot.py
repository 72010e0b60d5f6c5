"""The depots of section 5.2's exercises, on a PostgreSQL where there is one: what stands in the notebook before them."""

from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from helpers.chapters.ch05.exercises.office import standing_in

__all__ = ["depot_office", "in_the_depot"]


@cache
def depot_office() -> SimpleNamespace:
    """Imports, tables, engines and servers of the notebook, by their names there."""
    from sqlalchemy import ForeignKey, create_engine, func, orm, select, text, update
    from sqlalchemy.exc import OperationalError
    from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

    from helpers.services.postgres import Postgres

    class Table(DeclarativeBase):
        pass

    class Depot(Table):
        __tablename__ = "depot"
        id: Mapped[int] = mapped_column(primary_key=True)
        city: Mapped[str] = mapped_column(unique=True)
        free: Mapped[int] = mapped_column(default=1)

    class Shelf(Table):
        __tablename__ = "shelf"
        id: Mapped[int] = mapped_column(primary_key=True)
        depot_id: Mapped[int] = mapped_column(ForeignKey("depot.id"))
        weight_kg: Mapped[float]

    postgres, small = Postgres(), Postgres(max_connections=10)
    depots = create_engine(postgres.url if postgres.available else "sqlite://")
    Table.metadata.create_all(depots)
    tools = {"orm": orm, "func": func, "select": select, "text": text, "update": update, "create_engine": create_engine}
    return SimpleNamespace(
        **tools,
        OperationalError=OperationalError,
        Depot=Depot,
        Shelf=Shelf,
        depots=depots,
        postgres=postgres,
        small=small,
    )


in_the_depot = standing_in(depot_office)


if TYPE_CHECKING:
    from sqlalchemy import create_engine as create_engine
    from sqlalchemy import func as func
    from sqlalchemy import orm as orm
    from sqlalchemy import select as select
    from sqlalchemy import text as text
    from sqlalchemy import update as update
    from sqlalchemy.exc import OperationalError as OperationalError

    values: Any = None
    depots = small = Depot = Shelf = values
