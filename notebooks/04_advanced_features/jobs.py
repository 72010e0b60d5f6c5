"""The job monitor of section 4.3: status, progress, retry and cancel for the jobs of one process."""

import asyncio
import inspect
import time
from collections.abc import AsyncIterator
from typing import Annotated, Literal

import anyio
from fastapi import APIRouter, BackgroundTasks, Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

KEPT = 100  # finished jobs that can still be asked for


class Job(BaseModel):
    id: int
    work: str
    status: Literal["queued", "running", "retrying", "done", "failed", "cancelled"] = "queued"
    progress: int = 0
    attempt: int = 0
    problem: str | None = None

    @property
    def is_open(self) -> bool:
        return self.status in ("queued", "running", "retrying")


jobs: dict[int, Job] = {}
scopes: dict[int, anyio.CancelScope] = {}


async def attempt_once(job: Job) -> None:
    work = WORK[job.work]
    if inspect.iscoroutinefunction(work):
        await work(job)
    else:
        await run_in_threadpool(work, job)


async def run(job: Job, attempts: int = 3) -> None:
    with scopes[job.id] as scope:
        while job.is_open:
            job.attempt += 1
            job.status = "running"
            try:
                await attempt_once(job)
                job.status = "done"
            except Exception as error:
                job.problem = type(error).__name__
                job.status = "failed" if job.attempt == attempts else "retrying"
            if job.is_open:
                await asyncio.sleep(0.05 * 2**job.attempt)
    if scope.cancelled_caught:
        job.status = "cancelled"


async def changes(job: Job) -> AsyncIterator[Job]:
    seen = None
    while seen is None or seen.is_open:
        if job != seen:
            seen = job.model_copy()
            yield seen
        await asyncio.sleep(0.02)


router = APIRouter(prefix="/jobs", tags=["jobs"])


def forget_old() -> None:
    finished = [job.id for job in jobs.values() if not job.is_open]
    for id in finished[:-KEPT]:
        del jobs[id], scopes[id]


@router.post("/{work}", status_code=202)
async def start_job(work: str, request: Request, response: Response, background_tasks: BackgroundTasks) -> Job:
    if work not in WORK:
        raise HTTPException(404, "no such work")
    forget_old()
    job = Job(id=max(jobs, default=0) + 1, work=work)
    jobs[job.id], scopes[job.id] = job, anyio.CancelScope()
    background_tasks.add_task(run, job)
    response.headers["Location"] = request.url_for("read_job", job_id=job.id).path
    return job


def get_job(job_id: int) -> Job:
    if job_id not in jobs:
        raise HTTPException(404, "no such job")
    return jobs[job_id]


JobDep = Annotated[Job, Depends(get_job)]


@router.get("")
async def list_jobs() -> list[Job]:
    return list(jobs.values())


@router.get("/{job_id}")
async def read_job(job: JobDep) -> Job:
    return job


@router.delete("/{job_id}", status_code=202)
async def cancel_job(job: JobDep) -> None:
    if not job.is_open:
        raise HTTPException(409, f"the job is {job.status} already")
    scopes[job.id].cancel()


async def print_labels(job: Job) -> None:
    for percent in (20, 40, 60, 80, 100):
        await asyncio.sleep(0.5)
        job.progress = percent


async def call_carrier(job: Job) -> None:
    if job.attempt == 1:
        raise ConnectionError
    job.progress = 100


async def call_closed_depot(job: Job) -> None:
    raise TimeoutError


async def sort_everything(job: Job) -> None:
    await asyncio.sleep(60)


def archive_pages(job: Job) -> None:
    time.sleep(0.3)
    job.progress = 100


WORK = {work.__name__: work for work in (print_labels, call_carrier, call_closed_depot, sort_everything, archive_pages)}
app = FastAPI()
app.include_router(router)
