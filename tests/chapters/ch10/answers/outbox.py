"""What learners pass to 10.3-outbox."""

from tests.chapters.answers import right, stub, wrong

PARCEL, LETTER = "INSERT INTO parcel (address) VALUES (?)", "INSERT INTO letter VALUES (?)"


@stub("10.3-outbox")
def outbox_shipped():
    def hand_in(connection, address: str) -> int: ...

    return hand_in


@wrong("10.3-outbox", says="a letter without its parcel")
def outbox_letter_first():
    def hand_in(connection, address):
        connection.execute(LETTER, (1,))
        connection.commit()
        number = connection.execute(PARCEL, (address,)).lastrowid
        connection.commit()
        return number

    return hand_in


@wrong("10.3-outbox", says="has to be committed")
def outbox_no_commit():
    def hand_in(connection, address):
        number = connection.execute(PARCEL, (address,)).lastrowid
        connection.execute(LETTER, (number,))
        return number

    return hand_in


@wrong("10.3-outbox", says="no letter is owed")
def outbox_parcel_alone():
    def hand_in(connection, address):
        with connection:
            return connection.execute(PARCEL, (address,)).lastrowid

    return hand_in


@wrong("10.3-outbox", says="should return the parcel's number")
def outbox_without_number():
    def hand_in(connection, address):
        with connection:
            number = connection.execute(PARCEL, (address,)).lastrowid
            connection.execute(LETTER, (number,))

    return hand_in


@right("10.3-outbox")
def outbox_by_hand():
    def hand_in(connection, address):
        try:
            number = connection.execute(PARCEL, (address,)).lastrowid
            connection.execute(LETTER, (number,))
        except Exception:
            connection.rollback()
            raise
        connection.commit()
        return number

    return hand_in


@wrong("10.3-outbox", says="a parcel without its letter: commit once")
def outbox_two_commits_by_a_cursor():
    def hand_in(connection, address):
        cursor = connection.cursor()
        cursor.execute(PARCEL, (address,))
        number = cursor.lastrowid
        connection.commit()
        cursor.executemany(LETTER, [(number,)])
        connection.commit()
        return number

    return hand_in


@wrong("10.3-outbox", says="one letter should be owed, to parcel 6")
def outbox_for_parcel_one():
    def hand_in(connection, address):
        with connection:
            number = connection.execute(PARCEL, (address,)).lastrowid
            connection.execute(LETTER, (1,))
        return number

    return hand_in


@wrong("10.3-outbox", says="your statement failed: table letter has no column named address")
def outbox_misspelt():
    def hand_in(connection, address):
        with connection:
            number = connection.execute(PARCEL, (address,)).lastrowid
            connection.execute("INSERT INTO letter (address) VALUES (?)", (number,))
        return number

    return hand_in


@right("10.3-outbox")
def outbox_by_a_cursor():
    def hand_in(connection, address):
        cursor = connection.cursor()
        cursor.execute(PARCEL, (address,))
        number = cursor.lastrowid
        cursor.execute(LETTER, (number,))
        connection.commit()
        return number

    return hand_in


@right("10.3-outbox")
def outbox_in_an_explicit_transaction():
    def hand_in(connection, address):
        connection.isolation_level = None
        connection.execute("BEGIN IMMEDIATE")
        (number,) = connection.execute(f"{PARCEL} RETURNING id", (address,)).fetchone()
        connection.execute(LETTER, (number,))
        connection.execute("COMMIT")
        return number

    return hand_in


@wrong("10.3-outbox", says="your statement failed: near")
def outbox_glued_together():
    def hand_in(connection, address):
        with connection:
            number = connection.execute(f"INSERT INTO parcel (address) VALUES ('{address}')").lastrowid
            connection.execute(f"INSERT INTO letter VALUES ({number})")
        return number

    return hand_in


@wrong("10.3-outbox", says="to parcel 6, but these are: [5]")
def outbox_counts_the_parcels():
    def hand_in(connection, address):
        with connection:
            connection.execute(PARCEL, (address,))
            number = connection.execute("SELECT count(*) FROM parcel").fetchone()[0]
            connection.execute(LETTER, (number,))
        return number

    return hand_in
