"""10.3-outbox: both or neither."""

import sqlite3
import threading
from collections.abc import Callable
from typing import Any

from helpers.learning.model import Exercise


class _Broken(sqlite3.Connection):
    """A connection that dies at its n-th statement that writes, as if the process were killed there."""

    left = 99

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql.lstrip().lower().startswith(("insert", "update")):
            if self.left == 0:
                raise sqlite3.OperationalError("killed here")
            self.left -= 1
        return super().execute(sql, parameters)


def _check(hand_in: Callable[..., Any]) -> str:
    def attempt(writes: int) -> tuple[int, int, Any]:
        path = f"file:outbox{writes}-{threading.get_ident()}?mode=memory&cache=shared"
        keeper = sqlite3.connect(path, uri=True)  # a memory database lives as long as one connection does
        keeper.executescript(
            "CREATE TABLE parcel (id INTEGER PRIMARY KEY, address TEXT); CREATE TABLE letter (parcel_id INTEGER);"
        )
        connection = sqlite3.connect(path, uri=True, factory=_Broken)
        connection.left = writes
        number = None
        try:
            number = hand_in(connection, "Bern")
        except sqlite3.OperationalError as error:
            assert "killed" in str(error), f"your statement failed: {error}."
        finally:
            connection.close()  # what was not committed is gone, as when a process dies
        counts = [keeper.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in ("parcel", "letter")]
        owed = keeper.execute("SELECT parcel_id FROM letter").fetchall()
        keeper.close()
        assert not owed or number is None or owed == [(number,)], (
            f"the letter belongs to parcel {number}, but holds {owed[0][0]}."
        )
        return counts[0], counts[1], number

    parcels, letters, number = attempt(99)
    assert parcels, "the parcel was not there after the connection was closed: a transaction has to be committed."
    assert letters, "the parcel is stored, but no letter is owed: insert a row into `letter`, too."
    assert number == 1, (
        f"`hand_in` should return the parcel's number, 1, but {number!r} came back: `cursor.lastrowid` has it."
    )
    for writes in (0, 1):
        parcels, letters, _ = attempt(writes)
        assert parcels == letters, (
            "killed between the two, your code leaves a parcel without its letter: commit once, behind both."
            if parcels
            else "killed between the two, your code leaves a letter without its parcel: commit once, behind both."
        )
    return "Parcel and letter are stored together or not at all, wherever the process dies."


def _solve() -> Any:
    def hand_in(connection: sqlite3.Connection, address: str) -> int:
        with connection:
            number = connection.execute("INSERT INTO parcel (address) VALUES (?)", (address,)).lastrowid
            connection.execute("INSERT INTO letter (parcel_id) VALUES (?)", (number,))
        assert number is not None
        return number

    return hand_in


EXERCISE = Exercise(
    id="10.3-outbox",
    title="both or neither",
    task="`hand_in(connection, address)` should insert a row into `parcel` and the letter that it owes into `letter`, so that no kill can "
    "leave one without the other, and return the parcel's number.",
    check=_check,
    hints=(
        "How many commits may there be?",
        "`with connection:` commits at its end, and rolls back when something raises. `cursor.lastrowid` is the number.",
    ),
    solution=_solve,
    wants="function",
)
