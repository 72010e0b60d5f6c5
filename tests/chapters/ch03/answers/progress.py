"""What learners pass to 3.3-progress."""

import asyncio
import time

from fastapi import BackgroundTasks, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from helpers.chapters.ch03.exercises.progress import LabelJob, LabelOrder, label_jobs, labels, print_label
from tests.chapters.answers import right, stub, wrong


def print_and_count(job: LabelJob, parcels: list[int]) -> None:
    for parcel in parcels:
        print_label(parcel)
        job.printed += 1


def read_or_404(job_id: int) -> LabelJob:
    if job_id not in label_jobs:
        raise HTTPException(404, "no such job")
    return label_jobs[job_id]


def keep(order: LabelOrder) -> tuple[int, LabelJob]:
    """A new job under a new number."""
    job_id, job = len(label_jobs) + 1, LabelJob(of=len(order.parcels))
    label_jobs[job_id] = job
    return job_id, job


def progress_app(post, read=read_or_404, **options):
    """An app with these two path operations, and the labels that the check is given."""
    app = FastAPI()
    app.post("/labels", **({"status_code": 202} | options))(post)
    app.get("/jobs/{job_id}")(read)
    return app, labels


def progress_with(task):
    """All is as in the solution, except for the task."""

    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(task, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@stub("3.3-progress")
def progress_shipped():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob: ...

    def read_label_job(job_id: int) -> LabelJob: ...

    return progress_app(order_labels, read_label_job)


@stub("3.3-progress")
def progress_half_done():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob: ...

    return progress_app(order_labels)


@wrong("3.3-progress", says="for the new job")
def progress_that_tells_nothing():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> dict[str, str]:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return {"status": "ok"}

    return progress_app(order_labels)


@wrong("3.3-progress", says="the client waited while the labels were printed")
def progress_inline():
    def order_labels(order: LabelOrder, response: Response) -> LabelJob:
        job_id, job = keep(order)
        print_and_count(job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="no header `Location`")
def progress_without_location():
    def order_labels(order: LabelOrder, background_tasks: BackgroundTasks) -> LabelJob:
        _, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="202 Accepted was asked for, but 200 came")
def progress_with_200():
    app, labels = progress_with(print_and_count)
    post = next(route.endpoint for route in app.routes if route.path == "/labels")
    return progress_app(post, status_code=200)


@wrong("3.3-progress", says="the client followed `Location` and got 404")
def progress_to_nowhere():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = f"/labels/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="no label was ever printed")
def progress_never_printed():
    def order_labels(order: LabelOrder, response: Response) -> LabelJob:
        job_id, job = keep(order)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="but the job still says 0")
def progress_never_counted():
    return progress_with(lambda job, parcels: [print_label(parcel) for parcel in parcels])


@wrong("3.3-progress", says="was told 0 and 4 of 4, and nothing between")
def progress_at_the_end():
    def print_all(job: LabelJob, parcels: list[int]) -> None:
        for parcel in parcels:
            print_label(parcel)
        job.printed = len(parcels)

    return progress_with(print_all)


@wrong("3.3-progress", says="counted labels that were not printed yet")
def progress_too_early():
    def count_first(job: LabelJob, parcels: list[int]) -> None:
        for parcel in parcels:
            job.printed += 1
            print_label(parcel)

    return progress_with(count_first)


@wrong("3.3-progress", says="the task then failed, seen by nobody but the log: TypeError")
def progress_without_arguments():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="a job that nobody ordered should be a 404, but 500 came")
def progress_key_error():
    app, _ = progress_with(print_and_count)
    post = next(route.endpoint for route in app.routes if route.path == "/labels")

    def read_label_job(job_id: int) -> LabelJob:
        return label_jobs[job_id]

    return progress_app(post, read_label_job)


@wrong("3.3-progress", says="got the same address as the first")
def progress_one_id():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        label_jobs[1] = job = LabelJob(of=len(order.parcels))
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = "/jobs/1"
        return job

    return progress_app(order_labels)


@right("3.3-progress")
def progress_one_task_a_label():
    def print_one(job: LabelJob, parcel: int) -> None:
        print_label(parcel)
        job.printed += 1

    def order_labels(
        order: LabelOrder, request: Request, response: Response, background_tasks: BackgroundTasks
    ) -> LabelJob:
        job_id, job = keep(order)
        for parcel in order.parcels:
            background_tasks.add_task(print_one, job, parcel)
        response.headers["Location"] = str(request.url_for("read_or_404", job_id=job_id))
        return job

    return progress_app(order_labels)


@right("3.3-progress")
def progress_on_the_response():
    def order_labels(order: LabelOrder) -> Response:
        job_id, job = keep(order)
        task = BackgroundTask(print_and_count, job, order.parcels)
        return JSONResponse(job.model_dump(), 202, {"Location": f"/jobs/{job_id}"}, background=task)

    return progress_app(order_labels)


@wrong("3.3-progress", says="held the event loop")
def progress_by_a_task_that_blocks():
    async def print_all(job: LabelJob, parcels: list[int]) -> None:
        print_and_count(job, parcels)

    return progress_with(print_all)


@wrong("3.3-progress", says="Does it wait for its own task?")
def progress_waits_for_the_task():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        for _ in range(80):  # a learner would wait without end
            time.sleep(0.05 if job.printed < job.of else 0)
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says='`{"printed": 0, "of": 2}` was asked for')
def progress_always_of_four():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        job.of = 4
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="each job counts its own")
def progress_of_the_last_order():
    last = LabelJob(of=0)

    def read_label_job(job_id: int) -> LabelJob:
        return last

    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        last.of, last.printed = job.of, 0
        background_tasks.add_task(print_and_count, last, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"
        return last

    return progress_app(order_labels, read_label_job)


@wrong("3.3-progress", says="your function `order_labels` returned `None`")
def progress_without_a_return():
    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        job_id, job = keep(order)
        background_tasks.add_task(print_and_count, job, order.parcels)
        response.headers["Location"] = f"/jobs/{job_id}"

    return progress_app(order_labels)


@right("3.3-progress")
def progress_by_a_task_of_its_own():
    running = set()

    async def order_labels(order: LabelOrder, response: Response) -> LabelJob:
        job_id, job = keep(order)
        task = asyncio.create_task(asyncio.to_thread(print_and_count, job, order.parcels))
        running.add(task)
        task.add_done_callback(running.discard)
        response.headers["Location"] = f"/jobs/{job_id}"
        return job

    return progress_app(order_labels)


@wrong("3.3-progress", says="Pass the task its own")
def progress_of_the_last_job():
    latest = 0

    def print_labels(parcels: list[int]) -> None:
        for parcel in parcels:
            print_label(parcel)
            label_jobs[latest].printed += 1

    def order_labels(order: LabelOrder, response: Response, background_tasks: BackgroundTasks) -> LabelJob:
        nonlocal latest
        latest, job = keep(order)
        background_tasks.add_task(print_labels, order.parcels)
        response.headers["Location"] = f"/jobs/{latest}"
        return job

    return progress_app(order_labels)
