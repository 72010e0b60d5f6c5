"""RQ takes any function by its name. rq worker labels --with-scheduler"""

from datetime import timedelta

from redis import Redis
from rq import Queue, Retry
from settings import settings

queue = Queue(settings.name, connection=Redis.from_url(settings.broker))
FUNCTIONS = {"print_in_time": "jobs.print_label"}
RULES = {
    "print_label": {"retry": Retry(max=2)},
    "print_in_time": {"job_timeout": 1},
    "mail_receipt": {"retry": Retry(max=2, interval=[1, 4])},
    "poison": {"retry": Retry(max=1)},
}


def order(job: str, parcel: int, value: float, delay: float = 0) -> None:
    function, rules = FUNCTIONS.get(job, f"jobs.{job}"), RULES.get(job, {})
    if delay:
        queue.enqueue_in(timedelta(seconds=delay), function, parcel, value, **rules)
    else:
        queue.enqueue(function, parcel, value, **rules)


def dead() -> list[int]:
    registry = queue.failed_job_registry
    return [job.args[0] for id in registry.get_job_ids() if (job := queue.fetch_job(id))]


def requeue(parcel: int) -> None:
    registry = queue.failed_job_registry
    for id in registry.get_job_ids():
        if (job := queue.fetch_job(id)) and job.args[0] == parcel:
            registry.requeue(job)
