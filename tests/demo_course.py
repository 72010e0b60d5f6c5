"""The fixture `demo`: a course whose one chapter stands in `tests/demo`, and an empty folder for its progress."""

import sys
import tempfile
from pathlib import Path

import pytest

from helpers import chapters, progress_file

DEMO = Path(__file__).parent / "demo"


@pytest.fixture
def demo(monkeypatch):
    for name in loaded():
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(chapters, "__path__", [str(DEMO)])
    monkeypatch.setattr(progress_file, "_unsaved", {})
    monkeypatch.delenv("COURSE_RUN", raising=False)
    with tempfile.TemporaryDirectory() as folder:  # gone at once; `tmp_path` would keep 150 of them
        monkeypatch.setattr(progress_file, "FOLDER", Path(folder))
        yield Path(folder)
    for name in loaded():
        del sys.modules[name]


def loaded() -> list[str]:
    return [name for name in sys.modules if name.startswith("helpers.chapters.")]
