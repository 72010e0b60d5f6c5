"""What learners pass to 9.2-change."""

from sqlmodel import Session, col, text, update

from helpers.chapters.ch09.exercises.database import load
from tests.chapters.answers import right, stub, wrong

Parcel = load().Parcel


@stub("9.2-change")
def change_shipped():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool: ...

    return change_address


@wrong("9.2-change", says="Comparing in Python comes too early")
def change_after_a_look():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        parcel = session.get(Parcel, parcel_id)
        if parcel is None or parcel.version != version:
            return False
        parcel.to, parcel.version = to, version + 1
        session.commit()
        return True

    return change_address


@wrong("9.2-change", says="it was changed all the same")
def change_in_any_case():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        values = {"to": to, "version": Parcel.version + 1}
        result = session.exec(update(Parcel).where(col(Parcel.id) == parcel_id).values(values))
        session.commit()
        return result.rowcount == 1

    return change_address


@wrong("9.2-change", says="raises the version by one")
def change_without_version():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        result = session.exec(update(Parcel).where(mine).values(to=to))
        session.commit()
        return result.rowcount == 1

    return change_address


@wrong("9.2-change", says="the condition needs the parcel's id")
def change_everybody():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        result = session.exec(update(Parcel).where(col(Parcel.version) == version).values(to=to, version=version + 1))
        session.commit()
        return result.rowcount >= 1

    return change_address


@wrong("9.2-change", says="another connection still reads Grace")
def change_without_commit():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        return session.exec(update(Parcel).where(mine).values(to=to, version=version + 1)).rowcount == 1

    return change_address


@wrong("9.2-change", says="so the answer is `True`")
def change_without_an_answer():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> None:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
        session.commit()

    return change_address


@right("9.2-change")
def change_by_sql():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        if session.get(Parcel, parcel_id) is None:
            return False
        statement = text('UPDATE parcel SET "to" = :to, version = version + 1 WHERE id = :id AND version = :version')
        result = session.execute(statement, {"to": to, "id": parcel_id, "version": version})
        session.commit()
        return bool(result.rowcount)

    return change_address


@wrong("9.2-change", says="should be changed and have version 3")
def change_to_version_two():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        result = session.exec(update(Parcel).where(mine).values(to=to, version=2))
        session.commit()
        return result.rowcount == 1

    return change_address


@wrong("9.2-change", says="Your code raised `AttributeError")
def change_of_nothing():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        parcel = session.get(Parcel, parcel_id)
        if parcel.version != version:
            return False
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
        result = session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
        session.commit()
        return result.rowcount == 1

    return change_address


@right("9.2-change")
def change_in_a_block():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        statement = update(Parcel).where(col(Parcel.id) == parcel_id, col(Parcel.version) == version)
        with session.begin():
            changed = session.exec(statement.values(to=to, version=Parcel.version + 1)).rowcount
        return changed > 0

    return change_address


@right("9.2-change")
def change_by_returning():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        statement = update(Parcel).where(col(Parcel.id) == parcel_id, col(Parcel.version) == version)
        rows = session.exec(statement.values(to=to, version=version + 1).returning(col(Parcel.id))).all()
        session.commit()
        return bool(rows)

    return change_address


@wrong("9.2-change", says="which the parcel never had")
def change_of_any_older_one():
    def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
        mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) <= version)
        result = session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
        session.commit()
        return result.rowcount == 1

    return change_address
