"""Exercise 7.1-once: insert, or nothing."""

import contextlib
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Self

from helpers.learning.model import Exercise

Charge = Callable[[sqlite3.Connection, int, str], bool]
TABLE = "CREATE TABLE charge (key TEXT UNIQUE, parcel INTEGER NOT NULL, cents INTEGER NOT NULL)"


class _Watched(sqlite3.Cursor):
    """A cursor that lets another worker act behind each statement that only looks."""

    def execute(self, sql: str, parameters: Any = (), /) -> Self:
        done = super().execute(sql, parameters)
        if sql.lstrip().upper().startswith("SELECT") and isinstance(self.connection, _Ledger):
            self.connection.looked()
        return done


class _Ledger(sqlite3.Connection):
    """A worker's connection; `looked` is called when it has looked without writing."""

    looked: Callable[[], None] = staticmethod(lambda: None)

    def cursor(self, factory: Any = _Watched) -> Any:
        return super().cursor(factory)

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        return self.cursor().execute(sql, parameters)  # sqlite3's own would make a cursor that is not watched


@contextlib.contextmanager
def _workers() -> Iterator[tuple[_Ledger, _Ledger]]:
    """Two connections to one new ledger, as two workers have them."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "ledger.db")
        one, two = (sqlite3.connect(file, timeout=0.2, factory=_Ledger, check_same_thread=False) for _ in range(2))
        with contextlib.closing(one), contextlib.closing(two):
            one.execute("PRAGMA journal_mode=WAL")
            one.execute(TABLE)
            yield one, two


def _rows(ledger: sqlite3.Connection) -> list[tuple[str, int, int]]:
    return sqlite3.Connection.execute(ledger, "SELECT key, parcel, cents FROM charge ORDER BY rowid").fetchall()


def _check_once(charge: Charge) -> str:
    with _workers() as (one, two):
        first = charge(one, 101, "label-101")
        assert _rows(one), "the function ran, and no charge stands in the table: `INSERT INTO charge ...`."
        assert _rows(two), (
            "your own connection sees the charge and no other does: it was not committed, and a worker that dies takes it "
            "away. `with ledger:` commits."
        )
        assert _rows(two) == [("label-101", 101, 490)], (
            f"one line with 'label-101', 101 and 490 was asked for, but {_rows(two)} stands there."
        )
        assert first is True, f"the first charge of a key should return True, but {first!r} came."
        number = one.execute("SELECT rowid FROM charge").fetchone()
        again = _called(charge, two, 101, "label-101", "The job was delivered again")
        assert len(_rows(one)) == 1 and one.execute("SELECT rowid FROM charge").fetchone() == number, (
            "the second delivery replaced the line of the first: what a replaced line had been is lost. Leave it, and do nothing."
        )
        assert again is False, f"a key that stands there already should return False, but {again!r} came."
        assert not two.in_transaction, (
            "a key that stands there already left a transaction open, and no other worker can write until it ends: commit "
            "or roll back in any case, as `with ledger:` does."
        )
        other = _called(charge, two, 101, "insurance-101", "Another charge of the same parcel")
        assert other is True and len(_rows(one)) == 2, (
            "the same parcel was charged for something else, with a key of its own, and nothing was booked: the `key` "
            "that the function was given decides, not the parcel."
        )
        same = _called(charge, two, 101, "insurance-101", "The job was delivered again to the worker that had done it")
        assert same is False and len(_rows(one)) == 2, (
            f"the worker that had written the key itself was asked again, and {same!r} came: `lastrowid` and `total_changes` still "
            "tell of its earlier lines. `rowcount` tells of this statement."
        )
    _check_race(charge)
    with contextlib.closing(sqlite3.connect(":memory:")) as empty:
        try:
            charge(empty, 103, "label-103")
        except sqlite3.OperationalError:
            pass
        else:
            raise AssertionError(
                "the table was missing, and your function did not raise: a charge that failed looks like one that was "
                "made before, and nobody tries again. Catch what a key raises, `sqlite3.IntegrityError`, and nothing else."
            )
    return "Whoever comes second does nothing, and the database says who that is."


def _check_race(charge: Charge) -> None:
    """Another worker charges the same key between a look and a write."""
    with _workers() as (one, two):
        beaten: list[bool] = []

        def charge_meanwhile() -> None:
            one.looked = lambda: None
            # The first holds the ledger, or has written before it looked: right, too.
            with contextlib.suppress(sqlite3.OperationalError, sqlite3.IntegrityError), two:
                two.execute("INSERT INTO charge VALUES ('label-102', 102, 490)")
                beaten.append(True)

        one.looked = charge_meanwhile
        mine = _called(charge, one, 102, "label-102", "Another worker had written the key since your function looked")
        assert len(_rows(two)) == 1, (
            f"two workers had the same job at the same time, and {len(_rows(two))} lines came of it."
        )
        assert not (mine and beaten), (
            "another worker wrote the key since your function had looked, and your function returned True all the same: "
            "two workers say that they have charged."
        )


def _called(charge: Charge, ledger: sqlite3.Connection, parcel: int, key: str, when: str) -> bool:
    try:
        return charge(ledger, parcel, key)
    except sqlite3.IntegrityError:
        raise AssertionError(
            f"{when}, and IntegrityError came. Let the INSERT itself do nothing then, or catch the error and return False."
        ) from None


def _solve_once() -> Charge:
    import sqlite3

    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            inserted = ledger.execute(
                "INSERT INTO charge (key, parcel, cents) VALUES (?, ?, 490) ON CONFLICT DO NOTHING", (key, parcel)
            )
        return inserted.rowcount == 1

    return charge_once


EXERCISE = Exercise(
    id="7.1-once",
    title="insert, or nothing",
    task="`charge_once(ledger, parcel, key)` should write a line of 490 cents into the table `charge` and return True, or do "
    "nothing and return False where the key stands already, whoever has written it and whenever.",
    check=_check_once,
    hints=(
        "Between a SELECT and an INSERT another worker has time. The column is UNIQUE, so one statement can do both.",
        "`INSERT ... ON CONFLICT DO NOTHING` writes a line or none; the cursor's `rowcount` says which. "
        "`with ledger:` commits.",
    ),
    solution=_solve_once,
    wants="function",
)
