"""What every test of the exam needs: a folder of its own, and a kernel in which nothing has happened yet."""

import pytest

from helpers import exam
from helpers.learning import log, store


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder for the learner's files, and a kernel in which no exam has begun."""
    monkeypatch.delenv("COURSE_RUN", raising=False)
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(exam, "_sitting", None)
    monkeypatch.setattr(store, "_news", [])
    monkeypatch.setattr(store, "_known", set())
    monkeypatch.setattr(log, "_kept", [])
    return tmp_path
