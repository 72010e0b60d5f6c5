"""The change of answers that tests must notice, around an application of three lines, in this process."""

import asyncio
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import fastapi
import pytest

from helpers.learning.promises import mutant

ASKED = {"method": "POST", "path": ".*/labels", "code": 0, "to": 500, "body": None}


class App:
    """An ASGI application that answers in two pieces, and counts how often it was asked."""

    asked = 0
    status = 202

    async def __call__(self, scope, receive, send):
        App.asked += 1
        await send({"type": "http.response.start", "status": App.status, "headers": [(b"Content-Length", b"4")]})
        await send({"type": "http.response.body", "body": b"on", "more_body": True})
        await send({"type": "http.response.body", "body": b"ly"})


@pytest.fixture
def answered(monkeypatch, tmp_path: Path):
    """What a changed application sends for a request: status, headers, body, whether it was asked, how many changes are noted."""

    def answer(change: dict, method: str = "POST", path: str = "/api/labels", status: int = 202, kind: str = "http"):
        noted = tmp_path / "changed.txt"
        noted.unlink(missing_ok=True)
        monkeypatch.setenv("PROMISES_MUTANT", json.dumps(change))
        monkeypatch.setenv("PROMISES_NOTED", str(noted))
        application = type("Application", (App,), {})
        mutant.mutate(SimpleNamespace(FastAPI=application))
        sent: list[dict] = []

        async def send(message):
            sent.append(message)

        App.asked, App.status = 0, status
        for _ in range(2):  # the second request is changed as the first
            sent.clear()
            asyncio.run(application()({"type": kind, "method": method, "path": path}, None, send))
        lines = noted.read_text().splitlines() if noted.exists() else []
        assert {*lines} <= {"changed"}
        body = b"".join(message["body"] for message in sent[1:])
        return sent[0]["status"], sent[0]["headers"], body, App.asked // 2, len(lines) // 2

    return answer


LENGTH = [(b"Content-Length", b"4")]


def test_a_success_that_becomes_500_is_not_even_tried(answered):
    assert answered(ASKED) == (500, [], b"", 0, 1)
    assert answered({**ASKED, "method": "*"}, method="GET") == (500, [], b"", 0, 1)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [("GET", "/labels", "http"), ("POST", "/labels/1", "http"), ("POST", "/labels", "other")],
)
def test_other_requests_are_answered_as_ever(answered, method: str, path: str, kind: str):
    assert answered(ASKED, method, path, kind=kind) == (202, LENGTH, b"only", 1, 0)


def test_another_status_keeps_headers_and_body(answered):
    assert answered({**ASKED, "to": 299}) == (299, LENGTH, b"only", 1, 1)
    assert answered({**ASKED, "to": 299}, status=299) == (299, LENGTH, b"only", 1, 1)
    for status in (199, 300, 404):
        assert answered({**ASKED, "to": 299}, status=status) == (status, LENGTH, b"only", 1, 0), "no success"


def test_another_body_has_a_length_of_its_own_and_comes_once(answered):
    assert answered({**ASKED, "to": 0, "body": "{}"}) == (202, [], b"{}", 1, 1)
    assert answered({**ASKED, "to": 0, "body": "{}"}, status=404) == (404, LENGTH, b"only", 1, 0)


def test_one_code_becomes_another(answered):
    change = {"method": "*", "path": ".*", "code": 401, "to": 200, "body": None}
    assert answered(change, status=401) == (200, LENGTH, b"only", 1, 1)
    assert answered(change, status=403) == (403, LENGTH, b"only", 1, 0)
    assert answered(change) == (202, LENGTH, b"only", 1, 0)
    assert answered({**ASKED, "code": 401}, status=401) == (500, LENGTH, b"only", 1, 1), "it is tried first"


@pytest.mark.parametrize(("asked", "changed"), [({"PROMISES_MUTANT": json.dumps(ASKED)}, True), ({}, False)])
def test_python_changes_it_before_its_program_does_anything(tmp_path, asked, changed):
    shutil.copy(mutant.__file__, tmp_path / "sitecustomize.py")
    plain = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-c", "import fastapi; print(fastapi.FastAPI.__call__.__name__)"],
        env={**plain, "PYTHONPATH": str(tmp_path), **asked},
        capture_output=True,
        text=True,
    )
    assert done.stdout == ("changed\n" if changed else "__call__\n"), done.stderr


def test_fastapi_is_changed_when_it_has_been_imported_and_nothing_else_is(monkeypatch):
    watch = mutant.Watch()
    monkeypatch.setattr(sys, "meta_path", [watch, *sys.meta_path])
    monkeypatch.setenv("PROMISES_MUTANT", json.dumps(ASKED))
    assert watch.find_spec("fastapi") is None and watch in sys.meta_path
    spec = watch.find_spec("fastapi.applications", fastapi.__path__)
    assert watch not in sys.meta_path, "it has found what it waited for"
    again = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(again)
    assert again.FastAPI.__call__.__module__ == mutant.__name__
    assert fastapi.FastAPI.__call__.__module__ == "fastapi.applications", "that one was imported before"
    monkeypatch.setattr(sys, "meta_path", [watch, *sys.meta_path])
    assert watch.find_spec("fastapi.applications", []) is None, "where there is none, Python says so itself"
