"""The same jobs for RQ and for Celery: rq worker parcels, celery -A parcels.queues worker"""

import smtplib

from celery import Celery
from redis import Redis
from rq import Queue

from parcels import jobs
from parcels.settings import settings

timeouts = {"socket_timeout": settings.broker_timeout, "socket_connect_timeout": settings.broker_timeout}
rq = Queue(settings.queue, connection=Redis.from_url(settings.redis_url, **timeouts))

app = Celery("parcels", broker=settings.redis_url)
app.conf.task_default_queue = f"{settings.queue}-celery"
app.conf.worker_hijack_root_logger = False
app.conf.worker_prefetch_multiplier = 1
app.conf.broker_connection_timeout = settings.broker_timeout
app.conf.broker_transport_options = {
    **timeouts,  # without them Celery waits for ever
    "global_keyprefix": f"{settings.queue}:",
    "visibility_timeout": settings.visibility_timeout,
    "unacked_restore_interval": settings.restore_interval,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": settings.restore_interval,  # held by whoever looks, also when killed
}

print_label = app.task(name="print_label")(jobs.print_label)
print_label_late = app.task(name="print_label_late", acks_late=True, reject_on_worker_lost=True)(jobs.print_label)
mail_receipt = app.task(
    name="mail_receipt", autoretry_for=(smtplib.SMTPException,), max_retries=3, default_retry_delay=0.1
)(jobs.mail_receipt)
