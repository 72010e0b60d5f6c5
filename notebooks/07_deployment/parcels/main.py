"""The service with background tasks: fastapi run parcels/main.py"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.sse import EventSourceResponse
from redis import RedisError
from redis.asyncio import Redis

from parcels import jobs
from parcels.settings import settings

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    logger.info("lifespan closed")


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def check_health() -> int:
    return os.getpid()


@app.get("/ready")
async def check_ready() -> str:
    try:
        async with asyncio.timeout(1), Redis.from_url(settings.redis_url) as broker:
            await broker.ping()
    except (RedisError, TimeoutError):
        raise HTTPException(503, "the broker does not answer") from None
    return "ready"


@app.post("/parcels/{parcel}/label", status_code=202)
async def label(parcel: int, background_tasks: BackgroundTasks) -> int:
    background_tasks.add_task(jobs.print_label, parcel)
    background_tasks.add_task(jobs.archive, parcel)
    return os.getpid()


@app.post("/parcels/{parcel}/pickup", status_code=202)
async def pickup(parcel: int, background_tasks: BackgroundTasks) -> int:
    background_tasks.add_task(jobs.order_pickup, parcel)
    background_tasks.add_task(jobs.archive, parcel)
    return os.getpid()


@app.post("/parcels/{parcel}/forgotten", status_code=202)
async def forgotten(parcel: int, seconds: float = settings.work_seconds) -> int:
    app.state.job = asyncio.create_task(jobs.order_pickup(parcel, seconds))
    return os.getpid()


@app.post("/parcels/{parcel}/route", status_code=202)
async def route(parcel: int, background_tasks: BackgroundTasks) -> int:
    background_tasks.add_task(jobs.plan_route, parcel)
    return os.getpid()


@app.get("/parcels/{parcel}/events", response_class=EventSourceResponse)
async def follow(parcel: int) -> AsyncIterator[dict[str, int]]:
    while True:
        yield {"on its way": parcel}
        await asyncio.sleep(0.2)
