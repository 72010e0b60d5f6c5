"""A service that its author still works on."""

import asyncio
import time
from collections.abc import AsyncIterable

from fastapi import BackgroundTasks, FastAPI

VERSION = 1
app = FastAPI()


@app.get("/")
def read_root() -> dict[str, int]:
    return {"version": VERSION}


@app.post("/labels")
def order_label(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(time.sleep, 0.8)


@app.get("/news")
async def news() -> AsyncIterable[str]:
    while True:
        yield "nothing new"
        await asyncio.sleep(0.1)
