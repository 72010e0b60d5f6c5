"""`make repeat`: runs the strict comparison of all notebooks again and again, idle and beside busy loops.

Prints each run, then every cell that failed and how often. Exit code 1 if one did. `--times 20` runs of each kind,
`--loops 4` endless loops beside the second kind; chapters' numbers or notebooks' names to repeat only these, `tests` to
repeat the quick tests.
"""

import argparse
import contextlib
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from helpers.authoring import compare, refresh
from helpers.errors import CourseError

TESTS = "tests"


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


def failures(report: Path) -> list[str]:
    """The cells and tests that failed, by the report of a run: notebook and number of the cell, or the test, and why."""
    failed = [cell for cell in compare.cells(report) if cell.failure]
    names = [cell.test if cell.number < 0 else f"{cell.notebook} cell {cell.number}" for cell in failed]
    return [f"{name}: {cell.failure}" for name, cell in zip(names, failed)]


def run(notebooks: list[str], report: Path) -> tuple[float, list[str]]:
    """One strict run: its seconds and its failures."""
    extra = () if len(notebooks) == 1 and Path(notebooks[0]).suffix else compare.PARALLEL  # one file needs no workers
    begun = time.perf_counter()
    done = compare.run(compare.command(sys.executable, *notebooks, report=report, extra=extra))
    took = time.perf_counter() - begun
    found = failures(report) if report.exists() else []
    if done.returncode and not found:
        found = [f"pytest ended with {done.returncode}: {(done.stdout + done.stderr).strip().splitlines()[-1]}"]
    return took, found


def meant(names: list[str]) -> list[str]:
    """What pytest is given: `tests` as it is, and the paths of notebooks, named as `make refresh` takes them.

    CourseError for a name of none, and for what is generated.
    """
    paths = {name: [name] if name == TESTS else [str(path) for path in refresh.chosen([name])] for name in names}
    if empty := [name for name, found in paths.items() if not found]:
        raise CourseError(f"nothing is measured in {', '.join(empty)}, which is generated.")
    return [path for found in paths.values() for path in found]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make repeat", description=__doc__.partition("\n\n")[0])
    parser.add_argument(
        "notebooks", nargs="*", help=f"chapters' numbers, files' stems, or `{TESTS}` (default: all notebooks)"
    )
    parser.add_argument("--times", type=int, default=20, help="runs of each kind (default: 20)")
    parser.add_argument("--loops", type=int, default=4, help="busy loops beside the second kind (default: 4)")
    options = parser.parse_args(arguments)
    try:
        repeated = meant(options.notebooks)
    except CourseError as error:
        parser.error(str(error))
    counts: Counter[str] = Counter()
    green = 0
    for kind, loops in (("idle", 0), (f"beside {options.loops} busy loops", options.loops)):
        for number in range(1, options.times + 1):
            with tempfile.TemporaryDirectory() as scratch, busy(loops):
                took, found = run(repeated, Path(scratch) / "report.xml")
            counts.update(found)
            green += not found
            print(f"{kind}, run {number}: {took:.0f} s, {f'{len(found)} failed' if found else 'green'}", flush=True)
            for line in found:
                print(f"    {line}", flush=True)
    print(f"{green} of {2 * options.times} runs were green.")
    for line, count in counts.most_common():
        print(f"{count:3}  {line}")
    return 1 if counts else 0


if __name__ == "__main__":
    sys.exit(main())
