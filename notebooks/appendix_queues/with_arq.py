"""arq runs coroutines alone. arq with_arq.WorkerSettings"""

import asyncio
from datetime import timedelta

import jobs
from arq import Retry, create_pool, cron, func
from arq.connections import ArqRedis, RedisSettings
from settings import settings


async def print_label(context: dict, parcel: int, seconds: float) -> None:
    await asyncio.to_thread(jobs.print_label, parcel, seconds)


async def print_in_time(context: dict, parcel: int, seconds: float) -> None:
    await asyncio.to_thread(jobs.print_label, parcel, seconds)


async def order_pickup(context: dict, parcel: int, seconds: float) -> None:
    await jobs.order_pickup(parcel, seconds)


async def mail_receipt(context: dict, parcel: int, refusals: float) -> None:
    try:
        jobs.mail_receipt(parcel, refusals)
    except ConnectionError as error:
        raise Retry(defer=context["job_try"]) from error


async def mail_once(context: dict, parcel: int, refusals: float) -> None:
    jobs.mail_once(parcel, refusals)


async def tick(context: dict) -> None:
    jobs.tick("arq", f"{context['job_id']} late" if context["job_try"] > 1 else context["job_id"])


class WorkerSettings:
    functions = [print_label, func(print_in_time, timeout=1), order_pickup, mail_once, func(mail_receipt, max_tries=3)]
    cron_jobs = [cron(tick, second=set(range(60)))]
    redis_settings = RedisSettings.from_dsn(settings.broker)
    queue_name = f"{settings.name}-arq"
    job_timeout = 5 if settings.short else 300
    health_check_interval = 1 if settings.short else 3600  # the key is deleted when any worker ends


pool: ArqRedis | None = None


async def order(job: str, parcel: int, value: float, delay: float = 0) -> None:
    global pool
    pool = pool or await create_pool(WorkerSettings.redis_settings, default_queue_name=WorkerSettings.queue_name)
    await pool.enqueue_job(job, parcel, value, _defer_by=timedelta(seconds=delay) if delay else None)
