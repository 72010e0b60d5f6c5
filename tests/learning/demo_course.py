"""The fixture `demo`: a course whose one chapter stands in `tests/learning/demo`, and an empty folder for its progress."""

import sys
import tempfile
from pathlib import Path

import pytest

from helpers.learning import catalogue, store

DEMO = Path(__file__).parent / "demo"


@pytest.fixture
def demo(monkeypatch):
    monkeypatch.setattr(catalogue, "PACKAGE", "tests.learning.demo")
    monkeypatch.setattr(store, "_unsaved", {})
    monkeypatch.setattr(store, "_news", [])
    monkeypatch.setattr(store, "_known", set())
    monkeypatch.delenv("COURSE_RUN", raising=False)
    with tempfile.TemporaryDirectory() as folder:  # gone at once; `tmp_path` would keep 150 of them
        monkeypatch.setattr(store, "FOLDER", Path(folder))
        yield Path(folder)


def chapters_in(monkeypatch, *folders: Path) -> None:
    """Let the course have the chapters that stand in these folders, and no other."""
    course = type(sys)("course_of_a_test")
    course.__path__ = [str(folder) for folder in folders]
    monkeypatch.setitem(sys.modules, course.__name__, course)
    for name in [name for name in sys.modules if name.startswith(f"{course.__name__}.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(catalogue, "PACKAGE", course.__name__)
