"""The service with the same job done in three ways, beside its orders: fastapi run parcels/queued.py"""

import os

from celery.exceptions import OperationalError
from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from redis import RedisError
from rq import Retry
from rq.exceptions import NoSuchJobError
from rq.job import Job

from parcels import jobs, orders, queues


class JobStatus(BaseModel):
    status: str
    result: str | None = None


app = FastAPI()
app.include_router(orders.router)


@app.exception_handler(RedisError)  # what RQ raises when the broker does not answer
@app.exception_handler(OperationalError)  # what Celery raises then
async def tell_that_the_broker_is_down(request: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "try again in a moment"}, 503, headers={"Retry-After": "5"})


@app.get("/health")
async def check_health() -> int:
    return os.getpid()


@app.post("/parcels/{parcel}/label/background", status_code=202)
async def label_by_background_task(parcel: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(jobs.print_label, parcel)


@app.post("/parcels/{parcel}/label/rq", status_code=202)
def label_by_rq(parcel: int, response: Response) -> None:
    job = queues.rq.enqueue(jobs.print_label, parcel)
    response.headers["Location"] = f"/jobs/{job.id}"


@app.post("/parcels/{parcel}/label/celery", status_code=202)
def label_by_celery(parcel: int) -> None:
    queues.print_label.delay(parcel)


@app.post("/parcels/{parcel}/receipt/background", status_code=202)
async def receipt_by_background_task(parcel: int, background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(jobs.mail_receipt, parcel)


@app.post("/parcels/{parcel}/receipt/rq", status_code=202)
def receipt_by_rq(parcel: int) -> None:
    queues.rq.enqueue(jobs.mail_receipt, parcel, retry=Retry(max=3))


@app.post("/parcels/{parcel}/receipt/celery", status_code=202)
def receipt_by_celery(parcel: int) -> None:
    queues.mail_receipt.delay(parcel)


@app.get("/jobs/{job_id}")
def read_job(job_id: str) -> JobStatus:
    try:
        job = Job.fetch(job_id, connection=queues.rq.connection)
    except NoSuchJobError:
        raise HTTPException(404, "no such job") from None
    return JobStatus(status=job.get_status(), result=job.return_value())
