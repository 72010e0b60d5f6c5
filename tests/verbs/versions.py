"""`make versions`: does what is stored hold on every supported Python, on older FastAPIs and on the newest releases?

Each environment is made anew in a temporary folder with uv, and all notebooks are compared strictly in it. A Python
that is not on this machine is said to be missing. What the oldest FastAPI does not have yet is known by cell, and told.
Exit code 1 where another cell differs. Names of rows run only these.
"""

import argparse
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import nbformat

import make
from helpers.authoring import compare
from tests.verbs.repeat import failures

# FastAPI's native telemetry came with 0.142.0 (its source says so: 0.141.1 has no `fastapi/telemetry`), and 0.164.0 has
# everything the notebooks use but the limits of a form (0.164.0 has no `fastapi/_form_limits.py`).
ROWS = {  # on which Python, which FastAPI instead of the lock's (empty: the lock's; "newest": of everything)
    "lock on 3.11": ("3.11", ""),
    "lock on 3.12": ("3.12", ""),
    "lock on 3.13": ("3.13", ""),
    "lock on 3.14": ("3.14", ""),
    "FastAPI 0.142.0": ("3.11", "0.142.0"),
    "FastAPI 0.164.0": ("3.11", "0.164.0"),
    "newest releases": ("3.14", "newest"),
}
# By row: what a release does not have yet, and the cells, by notebook, that show it or need what those have made. Chapters
# 3 and 4 say it to readers. That models of parameters stand beside others was measured: 0.156.0 answers 422, 0.157.0 does not.
FORM_LIMITS = {"`form_limits` came with 0.165": {"03_building_apis": "upload-form-app upload-form"}}
LACKING = {
    "FastAPI 0.164.0": FORM_LIMITS,
    "FastAPI 0.142.0": {
        **FORM_LIMITS,
        "`max_body_size` came with 0.164": {
            "03_building_apis": "upload-store-app upload-store",
            "08_best_practices": "org-wrong-setting org-queue sec-package-attacked sec-sign-in perf-body best-progress",
        },
        "`Depends(max_concurrency=...)` came with 0.163": {
            "appendix_background_tasks": "rule-slot-app rule-slot",
            "09_case_studies_and_projects": (
                "cases-hook-measured crud-once crud-whole crud-gauntlet whole-start whole-one whole-spans "
                "whole-load-measured whole-board whole-broker whole-resume whole-stop faults-watch faults-example "
                "final-measured final-faulted final-certificate"
            ),
        },
        "models of a query or of headers beside other parameters came with 0.157": {
            "03_building_apis": "params-models params-headers"
        },
        "Python 3.10 was given up with 0.163": {"01_introduction_to_fastapi": "setup-versions"},
    },
}


def interpreter(python: str, code: str = "import venv, ensurepip") -> str | None:
    """A Python of that version that runs this code: on the path, or one that pyenv keeps."""
    kept = sorted(glob.glob(os.path.expanduser(f"~/.pyenv/versions/{python}.*/bin/python")))
    for found in [shutil.which(f"python{python}"), *kept]:
        if found and subprocess.run([found, "-c", code], capture_output=True).returncode == 0:
            return found
    return None


def verify(python: str, fastapi: str, scratch: Path) -> tuple[str, list[str]]:
    """Makes the environment and compares; the versions that count, and the failures."""
    install = ["-r", "requirements.in", "--upgrade"] if fastapi == "newest" else ["-r", make.LOCK]
    if not fastapi:
        install += ["-c", make.HASHES[make.LOCK]]  # the files of every Python are held to it
    elif fastapi != "newest":
        override = scratch / "override.txt"
        override.write_text(f"fastapi[standard-no-fastapi-cloud-cli]=={fastapi}\n")
        install += ["--override", str(override)]
    environment, report = scratch / "env", scratch / "report.xml"
    within = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = [sys.executable, "-m", "uv"]
    for step in (
        [*uv, "venv", "--quiet", "--python", python, environment],
        [*uv, "pip", "install", "--quiet", "--python", within, *install, "pytest-xdist"],
    ):
        done = subprocess.run(step, cwd=compare.ROOT, capture_output=True, text=True)
        if done.returncode:
            return "", [f"could not be installed: {done.stderr.strip().splitlines()[-1]}"]
    said = subprocess.run(
        [within, "-c", "import sys, fastapi, starlette; print(sys.version.split()[0], fastapi.__version__, starlette.__version__)"],
        capture_output=True, text=True,
    )  # fmt: skip
    path = f"{within.parent}{os.pathsep}{os.environ['PATH']}"
    done = compare.run(compare.command(within, report=report), PATH=path, VIRTUAL_ENV=str(environment))
    found = failures(report) if report.exists() else [done.stdout[-300:] + done.stderr[-300:]]
    if done.returncode and not found:
        found = [f"pytest ended with {done.returncode}"]
    return said.stdout.strip(), found


def explained(row: str, failure: str) -> str:
    """What the row's release lacks, when that explains the failure of a cell; else nothing."""
    place = re.match(r"(\w+) cell (\d+):", failure)
    for what, cells in LACKING.get(row, {}).items():
        if place and code_cell(place[1], int(place[2])) in cells.get(place[1], "").split():
            return what
    return ""


def code_cell(notebook: str, number: int) -> str:
    """The id of a notebook's code cell, which nbval counts from 0."""
    cells = nbformat.read(compare.ROOT / "notebooks" / f"{notebook}.ipynb", as_version=4).cells
    return [cell.id for cell in cells if cell.cell_type == "code"][number]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make versions", description=__doc__.partition("\n\n")[0])
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], help="only these rows")
    chosen = parser.parse_args(arguments).rows or list(ROWS)
    agrees = [row_agrees(name) for name in chosen]
    return 0 if all(agrees) else 1


def row_agrees(name: str) -> bool:
    """Verify one row and print what came; False where a cell differs without a known reason."""
    python, fastapi = ROWS[name]
    found = interpreter(python)
    if found is None:
        print(f"{name}: there is no Python {python} on this machine", flush=True)
        return True
    with tempfile.TemporaryDirectory() as scratch:
        versions, differing = verify(found, fastapi, Path(scratch))
    unknown = [line for line in differing if not explained(name, line)]
    known = Counter(explained(name, line) for line in differing if line not in unknown)
    counted = f"{len(differing)} cells differ, {len(unknown)} without a known reason"
    print(
        f"{name}: {counted if differing else 'every cell agrees'} (Python, FastAPI, Starlette {versions})", flush=True
    )
    for line in [*unknown, *(f"{what}: {count} cells" for what, count in known.items())]:
        print(f"    {line}", flush=True)
    return not unknown


if __name__ == "__main__":
    sys.exit(main())
