"""The job monitor of section 4.3 as a module, so that a process of its own can serve it."""

import asyncio
from itertools import count
from typing import Annotated, Literal

import anyio
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Response
from pydantic import BaseModel


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


async def run(job: Job, attempts: int = 3) -> None:
    with scopes[job.id] as scope:
        while job.is_open:
            job.attempt += 1
            job.status = "running"
            try:
                await WORK[job.work](job)
                job.status = "done"
            except Exception as error:
                job.problem = type(error).__name__
                job.status = "failed" if job.attempt == attempts else "retrying"
            if job.is_open:
                await asyncio.sleep(0.05 * 2**job.attempt)
    if scope.cancelled_caught:
        job.status = "cancelled"


async def print_labels(job: Job) -> None:
    for percent in (20, 40, 60, 80, 100):
        await asyncio.sleep(0.2)
        job.progress = percent


WORK = {"print_labels": print_labels}
app = FastAPI()
numbers = count(1)


def get_job(job_id: int) -> Job:
    if job_id not in jobs:
        raise HTTPException(404, "no such job")
    return jobs[job_id]


JobDep = Annotated[Job, Depends(get_job)]


@app.post("/jobs/{work}", status_code=202)
async def start_job(work: str, response: Response, background_tasks: BackgroundTasks) -> Job:
    if work not in WORK:
        raise HTTPException(404, "no such work")
    job = Job(id=next(numbers), work=work)
    jobs[job.id], scopes[job.id] = job, anyio.CancelScope()
    background_tasks.add_task(run, job)
    response.headers["Location"] = app.url_path_for("read_job", job_id=job.id)
    return job


@app.get("/jobs")
async def list_jobs() -> list[Job]:
    return list(jobs.values())


@app.get("/jobs/{job_id}")
async def read_job(job: JobDep) -> Job:
    return job


@app.delete("/jobs/{job_id}", status_code=202)
async def cancel_job(job: JobDep) -> None:
    scopes[job.id].cancel()
