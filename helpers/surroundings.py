"""What of the environment is not for the course: `import helpers` settles it, for this process and all that it starts.

A learner's machine is set up for the learner's own projects, too. Their database, broker, servers and proxy are not asked.
"""

import os

__all__ = ["left_out", "settle"]

# What libpq, Celery, RQ, uvicorn, Gunicorn, Alembic, Flask and Django read by themselves, by how it begins, each over what
# a cell says: with CELERY_BROKER_URL a task of the course would go to the learner's own broker.
OTHERS = (
    "PG",
    "CELERY",
    "RQ_",
    "UVICORN_",
    "WEB_CONCURRENCY",
    "FORWARDED_ALLOW_IPS",
    "GUNICORN_CMD_ARGS",
    "ALEMBIC_CONFIG",
    "FLASK_",
    "DJANGO_SETTINGS_MODULE",
)
left_out: dict[str, str] = {}  # what was taken out, for `observe`: a learner's own service reads it


def settle() -> None:
    """Take out what belongs to other projects, and except loopback from every proxy."""
    started_by_the_course = "COURSE_PROCESS" in os.environ  # by `process()`, which has said what is for it
    for name in [name for name in os.environ if name.startswith(OTHERS) and not started_by_the_course]:
        left_out[name] = os.environ.pop(name)
    _never_proxy_loopback()


def _never_proxy_loopback() -> None:
    """Servers on this machine are asked directly, whatever HTTP_PROXY says.

    Most clients follow urllib (urllib.request.getproxies_environment), which prefers the name in small letters.
    """
    kept = [host for host in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")).split(",") if host.strip()]
    if "*" not in kept:
        kept += [host for host in ("127.0.0.1", "localhost", "::1") if host not in kept]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(kept)
