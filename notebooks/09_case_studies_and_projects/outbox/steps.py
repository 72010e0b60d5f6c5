"""The four steps of section 9.2, as the course solves them."""

from collections.abc import Callable

from sqlmodel import Session, col, select, update

from outbox.models import Letter, Parcel, ParcelIn, now


def create_parcel(session: Session, key: str, new: ParcelIn) -> Parcel:
    """Store the parcel and the letter that it needs: both or neither."""
    parcel = Parcel(key=key, **new.model_dump())
    session.add(parcel)
    session.flush()  # gives the parcel its id, and commits nothing
    assert parcel.id is not None
    session.add(Letter(parcel_id=parcel.id, to=parcel.email))
    session.commit()
    return parcel


def relay(session: Session, send: Callable[[Letter], None]) -> int:
    """Send what is owed and note each letter as soon as it is sent; returns how many were."""
    sent = 0
    for letter in session.exec(select(Letter).where(col(Letter.sent_at).is_(None)).order_by(col(Letter.id))).all():
        try:
            send(letter)
        except OSError:  # the mail server refused this one: it stays owed, and the others go out
            continue
        letter.sent_at = now()
        session.commit()
        sent += 1
    return sent


def change_address(session: Session, parcel_id: int, version: int, to: str) -> bool:
    """Change the addressee if the parcel still has this version; says whether it had."""
    mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version)
    result = session.exec(update(Parcel).where(mine).values(to=to, version=version + 1))
    session.commit()
    return result.rowcount == 1


def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
    """A page of the parcels that are there, newest first: those below the id `before`, and for one addressee if asked."""
    query = select(Parcel).where(col(Parcel.deleted_at).is_(None))
    if before is not None:
        query = query.where(col(Parcel.id) < before)
    if to is not None:
        query = query.where(Parcel.to == to)
    return list(session.exec(query.order_by(col(Parcel.id).desc()).limit(limit)))
