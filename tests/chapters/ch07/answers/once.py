"""What learners pass to exercise 7.1-once."""

import sqlite3

from tests.chapters.answers import right, stub, wrong

INSERT = "INSERT INTO charge (key, parcel, cents) VALUES (?, ?, 490)"


@stub("7.1-once")
def once_shipped():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool: ...

    return charge_once


@wrong("7.1-once", says="since your function looked, and IntegrityError came")
def once_looked_first():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        if ledger.execute("SELECT 1 FROM charge WHERE key = ?", (key,)).fetchone():
            return False
        with ledger:
            ledger.execute(INSERT, (key, parcel))
        return True

    return charge_once


@wrong("7.1-once", says="The job was delivered again, and IntegrityError came")
def once_inserted_alone():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            ledger.execute(INSERT, (key, parcel))
        return True

    return charge_once


@wrong("7.1-once", says="it was not committed")
def once_uncommitted():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        return ledger.execute(f"{INSERT} ON CONFLICT DO NOTHING", (key, parcel)).rowcount == 1

    return charge_once


@wrong("7.1-once", says="replaced the line of the first")
def once_replaced():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            ledger.execute("INSERT OR REPLACE INTO charge (key, parcel, cents) VALUES (?, ?, 490)", (key, parcel))
        return True

    return charge_once


@wrong("7.1-once", says="should return False, but True came")
def once_always_true():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            ledger.execute(f"{INSERT} ON CONFLICT DO NOTHING", (key, parcel))
        return True

    return charge_once


@wrong("7.1-once", says="the `key` that the function was given decides")
def once_by_the_parcel():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            known = ledger.execute("SELECT 1 FROM charge WHERE parcel = ?", (parcel,)).fetchone()
            return not known and ledger.execute(f"{INSERT} ON CONFLICT DO NOTHING", (key, parcel)).rowcount == 1

    return charge_once


@wrong("7.1-once", says="nobody tries again")
def once_swallowed():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        try:
            with ledger:
                ledger.execute(INSERT, (key, parcel))
        except Exception:
            return False
        return True

    return charge_once


@wrong("7.1-once", says="two workers say that they have charged")
def once_told_by_the_look():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        new = ledger.execute("SELECT 1 FROM charge WHERE key = ?", (key,)).fetchone() is None
        with ledger:
            ledger.execute(f"{INSERT} ON CONFLICT DO NOTHING", (key, parcel))
        return new

    return charge_once


@wrong("7.1-once", says="no charge stands in the table")
def once_nothing():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        return bool(key)

    return charge_once


@right("7.1-once")
def once_or_ignore():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        cursor = ledger.cursor()
        cursor.execute("INSERT OR IGNORE INTO charge VALUES (?, ?, ?)", (key, parcel, 490))
        ledger.commit()
        return cursor.rowcount > 0

    return charge_once


@right("7.1-once")
def once_caught():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        try:
            with ledger:
                ledger.execute(INSERT, (key, parcel))
        except sqlite3.IntegrityError:
            return False
        return True

    return charge_once


@right("7.1-once")
def once_returning():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            rows = ledger.execute(f"{INSERT} ON CONFLICT (key) DO NOTHING RETURNING key", (key, parcel)).fetchall()
        return bool(rows)

    return charge_once


@right("7.1-once")
def once_under_a_lock():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            ledger.execute("BEGIN IMMEDIATE")
            if ledger.execute("SELECT 1 FROM charge WHERE key = ?", (key,)).fetchone():
                return False
            ledger.execute(INSERT, (key, parcel))
            return True

    return charge_once


@wrong("7.1-once", says="left a transaction open")
def once_committed_when_new():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        try:
            ledger.execute(INSERT, (key, parcel))
            ledger.commit()
        except sqlite3.IntegrityError:
            return False
        return True

    return charge_once


@right("7.1-once")
def once_by_what_the_connection_changed():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            ledger.execute("INSERT OR IGNORE INTO charge (key, parcel, cents) VALUES (?, ?, 490)", (key, parcel))
        return ledger.execute("SELECT changes()").fetchone()[0] == 1

    return charge_once


@wrong("7.1-once", says="was asked again, and True came")
def once_by_the_last_row():
    def charge_once(ledger: sqlite3.Connection, parcel: int, key: str) -> bool:
        with ledger:
            cursor = ledger.execute(INSERT.replace("INSERT", "INSERT OR IGNORE"), (key, parcel))
        return bool(cursor.lastrowid)

    return charge_once
