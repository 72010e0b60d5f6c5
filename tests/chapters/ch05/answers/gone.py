"""What learners pass to 5.5-gone."""

from collections.abc import Callable

from fastapi import FastAPI, HTTPException
from sqlalchemy import event
from sqlmodel import Session, create_engine, delete, select

from helpers.chapters.ch05.exercises.tables import tables
from tests.chapters.answers import right, stub, wrong

world = tables()
engine, Locker, Key = world.lockers_engine, world.Locker, world.Key


def lockers(remove: Callable[[Session, int], object], used=engine, commit: bool = True):
    """An app that removes by `remove(session, id)`, which says whether there was a locker."""
    app = FastAPI()

    @app.delete("/lockers/{locker_id}", status_code=204)
    def remove_locker(locker_id: int) -> None:
        with Session(used) as session:
            if not remove(session, locker_id):
                raise HTTPException(404)
            if commit:
                session.commit()

    return app, used


def strict():
    """An engine that checks foreign keys."""
    made = create_engine(engine.url)
    event.listen(made, "connect", lambda connection, record: connection.execute("PRAGMA foreign_keys=ON"))
    return made


def locker_alone(session: Session, id: int) -> bool:
    return bool(session.exec(delete(Locker).where(Locker.id == id)).rowcount)


def both(session: Session, id: int) -> bool:
    session.exec(delete(Key).where(Key.locker_id == id))
    return locker_alone(session, id)


@stub("5.5-gone")
def gone_shipped():
    app = FastAPI()

    @app.delete("/lockers/{locker_id}", status_code=204)
    def remove_locker(locker_id: int) -> None: ...

    return app, engine


@wrong("5.5-gone", says="statements were needed for a locker with 3 keys")
def gone_key_by_key():
    def remove(session: Session, id: int) -> bool:
        locker = session.get(Locker, id)
        if locker is None:
            return False
        for key in session.exec(select(Key).where(Key.locker_id == id)).all():
            session.delete(key)
            session.flush()
        session.delete(locker)
        session.flush()
        return True

    return lockers(remove)


@wrong("5.5-gone", says="was it committed?")
def gone_without_a_commit():
    return lockers(both, commit=False)


@wrong("5.5-gone", says="another locker, or its keys, went along")
def gone_with_all_keys():
    def remove(session: Session, id: int) -> bool:
        session.exec(delete(Key))
        return locker_alone(session, id)

    return lockers(remove)


@wrong("5.5-gone", says="404 was asked for a locker that is not there any more, but 204 came")
def gone_whether_it_was_there_or_not():
    return lockers(lambda session, id: both(session, id) or True)


@wrong("5.5-gone", says="your app answered 500")
def gone_in_the_wrong_order():
    return lockers(lambda session, id: session.delete(session.get_one(Locker, id + 10)) or True, strict())


@wrong("5.5-gone", says="204 was asked for, but 404 came")
def gone_the_other_way_round():
    def remove(session: Session, id: int) -> bool:
        return not both(session, id)

    return lockers(remove)


@right("5.5-gone")
def gone_by_the_database():
    return lockers(locker_alone, strict())


@right("5.5-gone")
def gone_by_objects():
    def remove(session: Session, id: int) -> bool:
        locker = session.get(Locker, id)
        if locker is not None:
            session.exec(delete(Key).where(Key.locker_id == id))
            session.delete(locker)
        return locker is not None

    return lockers(remove)


@right("5.5-gone")
def gone_by_objects_and_the_database():
    def remove(session: Session, id: int) -> bool:
        locker = session.get(Locker, id)
        if locker is not None:
            session.delete(locker)
        return locker is not None

    return lockers(remove, strict())


@wrong("5.5-gone", says="of its keys hang on a locker that is not there")
def gone_told_to_one_connection():
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=ON")
    return lockers(locker_alone)
