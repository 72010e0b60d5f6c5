"""Brings stored notebooks up to date: `python -m helpers.authoring.refresh [chapter ...]`.

A chapter is a number (`4`) or a file's stem; without one, all notebooks are run. Each runs in its folder with
`COURSE_RUN=ci`, four at a time. Where only measured numbers differ, the stored outputs stay (`--force` takes the new
ones). Navigation, minutes, ways, the index of rules, the appendix of claims and the index are written anew, in all
notebooks. `--check` runs nothing and tells what is stale.
A notebook with a failing cell keeps its file, and the command then ends with exit code 1.
"""

import argparse
import logging
import os
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from helpers.authoring import appendix, index
from helpers.authoring.minutes import write_minutes
from helpers.authoring.navigation import navigate
from helpers.authoring.rules import write_index
from helpers.authoring.stored import Sanitiser, dumps, keep_unchanged, loads, normalise
from helpers.authoring.update import MARK
from helpers.authoring.ways import write_ways
from helpers.course import CHAPTERS, CLAIMS, GENERATED, INDEX, START, TASKS
from helpers.errors import CourseError
from helpers.learning.store import put

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CELL_TIMEOUT = 60
MAKES = {CLAIMS: appendix.appendix, INDEX: index.appendix}


@dataclass(frozen=True)
class Outcome:
    """What became of one notebook: a sentence for the screen, and whether its cells ran."""

    sentence: str
    ran: bool = True


def stored(folder: Path = NOTEBOOKS) -> list[Path]:
    """Every notebook of the folder, in order; what `make update` kept of a reader's is none of the course's."""
    return sorted(path for path in folder.glob("*.ipynb") if MARK not in path.name)


def files(folder: Path = NOTEBOOKS) -> list[Path]:
    """The notebooks of the folder that people write, in order; the generated ones are not among them."""
    return [path for path in stored(folder) if path.name not in GENERATED]


def chosen(chapters: list[str], folder: Path = NOTEBOOKS) -> list[Path]:
    """The notebooks meant by chapter numbers or file stems, all if none is given; CourseError for an unknown one."""
    paths = files(folder)
    wanted = dict.fromkeys(path for name in chapters for path in _meant(name, paths))
    return list(wanted) if chapters else paths


def _meant(name: str, paths: list[Path]) -> list[Path]:
    """The notebook that a chapter's number or a file's stem means; none for one that is generated."""
    stem = Path(name).name.removesuffix(".ipynb")
    start = f"{int(stem):02d}_" if stem.isdecimal() else f"{stem}.ipynb"
    found = [path for path in paths if path.stem == stem or path.name.startswith(start)]
    if not found and f"{stem}.ipynb" not in GENERATED:
        known = ", ".join(path.stem for path in paths) or "none"
        raise CourseError(f"no notebook is meant by {name!r}; there are: {known}.")
    return found


def read(path: Path) -> NotebookNode:
    """The notebook in a file; CourseError if there is none."""
    try:
        return loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CourseError(f"{path.name} cannot be read: {error}.") from error


def prepared(path: Path) -> NotebookNode:
    """The notebook of a file as it should be stored: what is generated up to date, in canonical form, outputs as they are."""
    existing = {*GENERATED, *(known.name for known in files(path.parent))}
    notebook = write_minutes(navigate(read(path), path.name, existing), path.name)
    if path.name == START:
        write_ways(notebook, {known.name: read(known) for known in files(path.parent) if known != path})
    if path.name == TASKS:
        write_index(notebook, TASKS, {known.name: read(known) for known in files(path.parent) if known != path})
    return normalise(notebook)


def generated(name: str, folder: Path = NOTEBOOKS) -> str:
    """The text that a generated notebook's file should have, by its file name, made from the others of the folder."""
    return dumps(MAKES[name]({path.name: read(path) for path in files(folder)}))


def stale(folder: Path = NOTEBOOKS) -> list[str]:
    """A sentence for each notebook whose generated lines or stored form are out of date, and for each generated one."""
    sentences = [
        f"{path.name}: its navigation, minutes or stored form is out of date."
        for path in files(folder)
        if dumps(prepared(path)) != path.read_text(encoding="utf-8")
    ]
    for name in GENERATED:
        page = folder / name
        if not page.exists() or page.read_text(encoding="utf-8") != generated(name, folder):
            sentences.append(f"{name}: it does not say what its data and the notebooks say.")
    return sentences


def first_picture(path: Path) -> str:
    """The first SVG that a notebook stores, which the README shows; nothing when there is none."""
    cells = read(path).cells if path.exists() else []
    outputs = (output for cell in cells for output in cell.get("outputs", []))
    return next((svg for output in outputs if (svg := output.get("data", {}).get("image/svg+xml"))), "")


def write(path: Path, text: str) -> bool:
    """Puts a text into a file at once or not at all; returns False, and touches nothing, if it stands there already."""
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    put(path, text)
    return True


def execute(notebook: NotebookNode, folder: Path, timeout: int = CELL_TIMEOUT) -> None:
    """Runs a notebook's cells in place, in `folder`; CourseError says which cell failed and why."""
    running = {"count": 0, "id": ""}

    def started(cell: NotebookNode, cell_index: int) -> None:
        running["count"] = sum(before.cell_type == "code" for before in notebook.cells[: cell_index + 1])
        running["id"] = cell.id

    quiet = logging.getLogger(f"{__name__}.nbclient")
    quiet.addHandler(logging.NullHandler())
    quiet.propagate = False
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=False,
        record_timing=False,
        on_cell_start=started,
        # ipykernel warns on the terminal about what every local kernel does: it listens on loopback without encryption.
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        log=quiet,
    )
    try:
        _run_cells(client)
    except CellTimeoutError:
        reason = f"it took longer than {timeout} s"
    except CellExecutionError as error:
        reason = f"{error.ename}: {error.evalue}".strip().splitlines()[0]
    except DeadKernelError:
        reason = "the kernel died"
    else:
        return
    raise CourseError(f"cell {running['count']} ({running['id']}) failed: {reason}")


def _run_cells(client: NotebookClient) -> None:
    """Execute, and once more where the kernel found a port taken that was free when Jupyter chose it."""
    environment = {**os.environ, "COURSE_RUN": "ci"}
    try:
        client.execute(env=environment)
    except DeadKernelError:
        raise
    except RuntimeError:  # "Kernel died before replying to kernel_info": no cell has run
        client.execute(env=environment)


def refresh(path: Path, sanitise: Sanitiser, force: bool = False, timeout: int = CELL_TIMEOUT) -> Outcome:
    """Runs one notebook and stores what is new in it; on failure its file stays as it was."""
    before = path.read_bytes()
    try:
        stored, fresh = prepared(path), prepared(path)
        execute(fresh, path.parent, timeout)
    except CourseError as error:
        return Outcome(f"kept as it was: {error}", ran=False)
    normalise(fresh)
    new = [] if force else keep_unchanged(stored, fresh, sanitise)
    if path.read_bytes() != before:
        return Outcome("kept as it was: somebody changed the file while it ran", ran=False)
    if not write(path, dumps(fresh)):
        return Outcome("unchanged")
    cells = ", ".join(map(str, new))
    return Outcome(f"new outputs: cell {cells}" if new else "new numbers" if force else "new text, same outputs")


def main(arguments: list[str] | None = None, folder: Path = NOTEBOOKS) -> int:
    """The command; returns its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m helpers.authoring.refresh", description=__doc__.partition("\n\n")[2]
    )
    parser.add_argument("chapters", nargs="*", metavar="chapter", help="a number or a file's stem (default: all)")
    parser.add_argument("-j", "--jobs", type=int, default=4, help="notebooks run at the same time (default: 4)")
    parser.add_argument("--force", action="store_true", help="store new measured numbers too")
    parser.add_argument("--check", action="store_true", help="run nothing, only tell what is stale")
    options = parser.parse_args(arguments)
    try:
        if options.check:
            sentences = stale(folder)
            print("\n".join(sentences) or "Navigation, minutes, stored form and what is generated are up to date.")
            return bool(sentences)
        paths = chosen(options.chapters, folder)
        failed = _run([path for path in paths if path.name != START], options.jobs, options.force)
        for path in set(files(folder)) - set(paths):
            write(path, dumps(prepared(path)))
        # The start page tells how long the chapters take, which stands in their files now.
        failed += _run([path for path in paths if path.name == START], 1, options.force)
        for name in GENERATED:
            if write(folder / name, generated(name, folder)):
                print(f"{Path(name).stem}  written")
        if picture := first_picture(folder / CHAPTERS[0].file):
            write(folder.parent / "timeline.svg", picture)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 2
    return bool(failed)


def _run(paths: list[Path], jobs: int, force: bool) -> int:
    """Refreshes the notebooks side by side, tells of each when it is done, and returns how many failed."""
    sanitise = Sanitiser()
    width = max((len(path.stem) for path in paths), default=0)
    failed = 0
    pool = ThreadPoolExecutor(max(1, jobs))

    def timed(path: Path) -> tuple[float, Outcome]:
        start = time.perf_counter()
        outcome = refresh(path, sanitise, force)
        return time.perf_counter() - start, outcome

    running: dict[Future, Path] = {pool.submit(timed, path): path for path in paths}
    try:
        for done in as_completed(running):
            seconds, outcome = done.result()
            failed += not outcome.ran
            print(f"{running[done].stem:{width}}  {seconds:5.1f} s  {outcome.sentence}", flush=True)
    except KeyboardInterrupt:
        # The threads wait for kernels that run on; a kernel ends by itself when the process that started it is gone.
        print("interrupted: notebooks not named above keep their files", file=sys.stderr, flush=True)
        os._exit(130)
    pool.shutdown()
    return failed


if __name__ == "__main__":
    sys.exit(main())
