"""A real JupyterLab with a copy of the notebooks, and windows on it, for the tests of this folder."""

import shutil
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import make
from tests.browser.lab_driver import Reader, chromium_running, jupyterlab


@pytest.fixture(scope="module")
def browser():
    """A Chromium for the tests of a file."""
    with chromium_running() as browser:
        yield browser


@pytest.fixture(scope="module")
def lab(tmp_path_factory, browser):
    """A browser, the address and token of a JupyterLab as `make lab` starts it, and its folder: a copy of the notebooks."""
    folder = tmp_path_factory.mktemp("course") / "notebooks"
    shutil.copytree(make.ROOT / "notebooks", folder, ignore=shutil.ignore_patterns(".*"))
    write_spoiled(folder / "spoiled.ipynb")
    with jupyterlab(folder, tmp_path_factory.mktemp("scratch")) as (address, token):
        yield browser, address, token, folder


@pytest.fixture
def read(lab):
    """A function that opens a notebook in a window of its own; the windows are closed after the test."""
    browser, address, token, _ = lab
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
