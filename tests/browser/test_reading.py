"""Every notebook, read in a real JupyterLab: it opens, runs from top to bottom, and shows what it should."""

import re

import pytest

import make
from tests.browser.lab_driver import faults

pytestmark = pytest.mark.browser

NOTEBOOKS = sorted(path.name for path in (make.ROOT / "notebooks").glob("*.ipynb"))
CHAPTER = re.compile("0[1-9]_|10_")
# Read for every change; `make slow` reads all.
SMOKE = ("00_start_here.ipynb", "01_introduction_to_fastapi.ipynb")
EACH = [name if name in SMOKE else pytest.param(name, marks=pytest.mark.slow) for name in NOTEBOOKS]


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


@pytest.mark.parametrize("notebook", EACH)
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
