"""What learners pass to 10.3-rows."""

import sqlite3
from contextlib import closing

from tests.chapters.answers import right, stub, wrong

INSERT = "INSERT INTO parcel (code, grams) VALUES (?, ?)"


@stub("10.3-rows")
def rows_shipped():
    def import_rows(connection: sqlite3.Connection, rows: list[tuple[str, int]]) -> list[str]: ...

    return import_rows


@wrong("10.3-rows", says="a transaction has to be committed")
def rows_uncommitted():
    def import_rows(connection, rows):
        refused = []
        for code, grams in rows:
            try:
                connection.execute(INSERT, (code, grams))
            except sqlite3.IntegrityError:
                refused.append(code)
        return refused

    return import_rows


@wrong("10.3-rows", says="and 1 stayed: commit once, behind the last row")
def rows_committed_each():
    def import_rows(connection, rows):
        refused = []
        for code, grams in rows:
            try:
                with connection:
                    connection.execute(INSERT, (code, grams))
            except sqlite3.IntegrityError:
                refused.append(code)
        return refused

    return import_rows


@wrong("10.3-rows", says="A4 is good and was not stored")
def rows_until_the_first_refusal():
    def import_rows(connection, rows):
        refused = []
        with connection:
            try:
                for code, grams in rows:
                    connection.execute(INSERT, (code, grams))
            except sqlite3.IntegrityError:
                refused.append(code)
        return refused

    return import_rows


@wrong("10.3-rows", says="the refusal of a row came out of `import_rows`")
def rows_many_at_once():
    def import_rows(connection, rows):
        with connection:
            connection.executemany(INSERT, rows)
        return []

    return import_rows


@wrong("10.3-rows", says="A1 was there before, and your code changed it")
def rows_replaced():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for row in rows:
                try:
                    connection.execute(INSERT.replace("INSERT", "INSERT OR REPLACE"), row)
                except sqlite3.IntegrityError:
                    refused.append(row[0])
        return refused

    return import_rows


@wrong("10.3-rows", says="the disk was full, and nobody learned of it")
def rows_of_any_error():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for code, grams in rows:
                try:
                    connection.execute(INSERT, (code, grams))
                except sqlite3.Error:
                    refused.append(code)
        return refused

    return import_rows


@wrong("10.3-rows", says="in their order, ['Z9', 'B1', 'A8'], but ['A8', 'B1', 'Z9'] came")
def rows_sorted():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for code, grams in rows:
                try:
                    connection.execute(INSERT, (code, grams))
                except sqlite3.IntegrityError:
                    refused.append(code)
        return sorted(refused)

    return import_rows


@wrong("10.3-rows", says="but None came")
def rows_without_return():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for code, grams in rows:
                try:
                    connection.execute(INSERT, (code, grams))
                except sqlite3.IntegrityError:
                    refused.append(code)

    return import_rows


@wrong("10.3-rows", says="your statement failed: table parcel has no column named weight")
def rows_into_another_column():
    def import_rows(connection, rows):
        with connection:
            for row in rows:
                connection.execute("INSERT INTO parcel (code, weight) VALUES (?, ?)", row)
        return []

    return import_rows


@wrong("10.3-rows", says="A2 is good and was not stored")
def rows_rolled_back():
    def import_rows(connection, rows):
        refused = []
        for code, grams in rows:
            try:
                connection.execute(INSERT, (code, grams))
            except sqlite3.IntegrityError:
                connection.rollback()
                refused.append(code)
        connection.commit()
        return refused

    return import_rows


@right("10.3-rows")
def rows_ignored():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for row in rows:
                cursor = connection.execute(INSERT.replace("INSERT", "INSERT OR IGNORE"), row)
                if cursor.rowcount == 0:
                    refused.append(row[0])
        return refused

    return import_rows


@right("10.3-rows")
def rows_with_savepoints():
    def import_rows(connection, rows):
        refused = []
        with closing(connection.cursor()) as cursor:
            cursor.execute("BEGIN")
            for code, grams in rows:
                cursor.execute("SAVEPOINT row")
                try:
                    cursor.execute(INSERT, (code, grams))
                except sqlite3.IntegrityError:
                    cursor.execute("ROLLBACK TO row")
                    refused.append(code)
                cursor.execute("RELEASE row")
            cursor.execute("COMMIT")
        return refused

    return import_rows


@right("10.3-rows")
def rows_looked_up_first():
    def import_rows(connection, rows):
        known = {code for (code,) in connection.execute("SELECT code FROM parcel")}
        good, refused = {}, []
        for code, grams in rows:
            if code in known or code in good or grams < 1:
                refused.append(code)
            else:
                good[code] = grams
        connection.executemany(INSERT, good.items())
        connection.commit()
        return refused

    return import_rows


@right("10.3-rows")
def rows_rolled_back_by_hand():
    def import_rows(connection, rows):
        def takes(row):
            try:
                connection.execute(INSERT, row)
            except sqlite3.IntegrityError:
                return False
            return True

        try:
            refused = [row[0] for row in rows if not takes(row)]
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        return refused

    return import_rows


@wrong("10.3-rows", says="C2, of 1 g, is good, and your code refused it")
def rows_above_one_gram():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for code, grams in rows:
                try:
                    if grams <= 1:
                        raise sqlite3.IntegrityError
                    connection.execute(INSERT, (code, grams))
                except sqlite3.IntegrityError:
                    refused.append(code)
        return refused

    return import_rows


@wrong("10.3-rows", says="your statement failed: ")
def rows_glued_together():
    def import_rows(connection, rows):
        refused = []
        with connection:
            for code, grams in rows:
                try:
                    connection.execute(f"INSERT INTO parcel VALUES ('{code}', {grams})")
                except sqlite3.IntegrityError:
                    refused.append(code)
        return refused

    return import_rows


@wrong("10.3-rows", says="Z9, of 40 g, is good, and your code refused it")
def rows_remember_what_was_refused():
    def import_rows(connection, rows):
        seen = {code for (code,) in connection.execute("SELECT code FROM parcel")}
        refused = []
        with connection:
            for code, grams in rows:
                if code in seen or grams <= 0:
                    refused.append(code)
                else:
                    connection.execute(INSERT, (code, grams))
                seen.add(code)
        return refused

    return import_rows
