"""What learners pass to 9.2-listed."""

from sqlmodel import Session, col, desc, select, text

from helpers.chapters.ch09.exercises.database import load
from tests.chapters.answers import right, stub, wrong

Parcel = load().Parcel


@stub("9.2-listed")
def list_shipped():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]: ...

    return list_parcels


def conditions(before: int | None, to: str | None):
    """The conditions of a right answer."""
    found = [col(Parcel.deleted_at).is_(None)]
    if before is not None:
        found.append(col(Parcel.id) < before)
    if to is not None:
        found.append(col(Parcel.to) == to)
    return found


@wrong("9.2-listed", says="the oldest parcels came first")
def list_oldest_first():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        return list(session.exec(select(Parcel).where(*conditions(before, to)).limit(limit)))

    return list_parcels


@wrong("9.2-listed", says="parcel 37 has been deleted")
def list_with_the_deleted():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(*conditions(before, to)[1:]).order_by(col(Parcel.id).desc())
        return list(session.exec(query.limit(limit)))

    return list_parcels


@wrong("9.2-listed", says="so filter first")
def list_filtered_last():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(*conditions(before, None)).order_by(col(Parcel.id).desc())
        found = session.exec(query.limit(limit)).all()
        return [parcel for parcel in found if to in (None, parcel.to)]

    return list_parcels


@wrong("9.2-listed", says="`limit` belongs into the query")
def list_cut_in_python():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(*conditions(before, to)).order_by(col(Parcel.id).desc())
        return list(session.exec(query).all()[:limit])

    return list_parcels


@wrong("9.2-listed", says="the parcel that `before` names came a second time")
def list_from_before_on():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(*conditions(None if before is None else before + 1, to))
        return list(session.exec(query.order_by(col(Parcel.id).desc()).limit(limit)))

    return list_parcels


@wrong("9.2-listed", says="below parcel 38 the page should be")
def list_by_offset():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(*conditions(None, to)).order_by(col(Parcel.id).desc())
        return list(session.exec(query.offset(before or 0).limit(limit)))

    return list_parcels


@wrong("9.2-listed", says="a page is a list of parcels, but ")
def list_unread():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        return session.exec(select(Parcel).where(*conditions(before, to)).order_by(col(Parcel.id).desc()).limit(limit))

    return list_parcels


@wrong("9.2-listed", says="such as `is None`")
def list_nothing_is_none():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(Parcel.deleted_at is None).order_by(col(Parcel.id).desc())
        return list(session.exec(query.limit(limit)))

    return list_parcels


@right("9.2-listed")
def list_with_equals_none():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(Parcel.deleted_at == None).order_by(desc(Parcel.id))  # noqa: E711
        if to:
            query = query.where(Parcel.to == to)
        if before:
            query = query.where(Parcel.id < before)
        return session.exec(query.limit(limit)).all()

    return list_parcels


@right("9.2-listed")
def list_in_one_go():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        query = select(Parcel).where(*conditions(before, to)).order_by(-col(Parcel.id)).limit(limit)
        return list(session.scalars(query))

    return list_parcels


@right("9.2-listed")
def list_by_sql():
    def list_parcels(session: Session, limit: int, before: int | None, to: str | None) -> list[Parcel]:
        wanted = 'deleted_at IS NULL AND (:before IS NULL OR id < :before) AND (:to IS NULL OR "to" = :to)'
        query = select(Parcel).where(text(wanted)).order_by(text("id DESC")).limit(limit)
        return list(session.scalars(query, {"before": before, "to": to}))

    return list_parcels
