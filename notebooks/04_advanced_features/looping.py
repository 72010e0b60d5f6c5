"""A loop of the application's own, started in the lifespan: left alone, or with TIDY=yes cancelled behind `yield`."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI


async def loop() -> None:
    print("loop started", flush=True)
    try:
        while True:
            await asyncio.sleep(0.1)
    except asyncio.CancelledError:
        print("loop told", flush=True)
        raise


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(loop())
    yield
    if os.environ["TIDY"] == "yes":
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    print("lifespan closed", flush=True)


app = FastAPI(lifespan=lifespan)
