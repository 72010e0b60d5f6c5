"""Section 8.3: the same computation as a task on the event loop, in a worker thread and in a process of its own."""

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import asynccontextmanager
from typing import Annotated, TypedDict

from fastapi import BackgroundTasks, Depends, FastAPI, Request
from pydantic import BaseModel


class State(TypedDict):
    pool: ProcessPoolExecutor


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[State]:
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        pool.submit(compute, 1).result()  # so that no request waits for the process to start
        yield {"pool": pool}


def get_pool(request: Request) -> ProcessPoolExecutor:
    return request.state.pool


app = FastAPI(lifespan=lifespan)
pongs: list[float] = []
done: list["Work"] = []


class Work(BaseModel):
    """Computing that took `seconds`, during which `answered` requests of others were answered."""

    seconds: float
    answered: int


def compute(size: int) -> int:
    return sum(range(size))


def note(begun: float) -> None:
    ended = time.perf_counter()
    done.append(Work(seconds=ended - begun, answered=sum(begun < pong < ended for pong in list(pongs))))


async def compute_on_loop(size: int) -> None:
    begun = time.perf_counter()
    compute(size)
    note(begun)


def compute_in_thread(size: int) -> None:
    begun = time.perf_counter()
    compute(size)
    note(begun)


async def compute_in_process(size: int, pool: ProcessPoolExecutor) -> None:
    begun = time.perf_counter()
    await asyncio.get_running_loop().run_in_executor(pool, compute, size)
    note(begun)


def wait_in_thread(seconds: float) -> None:
    begun = time.perf_counter()
    time.sleep(seconds)
    note(begun)


@app.get("/ping")
async def ping() -> None:
    pongs.append(time.perf_counter())


@app.post("/loop", status_code=202)
async def order_on_loop(size: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(compute_on_loop, size)


@app.post("/thread", status_code=202)
async def order_in_thread(size: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(compute_in_thread, size)


@app.post("/process", status_code=202)
async def order_in_process(
    size: int, background_tasks: BackgroundTasks, pool: Annotated[ProcessPoolExecutor, Depends(get_pool)]
) -> None:
    background_tasks.add_task(compute_in_process, size, pool)


@app.post("/wait", status_code=202)
async def order_wait(seconds: float, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(wait_in_thread, seconds)


@app.get("/done")
async def read_done() -> list[Work]:
    return done
