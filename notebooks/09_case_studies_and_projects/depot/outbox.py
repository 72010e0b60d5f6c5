"""Jobs are owed in the same transaction as what makes them necessary, and published until somebody has done them."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from depot.database import Job, now
from depot.settings import settings
from depot.telemetry import current_trace


def owe(session: Session, parcel_id: int, name: str) -> None:
    """Add a job to the open transaction."""
    session.add(Job(parcel_id=parcel_id, name=name, trace=current_trace()))


def is_owed() -> ColumnElement[bool]:
    """The condition under which a job is still to be done."""
    return col(Job.done_at).is_(None) & (col(Job.attempts) < settings.attempts)


def lease(session: Session) -> Sequence[Job]:
    """The jobs that are due, each now leased to whoever reads it from the broker."""
    due = is_owed() & (col(Job.leased_until) < now())
    jobs = session.exec(select(Job).where(due).order_by(col(Job.id)).limit(50)).all()
    for job in jobs:
        job.leased_until = now() + settings.lease
    session.commit()
    return jobs


def is_given_up() -> ColumnElement[bool]:
    """The condition under which a job was tried so often that nobody tries it again."""
    return col(Job.done_at).is_(None) & (col(Job.attempts) >= settings.attempts)
