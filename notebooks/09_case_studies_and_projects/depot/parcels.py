"""What clerks do with parcels. Nothing slow is done here: it is owed to the outbox."""

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, HTTPException, Path, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pydantic import BaseModel, Field
from sqlmodel import Session, col, func, select

from depot.database import Event, Job, Parcel, SessionDep, engine
from depot.outbox import is_owed, owe
from depot.settings import settings

router = APIRouter(prefix="/parcels", tags=["parcels"])


def find_parcel(parcel_id: Annotated[int, Path(ge=1, lt=2**63)], session: SessionDep) -> int:
    if session.get(Parcel, parcel_id) is None:
        raise HTTPException(404, "There is no such parcel.")
    return parcel_id


ParcelId = Annotated[int, Depends(find_parcel, scope="function")]


class ParcelIn(BaseModel):
    to: str = Field(min_length=1, max_length=100)
    email: str = Field(max_length=200)


class ParcelOut(BaseModel):
    id: int
    to: str


@router.post("", status_code=201)
def hand_in(new: ParcelIn, session: SessionDep, response: Response) -> ParcelOut:
    parcel = Parcel(**new.model_dump())
    session.add(parcel)
    session.flush()
    assert parcel.id is not None
    session.add(Event(parcel_id=parcel.id, name="handed in"))
    owe(session, parcel.id, "receipt")
    session.commit()
    response.headers["Location"] = f"/parcels/{parcel.id}"
    return ParcelOut(id=parcel.id, to=parcel.to)


@router.put("/{parcel_id}/photo", status_code=202)
def add_photo(parcel_id: ParcelId, photo: UploadFile, session: SessionDep) -> None:
    part = settings.photos / f"{uuid4().hex}.part"
    part.write_bytes(photo.file.read())
    part.replace(settings.photos / f"{parcel_id}.upload")
    owe(session, parcel_id, "thumbnail")
    session.commit()


def read_progress(parcel_id: int, after: int) -> tuple[list[Event], int]:
    """The events after the given one, and how many jobs are still owed to the parcel."""
    owed = select(func.count(col(Job.id))).where(col(Job.parcel_id) == parcel_id, is_owed())
    events = select(Event).where(col(Event.parcel_id) == parcel_id, col(Event.id) > after).order_by(col(Event.id))
    with Session(engine) as session:
        still = session.exec(owed).one()  # first: what is done by then has its event
        return list(session.exec(events)), still


@router.get("/{parcel_id}/events", response_class=EventSourceResponse)
async def follow(parcel_id: ParcelId) -> AsyncIterator[ServerSentEvent]:
    last, owed = 0, 1
    while owed:
        events, owed = await run_in_threadpool(read_progress, parcel_id, last)
        for event in events:
            last = event.id or last
            yield ServerSentEvent(data=event.name, id=str(event.id))
        await asyncio.sleep(0.02)
