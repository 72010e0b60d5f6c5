"""The worker process: RQ forks it for every job, so what is imported here need not be imported by each.

python -m depot.worker
"""

from redis import Redis
from rq import Worker

from depot import jobs, telemetry
from depot.settings import settings


def main() -> None:
    telemetry.set_up("worker")
    assert jobs.WORK
    Worker([settings.queue], connection=Redis.from_url(settings.redis_url)).work()


if __name__ == "__main__":
    main()
