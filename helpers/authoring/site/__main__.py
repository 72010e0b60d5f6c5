"""Builds the course as a site that reads and searches without a network, and as an offline pack.

`python -m helpers.authoring.site` (`make site`) compares every notebook first, as CI does, and writes `_site/`; its page
"Verified" says what was compared, when and with which versions. `--unverified` leaves the comparison out, and the page
says that. `--pack` (`make pack`) also writes `_pack/after-the-response.zip`: the site, the repository's own files as
git knows them, and one page with every exercise's solution. Sphinx never runs a cell: what is shown is what is stored.
"""

import argparse
import datetime
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from helpers.authoring import compare, teaching
from helpers.authoring.cells import first_texts, folded, tags
from helpers.authoring.navigation import TAG as NAVIGATION
from helpers.authoring.navigation import TITLES
from helpers.authoring.refresh import NOTEBOOKS, files, read
from helpers.authoring.rules import WORD, carded, stated
from helpers.authoring.site import finder, notes
from helpers.authoring.stored import dumps
from helpers.course import APPENDICES, CHAPTERS, GENERATED, START, WAYS
from helpers.learning import catalogue, claims, history
from helpers.learning.exercises import solution
from helpers.learning.queues import QUEUE_NAMES

ROOT, HERE = NOTEBOOKS.parent, Path(__file__).parent
SITE, PACK, BOOK = ROOT / "_site", ROOT / "_pack" / "after-the-response.zip", ROOT / "_pack" / "after-the-response.epub"
# The packages whose behaviour the stored outputs are about; the lock holds the rest.
SHOWN = ("fastapi", "starlette", "uvicorn", "pydantic", "anyio", "httpx", "sqlalchemy", "ipykernel", "nbval")
SOLUTIONS = ROOT / "_pack" / "solutions.md"

# What the landing page links to, beside the notebooks.
PAGES = ("CONTRIBUTING", "helpers/chapters/README", "helpers/authoring/site/teaching")

_CELL_LINK = re.compile(r"\(([\w.]*)#cell-id=([\w-]+)\)")
_APP = re.compile(r"\b(?:FastAPI|APIRouter)\(")
_SERVED = re.compile(r"\b(?:serve|process)\(|\b(?:server|client)\.")
_BESIDE = re.compile(r"\]\((\w+/[\w./-]+)\)")  # a file in a chapter's folder


def linked(notebooks: Iterable[NotebookNode]) -> set[str]:
    """The ids of all cells that a link of some notebook opens."""
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    outputs = (output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    texts += [data["text/markdown"] for data in outputs if "text/markdown" in data]
    return _cells(*texts)


def _cells(*texts: str) -> set[str]:
    return {found[2] for text in texts for found in _CELL_LINK.finditer(text)}


def _by_label(text: str) -> str:
    """Links to cells, as MyST finds them on any page."""
    return _CELL_LINK.sub(r"(#cell-\2)", text)


def beside(notebooks: Iterable[NotebookNode]) -> set[str]:
    """The files in chapters' folders that the notebooks' text links to; the site offers them for download."""
    texts = [cell.source for notebook in notebooks for cell in notebook.cells if cell.cell_type == "markdown"]
    named = {found[1] for text in texts for found in _BESIDE.finditer(text)}
    return {name for name in named if (NOTEBOOKS / name).is_file()}


def page(notebook: NotebookNode, targets: set[str]) -> NotebookNode:
    """A notebook as the site shows it: an anchor where a link leads, folds, the theme's own navigation."""
    hidden, opens = folded(notebook.cells), openings(notebook.cells)
    anchors = defaultdict(list)  # by the cell above which they stand
    for id in (cell.id for cell in notebook.cells if cell.id in targets):
        anchors[opens.get(id, id)].append(id)
    cells = []
    for cell in notebook.cells:
        if NAVIGATION in tags(cell):
            continue
        cells += [new_markdown_cell(f"(cell-{target})=", id=f"to-{target}"[:64]) for target in anchors[cell.id]]
        _dress(cell)
        if cell.id in hidden:
            cell.metadata["tags"] = [*tags(cell), "hide-output"]
        cells.append(cell)
        cells += [_fold(id, cell) for id in first_texts(cell, "check")]
    notebook.cells = cells
    return notebook


def _dress(cell: NotebookNode) -> None:
    """Write a cell's Markdown, its own and that of its outputs, as the site reads it, in place."""
    if cell.cell_type == "markdown":
        cell.source = carded(_by_label(cell.source))
    for output in cell.get("outputs", []):
        if "text/markdown" in output.get("data", {}):
            text = _by_label(output.data["text/markdown"])
            output.data["text/markdown"] = text.replace("\n---\n", "\n<hr>\n")  # docutils rules only whole sections


def openings(cells: Iterable[NotebookNode]) -> dict[str, str]:
    """Where the site opens a cell that measures an app: at the cell, up to two before it, that has the app; by their ids.

    Whoever looks something up wants to see the recipe first, and then its proof.
    """
    opens: dict[str, str] = {}
    behind: list[NotebookNode] = []
    for cell in cells:
        if cell.cell_type == "code":
            if app := _app_before(cell, behind[-2:]):
                opens[cell.id] = app
            behind.append(cell)
        elif cell.cell_type == "markdown" and cell.source.startswith("#"):
            behind = []
    return opens


def _app_before(cell: NotebookNode, before: list[NotebookNode]) -> str:
    """The id of the last cell before that has the app which a cell measures; nothing where it has or measures none."""
    if _APP.search(cell.source) or not _SERVED.search(cell.source):
        return ""
    return next((earlier.id for earlier in reversed(before) if _APP.search(earlier.source)), "")


def _fold(id: str, cell: NotebookNode) -> NotebookNode:
    """An exercise's solution, closed until it is asked for; nothing of it is stored in the notebook."""
    shown = solution(id)._repr_mimebundle_()["text/markdown"].partition("\n\n")[2]
    fold = f'<details class="solution">\n<summary>A solution of {id}</summary>\n\n{shown}\n\n</details>'
    return new_markdown_cell(fold, id=f"{cell.id}-{id}".replace(".", "-")[:64])


def sources(folder: Path, verified: str) -> None:
    """Fills a folder with what Sphinx reads: the landing page, finder, notebooks, pages for teachers, the verification."""
    written = [*files(), *(NOTEBOOKS / name for name in GENERATED)]
    notebooks = {path.name: read(path) for path in written if path.exists()}
    lines = finder.lines(notebooks)
    (folder / "notes.md").write_text(notes.page(notebooks), encoding="utf-8")
    first = landing(lines, notebooks)
    targets = linked(notebooks.values()) | {line.cell for line in lines if line.cell} | notes.targets(notebooks)
    targets |= _cells(first)
    for name, notebook in notebooks.items():
        (folder / name).write_text(dumps(page(notebook, targets)), encoding="utf-8")
    order = [name for name in (START, *(chapter.file for chapter in CHAPTERS), *APPENDICES) if name in notebooks]
    listed = "\n".join(
        [*(f"{TITLES[name]} <{Path(name).stem}>" for name in order), "find", *PAGES, "notes", "verified"]
    )
    toc = f"\n\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{listed}\n```\n"
    for name in beside(notebooks.values()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(NOTEBOOKS / name, folder / name)
    (folder / "index.md").write_text(_by_label(first) + toc, encoding="utf-8")
    (folder / "find.md").write_text(finder.page(lines), encoding="utf-8")
    (folder / "verified.md").write_text(verified, encoding="utf-8")
    (folder / "_static").mkdir()
    for name, place in (("conf.py", "."), ("icon.svg", "."), ("course.css", "_static"), ("finder.js", "_static")):
        shutil.copy(HERE / name, folder / place)
    for name in ("timeline.svg", "binder/badge.svg", "LICENSE", "LICENSE-text", *(f"{page}.md" for page in PAGES)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())


def landing(lines: Iterable[finder.Line], notebooks: Mapping[str, NotebookNode]) -> str:
    """The first page, its figures counted; `lines` are those of the finder, `notebooks` all by file name."""
    kinds = Counter(line.kind for line in lines)
    day = [label.partition(".")[0] for label in next(way for way in WAYS if way.title == "FastAPI in a day").sections]
    core = stated(teaching.cells_of("4.3", notebooks))
    verdicts = Counter(claim.verdict for claim in claims.load().values())
    return (
        (HERE / "landing.md")
        .read_text(encoding="utf-8")
        .format(
            questions=kinds["Questions people ask"],
            rules=kinds["Rules of background tasks"],
            topics=kinds["Topics"],
            claims=verdicts.total(),
            false=verdicts["false"],
            half=verdicts["half-true"],
            releases=len(history.load().releases),
            chapters=len(CHAPTERS),
            sections=sum(len(chapter.sections) for chapter in CHAPTERS),
            first=day[0],
            last=day[-1],
            numbered=sum(word != WORD for word, _ in core),
            queues=len(QUEUE_NAMES),
        )
    )


def agrees(report: Path) -> bool:
    """Runs the strict comparison of all notebooks and leaves its JUnit report in a file; True if all cells agree."""
    checked = {**os.environ, "COURSE_RUN": "ci"}
    return subprocess.run(compare.command(sys.executable, report=report), cwd=ROOT, env=checked).returncode == 0


def compared(report: Path) -> dict[str, tuple[int, int]]:
    """By a notebook's file stem, how many of its cells were compared and how many of these agreed."""
    counts: dict[str, tuple[int, int]] = {}
    for cell in compare.cells(report):
        total, agreed = counts.get(cell.notebook, (0, 0))
        counts[cell.notebook] = (total + 1, agreed + (not cell.failure))
    return counts


def verification(counts: dict[str, tuple[int, int]] | None, now: datetime.datetime) -> str:
    """The page that says what was compared when and with what; `counts` is None where nothing was compared."""
    lines = ["# When this was last verified", ""]
    if counts is None:
        lines += ["Nothing was compared when this site was built; `make site` compares every cell before it builds."]
    else:
        when = f"{now:%Y-%m-%d %H:%M} UTC"
        lines += [f"Every cell below was executed again and compared with what is stored on {when}.", ""]
        lines += ["| notebook | cells compared | cells that agreed |", "|---|---|---|"]
        lines += [
            f"| [{stem}]({stem}.ipynb) | {total} | {agreed} |" for stem, (total, agreed) in sorted(counts.items())
        ]
    lines += ["", "## With these versions", "", "| what | version |", "|---|---|"]
    lines += [f"| Python | {platform.python_version()} |", f"| system | {platform.system()} |"]
    return "\n".join([*lines, *(f"| {name} | {version(name)} |" for name in SHOWN)]) + "\n"


def sphinx(builder: str, verified: str, into: Path) -> int:
    """Lets one of Sphinx's builders make the folder `into`, warnings as errors; returns its exit code.

    A build that fails leaves the folder as it was.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, built = Path(scratch) / "source", Path(scratch) / "built"  # myst-nb writes beside its output, too
        source.mkdir()
        sources(source, verified)
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", builder]
        status = subprocess.run([*command, "-d", Path(scratch) / "doctrees", source, built]).returncode
        if status == 0:
            shutil.rmtree(into, ignore_errors=True)
            shutil.copytree(built, into, ignore=shutil.ignore_patterns(".buildinfo*", "_sources"))
        return status


def build(verified: str, site: Path = SITE) -> int:
    """Builds the site; returns Sphinx's exit code. A failed build leaves the old site."""
    return sphinx("html", verified, site)


def book(verified: str, file: Path) -> int:
    """Writes the whole course as an EPUB to read without a network; returns Sphinx's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        status = sphinx("epub", verified, Path(folder))
        for made in Path(folder).glob("*.epub"):
            file.parent.mkdir(exist_ok=True)
            shutil.move(made, file)
        return status


def check_links() -> int:
    """Asks every other host that the course links to; prints the links that do not answer, and returns Sphinx's exit code."""
    with tempfile.TemporaryDirectory() as folder:
        return sphinx("linkcheck", verification(None, datetime.datetime.now(datetime.UTC)), Path(folder))


def answer_sheet() -> str:
    """Every exercise's solution on one Markdown page, chapter by chapter, for who teaches with the course."""
    parts = ["# The solutions of all exercises", "", "Each is code that the tests run."]
    for number in catalogue.numbers():
        parts += ["", f"## Chapter {number}"]
        for exercise in catalogue.exercises(number):
            shown = solution(exercise.id)._repr_mimebundle_()["text/markdown"]
            parts += ["", f"### {exercise.id}: {exercise.title}", "", exercise.task, "", shown]
    return "\n".join(parts) + "\n"


def contents() -> Iterator[tuple[str, bytes]]:
    """The offline pack, file by file: the repository's files that git knows, the site, and the answer sheet."""
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in sorted(filter(None, known.split("\0"))):
        yield name, (ROOT / name).read_bytes()
    for path in sorted(path for path in SITE.rglob("*") if path.is_file()):
        yield f"site/{path.relative_to(SITE).as_posix()}", path.read_bytes()
    yield SOLUTIONS.name, answer_sheet().encode()


def pack(archive: Path = PACK) -> None:
    """Writes the offline pack at once or not at all."""
    archive.parent.mkdir(exist_ok=True)
    unfinished = archive.with_suffix(".tmp")
    with zipfile.ZipFile(unfinished, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, content in contents():
            bundle.writestr(f"after-the-response/{name}", content)
    unfinished.replace(archive)


def main(arguments: list[str] | None = None) -> int:
    """The command; returns its exit code. A notebook that does not agree stops it before anything is built."""
    parser = argparse.ArgumentParser(prog="python -m helpers.authoring.site", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--unverified", action="store_true", help="build without comparing the notebooks first")
    parser.add_argument("--pack", action="store_true", help="write the offline pack and the book (EPUB) too")
    parser.add_argument("--solutions", action="store_true", help="build nothing, write the solutions of all exercises")
    parser.add_argument(
        "--links", action="store_true", help="build nothing, ask whether all links to other hosts answer"
    )
    options = parser.parse_args(arguments)
    if options.links:
        return check_links()
    if options.solutions:
        SOLUTIONS.parent.mkdir(exist_ok=True)
        SOLUTIONS.write_text(answer_sheet(), encoding="utf-8")
        print(SOLUTIONS.relative_to(ROOT).as_posix())
        return 0
    counts = None
    if not options.unverified:
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.xml"
            if not agrees(report):
                print("The site was not built: what is stored is not what the cells show today.", file=sys.stderr)
                return 1
            counts = compared(report)
    verified = verification(counts, datetime.datetime.now(datetime.UTC))
    print("Building the site", flush=True)
    status = build(verified)
    if status == 0:
        print(f"{SITE.name}/index.html", flush=True)
    if status == 0 and options.pack:
        print("Building the book and the pack", flush=True)
        pack()
        print(PACK.relative_to(ROOT).as_posix(), flush=True)
        status = book(verified, BOOK)
        if status == 0:
            print(BOOK.relative_to(ROOT).as_posix())
    return status


if __name__ == "__main__":
    sys.exit(main())
