"""How each member of the comparison is started, and what it logs when it is ready."""

WORKERS = {
    "rq": "rq worker {name} --with-scheduler",
    "celery": "celery -A with_celery worker --hostname worker@labels --concurrency 2 --events --loglevel INFO"
    " --without-mingle --without-gossip",
    "dramatiq": "dramatiq with_dramatiq --processes 1 --threads 4",
    "taskiq": "taskiq worker with_taskiq:broker --workers 1",
    "arq": "arq with_arq.WorkerSettings",
    "procrastinate": "procrastinate --verbose --app with_procrastinate.app worker --concurrency 4",
}
READY = {
    "rq": "Listening on",
    "celery": "ready.",
    "dramatiq": "is ready for action",
    "taskiq": "Listening started",
    "arq": "Starting worker",
    "procrastinate": "Starting worker",
}
# arq and Procrastinate have none of their own: their workers see to what is periodic.
SCHEDULERS = {
    "rq": "rq cron with_rq_cron.py",
    "celery": "celery -A with_celery beat --loglevel INFO --schedule {scratch}/{id}",
    "taskiq": "taskiq scheduler with_taskiq:scheduler --update-interval 1",
}
TICKS = {"rq": "Enqueued job tick", "celery": "Sending due task", "taskiq": "Sending task tick"}
WEB = "uvicorn web:app --port {port}"
FLOWER = "celery -A with_celery flower --address=127.0.0.1 --port={port} --auto_refresh=False"
