"""`python -m helpers.trace`, and the fixtures for the tests of a reader's own service."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from helpers.authoring.refresh import NOTEBOOKS
from helpers.errors import Interrupted
from helpers.services import tracing

HERE = NOTEBOOKS / "appendix_your_service"
HEALTHY, SICK = ["--folder", str(HERE / "healthy")], ["--folder", str(HERE / "sick")]


def told(arguments: list[str], capsys) -> tuple[int, str]:
    code = tracing.main(arguments)
    return code, capsys.readouterr().out


def test_a_request_is_shown_as_text_and_drawn(tmp_path, capsys):
    files = ["--svg", str(tmp_path / "order.svg"), "--html", str(tmp_path / "order.html")]
    code, out = told(["main:app", "POST /orders", "--json", '{"id": 1}', *HEALTHY, *files], capsys)
    lines = [" ".join(line.split()[:2]) for line in out.splitlines()]
    assert code == 0 and lines[2] == "POST /orders:"
    assert lines[3:-1] == [
        "client POST",
        "server POST",
        "endpoint order:",
        "task write_ledger:",
        "task print_label:",
        "task call_carrier:",
        "task archive:",
    ]
    svg, page = ((tmp_path / name).read_text(encoding="utf-8") for name in ("order.svg", "order.html"))
    assert svg.startswith("<svg") and svg in page and "<title>POST /orders</title>" in page


def test_a_picture_that_cannot_be_written_is_told(tmp_path, capsys):
    (tmp_path / "ping.svg").mkdir()
    code, out = told(["main:app", "GET /ping", *HEALTHY, "--svg", str(tmp_path / "ping.svg")], capsys)
    assert code == 2 and out.splitlines()[-1] == "ping.svg cannot be written: Is a directory."


@pytest.mark.slow  # two services, each looked at
def test_the_doctors_exit_code_says_whether_anything_was_found(capsys):
    code, out = told(["main:app", "--doctor", *HEALTHY], capsys)
    assert code == 0 and "Nothing was found." in out
    code, out = told(["main:app", "--doctor", "POST /orders", "--json", '{"id": 1, "sender": "Grace"}', *SICK], capsys)
    assert code == 1 and "   appendix_background_tasks.ipynb#cell-id=ask-safe" in out


def test_without_a_request_it_says_what_can_be_asked(capsys):
    code, out = told(["main:app", *HEALTHY], capsys)
    assert code == 0 and "| GET /ping | on the loop | – |" in out


def test_it_watches_until_it_is_interrupted(capsys, monkeypatch):
    def visited(service, seconds):
        looks = []

        def sync():
            looks.extend(one for one in service.exchanges if one.over)
            if len(looks) > 1:
                raise KeyboardInterrupt

        monkeypatch.setattr(service, "sync", sync)
        threading.Timer(0.1, service.client.get, ["/ping"]).start()
        watch(service, seconds)

    watch = tracing._watch
    monkeypatch.setattr(tracing, "_watch", visited)
    code, out = told(["main:app", "--watch", *HEALTHY], capsys)
    assert code == 0 and "http://127.0.0.1:" in out and "\nGET /ping: 200 after " in out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["main:app", "--folder", "/no/folder"], "observe() expects the folder of a project, but got '/no/folder'."),
        (["main", *HEALTHY], "observe() expects an app such as \"main:app\", but got 'main'."),
        (["main:app", "--env", "KEY", *HEALTHY], "expected NAME=VALUE, but got `KEY`."),
    ],
)
def test_a_slip_is_told_in_a_sentence(arguments, sentence, capsys):
    assert told(arguments, capsys) == (2, sentence + "\n")


def test_it_is_a_command():
    done = subprocess.run([sys.executable, "-m", "helpers.trace", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and "python -m helpers.trace" in done.stdout


CONFTEST = 'pytest_plugins = ["helpers.services.testing"]\n'
TESTS = """
def test_nobody_waits_for_the_label(timeline):
    order = timeline("POST /orders", json={"id": 1})
    assert order.response.status_code == 201
    assert order["print_label"].started_after_response
    assert order.nothing_failed and order.loop_was_free


def test_a_carrier_that_is_down_costs_nobody_anything(timeline):
    order = timeline("POST /orders", json={"id": 1}, fail="call_carrier")
    assert order.skipped == []


def test_it_is_healthy(served):
    assert served.findings().found == []
"""


@pytest.mark.slow  # a pytest and a service of its own
def test_the_fixtures_serve_a_readers_own_tests(tmp_path):
    """The second test fails, as it shall: what is planted around a task is not caught by the task."""
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_orders.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\nserved_folder = {Path(HERE, 'healthy').as_posix()}\n")
    command = [sys.executable, "-m", "pytest", "-q", "--tb=line", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path)
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "assert ['archive'] == []" in done.stdout


@pytest.mark.parametrize(
    ("interrupt", "sentence"),
    [
        (KeyboardInterrupt(), "Interrupted: the app was ended."),
        (Interrupted("Interrupted while main:app was starting: it was ended."),) * 2,
    ],
)
def test_an_interrupt_while_it_starts_is_told_in_a_sentence(interrupt, sentence, capsys, monkeypatch):
    def interrupted(*_: object, **__: object) -> None:
        raise interrupt

    monkeypatch.setattr(tracing, "observe", interrupted)
    assert told(["main:app", *HEALTHY], capsys) == (130, f"{sentence}\n")
