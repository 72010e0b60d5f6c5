"""Orders: a row in the database, and a label that is printed after the answer."""

from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends, HTTPException
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from parcels import jobs
from parcels.database import NewParcel, Parcel, get_session

SessionDep = Annotated[Session, Depends(get_session, scope="function")]
router = APIRouter()


@router.get("/ready", status_code=204)
def check_readiness(session: SessionDep) -> None:
    try:
        session.exec(select(Parcel).limit(1)).all()  # all columns that this version needs
    except SQLAlchemyError:
        raise HTTPException(503, "the database is away, or older than this version") from None


@router.post("/parcels", status_code=201)
def create_parcel(new: NewParcel, session: SessionDep, background_tasks: BackgroundTasks) -> Parcel:
    parcel = Parcel.model_validate(new)
    session.add(parcel)
    session.commit()
    session.refresh(parcel)
    background_tasks.add_task(jobs.print_label, parcel.id)
    return parcel


@router.get("/parcels/{parcel_id}")
def read_parcel(parcel_id: int, session: SessionDep) -> Parcel:
    return _found(parcel_id, session)


@router.delete("/parcels/{parcel_id}", status_code=204)
def delete_parcel(parcel_id: int, session: SessionDep) -> None:
    session.delete(_found(parcel_id, session))
    session.commit()


def _found(parcel_id: int, session: Session) -> Parcel:
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        raise HTTPException(404, "no such parcel")
    return parcel
