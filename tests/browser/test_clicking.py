"""A prediction answered in a real JupyterLab by mouse and by keyboard alone, before and after the measurement and a reload."""

import json

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.browser.lab_driver import READY

pytestmark = pytest.mark.browser

CELLS = (
    'from helpers import compare, predict\npredict("2.1-word", ...)',
    'compare("2.1-word")',
    'predict("5.5-queries", ...)',
)


@pytest.fixture
def clicking(lab, read):
    """A notebook that asks for a prediction and compares it, with nothing recorded, and the file where it will be."""
    folder = lab[3]
    (folder / ".progress.json").unlink(missing_ok=True)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [new_code_cell(source, id=f"cell-{number}") for number, source in enumerate(CELLS)]
    nbformat.write(new_notebook(cells=cells, metadata=kernel), folder / "clicking.ipynb")
    return read("clicking.ipynb"), folder / ".progress.json"


def recorded(file) -> dict[str, str]:
    return json.loads(file.read_text()) if file.exists() else {}


def test_a_click_answers_and_the_comparison_follows(clicking):
    reader, file = clicking
    page = reader.page
    assert "Choose a letter below" in reader.run(0)
    group = page.get_by_role("group", name="Your prediction for 2.1-word")
    status = page.locator(".jp-OutputArea p[role=status]").first
    group.get_by_role("button", name="a: nobody").click()
    status.filter(has_text="Recorded: a. Run the next cells and compare.").wait_for()
    assert group.get_by_role("button", name="a: nobody").get_attribute("aria-pressed") == "true"
    assert group.aria_snapshot().count("'button ") == 4 and "[pressed]" in group.aria_snapshot()
    assert recorded(file) == {"2.1-word": "a"}
    page.get_by_role("button", name="3: certain").click()
    status.filter(has_text="Recorded: a, certain.").wait_for()
    assert recorded(file) == {"2.1-word": "a@3"}
    assert "You predicted a; measured was c" in reader.run(1)
    group.get_by_role("button", name="c: the second client").click()
    status.filter(has_text="as measured").wait_for()
    page.locator(".jp-OutputArea blockquote").filter(has_text="◆ COMPARE").filter(has_text="as measured").wait_for()
    assert recorded(file) == {"2.1-word": "c"}
    for theme in ("Dark", "Light"):
        reader.set_theme(theme)
        reader.photograph(f"clicking-{theme.lower()}")
    assert reader.slips == []


def test_keys_answer_and_delete_no_cell(clicking):
    reader, file = clicking
    page, before = reader.page, reader.count()
    reader.run(0)
    page.get_by_role("button", name="a: nobody").focus()
    page.keyboard.press("Space")
    page.locator("p[role=status]").filter(has_text="Recorded: a.").wait_for()
    for key in ("ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.locator("p[role=status]").filter(has_text="Recorded: b.").wait_for()
    for key in "ddaabb":  # letters answer; in JupyterLab's command mode they would delete and insert cells
        page.keyboard.press(key)
    page.locator("p[role=status]").filter(has_text="Recorded: b.").wait_for()
    page.keyboard.press("d")
    page.locator("p[role=status]").filter(has_text="Recorded: d.").wait_for()
    assert page.evaluate("() => document.activeElement.getAttribute('aria-label')").startswith("d: ")
    assert reader.count() == before and recorded(file) == {"2.1-word": "d"}
    assert reader.slips == []


def test_a_busy_kernel_records_later_and_says_so(clicking):
    reader, file = clicking
    page = reader.page
    reader.run(0)
    page.get_by_role("button", name="a: nobody").wait_for()
    kernel = psutil.Process(int(reader.run(1, "import os\nprint(os.getpid())")))
    kernel.suspend()  # as busy as can be: a kernel that only computes still hears clicks, in another thread
    try:
        page.get_by_role("button", name="a: nobody").click()
        status = page.locator("p[role=status]")
        status.filter(has_text="Not recorded yet: the kernel is busy.").wait_for()
        assert recorded(file) == {}
    finally:
        kernel.resume()
    status.filter(has_text="Recorded: a.").wait_for()
    assert recorded(file) == {"2.1-word": "a"}


def test_after_a_reload_the_row_goes_on_and_tells_the_comparison(clicking):
    reader, file = clicking
    page = reader.page
    reader.run(0)
    reader.run(1)
    page.get_by_role("button", name="a: nobody").click()
    page.locator("p[role=status]").filter(has_text="You predicted a;").wait_for()
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    page.reload(wait_until="domcontentloaded")
    page.wait_for_function(f"() => (window.opened ??= ({READY})().then(() => window.ready = true), window.ready)")
    group = page.get_by_role("group", name="Your prediction for 2.1-word")
    group.get_by_role("button", name="c: the second client").click()
    page.locator("p[role=status]").filter(has_text="as measured").wait_for()
    assert recorded(file) == {"2.1-word": "c"}
    reader.photograph("clicking-reloaded")


def test_a_restarted_kernel_takes_no_click_and_the_question_stays(clicking):
    reader, file = clicking
    page = reader.page
    reader.run(0)
    button = page.get_by_role("button", name="a: nobody")
    button.wait_for()
    page.evaluate("() => window.jupyterapp.shell.currentWidget.sessionContext.restartKernel()")
    button.click()
    page.locator("p[role=status]").filter(has_text="If it was restarted, run this cell again.").wait_for()
    assert page.locator("blockquote").filter(has_text="◇ PREDICT").is_visible() and recorded(file) == {}
    reader.run(0)
    page.get_by_role("button", name="a: nobody").click()
    page.locator("p[role=status]").filter(has_text="Recorded: a.").wait_for()


def test_a_typed_letter_still_counts_and_changes_the_comparison(clicking):
    reader, file = clicking
    reader.run(1, 'from helpers import compare, predict\ncompare("2.1-word")')
    assert "Recorded: c." in reader.run(0, 'predict("2.1-word", "c")')
    reader.page.locator("blockquote").filter(has_text="as measured").wait_for()
    assert recorded(file) == {"2.1-word": "c"}
