"""Chapter 6: the files that its cells write are clean, and its global state makes no second run differ."""

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode

NOTEBOOK = Path(__file__).parents[3] / "notebooks" / "06_testing_and_debugging.ipynb"
MEASURED = re.compile(r" *[\d.]+ (ms|s)\b *")


def files() -> dict[str, str]:
    """What the cells that begin with %%project write, by name."""
    document = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    sources = ["".join(cell["source"]) for cell in document["cells"] if cell["cell_type"] == "code"]
    magic = [source.removeprefix("%%project ").partition("\n") for source in sources if source.startswith("%%project ")]
    return {name: text + "\n" for name, _, text in magic}


def test_the_project_has_its_files():
    assert list(files()) == [
        "pyproject.toml",
        "parcels.py",
        "main.py",
        "conftest.py",
        "test_units.py",
        "test_weights.py",
        "tariff.py",
        "test_tariff.py",
        "spies.py",
        "test_client.py",
        "store.py",
        "test_store.py",
        "live_server.py",
        "test_live.py",
    ]


@pytest.mark.parametrize("command", [["check", "--ignore", "I001"], ["format", "--check"]], ids=["check", "format"])
@pytest.mark.parametrize("name", [name for name in files() if name.endswith(".py")])
def test_a_file_of_the_project_is_clean(name, command):
    run = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--stdin-filename", name, "-"],
        input=files()[name],
        capture_output=True,
        text=True,
        cwd=NOTEBOOK.parent.parent,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def said(cell: NotebookNode) -> str:
    """What a code cell shows, without measured numbers."""
    shown = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in cell.get("outputs", [])]
    return MEASURED.sub("N", "".join(shown))


@pytest.mark.slow
def test_two_runs_in_one_kernel_are_alike_without_py_spy_too_and_leave_nothing(tmp_path, monkeypatch):
    """Where py-spy cannot be had Python itself gives the same stack."""
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, os.fspath(tmp_path))
    stored = nbformat.read(NOTEBOOK, 4)
    twice = nbformat.from_dict(json.loads(json.dumps({**stored, "cells": stored.cells * 2})))
    for number, cell in enumerate(twice.cells):
        cell.id = f"cell-{number}"
        cell.source = cell.source.replace('"py-spy"', '"no-such-program"')
    NotebookClient(
        twice, timeout=60, kernel_name="python3", resources={"metadata": {"path": os.fspath(NOTEBOOK.parent)}}
    ).execute()
    expected = [said(cell) for cell in stored.cells]
    half = len(stored.cells)
    assert [said(cell) for cell in twice.cells[:half]] == expected
    assert [said(cell) for cell in twice.cells[half:]] == expected
    end = time.monotonic() + 20
    while list(tmp_path.iterdir()) and time.monotonic() < end:  # who removes the folders waits for the kernel's end
        time.sleep(0.05)
    assert list(tmp_path.iterdir()) == []
