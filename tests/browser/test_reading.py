"""Every notebook, read in a real JupyterLab: it opens, runs from top to bottom, and shows what it should."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest
from lab_driver import CHROMIUM, QUIET, Reader, jupyterlab
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from playwright.sync_api import sync_playwright

import make

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted(path.name for path in (make.ROOT / "notebooks").glob("*.ipynb"))
CHAPTER = re.compile("0[1-9]_|10_")


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A browser, and a copy of the notebooks served as `make lab` serves them."""
    if CHROMIUM is None:
        pytest.fail("There is no Chromium or Chrome on this machine: on Debian, `sudo apt install chromium`.")
    folder = tmp_path_factory.mktemp("course") / "notebooks"
    shutil.copytree(make.ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    write_spoiled(folder / "spoiled.ipynb")
    with (
        jupyterlab(folder, tmp_path_factory.mktemp("scratch")) as (address, token),
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET) as browser,
    ):
        yield browser, address, token


@pytest.fixture
def read(lab):
    """A function that opens a notebook in a window of its own; the windows are closed after the test."""
    browser, address, token = lab
    readers = []

    def open_notebook(notebook: str) -> Reader:
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        context.set_default_timeout(60_000)
        readers.append(Reader(context.new_page(), address, token))
        readers[-1].open(notebook)
        return readers[-1]

    yield open_notebook
    for reader in readers:
        reader.close()


def write_spoiled(path: Path) -> None:
    """Write a notebook that holds one of each thing that the test of the chapters must notice or allow."""
    elsewhere = "![picture](http://localhost:9/picture.png)"  # another host than 127.0.0.1 to a browser
    svg = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
    stored = new_code_cell("6 * 7", metadata={"jupyter": {"outputs_hidden": True}}, execution_count=1)
    stored.outputs = [new_output("execute_result", {"text/plain": "42"}, execution_count=1)]
    cells = [
        new_markdown_cell(elsewhere),
        new_code_cell("1 / 0", metadata={"tags": ["raises-exception"]}),
        stored,
        new_code_cell(f"from IPython.display import Markdown\nMarkdown('![]({svg})')"),
        new_code_cell("undefined"),
        new_code_cell("never = reached"),
    ]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(new_notebook(cells=cells, metadata=kernel), path)


def faults(cells: list[dict]) -> list[str]:
    """What went wrong when all was run: errors that are not taught, cells never reached, outputs that stayed hidden."""
    errors = [
        f"{output['ename']} in: {cell['source']}"
        for cell in cells
        for output in cell["outputs"]
        if output["output_type"] == "error" and "raises-exception" not in cell["tags"]
    ]
    errors += [f"did not run: {cell['source']}" for cell in cells if not cell["ran"]]
    return errors + [f"output still hidden after: {cell['source']}" for cell in cells if cell["hidden"]]


def told(picture: dict) -> bool:
    """Whether a picture is drawn and says in words what it shows; JupyterLab calls one without alt text "Image"."""
    return picture["alt"] not in ("", "Image") and picture["width"] > 0


def pictures(cells: list[dict]) -> list[int]:
    """The code cells whose output holds a picture."""
    return [
        index
        for index, cell in enumerate(cells)
        if any("![" in "".join(output.get("data", {}).get("text/markdown", "")) for output in cell["outputs"])
    ]


@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_a_reader_runs_it_from_top_to_bottom(read, notebook):
    reader, name = read(notebook), notebook.removesuffix(".ipynb")
    before = reader.cells()
    assert [cell["hidden"] for cell in before] == [cell["stored_hidden"] for cell in before]
    reader.photograph(name)
    reader.run_all()
    cells = reader.cells()
    assert faults(cells) == []
    pictured = pictures(cells)
    for index in pictured:
        shown = reader.pictures(index)
        reader.photograph(f"{name}-cell-{index}")
        assert shown and all(map(told, shown)), cells[index]["source"]
    assert pictured or not CHAPTER.match(name), "a chapter shows at least one timeline"
    assert reader.slips == []


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_it_runs_twice_in_one_kernel(read, notebook):
    reader = read(notebook)
    for _ in range(2):
        reader.run_all()
        assert faults(reader.cells()) == []
    assert reader.slips == []


def test_what_a_reader_would_trip_over_is_noticed(read):
    reader = read("spoiled.ipynb")
    assert [cell["hidden"] for cell in reader.cells()] == [False, True, False, False, False]
    reader.run_all()
    cells = reader.cells()
    assert faults(cells) == ["NameError in: undefined", "did not run: never = reached"]
    unseen = {"source": "predicted", "outputs": [], "hidden": True, "ran": True}
    assert faults([unseen]) == ["output still hidden after: predicted"]
    [[nameless]] = [reader.pictures(index) for index in pictures(cells)]
    assert nameless == {"alt": "Image", "width": 300} and not told(nameless)
    assert told({"alt": "the task ran after the response", "width": 300})
    assert "asks another host: http://localhost:9/picture.png" in reader.slips
    assert any(slip.startswith("console: Failed to load resource") for slip in reader.slips)
