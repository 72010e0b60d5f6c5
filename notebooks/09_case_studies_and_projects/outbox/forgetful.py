"""The parcel is stored, and its letter is a background task: right on every day without an accident."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import BackgroundTasks, FastAPI, Header
from sqlmodel import select

from outbox.models import Parcel, ParcelIn, Table
from outbox.store import SessionDep, engine, post


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    Table.metadata.create_all(engine)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/parcels", status_code=201)
def hand_in(
    new: ParcelIn, idempotency_key: Annotated[str, Header()], session: SessionDep, background_tasks: BackgroundTasks
) -> Parcel:
    parcel = session.exec(select(Parcel).where(Parcel.key == idempotency_key)).first()
    if parcel is None:
        parcel = Parcel(key=idempotency_key, **new.model_dump())
        session.add(parcel)
        session.commit()
        session.refresh(parcel)
        assert parcel.id is not None
        background_tasks.add_task(post, parcel.id, parcel.email)
    return parcel


@app.get("/owed")
def count_owed() -> int:
    return 0  # nobody knows
