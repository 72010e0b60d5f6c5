"""Dramatiq: an actor for each function, retried by default. dramatiq with_dramatiq"""

import dramatiq
import jobs
from dramatiq.brokers.redis import RedisBroker
from dramatiq.middleware.asyncio import AsyncIO
from settings import settings

clocks = {"heartbeat_timeout": 4000, "maintenance_chance": 1_000_000} if settings.short else {}
broker = RedisBroker(url=settings.broker, namespace=f"{settings.name}-dramatiq", **clocks)
broker.add_middleware(AsyncIO())
dramatiq.set_broker(broker)

ACTORS = {
    "print_label": dramatiq.actor(jobs.print_label),
    "print_in_time": dramatiq.actor(jobs.print_label, actor_name="print_in_time", time_limit=1000, max_retries=0),
    "mail_once": dramatiq.actor(jobs.mail_once, max_retries=0),
    "order_pickup": dramatiq.actor(jobs.order_pickup),
    "mail_receipt": dramatiq.actor(jobs.mail_receipt, max_retries=2, min_backoff=1000),
}
DEAD = f"{broker.namespace}:default.XQ.msgs"


def order(job: str, parcel: int, value: float, delay: float = 0) -> None:
    ACTORS[job].send_with_options(args=(parcel, value), delay=int(delay * 1000) or None)


def _messages() -> list[dramatiq.Message]:
    return [dramatiq.Message.decode(data) for data in broker.client.hvals(DEAD)]


def dead() -> list[int]:
    return [message.args[0] for message in _messages()]


def requeue(parcel: int) -> None:
    for message in _messages():
        if message.args[0] == parcel:
            broker.client.hdel(DEAD, message.options["redis_message_id"])
            broker.enqueue(message.copy(options={"retries": 0}))
