"""Taskiq is `async` throughout. taskiq worker with_taskiq:broker, taskiq scheduler with_taskiq:scheduler"""

import logging
from datetime import UTC, datetime, timedelta

import jobs
from settings import settings
from taskiq import SmartRetryMiddleware, TaskiqScheduler
from taskiq.schedule_sources import LabelScheduleSource
from taskiq_redis import ListRedisScheduleSource, RedisStreamBroker

logging.basicConfig(level=logging.INFO)  # for Python 3.14, in whose workers Taskiq sets up no log
clocks = {"idle_timeout": 3000, "xread_block": 500} if settings.short else {}
later = ListRedisScheduleSource(settings.broker, prefix=f"{settings.name}-later")
broker = RedisStreamBroker(settings.broker, queue_name=f"{settings.name}-taskiq", **clocks).with_middlewares(
    SmartRetryMiddleware(default_delay=1, use_delay_exponent=True, schedule_source=later)
)
scheduler = TaskiqScheduler(broker, [LabelScheduleSource(broker), later])

TASKS = {
    "print_label": broker.task(task_name="print_label")(jobs.print_label),
    "print_in_time": broker.task(task_name="print_in_time", timeout=1)(jobs.print_label),
    "mail_once": broker.task(task_name="mail_once")(jobs.mail_once),
    "order_pickup": broker.task(task_name="order_pickup")(jobs.order_pickup),
    "mail_receipt": broker.task(task_name="mail_receipt", retry_on_error=True, max_retries=3)(jobs.mail_receipt),
}
broker.task(task_name="tick", schedule=[{"interval": 1, "args": ["taskiq"]}])(jobs.tick)
ready = False


async def order(job: str, parcel: int, value: float, delay: float = 0) -> None:
    global ready
    if not ready:
        await broker.startup()
        ready = True
    if delay:
        moment = datetime.now(UTC) + timedelta(seconds=delay)
        await TASKS[job].schedule_by_time(later, moment, parcel, value)
    else:
        await TASKS[job].kiq(parcel, value)
