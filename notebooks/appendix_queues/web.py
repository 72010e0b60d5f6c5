"""The service that orders the jobs, by whichever queue is asked for: uvicorn web:app"""

import importlib
import inspect
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException
from fastapi.concurrency import run_in_threadpool
from settings import settings

app = FastAPI()
for queue in settings.web.split():
    importlib.import_module(f"with_{queue}")


async def call(queue: str, name: str, *arguments: Any) -> Any:
    """Call a function of the queue's module, on the loop if it is `async`, else in a thread."""
    function: Callable | None = getattr(importlib.import_module(f"with_{queue}"), name, None)
    if function is None:
        raise HTTPException(404, f"{queue} has no {name}")
    if inspect.iscoroutinefunction(function):
        return await function(*arguments)
    return await run_in_threadpool(function, *arguments)


@app.get("/price")
async def read_price() -> float:
    return 4.90


@app.post("/{queue}/{job}/{parcel}", status_code=202)
async def order(queue: str, job: str, parcel: int, value: float = 0, delay: float = 0) -> float:
    """The answer is what the queue's own call took, in seconds."""
    begun = time.perf_counter()
    await call(queue, "order", job, parcel, value, delay)
    return time.perf_counter() - begun


@app.get("/{queue}/dead")
async def list_dead_letters(queue: str) -> list[int]:
    return await call(queue, "dead")


@app.post("/{queue}/dead/{parcel}/again", status_code=202)
async def requeue(queue: str, parcel: int) -> None:
    await call(queue, "requeue", parcel)
