"""The web process: it puts the parts together. Tables come from the migrations, before it starts."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import Depends, FastAPI

from depot import clerks, numbers, parcels, telemetry
from depot.settings import settings

telemetry.set_up("web")


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings.photos.mkdir(parents=True, exist_ok=True)
    yield


app = FastAPI(title="Parcels", lifespan=lifespan, max_body_size=1_000_000)
app.include_router(clerks.router)
for router in (parcels.router, numbers.router):
    app.include_router(router, dependencies=[Depends(clerks.get_clerk, scope="function")])
app.frontend("/board", directory=Path(__file__).with_name("board"))


@app.get("/health")
async def read_health() -> None: ...
