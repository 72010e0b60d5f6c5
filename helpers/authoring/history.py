"""`make history`: asks the facts of `notebooks/appendix_versions/facts.py` of many FastAPI releases, and stores the answers.

Each release gets an environment of its own with the Starlette, Pydantic, AnyIO, uvicorn and httpx of its time (Pydantic
not older than the end of 2022, see `RAISED`). What that is, is asked of the index once (`uv pip compile
--exclude-newer`) and then stored beside the answers, so that a second run installs the same. `ARGS=--check` stores nothing and fails where an answer differs; `ARGS=--newest` measures the
newest release alone, and fails where it answers differently from the last one that is stored.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from helpers.learning.history import DATA, History, Release, load

PYTHON = "3.11"
FACTS = Path(__file__).parents[2] / "notebooks" / "appendix_versions" / "facts.py"

# Release and the last day on which a package may have been published to belong to its time (its own day and a few more).
RELEASES = {
    "0.68.2": "2021-10-06",
    "0.79.1": "2022-08-19",
    "0.87.0": "2022-11-14",
    "0.88.0": "2022-11-28",
    "0.89.1": "2023-01-11",
    "0.92.0": "2023-02-15",
    "0.93.0": "2023-03-08",
    "0.94.1": "2023-03-15",
    "0.95.2": "2023-05-17",
    "0.99.1": "2023-07-03",
    "0.100.1": "2023-07-28",
    "0.104.1": "2023-10-31",
    "0.105.0": "2023-12-13",
    "0.106.0": "2023-12-26",
    "0.107.0": "2023-12-27",
    "0.108.0": "2023-12-27",
    "0.110.3": "2024-05-01",
    "0.112.2": "2024-08-25",
    "0.112.4": "2024-09-06",
    "0.113.0": "2024-09-06",
    "0.115.0": "2024-09-18",
    "0.115.9": "2025-02-28",
    "0.115.10": "2025-03-01",
    "0.117.1": "2025-09-21",
    "0.118.0": "2025-09-30",
    "0.120.4": "2025-11-01",
    "0.121.0": "2025-11-04",
    "0.122.0": "2025-11-25",
    "0.128.0": "2025-12-28",
    "0.128.8": "2026-02-12",
    "0.131.0": "2026-02-23",
    "0.132.0": "2026-02-24",
    "0.133.1": "2026-02-26",
    "0.134.0": "2026-02-28",
    "0.135.0": "2026-03-02",
    "0.141.0": "2026-07-30",
    "0.142.0": "2026-09-30",
    "0.145.0": "2026-10-19",
    "0.150.0": "2026-10-20",
    "0.155.0": "2026-10-21",
    "0.160.0": "2026-10-23",
    "0.164.0": "2026-11-19",
    "0.165.0": "2026-11-19",
}
BESIDE = ("uvicorn", "python-multipart", "requests", "httpx")
TEST_CLIENT = ("httpx2", "2026-07-01")  # what Starlette's TestClient asks for since then
# Python 3.11 is younger than the oldest releases: they need a Pydantic and a typing-extensions that know it.
RAISED = {"pydantic": "2022-12-31", "typing-extensions": "2022-12-31"}


def uv(*arguments: str, **options) -> str:
    """What uv prints; RuntimeError with its words where it fails."""
    done = subprocess.run([sys.executable, "-m", "uv", *arguments], capture_output=True, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"uv {' '.join(arguments[:2])}: {done.stderr.strip()}")
    return done.stdout


def compiled(release: str, day: str) -> list[str]:
    """The packages of a release's time, pinned."""
    wanted = [f"fastapi=={release}", *BESIDE, *([TEST_CLIENT[0]] if day >= TEST_CLIENT[1] else [])]
    raised = [f"--exclude-newer-package={name}={date}" for name, date in RAISED.items() if date > day]
    command = ["pip", "compile", "--quiet", "--no-header", "--no-annotate", "--python-version", PYTHON]
    return uv(*command, "--exclude-newer", day, *raised, "-", input="\n".join(wanted)).split()


def answers(pins: list[str], folder: Path) -> dict[str, str]:
    """What the facts answer in an environment of these packages, which is made in `folder`."""
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    uv("venv", "--quiet", "--python", PYTHON, str(folder))
    uv("pip", "install", "--quiet", "--no-deps", "--python", str(python), "-r", "-", input="\n".join(pins))
    done = subprocess.run([python, FACTS], capture_output=True, text=True, timeout=600, check=False)
    if not done.stdout:
        raise RuntimeError(f"{FACTS.name} ended with {done.returncode}: {done.stderr.strip()[-500:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measured(release: str, day: str, known: History) -> Release:
    """One release's pins and answers; the pins that are known already are installed again."""
    stored = known.releases.get(release)
    pins = stored.pins if stored else compiled(release, day)
    with tempfile.TemporaryDirectory() as folder:
        return Release(day=day, pins=pins, answers=answers(pins, Path(folder) / "environment"))


def newest() -> str:
    """The newest release that the index has."""
    pins = uv("pip", "compile", "--quiet", "--no-header", "--no-deps", "--python-version", PYTHON, "-", input="fastapi")
    return pins.strip().partition("==")[2]


def questions() -> dict[str, str]:
    """Each fact's question, by its name, in the order of the file."""
    done = subprocess.run([sys.executable, FACTS, "--questions"], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def differing(old: dict[str, str], new: dict[str, str]) -> list[str]:
    """Where two lots of answers differ, a line each; a fact that only one of them has differs, too."""
    both = {name: (old.get(name, "not asked"), new.get(name, "not asked")) for name in {**old, **new}}
    return [f"{name}: {before} -> {after}" for name, (before, after) in both.items() if before != after]


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code, 1 where an answer differs and nothing is to be stored."""
    parser = argparse.ArgumentParser(prog="make history", description=__doc__.partition("\n\n")[0])
    parser.add_argument("releases", nargs="*", type=_release, help="only these releases (default: all)")
    parser.add_argument("--check", action="store_true", help="store nothing, and fail where an answer differs")
    parser.add_argument("--newest", action="store_true", help="compare the newest release with the last that is stored")
    parser.add_argument("--at-once", type=int, default=3, help="environments side by side (default: 3)")
    options = parser.parse_args(arguments)
    known = load()
    wanted = {release: day for release, day in RELEASES.items() if not options.releases or release in options.releases}
    if options.newest:
        wanted = {newest(): "2100-01-01"}
    found: dict[str, Release] = {}
    trouble = []
    with ThreadPoolExecutor(options.at_once) as pool:
        started = {release: pool.submit(measured, release, day, known) for release, day in wanted.items()}
        for release, future in started.items():
            found[release] = future.result()
            base = known.last if options.newest else known.releases.get(release)
            changes = differing(base.answers, found[release].answers) if base else []
            trouble += changes
            print(f"{release}: {len(found[release].answers)} facts", *changes, sep="\n    ", flush=True)
    if options.check or options.newest:
        return 1 if trouble else 0
    _store({**known.releases, **found})
    return 0


def _release(text: str) -> str:
    """A release of `RELEASES`, as it was given; an error of the command line for any other."""
    if text not in RELEASES:
        raise argparse.ArgumentTypeError(f"{text} is not measured; there are {', '.join(RELEASES)}")
    return text


def _store(releases: dict[str, Release]) -> None:
    """Write what is known of these releases, in the order in which they came out."""
    ordered = {release: releases[release] for release in RELEASES if release in releases}
    history = History(python=PYTHON, questions=questions(), releases=ordered)
    DATA.write_text(history.model_dump_json(indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
