"""A table in memory, and Alembic's operations on it: where the migrations of section 5.4's exercises run."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from helpers.wording import raised

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = ["migrate", "one_table", "rows", "run"]


@contextmanager
def one_table(*script: str) -> Iterator["Connection"]:
    """A connection to an empty SQLite in memory, in which the statements were run; it goes when the block ends."""
    from sqlalchemy import StaticPool, create_engine

    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    with engine.connect() as connection:
        for statement in script:
            run(connection, statement)
        yield connection
    engine.dispose()


def migrate(connection: "Connection", name: str, step: Callable[..., Any]) -> None:
    """Call a migration with Alembic's `op`; AssertionError with its error when it fails."""
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    operations = Operations(MigrationContext.configure(connection, opts={"render_as_batch": True}))
    try:
        with Operations.context(operations.migration_context):
            step(operations)
        connection.commit()
    except Exception as error:
        connection.rollback()
        raise AssertionError(f"`{name}` raised {raised(error)}.") from None


def run(connection: "Connection", statement: str) -> None:
    """Run a statement and commit."""
    connection.exec_driver_sql(statement)
    connection.commit()


def rows(connection: "Connection", query: str) -> list[tuple]:
    """The rows that a query finds."""
    return [tuple(row) for row in connection.exec_driver_sql(query)]
