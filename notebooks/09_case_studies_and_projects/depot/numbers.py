"""How the service is doing, by what the database says: the page `/board/` asks for it every second."""

from fastapi import APIRouter
from pydantic import BaseModel
from sqlmodel import col, func, select

from depot.database import Job, Parcel, SessionDep
from depot.outbox import is_given_up, is_owed

router = APIRouter(tags=["numbers"])


class Numbers(BaseModel):
    """Parcels, and the jobs that they made: done, still owed, given up, and begun more than once."""

    parcels: int
    done: int
    owed: int
    given_up: int
    repeated: int


@router.get("/jobs")
def count_jobs(session: SessionDep) -> Numbers:
    jobs = select(
        func.count(col(Job.done_at)),
        func.count(col(Job.id)).filter(is_owed()),
        func.count(col(Job.id)).filter(is_given_up()),
        func.count(col(Job.id)).filter(col(Job.attempts) > 1),
    )
    done, owed, given_up, repeated = session.exec(jobs).one()
    parcels = session.exec(select(func.count(col(Parcel.id)))).one()
    return Numbers(parcels=parcels, done=done, owed=owed, given_up=given_up, repeated=repeated)
