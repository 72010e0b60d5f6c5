"""`make repeat`: runs the strict comparison of all notebooks again and again, idle and beside busy loops.

Prints each run, then every cell that failed and how often. Exit code 1 if one did. `--times 20` runs of each kind,
`--loops 4` endless loops beside the second kind, names of notebooks to repeat only these.
"""

import argparse
import contextlib
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).parent.parent
COMPARE = ["--nbval", "--nbval-cell-timeout=60", "--nbval-sanitize-with", "tests/sanitize.cfg"]


@contextlib.contextmanager
def busy(loops: int) -> Iterator[None]:
    """Keep that many processes in endless loops meanwhile."""
    running = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(loops)]
    try:
        yield
    finally:
        for process in running:
            process.kill()
            process.wait()


def why(said: str) -> str:
    """The telling line of nbval's report on a cell: the error that was raised, or the first that differs, both ways."""
    lines = [line.strip() for line in re.sub(r"\x1b\[[0-9;]*m|#x1B\[[0-9;]*m", "", said).splitlines()]
    errors = [line for line in lines if re.match(r"[\w.]*(Error|Exception|Interrupt|Timeout)\b", line)]
    differing = [next((line for line in lines if line.startswith(sign)), "") for sign in ("- ", "+ ")]
    return (errors or [" ".join(filter(None, differing))] or lines)[-1][:300]


def failures(report: Path) -> list[str]:
    """The cells that failed, by the report of a run: notebook, number of the cell, and why."""
    return [
        f"{case.get('classname')} {case.get('name')}: {why(trouble.text or '')}"
        for case in ElementTree.parse(report).getroot().iter("testcase")
        for trouble in [*case.findall("failure"), *case.findall("error")]
    ]


def compare(notebooks: list[str], report: Path) -> tuple[float, list[str]]:
    """One strict run: its seconds and its failures."""
    workers = ["-n", "4", "--dist", "loadfile"] if notebooks == ["notebooks"] or len(notebooks) > 1 else []
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *workers]
    begun = time.perf_counter()
    done = subprocess.run(
        [*command, *COMPARE, f"--junitxml={report}", *notebooks],
        cwd=ROOT, env={**os.environ, "COURSE_RUN": "ci"}, capture_output=True, text=True,
    )  # fmt: skip
    took = time.perf_counter() - begun
    found = failures(report) if report.exists() else []
    if done.returncode and not found:
        found = [f"pytest ended with {done.returncode}: {(done.stdout + done.stderr).strip().splitlines()[-1]}"]
    return took, found


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make repeat", description=__doc__.partition("\n\n")[0])
    parser.add_argument("notebooks", nargs="*", default=["notebooks"])
    parser.add_argument("--times", type=int, default=20, help="runs of each kind (default: 20)")
    parser.add_argument("--loops", type=int, default=4, help="busy loops beside the second kind (default: 4)")
    options = parser.parse_args(arguments)
    counts: Counter[str] = Counter()
    green = 0
    for kind, loops in (("idle", 0), (f"beside {options.loops} busy loops", options.loops)):
        for number in range(1, options.times + 1):
            with tempfile.TemporaryDirectory() as scratch, busy(loops):
                took, found = compare(options.notebooks, Path(scratch) / "report.xml")
            counts.update(found)
            green += not found
            print(
                f"{kind}, run {number}: {took:.0f} s, {f'{len(found)} cells failed' if found else 'green'}", flush=True
            )
            for line in found:
                print(f"    {line}", flush=True)
    print(f"{green} of {2 * options.times} runs were green.")
    for line, count in counts.most_common():
        print(f"{count:3}  {line}")
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main())
