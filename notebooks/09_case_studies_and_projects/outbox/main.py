"""The CRUD service: parcels with their history, and an outbox that is emptied as long as the process lives."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import FastAPI, Header, HTTPException, Path, Query, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, func, select, update

from outbox import steps
from outbox.models import Change, Letter, Parcel, ParcelIn, ParcelOut, Table, now
from outbox.store import SessionDep, engine, post

logger = logging.getLogger(__name__)


def relay_once(closing: asyncio.Event) -> int:
    def send(letter: Letter) -> None:
        if closing.is_set():
            raise OSError("the service closes: this letter stays owed")
        post(letter.parcel_id, letter.to)

    with Session(engine) as session:
        return steps.relay(session, send)


async def keep_relaying(closing: asyncio.Event) -> None:
    while not closing.is_set():
        try:
            pause = 0.0 if await run_in_threadpool(relay_once, closing) else 0.02
        except Exception:  # or nobody would learn that letters are sent no more
            logger.exception("the relay failed")
            pause = 0.5
        await asyncio.sleep(pause)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    Table.metadata.create_all(engine)
    closing = asyncio.Event()
    relaying = asyncio.create_task(keep_relaying(closing))
    yield
    closing.set()  # a letter that is on its way is sent and noted
    await relaying


app = FastAPI(lifespan=lifespan)
ParcelId = Annotated[int, Path(ge=1, lt=2**63)]
IfMatch = Annotated[str, Header()]


class Address(BaseModel):
    """The one thing that a PUT of the address replaces."""

    to: Annotated[str, Field(min_length=1)]


class ParcelPatch(BaseModel, extra="forbid"):
    """What may be changed; what is not sent stays, and the defaults are never used."""

    to: Annotated[str, Field(min_length=1)] = ""
    weight_kg: Annotated[float, Field(gt=0, le=30)] = 1


class Page(BaseModel):
    """Which parcels are asked for."""

    limit: Annotated[int, Field(ge=1, le=100)] = 20
    before: Annotated[int | None, Field(ge=1, lt=2**63)] = None
    to: str | None = None


def find(session: Session, parcel_id: int) -> Parcel:
    parcel = session.get(Parcel, parcel_id)
    if parcel is None or parcel.deleted_at is not None:
        raise HTTPException(404, "There is no such parcel.")
    return parcel


def named(if_match: str) -> int:
    """The version that an If-Match names; 412 for what is no version of ours."""
    version = if_match.strip('"')
    if not (version.isascii() and version.isdecimal() and len(version) < 16):
        raise HTTPException(412, "Somebody changed this parcel since you read it.")
    return int(version)


def write(session: Session, parcel_id: int, version: int, values: dict[str, Any]) -> None:
    """Change a parcel that still has this version; the database writes the audit trail in the same transaction."""
    mine = (col(Parcel.id) == parcel_id) & (col(Parcel.version) == version) & col(Parcel.deleted_at).is_(None)
    result = session.exec(update(Parcel).where(mine).values(**values, version=version + 1))
    session.commit()
    if result.rowcount == 0:
        raise HTTPException(412, "Somebody changed this parcel since you read it.")


@app.post("/parcels", status_code=201, response_model=ParcelOut)
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
    created = select(Change).where(Change.parcel_id == parcel.id, Change.what == "created")
    first = session.exec(created).one()
    if (first.to, parcel.email, first.weight_kg) != (new.to, new.email, new.weight_kg):
        raise HTTPException(409, "This key was used for another parcel.")
    response.headers["Location"] = f"/parcels/{parcel.id}"
    return parcel


@app.get("/parcels", response_model=list[ParcelOut])
def list_page(page: Annotated[Page, Query()], session: SessionDep) -> list[Parcel]:
    return steps.list_parcels(session, page.limit, page.before, page.to)


@app.get("/parcels/{parcel_id}", response_model=ParcelOut)
def read(parcel_id: ParcelId, session: SessionDep, response: Response) -> Parcel:
    parcel = find(session, parcel_id)
    response.headers["ETag"] = f'"{parcel.version}"'
    return parcel


@app.put("/parcels/{parcel_id}/address", response_model=ParcelOut)
def change(parcel_id: ParcelId, address: Address, if_match: IfMatch, session: SessionDep, response: Response) -> Parcel:
    find(session, parcel_id)
    session.rollback()
    if not steps.change_address(session, parcel_id, named(if_match), address.to):
        raise HTTPException(412, "Somebody changed this parcel since you read it.")
    return read(parcel_id, session, response)


@app.patch("/parcels/{parcel_id}", response_model=ParcelOut)
def correct(
    parcel_id: ParcelId, patch: ParcelPatch, if_match: IfMatch, session: SessionDep, response: Response
) -> Parcel:
    find(session, parcel_id)
    write(session, parcel_id, named(if_match), patch.model_dump(exclude_unset=True))
    return read(parcel_id, session, response)


@app.delete("/parcels/{parcel_id}", status_code=204)
def remove(parcel_id: ParcelId, session: SessionDep) -> None:
    parcel = find(session, parcel_id)
    write(session, parcel_id, parcel.version, {"deleted_at": now()})


@app.get("/parcels/{parcel_id}/changes")
def list_changes(parcel_id: ParcelId, session: SessionDep) -> list[Change]:
    return list(session.exec(select(Change).where(Change.parcel_id == parcel_id).order_by(col(Change.id))))


@app.get("/owed")
def count_owed(session: SessionDep) -> int:
    return session.exec(select(func.count(col(Letter.id))).where(col(Letter.sent_at).is_(None))).one()
