"""The service as its image runs it: uvicorn parcels.service:app"""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from parcels import orders
from parcels.database import engine
from parcels.settings import settings

logger = logging.getLogger(__name__)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    engine.dispose()
    logger.info("lifespan closed")


app = FastAPI(version=settings.version, lifespan=lifespan)
app.include_router(orders.router)


@app.get("/health")
async def check_health() -> dict[str, str]:
    return {"version": settings.version}
