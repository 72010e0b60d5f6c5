"""Builds the course as a site that reads and searches without a network, and as an offline pack.

`python -m helpers.site` (`make site`) compares every notebook first, as CI does, and writes `_site/`; its page
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
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from pathlib import Path
from xml.etree import ElementTree

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from helpers import chapters
from helpers.cells import folded, tags
from helpers.course import APPENDIX, CHAPTERS, START
from helpers.exercises import solution
from helpers.navigation import TAG as NAVIGATION
from helpers.navigation import TITLES
from helpers.refresh import NOTEBOOKS, files, read
from helpers.stored import dumps

ROOT = NOTEBOOKS.parent
SITE, PACK = ROOT / "_site", ROOT / "_pack" / "after-the-response.zip"
# The comparison that CI makes, as make.py words it.
COMPARE = ["--nbval", "--nbval-cell-timeout=60", "--nbval-sanitize-with", "tests/sanitize.cfg"]
# The packages whose behaviour the stored outputs are about; the lock holds the rest.
SHOWN = ("fastapi", "starlette", "uvicorn", "pydantic", "anyio", "httpx", "sqlalchemy", "ipykernel", "nbval")

# What the README links to, beside the notebooks.
PAGES = ("CONTRIBUTING", "helpers/questions/README")

_CELL_LINK = re.compile(r"\(([\w.]*)#cell-id=([\w-]+)\)")
_FILE_LINK = re.compile(r"\]\(([\w.]+)\.ipynb(?:#cell-id=([\w-]+))?\)")
_TEST = re.compile(r"notebooks/(.+)\.ipynb$|notebooks\.(.+)$")

# Read by Sphinx from the folder that `sources` fills; everything that the pages need is copied into the site.
CONFIGURATION = """
project = "After the Response"
author = "the course's authors"
copyright = "text CC BY 4.0, code MIT"
html_title = project
extensions = ["myst_nb", "sphinx_copybutton"]
nb_execution_mode = "off"
nb_merge_streams = True
nb_ipywidgets_js = {}
nb_mime_priority_overrides = [("html", "text/plain", 90)]
myst_heading_anchors = 3
suppress_warnings = ["myst.header"]
html_theme = "sphinx_book_theme"
html_favicon = "icon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_search_summary = False  # it fetches pages, which a browser refuses for files opened from a disk
html_static_path = ["_static"]
html_css_files = ["course.css"]
html_context = {"default_mode": "auto"}
html_theme_options = {
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "home_page_in_toc": True,
    "navbar_persistent": [],
    "use_download_button": False,
    "use_fullscreen_button": False,
}
copybutton_selector = "div.cell_input div.highlight pre"
"""
STYLE = """
/* A picture of a timeline is drawn for a light page; on a dark one it keeps its own ground. */
html[data-theme="dark"] .bd-content .cell_output img, html[data-theme="dark"] .bd-content img[src$=".svg"] {
  background: #fff; padding: 4px; border-radius: 4px;
}
"""

# The response at the dashed line, and the task after it.
ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="6" height="4" y="2" fill="#0b5394"/>
<path d="M6.5 0v16" stroke="#2e7d32" stroke-dasharray="3 2"/><rect x="7" width="9" height="4" y="9" fill="#b34700"/></svg>"""


def linked(notebooks: Iterable[NotebookNode]) -> set[str]:
    """The ids of all cells that a link of some notebook opens."""
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    texts = [cell.source for cell in cells if cell.cell_type == "markdown"]
    outputs = (output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
    texts += [data["text/markdown"] for data in outputs if "text/markdown" in data]
    return {found[2] for text in texts for found in _CELL_LINK.finditer(text)}


def page(notebook: NotebookNode, targets: set[str]) -> NotebookNode:
    """A notebook as the site shows it: an anchor where a link leads, folded answers, the theme's own navigation."""
    hidden = folded(notebook.cells)
    cells = []
    for cell in notebook.cells:
        if NAVIGATION in tags(cell):
            continue
        if cell.id in targets:
            cells.append(new_markdown_cell(f"(cell-{cell.id})=", id=f"to-{cell.id}"[:64]))
        for output in cell.get("outputs", []):
            if "text/markdown" in output.get("data", {}):  # shown as it is, not read by MyST
                text = _FILE_LINK.sub(_html, output.data["text/markdown"])
                output.data["text/markdown"] = text.replace("\n---\n", "\n<hr>\n")  # docutils rules only whole sections
        if cell.id in hidden:
            cell.metadata["tags"] = [*tags(cell), "hide-output"]
        if cell.cell_type == "markdown":
            cell.source = _CELL_LINK.sub(r"(#cell-\2)", cell.source)
        cells.append(cell)
    notebook.cells = cells
    return notebook


def _html(link: re.Match) -> str:
    anchor = "#" + re.sub("[^a-z0-9]+", "-", f"cell-{link[2]}".lower()) if link[2] else ""  # as docutils makes ids
    return f"]({link[1]}.html{anchor})"


def sources(folder: Path, verified: str) -> None:
    """Fills a folder with what Sphinx reads: the README as first page, the notebooks, and the page on verification."""
    written = [*files(), NOTEBOOKS / APPENDIX]
    notebooks = {path.name: read(path) for path in written if path.exists()}
    targets = linked(notebooks.values())
    for name, notebook in notebooks.items():
        (folder / name).write_text(dumps(page(notebook, targets)), encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8").replace("](notebooks/", "](")
    order = [name for name in (START, *(chapter.file for chapter in CHAPTERS), APPENDIX) if name in notebooks]
    listed = "\n".join([*(f"{TITLES[name]} <{Path(name).stem}>" for name in order), *PAGES, "verified"])
    toc = f"\n\n```{{toctree}}\n:hidden:\n:maxdepth: 1\n\n{listed}\n```\n"
    (folder / "index.md").write_text(readme + toc, encoding="utf-8")
    (folder / "verified.md").write_text(verified, encoding="utf-8")
    (folder / "conf.py").write_text(CONFIGURATION, encoding="utf-8")
    (folder / "_static").mkdir()
    (folder / "_static" / "course.css").write_text(STYLE, encoding="utf-8")
    (folder / "icon.svg").write_text(ICON, encoding="utf-8")
    for name in ("timeline.svg", "binder/badge.svg", "LICENSE", "LICENSE-text", *(f"{page}.md" for page in PAGES)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes((ROOT / name).read_bytes())


def compare(report: Path) -> bool:
    """Runs the strict comparison of all notebooks and leaves its JUnit report in a file; True if all cells agree."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "4", "--dist", "loadfile"]
    command += [*COMPARE, f"--junitxml={report}", "notebooks"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, "COURSE_RUN": "ci"}).returncode == 0


def compared(report: Path) -> dict[str, tuple[int, int]]:
    """By a notebook's file stem, how many of its cells were compared and how many of these agreed."""
    counts: dict[str, tuple[int, int]] = {}
    for case in ElementTree.parse(report).getroot().iter("testcase"):
        found = _TEST.search(case.get("classname", ""))
        stem = Path((found[1] or found[2]) if found else case.get("classname", "")).name.removesuffix(".ipynb")
        total, agreed = counts.get(stem, (0, 0))
        wrong = case.find("failure") is not None or case.find("error") is not None
        counts[stem] = (total + 1, agreed + (not wrong))
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


def build(verified: str, site: Path = SITE) -> int:
    """Builds the site with warnings as errors; returns Sphinx's exit code. A failed build leaves the old site."""
    with tempfile.TemporaryDirectory() as scratch:
        source, built = Path(scratch) / "source", Path(scratch) / "site"  # myst-nb writes beside its output, too
        source.mkdir()
        sources(source, verified)
        command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-E", "-b", "html"]
        status = subprocess.run([*command, "-d", Path(scratch) / "doctrees", source, built]).returncode
        if status == 0:
            shutil.rmtree(site, ignore_errors=True)
            shutil.copytree(built, site, ignore=shutil.ignore_patterns(".buildinfo*", "_sources"))
        return status


def answer_sheet() -> str:
    """Every exercise's solution on one Markdown page, chapter by chapter, for who teaches with the course."""
    parts = ["# The solutions of all exercises", "", "Each is code that the tests run."]
    for number in chapters.numbers():
        parts += ["", f"## Chapter {number}"]
        for exercise in chapters.exercises(number):
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
    yield "solutions.md", answer_sheet().encode()


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
    parser = argparse.ArgumentParser(prog="python -m helpers.site", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--unverified", action="store_true", help="build without comparing the notebooks first")
    parser.add_argument("--pack", action="store_true", help="write the offline pack too")
    options = parser.parse_args(arguments)
    counts = None
    if not options.unverified:
        with tempfile.TemporaryDirectory() as scratch:
            report = Path(scratch) / "report.xml"
            if not compare(report):
                print("The site was not built: what is stored is not what the cells show today.", file=sys.stderr)
                return 1
            counts = compared(report)
    status = build(verification(counts, datetime.datetime.now(datetime.UTC)))
    if status == 0:
        print(f"{SITE.name}/index.html")
        if options.pack:
            pack()
            print(PACK.relative_to(ROOT).as_posix())
    return status


if __name__ == "__main__":
    sys.exit(main())
