"""10.3-rows: the good ones in, the bad ones told."""

import secrets
import sqlite3
from collections.abc import Callable
from typing import Any, NamedTuple

from helpers.chapters.ch10.exercises.mortal import Mortal
from helpers.learning.model import Exercise

Row = tuple[str, int]
FULL = "the disk is full"

# What stands in the table, the rows that come, and the codes of those that it refuses: a code twice, a weight below 1.
CASES: list[tuple[list[Row], list[Row], list[str]]] = [
    ([("A1", 100)], [("A2", 200), ("A1", 300), ("A3", 0), ("A4", 400)], ["A1", "A3"]),
    ([], [("Z9", -5), ("B1", 10), ("B1", 20), ("B0", 30), ("A8", -1), ("Z9", 40)], ["Z9", "B1", "A8"]),
    ([("C1", 1)], [("C2", 1), ("C'3", 3)], []),
]


class _Outcome(NamedTuple):
    """What stands in the table when the connection is closed, what came back, and whether the disk was full."""

    stored: list[Row]
    told: Any
    was_full: bool = False
    came_out: bool = False


def _check(import_rows: Callable[..., Any]) -> str:
    for before, rows, refused in CASES:
        _stores_the_good(before, rows, refused, _import(import_rows, before, rows))
        for writes in range(len(rows)):
            found = _import(import_rows, before, rows, writes)
            if found.was_full:
                stayed = len(found.stored) - len(before)
                assert not stayed, (
                    f"the disk was full behind {writes} of {len(rows)} rows, and {stayed} stayed: commit once, behind the last row, "
                    "and only if nothing else went wrong."
                )
                assert found.came_out, (
                    "the disk was full, and nobody learned of it: catch `sqlite3.IntegrityError`, which is a refusal, and let other "
                    "errors out."
                )
    return "Good rows are stored together, bad ones are told, and an error that is no refusal leaves nothing."


def _stores_the_good(before: list[Row], rows: list[Row], refused: list[str], found: _Outcome) -> None:
    good = _good(before, rows)
    changed = [code for code, grams in before if (code, grams) not in found.stored]
    assert not changed, f"{changed[0]} was there before, and your code changed it: a code that is there is refused."
    assert found.stored != before, (
        "nothing was stored when the connection was closed: a transaction has to be committed."
    )
    lost = [code for code, grams in good if (code, grams) not in found.stored]
    refused_good = [
        (code, grams) for code, grams in good if isinstance(found.told, list) and code in found.told and code in lost
    ]
    assert not refused_good, (
        f"{refused_good[0][0]}, of {refused_good[0][1]} g, is good, and your code refused it: let the table say what it takes."
    )
    assert not lost, (
        f"{lost[0]} is good and was not stored: a row that is refused must end neither the loop nor what the others wrote. Catch "
        "the refusal of each row by itself."
    )
    assert found.stored == sorted([*before, *good]), (
        f"{sorted([*before, *good])} should be stored, but {found.stored} are."
    )
    assert found.told == refused, (
        f"the codes of the refused rows should come back in their order, {refused}, but {found.told!r:.60} came."
    )


def _good(before: list[Row], rows: list[Row]) -> list[Row]:
    """The rows that the table takes, one after the other."""
    known, good = {code for code, _ in before}, []
    for code, grams in rows:
        if code not in known and grams > 0:
            known.add(code)
            good.append((code, grams))
    return good


def _import(import_rows: Callable[..., Any], before: list[Row], rows: list[Row], writes: int = 99) -> _Outcome:
    """Let the learner's function import into a database whose disk is full behind `writes` statements that write."""
    path = f"file:rows-{secrets.token_hex(4)}?mode=memory&cache=shared"
    keeper = sqlite3.connect(path, uri=True)  # a memory database lives as long as one connection does
    keeper.execute("CREATE TABLE parcel (code TEXT UNIQUE, grams INTEGER CHECK (grams > 0))")
    keeper.executemany("INSERT INTO parcel VALUES (?, ?)", before)
    keeper.commit()
    connection = sqlite3.connect(path, uri=True, factory=Mortal)
    connection.left, connection.says = writes, FULL
    told, came_out = None, False
    try:
        told = import_rows(connection, list(rows))
    except sqlite3.IntegrityError as error:
        raise AssertionError(
            f"the refusal of a row came out of `import_rows`, {error}: catch it, note the code, and go on with the next row."
        ) from None
    except sqlite3.Error as error:
        assert str(error) == FULL, f"your statement failed: {error}."
        came_out = True
    finally:
        connection.close()  # what was not committed is gone
    stored = sorted(keeper.execute("SELECT code, grams FROM parcel").fetchall())
    keeper.close()
    return _Outcome(stored, told, connection.failed, came_out)


def _solve() -> Any:
    def import_rows(connection: sqlite3.Connection, rows: list[tuple[str, int]]) -> list[str]:
        refused = []
        with connection:
            for code, grams in rows:
                try:
                    connection.execute("INSERT INTO parcel (code, grams) VALUES (?, ?)", (code, grams))
                except sqlite3.IntegrityError:
                    refused.append(code)
        return refused

    return import_rows


EXERCISE = Exercise(
    id="10.3-rows",
    title="the good ones in, the bad ones told",
    task="`import_rows(connection, rows)` should insert every row that the table `parcel` takes and return the codes of those that it "
    "refuses, in their order; any other error comes out, and then nothing is stored.",
    check=_check,
    hints=(
        "Which of the two belongs around one row, and which around all: the `try`, the transaction?",
        "A refusal is an `sqlite3.IntegrityError`. SQLite undoes the statement that failed, and keeps the transaction open.",
        "`with connection:` commits once at its end, and rolls back when an error leaves it.",
    ),
    solution=_solve,
    wants="function",
)
