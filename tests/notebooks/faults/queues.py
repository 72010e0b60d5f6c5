"""Faults in the queues: RQ, Celery, Dramatiq, Taskiq and Procrastinate, whose workers are processes of their own."""

from helpers.course import QUEUES
from tests.notebooks.faults.fault import Fault

FAULTS = [
    # RQ
    Fault(
        "RQ: a job that failed is not tried again",
        """
from rq.job import Job
Job.should_retry = property(lambda self: False)
""",
        {7: "dep-retry", QUEUES: "queues-retry"},
        where="children",
    ),
    Fault(
        "RQ: a job whose process was killed counts as done",
        """
from rq.worker import Worker
Worker.handle_work_horse_killed = lambda self, job, *how: job.set_status("finished")
Worker.handle_job_failure = lambda self, *args, **options: None
""",
        {7: "dep-once", QUEUES: "queues-child-told"},
        where="children",
    ),
    Fault(
        "RQ: a retry waits for no interval",
        """
from rq.job import Job
Job.get_retry_interval = lambda self: 0
""",
        {QUEUES: "queues-retry"},
        where="children",
    ),
    Fault(
        "RQ: a job has no limit",
        """
from rq.timeouts import UnixSignalDeathPenalty
UnixSignalDeathPenalty.setup_death_penalty = UnixSignalDeathPenalty.cancel_death_penalty = lambda self: None
""",
        {QUEUES: "queues-limit"},
        where="children",
    ),
    Fault(
        "RQ: what has failed is not kept",
        """
from rq.registry import FailedJobRegistry
FailedJobRegistry.add = lambda self, job, *args, **options: None
""",
        {QUEUES: "queues-dead"},
        where="children",
    ),
    Fault(
        "RQ: a result is kept, whatever its time",
        """
from rq.job import Job
Job.get_result_ttl = lambda self, default_ttl: default_ttl
""",
        {QUEUES: "queues-any-function"},
        where="children",
    ),
    Fault(
        "RQ: a job that runs is still called queued",
        """
from rq.job import Job
theirs = Job.get_status
def get_status(self, refresh=True):
    found = theirs(self, refresh)
    return "queued" if found == "started" else found
Job.get_status = get_status
""",
        {7: "dep-status"},
        where="children",
    ),
    Fault(
        "RQ: a worker that ends drops its job",
        """
from rq.worker import Worker
theirs = Worker.request_stop
def stop(self, signum, frame):
    if self.horse_pid:
        self.kill_horse()
    theirs(self, signum, frame)
Worker.request_stop = stop
""",
        {7: "dep-tidy"},
        where="children",
    ),
    # Celery
    Fault(
        "Celery: a job that failed is not tried again",
        """
from celery.app.task import Task
def retry(self, *args, exc=None, **options):
    raise exc or RuntimeError("no retry")
Task.retry = retry
""",
        {7: "dep-retry", QUEUES: "queues-retry"},
        where="children",
    ),
    Fault(
        "Celery: acks_late is ignored",
        """
from celery.worker.request import Request
theirs = Request.on_accepted
def on_accepted(self, pid, time_accepted):
    theirs(self, pid, time_accepted)
    self.acknowledge()
Request.on_accepted = on_accepted
""",
        {7: "dep-late dep-lost"},
        where="children",
    ),
    Fault(
        "Celery: every job is acknowledged late",
        """
from celery import Celery
theirs = Celery._task_from_fun
def make(self, fun, **options):
    return theirs(self, fun, **{**options, "acks_late": True, "reject_on_worker_lost": True})
Celery._task_from_fun = make
""",
        {7: "dep-late dep-lost"},
        where="children",
    ),
    Fault(
        "Celery: a soft limit is ignored",
        """
from celery import Celery
theirs = Celery._task_from_fun
def make(self, fun, **options):
    options.pop("soft_time_limit", None)
    return theirs(self, fun, **options)
Celery._task_from_fun = make
""",
        {QUEUES: "queues-limit"},
        where="children",
    ),
    Fault(
        "Celery: an async def job is run",
        """
import asyncio, functools, inspect
from celery import Celery
theirs = Celery._task_from_fun
def make(self, fun, **options):
    if inspect.iscoroutinefunction(fun):
        plain = fun
        @functools.wraps(plain)
        def fun(*args, **more):
            return asyncio.run(plain(*args, **more))
        del fun.__wrapped__
    return theirs(self, fun, **options)
Celery._task_from_fun = make
""",
        {QUEUES: "queues-async-jobs"},
        where="children",
    ),
    Fault(
        "Celery: a pickle is believed",
        """
from kombu import serialization
theirs = serialization.loads
def loads(data, content_type, content_encoding, accept=None, **options):
    return theirs(data, content_type, content_encoding, force=True)
serialization.loads = loads
""",
        {QUEUES: "queues-pickle"},
        where="children",
    ),
    Fault(
        "Celery: jitter spreads nothing",
        """
from celery.utils import time
theirs = time.get_exponential_backoff_interval
def interval(factor, retries, maximum, full_jitter=False):
    return theirs(factor, retries, maximum)
time.get_exponential_backoff_interval = interval
""",
        {QUEUES: "queues-jitter"},
        quick=QUEUES,
    ),
    Fault(
        "Celery: a job that reaches no broker is dropped in silence",
        """
from celery import Celery
Celery.send_task = lambda self, *args, **options: None
""",
        {QUEUES: "queues-loop"},
    ),
    # The others
    Fault(
        "Dramatiq: a job that failed is not tried again",
        """
from dramatiq.middleware import Retries
def failed(self, broker, message, *, result=None, exception=None):
    if exception is not None:
        message.fail()
Retries.after_process_message = failed
""",
        {QUEUES: "queues-retry"},
        where="children",
    ),
    Fault(
        "Dramatiq: what has failed is not kept",
        """
from dramatiq.brokers.redis import RedisBroker
theirs = RedisBroker.__init__
def init(self, **options):
    theirs(self, **{**options, "dead_message_ttl": 1, "maintenance_chance": 1_000_000})
RedisBroker.__init__ = init
""",
        {QUEUES: "queues-dead"},
        where="children",
    ),
    Fault(
        "Taskiq: a job that failed is not tried again",
        """
from taskiq import SmartRetryMiddleware
async def nothing(self, message, result, exception):
    pass
SmartRetryMiddleware.on_error = nothing
""",
        {QUEUES: "queues-retry"},
        where="children",
    ),
    Fault(
        "Procrastinate: a job that failed is tried again at once",
        """
from procrastinate.retry import RetryDecision, RetryStrategy
theirs = RetryStrategy.get_retry_decision
def decide(self, *, exception, job):
    found = theirs(self, exception=exception, job=job)
    return found and RetryDecision(retry_in={"seconds": 0})
RetryStrategy.get_retry_decision = decide
""",
        {QUEUES: "queues-retry"},
        where="children",
    ),
    Fault(
        "Procrastinate: a failed job is taken off its list",
        """
from procrastinate.manager import JobManager
theirs = JobManager.finish_job
async def finish(self, job, status, delete_job):
    await theirs(self, job, status, True)
JobManager.finish_job = finish
""",
        {QUEUES: "queues-dead"},
        where="children",
    ),
]
