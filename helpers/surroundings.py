"""What of the environment is not for the course: `import helpers` settles it, for this process and all that it starts.

A learner's machine is set up for the learner's own projects, too. Their database, broker, servers and proxy are not asked.
"""

import os

__all__ = ["left_out", "settle"]

# What libpq, the queues, uvicorn, Gunicorn, Alembic, Flask, Django and pytest read by themselves, each over what a cell
# says: with BROKER_URL a task of the course would go to the learner's own broker.
BEGINNINGS = ("PG", "CELERY", "RQ_", "dramatiq_", "PROCRASTINATE_", "UVICORN_", "FLASK_")
NAMES = {"BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"}
NAMES |= {"GUNICORN_CMD_ARGS", "ALEMBIC_CONFIG", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"}
NAMES |= {"SECRET_KEY"}  # which the services of the course read from a file, where no variable says it
left_out: dict[str, str] = {}  # what was taken out, for `observe`: a learner's own service reads it


def settle() -> None:
    """Take out what belongs to other projects, and except loopback from every proxy."""
    started_by_the_course = "COURSE_PROCESS" in os.environ  # by `process()`, which has said what is for it
    for name, value in list(os.environ.items()):
        if _foreign(name, value) and not started_by_the_course:
            left_out[name] = os.environ.pop(name)
    _never_proxy_loopback()


def _foreign(name: str, value: str) -> bool:
    # Without the package socksio, httpx makes no client at all where ALL_PROXY names a SOCKS proxy.
    no_use = name.upper() == "ALL_PROXY" and value.startswith("socks")
    return name in NAMES or name.startswith(BEGINNINGS) or no_use


def _never_proxy_loopback() -> None:
    """Servers on this machine are asked directly, whatever HTTP_PROXY says.

    Most clients follow urllib (urllib.request.getproxies_environment), which prefers the name in small letters.
    """
    kept = [host for host in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")).split(",") if host.strip()]
    if "*" not in kept:
        kept += [host for host in ("127.0.0.1", "localhost", "::1") if host not in kept]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(kept)
