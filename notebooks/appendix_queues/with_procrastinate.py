"""Procrastinate keeps its jobs in PostgreSQL. procrastinate --app with_procrastinate.app worker"""

import time

import jobs
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from settings import settings

clocks = (
    {"fetch_job_polling_interval": 0.2, "update_heartbeat_interval": 0.5, "stalled_worker_timeout": 4}
    if settings.short
    else {}
)
app = App(connector=PsycopgConnector(conninfo=settings.database), worker_defaults=clocks)

TASKS = {
    "print_label": app.task(name="print_label")(jobs.print_label),
    "print_in_time": app.task(name="print_in_time")(jobs.print_label),  # there is no limit that it could be given
    "order_pickup": app.task(name="order_pickup")(jobs.order_pickup),
    "mail_once": app.task(name="mail_once")(jobs.mail_once),
    "mail_receipt": app.task(name="mail_receipt", retry=RetryStrategy(max_attempts=2, wait=1, linear_wait=1))(
        jobs.mail_receipt
    ),
}


@app.periodic(cron="* * * * * *")
@app.task(pass_context=True)
def tick(context: JobContext, timestamp: int) -> None:
    late = context.job.attempts or time.time() > timestamp + 1  # by then the next second's may have been ordered
    jobs.tick("procrastinate", f"{timestamp} late" if late else f"{timestamp}")


@app.periodic(cron="* * * * * *" if settings.short else "* * * * *")
@app.task(pass_context=True)
async def rescue(context: JobContext, timestamp: int) -> None:
    """A lost job stays `doing` until somebody looks; Procrastinate's documentation shows such a task."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=4 if settings.short else 30):
        await manager.retry_job(job)


opened = False


async def _open() -> None:
    global opened
    if not opened:
        await app.open_async()
        opened = True


async def order(job: str, parcel: int, value: float, delay: float = 0) -> None:
    await _open()
    task = TASKS[job].configure(schedule_in={"seconds": delay}) if delay else TASKS[job]
    name = "refusals" if job.startswith("mail") else "seconds"
    await task.defer_async(parcel=parcel, **{name: value})


async def dead() -> list[int]:
    await _open()
    return [job.task_kwargs["parcel"] for job in await app.job_manager.list_jobs_async(status="failed")]


async def requeue(parcel: int) -> None:
    await _open()
    for job in await app.job_manager.list_jobs_async(status="failed"):
        if job.task_kwargs["parcel"] == parcel:
            await app.job_manager.retry_job(job)
