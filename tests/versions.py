"""`make versions`: does what is stored hold on every supported Python, on the oldest FastAPI and on the newest releases?

Each environment is made anew in a temporary folder with uv, and all notebooks are compared strictly in it. A Python
that is not on this machine is said to be missing. Exit code 1 where a cell differs. Names of rows run only these.
"""

import argparse
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from repeat import ROOT, failures

# FastAPI's native telemetry came with 0.142.0 (its source says so: 0.141.1 has no `fastapi/telemetry`).
OLDEST_FASTAPI = "0.142.0"
ROWS = {  # what is installed, on which Python
    "lock on 3.11": ("3.11", ["-r", "requirements.txt"]),
    "lock on 3.12": ("3.12", ["-r", "requirements.txt"]),
    "lock on 3.13": ("3.13", ["-r", "requirements.txt"]),
    f"FastAPI {OLDEST_FASTAPI}": ("3.11", ["-r", "requirements.txt", "--override", "{override}"]),
    "newest releases": ("3.13", ["-r", "requirements.in", "--upgrade"]),
}


def interpreter(python: str) -> str | None:
    """A Python of that version: on the path, or one that pyenv keeps."""
    kept = glob.glob(os.path.expanduser(f"~/.pyenv/versions/{python}.*/bin/python"))
    for found in [shutil.which(f"python{python}"), *kept]:
        if found and subprocess.run([found, "-c", "import venv, ensurepip"], capture_output=True).returncode == 0:
            return found
    return None


def verify(python: str, install: list[str], scratch: Path) -> tuple[str, list[str]]:
    """Makes the environment and compares; the versions that count, and the failures."""
    override = scratch / "override.txt"
    override.write_text(f"fastapi[standard-no-fastapi-cloud-cli]=={OLDEST_FASTAPI}\n")
    environment, report = scratch / "env", scratch / "report.xml"
    within = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv = [sys.executable, "-m", "uv"]
    words = [word.format(override=override) for word in install]
    for step in (
        [*uv, "venv", "--quiet", "--python", python, environment],
        [*uv, "pip", "install", "--quiet", "--python", within, *words, "pytest-xdist"],
    ):
        done = subprocess.run(step, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            return "", [f"could not be installed: {done.stderr.strip().splitlines()[-1]}"]
    said = subprocess.run(
        [within, "-c", "import sys, fastapi, starlette; print(sys.version.split()[0], fastapi.__version__, starlette.__version__)"],
        capture_output=True, text=True,
    )  # fmt: skip
    path = f"{within.parent}{os.pathsep}{os.environ['PATH']}"
    command = [within, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "4", "--dist", "loadfile", "--nbval"]
    command += ["--nbval-cell-timeout=60", "--nbval-sanitize-with", "tests/sanitize.cfg", f"--junitxml={report}"]
    variables = {**os.environ, "COURSE_RUN": "ci", "PATH": path, "VIRTUAL_ENV": str(environment)}
    done = subprocess.run([*command, "notebooks"], cwd=ROOT, env=variables, capture_output=True, text=True)
    found = failures(report) if report.exists() else [done.stdout[-300:] + done.stderr[-300:]]
    if done.returncode and not found:
        found = [f"pytest ended with {done.returncode}"]
    return said.stdout.strip(), found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make versions", description=__doc__.partition("\n\n")[0])
    parser.add_argument("rows", nargs="*", choices=[[], *ROWS], help="only these rows")
    chosen = parser.parse_args(arguments).rows or list(ROWS)
    failed = 0
    for name in chosen:
        python, install = ROWS[name]
        found = interpreter(python)
        if found is None:
            print(f"{name}: there is no Python {python} on this machine", flush=True)
            continue
        with tempfile.TemporaryDirectory() as scratch:
            versions, differing = verify(found, install, Path(scratch))
        failed += bool(differing)
        verdict = f"{len(differing)} cells differ" if differing else "every cell agrees"
        print(f"{name}: {verdict} (Python, FastAPI, Starlette {versions})", flush=True)
        for line in differing:
            print(f"    {line}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
