"""The service with background tasks: fastapi run parcels/main.py"""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import BackgroundTasks, FastAPI

from parcels import jobs

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    logger.info("lifespan closed")


app = FastAPI(lifespan=lifespan)


@app.get("/health")
async def check_health() -> int:
    return os.getpid()


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
async def forgotten(parcel: int) -> int:
    app.state.job = asyncio.create_task(jobs.order_pickup(parcel))
    return os.getpid()
