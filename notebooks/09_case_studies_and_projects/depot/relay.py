"""The relay process: it publishes what is owed to the broker, again and again until it is done.

python -m depot.relay
"""

import time

from opentelemetry import trace
from redis import Redis, RedisError
from rq import Queue
from sqlmodel import Session

from depot import telemetry
from depot.database import engine
from depot.outbox import lease
from depot.settings import settings


def publish(queue: Queue, tracer: trace.Tracer) -> int:
    """Publish every job that is due and return how many were."""
    with Session(engine) as session:
        jobs = [(job.id, job.name, job.trace) for job in lease(session)]
    for job_id, name, traceparent in jobs:
        with tracer.start_as_current_span(
            f"publish {name}", context=telemetry.continued(traceparent), kind=trace.SpanKind.PRODUCER
        ):
            queue.enqueue("depot.jobs.run", job_id, result_ttl=0, failure_ttl=60)
    return len(jobs)


def main() -> None:
    telemetry.set_up("relay")
    tracer = trace.get_tracer("parcels")
    queue = Queue(settings.queue, connection=Redis.from_url(settings.redis_url))
    print("relaying", flush=True)
    while True:
        try:
            if not publish(queue, tracer):
                time.sleep(0.02)
        except RedisError as error:
            print("the broker is away:", type(error).__name__, flush=True)
            time.sleep(0.2)


if __name__ == "__main__":
    main()
