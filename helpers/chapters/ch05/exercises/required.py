"""Exercise 5.4-required: a new column that is never null, and the way back."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.chapters.ch05.exercises.migrating import migrate, one_table, rows, run
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.tables import sa

TABLE = "CREATE TABLE parcel (id INTEGER PRIMARY KEY, recipient VARCHAR NOT NULL, shelf VARCHAR)"
PARCELS = (
    (1, "Ada", "Oslo-12"),
    (2, "Grace", None),
    (3, "Ada", "Mo-i-Rana"),
    (4, "Grace", "Bergen-7-b"),
    (5, "Ada", ""),
)
DEPOTS = {1: "Oslo", 2: "unknown", 3: "Mo", 4: "Bergen"}


def _check_required(upgrade: Callable[..., Any], downgrade: Callable[..., Any]) -> str:
    with one_table(TABLE) as connection:
        migrate(connection, "upgrade(op)", upgrade)
        assert "depot" in _columns(connection), "after `upgrade(op)` the table has no column `depot`."
    with one_table(TABLE) as connection:
        for id, recipient, shelf in PARCELS[:4]:
            text = "NULL" if shelf is None else f"'{shelf}'"
            run(connection, f"INSERT INTO parcel VALUES ({id}, '{recipient}', {text})")
        migrate(connection, "upgrade(op)", upgrade)
        columns = _columns(connection)
        assert "depot" in columns, "after `upgrade(op)` the table has no column `depot`."
        kept = rows(connection, "SELECT id, recipient, shelf FROM parcel ORDER BY id")
        assert kept == list(PARCELS[:4]), "what stood in the other columns is not there any more, or was changed."
        found = dict(rows(connection, "SELECT id, depot FROM parcel"))
        assert found[2] == "unknown", (
            f"the parcel without a shelf is in the depot {found[2]!r}: 'unknown' was asked for."
        )
        for id, depot in DEPOTS.items():
            assert found[id] == depot, (
                f"the shelf {PARCELS[id - 1][2]!r} is in the depot {depot!r}, and your migration says {found[id]!r}: what "
                "stands before the first hyphen?"
            )
        assert columns["depot"], (
            "`depot` may still be null: `nullable=False` belongs to the step, after the rows are filled."
        )
        migrate(connection, "downgrade(op)", downgrade)
        assert "depot" not in _columns(connection), "after `downgrade(op)` the column `depot` is still there."
        assert rows(connection, "SELECT id, recipient, shelf FROM parcel ORDER BY id") == kept, (
            "the way back lost rows, or a value in them."
        )
        migrate(connection, "upgrade(op), a second time,", upgrade)
        assert dict(rows(connection, "SELECT id, depot FROM parcel")) == found, "up, down and up is not what up was."
    return "Up, down and up again, with four parcels and with none: every row was kept, and every depot known."


def _columns(connection: Any) -> dict[str, bool]:
    """The table's columns, and whether each refuses null."""
    return {row[1]: bool(row[3]) for row in rows(connection, "PRAGMA table_info(parcel)")}


@at_the_tables
def _solve_required() -> tuple[Callable, Callable]:
    def upgrade(op) -> None:
        op.add_column("parcel", sa.Column("depot", sa.String(), nullable=True))
        op.execute("UPDATE parcel SET depot = substr(shelf, 1, instr(shelf, '-') - 1) WHERE shelf IS NOT NULL")
        op.execute("UPDATE parcel SET depot = 'unknown' WHERE shelf IS NULL")
        with op.batch_alter_table("parcel") as parcel:
            parcel.alter_column("depot", existing_type=sa.String(), nullable=False)

    def downgrade(op) -> None:
        with op.batch_alter_table("parcel") as parcel:
            parcel.drop_column("depot")

    return upgrade, downgrade


EXERCISE = Exercise(
    id="5.4-required",
    title="a new column that is never null",
    task="`upgrade(op)` should add `depot`, never null, with what stands before the first hyphen of `shelf`, or `unknown` where "
    "there is no shelf; `downgrade(op)` takes the column away and nothing else.",
    check=_check_required,
    hints=(
        "A column that is never null, on a table with rows: what do they hold before you fill them?",
        "Three steps: add it as nullable, `op.execute` an UPDATE, then a batch with `alter_column(..., nullable=False)`.",
        "SQLite finds the hyphen with `instr(shelf, '-')` and cuts with `substr(shelf, 1, n)`.",
    ),
    solution=_solve_required,
    wants=("function", "function"),
)
