"""Exercise 5.4-grams: a column under a new name and unit, while two versions run."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.chapters.ch05.exercises.migrating import migrate, one_table, rows, run
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.wording import raised

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.tables import sa

TABLE = 'CREATE TABLE parcel (id INTEGER PRIMARY KEY, "to" VARCHAR NOT NULL, weight_kg FLOAT NOT NULL)'
OLD = "INSERT INTO parcel (\"to\", weight_kg) VALUES ('Ada', {0})"
BOTH = "INSERT INTO parcel (\"to\", weight_kg, grams) VALUES ('Grace', {0}, {1})"
NEW = "INSERT INTO parcel (\"to\", grams) VALUES ('Grace', {1})"


def _check_grams(expand: Callable[..., Any], contract: Callable[..., Any]) -> str:
    with one_table(TABLE, OLD.format(2.5), OLD.format(0.0299)) as connection:
        migrate(connection, "expand(op)", expand)
        columns = _columns(connection)
        assert "grams" in columns, "after `expand(op)` there is no column `grams`."
        assert "weight_kg" in columns, "after `expand(op)` the old version has lost `weight_kg`, which it still reads."
        assert rows(connection, "SELECT weight_kg FROM parcel ORDER BY id") == [(2.5,), (0.0299,)], (
            "`expand(op)` lost rows, or changed the weights that the old version reads."
        )
        _let(connection, "the old version could not write after `expand(op)`", OLD, 1.1)
        _let(connection, "the new version could not write after `expand(op)`", BOTH, 4.0, 4000)
        run(connection, "UPDATE parcel SET weight_kg = 5.0 WHERE grams = 4000")  # the old version, which knows no grams
        migrate(connection, "contract(op)", contract)
        columns = _columns(connection)
        assert "weight_kg" not in columns, "after `contract(op)` the column `weight_kg` is still there."
        assert "grams" in columns, "after `contract(op)` there is no column `grams` any more."
        found = [grams for (grams,) in rows(connection, "SELECT grams FROM parcel ORDER BY id")]
        assert len(found) == 4, f"four parcels were there, and {len(found)} are left."
        assert found[2] is not None, (
            "a parcel that the old version wrote after `expand(op)` has no grams: what was filled before it came?"
        )
        assert None not in found, "a parcel has no grams after `contract(op)`: fill them before the kilograms go."
        assert found[2] != 0 and found[2] > 10, f"1.1 kg became {found[2]} grams: a kilogram has a thousand."
        assert found[3] != 4000, (
            "the old version has changed 4 kg to 5 where the grams were written before, and the change is lost: only "
            "`weight_kg` is right in every row."
        )
        assert found == [2500, 30, 1100, 5000], (
            f"2.5, 0.0299, 1.1 and 5 kg became {found}: round, for a cast cuts off what stands behind the point."
        )
        assert all(isinstance(grams, int) for grams in found), f"grams are an integer, but the table holds {found}."
        assert columns["grams"], "`grams` may still be null after `contract(op)`: the third version relies on it."
        _let(
            connection, "the third version, which writes `grams` alone, could not write after `contract(op)`", NEW, 0, 7
        )
    return "Both versions could write between the steps, and every kilogram became a thousand grams."


def _let(connection: Any, what: str, statement: str, kilograms: float, grams: int = 0) -> None:
    try:
        run(connection, statement.format(kilograms, grams))
    except Exception as error:
        connection.rollback()
        raise AssertionError(f"{what}: {raised(getattr(error, 'orig', error))}.") from None


def _columns(connection: Any) -> dict[str, bool]:
    return {row[1]: bool(row[3]) for row in rows(connection, "PRAGMA table_info(parcel)")}


@at_the_tables
def _solve_grams() -> tuple[Callable, Callable]:
    def expand(op) -> None:
        op.add_column("parcel", sa.Column("grams", sa.Integer(), nullable=True))

    def contract(op) -> None:
        op.execute("UPDATE parcel SET grams = CAST(round(weight_kg * 1000) AS INTEGER)")
        with op.batch_alter_table("parcel") as parcel:
            parcel.alter_column("grams", existing_type=sa.Integer(), nullable=False)
            parcel.drop_column("weight_kg")

    return expand, contract


EXERCISE = Exercise(
    id="5.4-grams",
    title="a new name and unit, while two versions run",
    task="`expand(op)` should let the old version go on with `weight_kg` and the new one write `grams`, too; `contract(op)` takes "
    "every row's grams from its kilograms, makes `grams` required and takes `weight_kg` away.",
    check=_check_grams,
    hints=(
        "The old version knows nothing of `grams`: what does its INSERT leave there?",
        "It goes on writing after `expand`, so the filling belongs to `contract`, before the old column goes.",
        "2.5 kg are 2500 g: `round(weight_kg * 1000)`, in every row. The old version changes weights whose grams were written before.",
    ),
    solution=_solve_grams,
    wants=("function", "function"),
)
