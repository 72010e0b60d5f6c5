"""What learners pass to 9.2-write."""

from sqlmodel import Session, func, select

from helpers.chapters.ch09.exercises.database import load
from tests.chapters.answers import right, stub, wrong

models = load()
Letter, Parcel, ParcelIn = models.Letter, models.Parcel, models.ParcelIn


@stub("9.2-write")
def write_shipped():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel: ...

    return create_parcel


@wrong("9.2-write", says="the database held a parcel and no letter")
def write_in_two_commits():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


@wrong("9.2-write", says="nobody owes it a letter")
def write_no_letter():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        return parcel

    return create_parcel


@wrong("9.2-write", says="nothing is stored")
def write_without_commit():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        return parcel

    return create_parcel


@wrong("9.2-write", says="a letter and no parcel")
def write_the_letter_first():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        session.add(Letter(parcel_id=1, to=new.email))
        session.commit()
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        return parcel

    return create_parcel


@wrong("9.2-write", says="yours goes to `Grace`")
def write_to_the_addressee():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.to))
        session.commit()
        return parcel

    return create_parcel


@wrong("9.2-write", says="Your code raised `IntegrityError")
def write_without_flush():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


@right("9.2-write")
def write_in_a_block():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        with session.begin():
            parcel = Parcel(key=key, to=new.to, email=new.email, weight_kg=new.weight_kg)
            session.add(parcel)
            session.flush()
            session.add(Letter(parcel_id=parcel.id, to=new.email))
        session.refresh(parcel)
        return parcel

    return create_parcel


@wrong("9.2-write", says="came with the key another, but")
def write_with_a_key_of_its_own():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        parcel = Parcel(key="key-1", **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


@wrong("9.2-write", says="should return the parcel, with its id")
def write_without_a_return():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> None:
        parcel = Parcel(key=key, **new.model_dump())
        session.add(parcel)
        session.flush()
        session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()

    return create_parcel


@right("9.2-write")
def write_by_a_savepoint():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        with session.begin_nested():
            parcel = Parcel.model_validate(new, update={"key": key})
            session.add(parcel)
            session.flush()
            session.add(Letter(parcel_id=parcel.id, to=parcel.email))
        session.commit()
        return parcel

    return create_parcel


@right("9.2-write")
def write_both_at_once():
    def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
        number = (session.exec(select(func.max(Parcel.id))).one() or 0) + 1
        parcel = Parcel(id=number, key=key, **new.model_dump())
        session.add_all([parcel, Letter(parcel_id=number, to=new.email)])
        session.commit()
        session.refresh(parcel)
        return parcel

    return create_parcel
