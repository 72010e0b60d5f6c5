"""Every notebook, read in a real JupyterLab: it opens, runs from top to bottom, and shows what it should."""

import re

import pytest

import make
from helpers.authoring import refresh
from helpers.authoring.stored import LANGUAGE
from tests.browser.lab_driver import WRITE, Reader, faults, jupyterlab

pytestmark = pytest.mark.browser

NOTEBOOKS = [path.name for path in refresh.stored()]
CHAPTER = re.compile("0[1-9]_|10_")
# Read once for every change; `make slow` reads all, each of them twice.
SMOKE = ("00_start_here.ipynb", "01_introduction_to_fastapi.ipynb")
EACH = [(name, 1) for name in SMOKE] + [pytest.param(name, 2, marks=pytest.mark.slow) for name in NOTEBOOKS]


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


@pytest.mark.parametrize("notebook, runs", EACH)
def test_a_reader_runs_it_from_top_to_bottom(read, notebook, runs):
    reader, name = read(notebook), notebook.removesuffix(".ipynb")
    before = reader.cells()
    assert [cell["hidden"] for cell in before] == [cell["stored_hidden"] for cell in before]
    reader.photograph(name)
    for _ in range(runs):  # in one kernel
        reader.run_all()
        cells = reader.cells()
        assert faults(cells) == []
    # After the last run: to look is to scroll, and a frame in view asks while a run goes on for whatever is served by then.
    pictured = pictures(cells)
    for index in pictured:
        shown = reader.pictures(index)
        reader.photograph(f"{name}-cell-{index}")
        assert shown and all(map(told, shown)), cells[index]["source"]
    assert pictured or not CHAPTER.match(name), "a chapter shows at least one timeline"
    assert reader.slips == []


def test_it_opens_on_the_start_page_with_the_contents_beside_it(lab):
    browser, address, token, _ = lab
    with browser.new_context(viewport={"width": 1366, "height": 768}) as context:
        page = context.new_page()
        page.goto(f"{address}/lab/tree/{make.START.name}?token={token}", wait_until="domcontentloaded")
        contents = page.locator(".jp-TableOfContents-content:visible")
        contents.get_by_text("Your first measured task").wait_for()
        assert page.locator(".jp-FileBrowser:visible").count() == 0
        wide = contents.bounding_box()["width"]
        assert 200 < wide < 1366 / 4, "room for the titles, and most of the window for the text"
        page.screenshot(path=make.ROOT / "_screenshots" / "opened.png")
        page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")


def test_a_notebook_that_was_only_opened_closes_without_a_question(read):
    reader = read(NOTEBOOKS[4])
    panel = "window.jupyterapp.shell.currentWidget"
    version = reader.page.evaluate(f"async () => (await {panel}.sessionContext.session.kernel.info).language_info")
    stored = reader.page.evaluate(f"() => {panel}.context.model.getMetadata('language_info')")
    assert stored == version == LANGUAGE
    assert not reader.page.evaluate(
        f"() => (window.session = {panel}.sessionContext.session, {panel}.context.model.dirty)"
    )
    reader.page.evaluate("() => void window.jupyterapp.commands.execute('application:close')")
    reader.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget?.content?.widgets")
    assert reader.page.locator(".jp-Dialog").count() == 0
    reader.page.evaluate("() => window.session.isDisposed || window.session.shutdown().catch(() => null)")


def test_a_changed_notebook_is_asked_about(read):
    reader = read(NOTEBOOKS[4])
    reader.page.evaluate(WRITE, [0, "changed = 1"])
    reader.page.evaluate("() => void window.jupyterapp.commands.execute('application:close')")
    reader.page.locator(".jp-Dialog").get_by_text("Save your work").wait_for()
    reader.page.locator(".jp-Dialog button.jp-mod-reject").first.click()


def test_the_terminal_is_quiet(lab, tmp_path):
    """A kernel that runs a cell, and whatever JupyterLab starts beside it, leave only where to open the page."""
    browser, _, _, folder = lab
    with jupyterlab(folder, tmp_path) as (address, token), browser.new_context() as context:
        reader = Reader(context.new_page(), address, token)
        reader.open(make.START.name)
        reader.run(0)
        reader.page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.shutdown()")
    said = [line.strip() for line in (tmp_path / "log.txt").read_text().splitlines()]
    assert [line for line in said if line and not re.match(r"\[C |To access the |file:|http:|Or copy and", line)] == []


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
