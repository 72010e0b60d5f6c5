from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypedDict

from fastapi import FastAPI
from redis import Redis
from rq import Queue

from parcels.database import create_tables, get_engine
from parcels.routers import parcels, photos, senders
from parcels.settings import get_settings


class State(TypedDict):
    queue: Queue | None


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    settings = get_settings()
    settings.photo_dir.mkdir(exist_ok=True)
    create_tables()
    queue = Queue(connection=Redis.from_url(str(settings.queue_url))) if settings.queue_url else None
    yield {"queue": queue}
    get_engine().dispose()


app = FastAPI(title="Parcels", version="1.0.0", lifespan=lifespan, max_body_size=10_000)
app.include_router(senders.router)
app.include_router(parcels.router)
app.include_router(photos.router)


@app.get("/health", tags=["operation"])
async def read_health() -> None: ...
