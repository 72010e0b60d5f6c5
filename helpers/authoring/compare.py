"""nbval's comparison of the notebooks: its command, and the reader of its report. Every verb, test and page takes both from here.

Only the standard library, because make.py imports it before there is an environment.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

__all__ = ["PARALLEL", "SANITIZE", "WITH_TESTS", "Cell", "cells", "command", "options", "run"]

ROOT = Path(__file__).parents[2]
SANITIZE = Path(__file__).with_name("sanitize.cfg")
PARALLEL = ("-n", "4", "--dist", "loadfile")  # a notebook a process, four at a time
WITH_TESTS = ("-n", "6", *PARALLEL[2:])  # two more beside them: a third of the quick tests' time is waiting


@dataclass(frozen=True)
class Cell:
    """A code cell as a report tells of it: its notebook's file stem, its number from 0, and why it failed, or nothing.

    pytest names no notebook that lies outside of its root folder. `test` is what pytest calls it.
    """

    notebook: str
    number: int
    failure: str
    test: str = ""


def options(*, strict: bool = True) -> list[str]:
    """What pytest is told to execute every notebook and compare it; without `strict`, cells must only run."""
    compare = "--nbval" if strict else "--nbval-lax"
    return [compare, "--nbval-cell-timeout=60", "--nbval-sanitize-with", str(SANITIZE)]


def command(
    python: str | Path, *notebooks: str | Path, report: Path | None = None, extra: Sequence[str] = PARALLEL
) -> list[str]:
    """The strict comparison of `notebooks` (all, where none is named) by the interpreter `python`, as a command.

    `report` is where its JUnit report goes, for `cells`.
    """
    written = [f"--junitxml={report}"] if report else []
    named = [str(path) for path in notebooks] or ["notebooks"]
    return [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *extra, *options(), *written, *named]


def run(command: list[str], cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run such a command, its words kept; `environment` is added to this process's."""
    variables = {**os.environ, "COURSE_RUN": "ci", **environment}
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, text=True)


def cells(report: Path) -> list[Cell]:
    """Every cell that a report tells of. One that could not be collected, or a test, is a cell with the number -1."""
    found = []
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        notebook = re.search(r"([\w-]+)\.ipynb$", case.get("classname") or case.get("name", ""))
        number = re.fullmatch(r"Cell (\d+)", case.get("name", ""))
        trouble = [why(part.text or "") for part in [*case.findall("failure"), *case.findall("error")]]
        found.append(
            Cell(
                notebook[1] if notebook else "",
                int(number[1]) if number else -1,
                trouble[0] if trouble else "",
                "::".join(filter(None, [case.get("classname"), case.get("name")])),
            )
        )
    return found


def why(said: str) -> str:
    """The telling line of nbval's words on a cell, or pytest's on a test: the error, what differs first, or what is marked."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m", "", said).splitlines()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt|Timeout)\b", line)]
    differing = [next((line for line in lines if line.startswith(sign)), "") for sign in ("- ", "+ ")]
    marked = [line[1:].strip() for line in lines if re.match(r"E\s", line)]
    telling = [*errors[-1:], " ".join(filter(None, differing)), *marked, *reversed(lines), "it failed"]
    return next(filter(None, telling))[:300]
