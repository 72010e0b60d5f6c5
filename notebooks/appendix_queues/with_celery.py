"""Celery wants a name for each function, and its rules with it. celery -A with_celery worker"""

import jobs
from celery import Celery
from settings import settings

app = Celery("labels", broker=settings.celery_broker)
app.conf.task_default_queue = settings.name
app.conf.task_acks_late = True
app.conf.task_reject_on_worker_lost = True
app.conf.worker_prefetch_multiplier = 1
app.conf.worker_hijack_root_logger = False
app.conf.broker_transport_options = {"global_keyprefix": f"{settings.name}-celery:"}
if settings.short:
    app.conf.broker_transport_options |= {
        "visibility_timeout": 8,  # longer than the 5 s in which a parent surely notices its child's death
        "unacked_restore_interval": 1,
        "unacked_restore_throttle": 1,
        "unacked_mutex_expire": 2,  # a worker that is killed while it looks would keep the others out for five minutes
    }
if settings.celery_timeout:
    app.conf.broker_transport_options |= dict.fromkeys(
        ("socket_timeout", "socket_connect_timeout"), settings.celery_timeout
    )
app.conf.beat_schedule = {"tick": {"task": "tick", "schedule": 1.0, "args": ["celery"]}}

app.task(name="print_label")(jobs.print_label)
app.task(name="print_in_time", soft_time_limit=1)(jobs.print_label)
app.task(name="mail_once")(jobs.mail_once)
app.task(name="order_pickup")(jobs.order_pickup)
app.task(name="poison")(jobs.poison)
app.task(name="tick")(jobs.tick)
app.task(name="mail_receipt", autoretry_for=(ConnectionError,), max_retries=2, retry_backoff=1, retry_jitter=False)(
    jobs.mail_receipt
)


def order(job: str, parcel: int, value: float, delay: float = 0) -> None:
    app.send_task(job, [parcel, value], countdown=delay or None)
