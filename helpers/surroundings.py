"""What of the environment is not for the course: `import helpers` settles it, for this process and all that it starts.

A learner's machine is set up for the learner's own projects, too. Their database, broker, servers and proxy are not asked.
"""

import os
import sys
from urllib.parse import urlsplit

__all__ = ["checked", "left_out", "settle"]

# What libpq, the queues, uvicorn, Gunicorn, Alembic, Flask, Django and pytest read by themselves, each over what a cell
# says: with BROKER_URL a task of the course would go to the learner's own broker.
# OpenTelemetry samples, cuts and propagates by its own.
BEGINNINGS = ("PG", "CELERY", "RQ_", "dramatiq_", "PROCRASTINATE_", "UVICORN_", "FLASK_", "OTEL_")
NAMES = {"BROKER_URL", "RESULT_BACKEND", "LOADER", "CONFIG_MODULE", "WEB_CONCURRENCY", "FORWARDED_ALLOW_IPS"}
NAMES |= {"GUNICORN_CMD_ARGS", "ALEMBIC_CONFIG", "DJANGO_SETTINGS_MODULE", "PYTEST_ADDOPTS", "PYTEST_PLUGINS"}
NAMES |= {"SSLKEYLOGFILE"}  # where every client would write the keys of its connections, or fail
NAMES |= {"SECRET_KEY"}  # which the services of the course read from a file, where no variable says it
left_out: dict[str, str] = {}  # what was taken out, for `observe`: a learner's own service reads it


def settle() -> None:
    """Take out what belongs to other projects, except loopback from every proxy, and spare cells a machine's warnings."""
    started_by_the_course = "COURSE_PROCESS" in os.environ  # by `process()`, which has said what is for it
    for name, value in list(os.environ.items()):
        if _foreign(name, value) and not started_by_the_course:
            left_out[name] = os.environ.pop(name)
    if "OTEL_PROPAGATORS" in left_out and "opentelemetry.propagate" in sys.modules:
        _propagate_as_usual()
    _never_proxy_loopback()
    # Where reading the clock takes over 300 ns, as on many virtual machines, pyinstrument says so in its first cell.
    os.environ.setdefault("PYINSTRUMENT_IGNORE_OVERHEAD_WARNING", "1")


def checked() -> bool:
    """Whether this run's outputs are stored or compared (COURSE_RUN=ci): nothing of a learner's may show in them."""
    return os.environ.get("COURSE_RUN") == "ci"


def _foreign(name: str, value: str) -> bool:
    no_use = _no_proxy(name, value) or _no_certificates(name, value)
    return name in NAMES or name.startswith(BEGINNINGS) or no_use


def _no_proxy(name: str, value: str) -> bool:
    """Whether httpx makes no client at all with this proxy: without the package socksio, it speaks HTTP to one alone."""
    if name.upper() not in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        return False
    try:
        place = urlsplit(value if "://" in value else f"http://{value}")
        _ = place.port  # is read when it is asked for
        return place.scheme not in ("http", "https")
    except ValueError:
        return True


def _no_certificates(name: str, value: str) -> bool:
    """Whether no client can be made because the file of trusted certificates is gone, or holds none."""
    if name != "SSL_CERT_FILE" or not value:
        return False
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(value)
    except OSError:  # of which SSLError is one
        return True
    return False


def _propagate_as_usual() -> None:
    """OpenTelemetry reads its propagators as it is imported, and FastAPI, which imports it, may come before `helpers`."""
    from opentelemetry import propagate
    from opentelemetry.baggage.propagation import W3CBaggagePropagator
    from opentelemetry.propagators.composite import CompositePropagator
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    propagate.set_global_textmap(CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()]))


def _never_proxy_loopback() -> None:
    """Servers on this machine are asked directly, whatever HTTP_PROXY says.

    Most clients follow urllib (urllib.request.getproxies_environment), which prefers the name in small letters.
    """
    kept = [host for host in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY", "")).split(",") if host.strip()]
    if "*" not in kept:
        kept += [host for host in ("127.0.0.1", "localhost", "::1") if host not in kept]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(kept)
