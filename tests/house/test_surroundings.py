"""What a learner's machine says of proxies and of other projects changes nothing here: neither in the kernel, nor beside it."""

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from helpers import observe, surroundings

ROOT = Path(__file__).parents[2]
PROXY = "http://127.0.0.1:9"  # nobody listens there
ASK = """
import httpx, os, sys, urllib.request
import helpers
from fastapi import FastAPI
app = FastAPI()
from helpers.live.server import running
with running(app) as server:
    for host in ("127.0.0.1", "localhost"):
        url = server.url.replace("127.0.0.1", host) + "/openapi.json"
        print(httpx.get(url).status_code, urllib.request.urlopen(url).status)
    from helpers import process
    ask = "import httpx, sys; print(httpx.get(sys.argv[1]).status_code)"
    with process(["python", "-c", ask, url]) as child:
        print(child.wait(), child.log.strip())
print(os.environ["NO_PROXY"])
"""


PROXIES = [pytest.param(name, marks=pytest.mark.slow) for name in ("http_proxy", "ALL_PROXY", "all_proxy")]


@pytest.mark.parametrize("name", ["HTTP_PROXY", *PROXIES])
def test_loopback_is_asked_directly(name):
    plain = {
        key: value for key, value in os.environ.items() if key.lower() not in ("no_proxy", "http_proxy", "all_proxy")
    }
    told = subprocess.check_output([sys.executable, "-c", ASK], env=plain | {name: PROXY}, cwd=ROOT, text=True)
    assert told.splitlines() == ["200 200", "200 200", "exit 0 200", "127.0.0.1,localhost,::1"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, "127.0.0.1,localhost,::1"),
        ({"NO_PROXY": "corp.example"}, "corp.example,127.0.0.1,localhost,::1"),
        ({"no_proxy": "localhost", "NO_PROXY": "other"}, "localhost,127.0.0.1,::1"),
        ({"NO_PROXY": "*"}, "*"),
        ({"NO_PROXY": ""}, "127.0.0.1,localhost,::1"),
    ],
    ids=str,
)
def test_what_was_excepted_before_stays(before, after):
    plain = {key: value for key, value in os.environ.items() if key.lower() != "no_proxy"}
    show = "import helpers, os; print(os.environ['NO_PROXY'], os.environ['no_proxy'])"
    told = subprocess.check_output([sys.executable, "-c", show], env=plain | before, cwd=ROOT, text=True)
    assert told == f"{after} {after}\n"


# What a learner's own projects have set, and what a library of the course would do with it.
OTHERS = {
    "PGSERVICE": "shop",
    "PGOPTIONS": "-c search_path=shop",
    "CELERY_BROKER_URL": "redis://shop.example/0",
    "BROKER_URL": "redis://shop.example/0",
    "RESULT_BACKEND": "redis://shop.example/1",
    "LOADER": "shop",
    "CONFIG_MODULE": "shop",
    "PYTEST_PLUGINS": "shop",
    "dramatiq_worker_timeout": "1",
    "PROCRASTINATE_WORKER_QUEUES": "shop",
    "RQ_REDIS_URL": "redis://shop.example/0",
    "UVICORN_ROOT_PATH": "/shop",
    "WEB_CONCURRENCY": "3",
    "FORWARDED_ALLOW_IPS": "*",
    "GUNICORN_CMD_ARGS": "--workers 3",
    "ALEMBIC_CONFIG": "shop.ini",
    "FLASK_DEBUG": "1",
    "DJANGO_SETTINGS_MODULE": "shop.settings",
    "PYTEST_ADDOPTS": "--shop",
    "SECRET_KEY": "of the shop",
    "OTEL_SDK_DISABLED": "true",
    "OTEL_TRACES_SAMPLER": "always_off",
    "OTEL_PROPAGATORS": "none",
    "OTEL_SERVICE_NAME": "shop",
    "OTEL_RESOURCE_ATTRIBUTES": "service.name=shop",
    "OTEL_ATTRIBUTE_COUNT_LIMIT": "0",
    "SSLKEYLOGFILE": "/no/such/folder/keys",
    "SSL_CERT_FILE": "/no/such/certificates.pem",
    "ALL_PROXY": "socks5://127.0.0.1:9",
}
HERE_AND_BELOW = """
import os
import helpers
from helpers import process, surroundings
code = "import os; print(sorted(set(os.environ) & {'PGSERVICE', 'CELERY_BROKER_URL', 'WEB_CONCURRENCY'}))"
with process(["python", "-c", code]) as child, process(
    ["python", "-c", "import helpers; " + code], env={"CELERY_BROKER_URL": "redis://ours.example/0"}
) as told:
    child.wait(), told.wait()
    print(child.log + told.log, end="")
from celery import Celery
print(Celery(broker="redis://ours.example/0").conf.broker_url)
print(surroundings.left_out == SHOP)
import httpx
httpx.Client().close()
"""
SERVICE = """
import os
from fastapi import FastAPI
app = FastAPI()

@app.get("/")
def shop() -> str | None:
    return os.environ.get("PGSERVICE")
"""


def test_what_other_projects_have_set_is_left_out():
    assert surroundings.NAMES <= set(OTHERS)
    told = subprocess.check_output(
        [sys.executable, "-c", f"SHOP = {OTHERS}\n{HERE_AND_BELOW}"], env={**os.environ, **OTHERS}, cwd=ROOT, text=True
    )
    assert told.splitlines() == ["[]", "['CELERY_BROKER_URL']", "redis://ours.example/0", "True"]


PROPAGATED = """
import fastapi  # which imports OpenTelemetry
import helpers
from opentelemetry import propagate
print(sorted(propagate.get_global_textmap().fields))
"""


def test_opentelemetry_propagates_as_usual_though_it_was_imported_before():
    told = subprocess.check_output(
        [sys.executable, "-c", PROPAGATED], env={**os.environ, "OTEL_PROPAGATORS": "none"}, cwd=ROOT, text=True
    )
    assert told == "['baggage', 'traceparent', 'tracestate']\n"


@pytest.mark.parametrize(
    ("name", "value", "left_out"),
    [
        ("HTTP_PROXY", "http://proxy.example:3128", False),
        ("HTTP_PROXY", "proxy.example:3128", False),
        ("https_proxy", "HTTPS://proxy.example", False),
        ("HTTPS_PROXY", "socks5://127.0.0.1:9", True),
        ("all_proxy", "SOCKS5://127.0.0.1:9", True),
        ("HTTP_PROXY", "ftp://proxy.example", True),
        ("HTTP_PROXY", "http://proxy.example:port", True),
        ("HTTP_PROXY", "http://[::proxy", True),
        ("SSL_CERT_FILE", "", False),
        ("SSL_CERT_FILE", str(ROOT / "README.md"), True),  # a file that holds no certificate
        ("SSL_CERT_FILE", str(ROOT / "no such file"), True),
        ("SSL_CERT_DIR", str(ROOT / "no such folder"), False),
    ],
)
def test_what_httpx_cannot_begin_with_is_left_out_and_nothing_else(name, value, left_out, monkeypatch):
    for one in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "SSL_CERT_FILE"):
        monkeypatch.delenv(one, raising=False)
        monkeypatch.delenv(one.lower(), raising=False)
    monkeypatch.setenv(name, value)
    monkeypatch.setattr(surroundings, "left_out", {})
    monkeypatch.delenv("COURSE_PROCESS", raising=False)
    if left_out:
        with pytest.raises((OSError, ValueError, ImportError, httpx.InvalidURL)):
            httpx.Client()
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("NO_PROXY", "")
    surroundings.settle()
    httpx.Client().close()
    assert (name in surroundings.left_out) == left_out


def test_a_learners_own_service_has_it(tmp_path, monkeypatch):
    monkeypatch.setattr(surroundings, "left_out", {"PGSERVICE": "shop"})
    (tmp_path / "main.py").write_text(SERVICE)
    with observe(tmp_path) as service:
        assert service.client.get("/").json() == "shop"


SLOW_CLOCK = """
{first}
from pyinstrument import Profiler, stack_sampler
stack_sampler._timing_overhead = {{"walltime": 1e-6}}
with Profiler():
    pass
"""


@pytest.mark.parametrize(("first", "warned"), [("import helpers", False), ("", True)])
def test_a_profiler_on_a_machine_with_a_slow_clock_writes_nothing_into_a_cell(first, warned):
    code = SLOW_CLOCK.format(first=first)
    plain = {name: value for name, value in os.environ.items() if not name.startswith("PYINSTRUMENT_")}
    done = subprocess.run([sys.executable, "-c", code], env=plain, cwd=ROOT, capture_output=True, text=True, check=True)
    assert ("the timer on your system" in done.stderr) == warned
