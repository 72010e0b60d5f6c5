"""`check_machine()` says what works, whatever the machine is like, and never raises."""

import os
import re
import smtplib
import socket
import subprocess
import sys
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers import check_machine
from helpers.learning import machine
from tests.services.brokers import no_broker_of_this_machine  # noqa: F401  (a fixture)

ROOT = Path(__file__).parents[2]
RECORD = """
from fastapi import BackgroundTasks, FastAPI
from helpers import record, running
app = FastAPI()
@app.get("/")
async def root(tasks: BackgroundTasks) -> None:
    tasks.add_task(int)
with running(app) as server:
    with record() as timeline:
        server.client.get("/").raise_for_status()
print([bar.kind for bar in timeline.bars if bar.kind == "task"])
"""
PARTS = ["a web server", "a mail server", "a message broker"]


def told(**environment: str) -> list[str]:
    """The lines of a fresh Python with these variables in its environment."""
    program = "from helpers import check_machine; print(check_machine())"
    plain = {name: value for name, value in os.environ.items() if name != "REDIS_URL"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=plain | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@pytest.mark.skipif(os.name == "nt", reason="no embedded broker")
def test_on_a_machine_that_can_everything_works():
    lines = str(check_machine()).splitlines()
    assert [line.startswith("**Works**: ") for line in lines] == [True] * 4
    assert re.fullmatch(r"\*\*Works\*\*: Python version 3\.\d+\.\d+, FastAPI version [\d.]+\.", lines[0])
    assert [part in line for part, line in zip(PARTS, lines[1:], strict=True)] == [True] * 3
    for line, did in zip(lines[1:], ("answered a request.", "accepted a message.", "answered a ping."), strict=True):
        assert line.endswith(did)


def test_a_broker_that_does_not_answer_is_told(monkeypatch):
    monkeypatch.setenv("REDIS_URL", "redis://:secret@127.0.0.1:1/0")
    line = str(check_machine()).splitlines()[-1]
    assert line.startswith("**Does not work**: a message broker. `ConnectionError: ") and "secret" not in line
    assert line.endswith("Only chapters 7 and 9 need it, and say so in the cells concerned.")


def test_a_broker_that_accepts_and_is_silent_is_told_within_seconds(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("REDIS_URL", f"redis://127.0.0.1:{silent.getsockname()[1]}/0")
        assert "**Does not work**: a message broker. `TimeoutError: " in str(check_machine())


@pytest.mark.parametrize("url", ["localhost", "redis://127.0.0.1:notaport/0", "unix:///no/such.sock"])
def test_a_broker_whose_address_is_none_is_told(monkeypatch, url):
    monkeypatch.setenv("REDIS_URL", url)
    assert str(check_machine()).splitlines()[-1].startswith("**Does not work**: a message broker. ")


@pytest.mark.parametrize(
    "variable",
    [
        "OTEL_SDK_DISABLED=true",
        pytest.param("OTEL_TRACES_SAMPLER=always_off", marks=pytest.mark.slow),
        pytest.param("OTEL_PROPAGATORS=b3", marks=pytest.mark.slow),
        pytest.param("OTEL_PROPAGATORS=none", marks=pytest.mark.slow),
    ],
)
def test_a_dead_telemetry_is_told_or_does_no_harm(variable):
    """Which of the two is the business of helpers/live: what is not recorded must never be called working."""
    name, value = variable.split("=")
    lines = told(**{name: value})
    assert len(lines) == 4 and all(line.startswith("**Works**") for line in (lines[0], *lines[2:]))
    done = subprocess.run(
        [sys.executable, "-c", RECORD], cwd=ROOT, env=os.environ | {name: value}, capture_output=True, text=True
    )
    assert lines[1].startswith("**Works**") == (done.stdout == "['task']\n")
    assert "Traceback" not in lines[1]


def test_a_propagator_that_is_not_installed_is_named(monkeypatch):
    for names, missing in (("none", ""), ("none, tracecontext", ""), ("tracecontext,b3", "b3")):
        monkeypatch.setattr(machine.surroundings, "left_out", {"OTEL_PROPAGATORS": names})
        line = str(check_machine()).splitlines()[1]
        assert line.startswith("**Does not work**" if missing else "**Works**"), line
        assert not missing or f"OTEL_PROPAGATORS names {missing}, which is not installed" in line


def test_a_server_whose_task_is_not_recorded_does_not_work(monkeypatch):
    @contextmanager
    def without_tasks():
        yield SimpleNamespace(bars=[SimpleNamespace(kind="client"), SimpleNamespace(kind="endpoint")])

    monkeypatch.setattr("helpers.live.recording.record", without_tasks)
    assert "It answers, but what it does is not recorded." in str(check_machine()).splitlines()[1]


@pytest.mark.parametrize("error", [ValueError("odd"), smtplib.SMTPException(), RuntimeError("can't start new thread")])
@pytest.mark.parametrize(
    "part", ["live.server.running", "live.recording.record", "learning.machine.Mailbox", "learning.machine.Broker"]
)
def test_whatever_a_part_raises_is_a_line(monkeypatch, part, error):
    def fail(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(f"helpers.{part}", fail)
    lines = str(check_machine()).splitlines()
    assert len(lines) == 4 and [line for line in lines if type(error).__name__ in line]


@pytest.mark.parametrize(("version", "verdict"), [((3, 11), "Works"), ((3, 10), "Not tested"), ((4, 0), "Not tested")])
def test_another_python_is_told(monkeypatch, version, verdict):
    monkeypatch.setattr(sys, "version_info", (*version, 0))
    assert str(check_machine()).startswith(f"**{verdict}**")


@pytest.mark.parametrize("asked", ["version", "metadata"])
def test_an_environment_without_the_course_or_fastapi_is_a_line(monkeypatch, asked):
    def missing(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(f"helpers.learning.machine.{asked}", missing)
    lines = str(check_machine()).splitlines()
    assert len(lines) == 4 and lines[0].startswith("**Does not work**: Python version 3.")
    assert lines[0].endswith("Is this the environment that `make setup` has made?")
