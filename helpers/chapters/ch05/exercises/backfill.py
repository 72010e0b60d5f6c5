"""Exercise 5.4-backfill: fill what is empty, in portions."""

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.chapters.ch05.exercises.migrating import rows
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.wording import raised

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from helpers.chapters.ch05.exercises.tables import text

TABLE = 'CREATE TABLE parcel (id INTEGER PRIMARY KEY, "to" VARCHAR NOT NULL, recipient VARCHAR)'


def _check_backfill(backfill: Callable[..., Any]) -> str:
    for size, count in ((4, 10), (5, 10), (7, 3), (3, 0)):
        _try(backfill, size, count)
    return "Every empty recipient was filled, in portions, and nothing else was touched."


def _fill(engine: "Engine", count: int) -> int:
    """Make the table with its parcels; how many changes SQLite has counted by then."""
    with engine.connect() as connection:
        connection.exec_driver_sql(TABLE)
        for id in [*range(1, count + 1), *([50, 100] if count == 10 else [])]:
            connection.exec_driver_sql("INSERT INTO parcel VALUES (?, ?, NULL)", (id, f"to {id}"))
        for id, recipient in ((201, "kept"), (202, "")):
            connection.exec_driver_sql("INSERT INTO parcel VALUES (?, ?, ?)", (id, f"to {id}", recipient))
        connection.commit()
        raw: Any = connection.connection.driver_connection
        return raw.total_changes


def _try(backfill: Callable[..., Any], size: int, count: int) -> None:
    """A table with `count` parcels to fill and two that are full; while the first portions are written, one more is filled."""
    from sqlalchemy import StaticPool, create_engine, event

    engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
    portions: list[int] = []
    state = {"changes": 0, "rescued": 0}

    def committed(connection: Any) -> None:
        total = connection.connection.dbapi_connection.total_changes
        if total > state["changes"]:
            portions.append(total - state["changes"])
        state["changes"] = total

    def told_alone(connection: Any, *rest: object) -> None:
        """With AUTOCOMMIT a statement is a transaction, and no commit tells of it."""
        if connection.connection.dbapi_connection.isolation_level is None:
            committed(connection)

    def begun(connection: Any) -> None:
        """Somebody gives the last empty parcel a recipient of its own, when two portions are done."""
        if len(portions) == 2 and not state["rescued"]:
            state["rescued"] = 1
            raw = connection.connection.dbapi_connection
            raw.execute("UPDATE parcel SET recipient = 'written meanwhile' WHERE id = 100")
            raw.commit()
            state["changes"] = raw.total_changes

    state["changes"] = _fill(engine, count)
    event.listen(engine, "commit", committed)
    event.listen(engine, "begin", begun)
    event.listen(engine, "after_cursor_execute", told_alone)
    try:
        told = backfill(engine, size)
    except Exception as error:
        raise AssertionError(f"`backfill(engine, {size})` with {count} empty parcels raised {raised(error)}.") from None
    found = _rows(engine)
    _is_filled(found, bool(portions), size)
    assert not state["rescued"] or found[100] == "written meanwhile", (
        "a recipient was written while you worked, and you wrote over it: ask for NULL in the UPDATE itself."
    )
    assert max(portions, default=0) <= size, (
        f"{max(portions)} rows were changed in one transaction, at most {size} were asked for."
    )
    changed = sum(portions)
    assert type(told) is int and told == changed, f"{changed} rows were changed, but `backfill` returned {told!r}."
    _has_nothing_left_to_do(backfill, engine, size)
    engine.dispose()


def _is_filled(found: dict[int, str | None], committed: bool, size: int) -> None:
    assert found[201] == "kept", "a parcel that had a recipient was given another one: fill what is NULL."
    assert found[202] == "", "an empty text is a recipient, too: fill what is NULL, nothing else."
    empty = [id for id in found if found[id] is None]
    assert not empty, (
        f"{len(empty)} of {sum(id < 200 for id in found)} parcels are still without a recipient with portions of {size}: "
        f"{'go on until a portion changes nothing' if committed else 'nothing was committed'}."
    )
    wrong = [id for id in found if id < 100 and found[id] != f"to {id}"]
    assert not wrong, "a parcel got the `to` of another one."


def _has_nothing_left_to_do(backfill: Callable[..., Any], engine: Any, size: int) -> None:
    again = None
    with contextlib.suppress(Exception):
        again = backfill(engine, size)
    assert again == 0, f"a second run has nothing to do and should return 0, but it returned {again!r}."


def _rows(engine: Any) -> dict[int, str | None]:
    with engine.connect() as connection:
        return dict(rows(connection, "SELECT id, recipient FROM parcel"))


@at_the_tables
def _solve_backfill() -> Callable:
    def backfill(engine: Engine, size: int) -> int:
        portion = text(
            'UPDATE parcel SET recipient = "to" WHERE recipient IS NULL AND id IN '
            "(SELECT id FROM parcel WHERE recipient IS NULL LIMIT :size)"
        )
        changed = 0
        while True:
            with engine.begin() as connection:
                rows = connection.execute(portion, {"size": size}).rowcount
            if rows == 0:
                return changed
            changed += rows

    return backfill


EXERCISE = Exercise(
    id="5.4-backfill",
    title="fill what is empty, in portions",
    task="`backfill(engine, size)` should give every parcel whose `recipient` is NULL the value of its `to`, at most `size` rows a "
    "transaction, and return how many rows it changed.",
    check=_check_backfill,
    hints=(
        "How long does one UPDATE of ten million rows hold its locks? A transaction for each portion.",
        "UPDATE knows no LIMIT everywhere: `WHERE id IN (SELECT id FROM parcel WHERE recipient IS NULL LIMIT :size)`.",
        "`with engine.begin() as connection:` commits at its end, and `rowcount` says how many rows were changed.",
    ),
    solution=_solve_backfill,
    wants="function",
)
