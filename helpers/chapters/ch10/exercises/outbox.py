"""10.3-outbox: both or neither."""

import secrets
import sqlite3
from collections.abc import Callable
from typing import Any

from helpers.chapters.ch10.exercises.mortal import Mortal
from helpers.learning.model import Exercise


def _hand_in(
    hand_in: Callable[..., Any], address: str, before: int, writes: int = 99
) -> tuple[list[Any], list[Any], Any]:
    """The new parcels and letters in a database that held `before` parcels, and what the function returned."""
    path = f"file:outbox-{secrets.token_hex(4)}?mode=memory&cache=shared"
    keeper = sqlite3.connect(path, uri=True)  # a memory database lives as long as one connection does
    keeper.executescript(
        "CREATE TABLE parcel (id INTEGER PRIMARY KEY, address TEXT); CREATE TABLE letter (parcel_id INTEGER);"
    )
    keeper.executemany("INSERT INTO parcel (address) VALUES (?)", [("Chur",)] * before)
    keeper.execute("DELETE FROM parcel WHERE id = 2")  # so that a number is no count
    keeper.commit()
    connection = sqlite3.connect(path, uri=True, factory=Mortal)
    connection.left, number = writes, None
    try:
        number = hand_in(connection, address)
    except sqlite3.OperationalError as error:
        assert "killed" in str(error), f"your statement failed: {error}."
    finally:
        connection.close()  # what was not committed is gone, as when a process dies
    parcels = keeper.execute("SELECT id, address FROM parcel WHERE id > ?", (before,)).fetchall()
    letters = [number for (number,) in keeper.execute("SELECT parcel_id FROM letter")]
    keeper.close()
    return parcels, letters, number


def _check(hand_in: Callable[..., Any]) -> str:
    for address, before in (("Bern", 0), ("L'Isle", 5)):
        parcels, letters, number = _hand_in(hand_in, address, before)
        new = before + 1
        assert parcels, "the parcel was not there after the connection was closed: a transaction has to be committed."
        assert letters, "the parcel is stored, but no letter is owed: insert a row into `letter`, too."
        assert parcels == [(new, address)], (
            f"one parcel to {address} should be stored, with the number {new}, but {parcels} are."
        )
        assert letters == [new], f"one letter should be owed, to parcel {new}, but these are: {letters}."
        assert number == new, (
            f"`hand_in` should return the parcel's number, {new}, but {number!r} came back: `cursor.lastrowid` has it."
        )
        for writes in (0, 1):
            parcels, letters, _ = _hand_in(hand_in, address, before, writes)
            assert len(parcels) == len(letters), (
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
