"""The CRUD service: parcels, and an outbox that is emptied as long as the process lives."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import FastAPI, Header, HTTPException, Path, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select

from outbox import steps
from outbox.models import Letter, Parcel, ParcelIn, Table
from outbox.store import SessionDep, engine, post

logger = logging.getLogger(__name__)


def relay_once() -> int:
    with Session(engine) as session:
        return steps.relay(session, lambda letter: post(letter.parcel_id, letter.to))


async def keep_relaying() -> None:
    while True:
        try:
            pause = 0.0 if await run_in_threadpool(relay_once) else 0.02
        except Exception:  # or nobody would learn that letters are sent no more
            logger.exception("the relay failed")
            pause = 0.5
        await asyncio.sleep(pause)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    Table.metadata.create_all(engine)
    relaying = asyncio.create_task(keep_relaying())
    yield
    relaying.cancel()


app = FastAPI(lifespan=lifespan)
ParcelId = Annotated[int, Path(ge=1)]


class Address(BaseModel):
    """What may be changed."""

    to: str


def find(session: Session, parcel_id: int) -> Parcel:
    parcel = session.get(Parcel, parcel_id)
    if parcel is None:
        raise HTTPException(404, "There is no such parcel.")
    return parcel


@app.post("/parcels", status_code=201)
def create(new: ParcelIn, idempotency_key: Annotated[str, Header()], session: SessionDep, response: Response) -> Parcel:
    known = select(Parcel).where(Parcel.key == idempotency_key)
    parcel = session.exec(known).first()
    if parcel is None:
        session.rollback()  # looking has begun a transaction; a step begins one of its own
        try:
            steps.create_parcel(session, idempotency_key, new)
        except IntegrityError:  # the same key came twice at the same moment
            session.rollback()
        parcel = session.exec(known).one()
    response.headers["Location"] = f"/parcels/{parcel.id}"
    return parcel


@app.get("/parcels/{parcel_id}")
def read(parcel_id: ParcelId, session: SessionDep, response: Response) -> Parcel:
    parcel = find(session, parcel_id)
    response.headers["ETag"] = f'"{parcel.version}"'
    return parcel


@app.put("/parcels/{parcel_id}/address")
def change(
    parcel_id: ParcelId, address: Address, if_match: Annotated[str, Header()], session: SessionDep, response: Response
) -> Parcel:
    find(session, parcel_id)
    session.rollback()
    version = if_match.strip('"')
    if not version.isdecimal() or not steps.change_address(session, parcel_id, int(version), address.to):
        raise HTTPException(412, "Somebody changed this parcel since you read it.")
    return read(parcel_id, session, response)


@app.delete("/parcels/{parcel_id}", status_code=204)
def remove(parcel_id: ParcelId, session: SessionDep) -> None:
    parcel = find(session, parcel_id)
    session.delete(parcel)
    session.commit()


@app.get("/owed")
def count_owed(session: SessionDep) -> int:
    return session.exec(select(func.count(col(Letter.id))).where(col(Letter.sent_at).is_(None))).one()
