"""The browser of the tests: found by whichever of its names the machine has, and named in one place."""

import shutil
from pathlib import Path

import pytest

from helpers.authoring import chromium
from helpers.authoring.refresh import NOTEBOOKS


@pytest.mark.parametrize("name", chromium.NAMES)
def test_it_is_found_by_any_of_its_names(monkeypatch, name):
    monkeypatch.setattr(shutil, "which", lambda asked: f"/bin/{asked}" if asked == name else None)
    assert chromium.find() == f"/bin/{name}"
    monkeypatch.setattr(shutil, "which", lambda asked: None)
    assert chromium.find() is None


def test_its_names_are_typed_once():
    files = [path for folder in ("helpers", "tests") for path in (NOTEBOOKS.parent / folder).rglob("*.py")]
    typed = [path.name for path in files if f'"{chromium.NAMES[-1]}"' in path.read_text(encoding="utf-8")]
    assert typed == [Path(chromium.__file__).name]
