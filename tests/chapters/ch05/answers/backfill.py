"""What learners pass to 5.4-backfill."""

from sqlalchemy import Engine, text

from tests.chapters.answers import right, stub, wrong

EMPTY = "SELECT id FROM parcel WHERE recipient IS NULL LIMIT :size"
PORTION = f'UPDATE parcel SET recipient = "to" WHERE recipient IS NULL AND id IN ({EMPTY})'


def portions(statement: str = PORTION, more=lambda rows, size: rows > 0):
    def backfill(engine: Engine, size: int) -> int:
        changed = 0
        while True:
            with engine.begin() as connection:
                rows = connection.execute(text(statement), {"size": size}).rowcount
            changed += rows
            if not more(rows, size):
                return changed

    return backfill


@stub("5.4-backfill")
def backfill_shipped():
    def backfill(engine: Engine, size: int) -> int: ...

    return backfill


@wrong("5.4-backfill", says="rows were changed in one transaction, at most 4 were asked for")
def backfill_in_one():
    def backfill(engine: Engine, size: int) -> int:
        with engine.begin() as connection:
            return connection.execute(text('UPDATE parcel SET recipient = "to" WHERE recipient IS NULL')).rowcount

    return backfill


@wrong("5.4-backfill", says="go on until a portion changes nothing")
def backfill_one_portion():
    return portions(more=lambda rows, size: False)


@wrong("5.4-backfill", says="nothing was committed")
def backfill_without_a_commit():
    def backfill(engine: Engine, size: int) -> int:
        with engine.connect() as connection:
            changed = 0
            while rows := connection.execute(text(PORTION), {"size": size}).rowcount:
                changed += rows
            return changed

    return backfill


@wrong("5.4-backfill", says="a parcel that had a recipient was given another one")
def backfill_all_of_them():
    def backfill(engine: Engine, size: int) -> int:
        with engine.begin() as connection:
            ids = list(connection.scalars(text("SELECT id FROM parcel")))
        for start in range(0, len(ids), size):
            with engine.begin() as connection:
                for id in ids[start : start + size]:
                    connection.execute(text('UPDATE parcel SET recipient = "to" WHERE id = :id'), {"id": id})
        return len(ids)

    return backfill


@wrong("5.4-backfill", says="an empty text is a recipient, too")
def backfill_empty_texts():
    return portions(PORTION.replace("recipient IS NULL", "coalesce(recipient, '') = ''"))


@wrong("5.4-backfill", says="you wrote over it")
def backfill_what_was_empty_before():
    def backfill(engine: Engine, size: int) -> int:
        with engine.begin() as connection:
            ids = list(connection.scalars(text("SELECT id FROM parcel WHERE recipient IS NULL")))
        for start in range(0, len(ids), size):
            with engine.begin() as connection:
                for id in ids[start : start + size]:
                    connection.execute(text('UPDATE parcel SET recipient = "to" WHERE id = :id'), {"id": id})
        return len(ids)

    return backfill


@wrong("5.4-backfill", says="but `backfill` returned None")
def backfill_without_a_number():
    def backfill(engine: Engine, size: int) -> int:
        portions()(engine, size)

    return backfill


@wrong("5.4-backfill", says="but `backfill` returned 0")
def backfill_the_last_number():
    def backfill(engine: Engine, size: int) -> int:
        while True:
            with engine.begin() as connection:
                rows = connection.execute(text(PORTION), {"size": size}).rowcount
            if rows == 0:
                return rows

    return backfill


@right("5.4-backfill")
def backfill_with_commits():
    def backfill(engine: Engine, size: int) -> int:
        changed = 0
        with engine.connect() as connection:
            while rows := connection.execute(text(PORTION), {"size": size}).rowcount:
                connection.commit()
                changed += rows
        return changed

    return backfill


@right("5.4-backfill")
def backfill_until_a_portion_is_small():
    return portions(more=lambda rows, size: rows == size)


@right("5.4-backfill")
def backfill_by_ids():
    def backfill(engine: Engine, size: int) -> int:
        changed = 0
        while True:
            with engine.begin() as connection:
                ids = list(connection.scalars(text(EMPTY), {"size": size}))
                for id in ids:
                    fill = text('UPDATE parcel SET recipient = "to" WHERE id = :id AND recipient IS NULL')
                    changed += connection.execute(fill, {"id": id}).rowcount
            if not ids:
                return changed

    return backfill


@right("5.4-backfill")
def backfill_of_statements_that_commit_themselves():
    def backfill(engine: Engine, size: int) -> int:
        changed = 0
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while rows := connection.execute(text(PORTION), {"size": size}).rowcount:
                changed += rows
        return changed

    return backfill


@wrong("5.4-backfill", says="of 12 parcels are still without a recipient")
def backfill_by_ids_without_a_gap():
    def backfill(engine: Engine, size: int) -> int:
        with engine.connect() as connection:
            count = connection.scalar(text("SELECT count(*) FROM parcel"))
        changed = 0
        for start in range(0, count, size):
            with engine.begin() as connection:
                some = text('UPDATE parcel SET recipient = "to" WHERE recipient IS NULL AND id > :a AND id <= :b')
                changed += connection.execute(some, {"a": start, "b": start + size}).rowcount
        return changed

    return backfill
