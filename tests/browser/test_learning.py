"""What a learner does in a real JupyterLab: follows links, predicts, solves, takes progress along, interrupts."""

import json
import re
import shutil
from pathlib import Path

import pytest

import make
from tests.browser.lab_driver import WRITE, Reader, faults

pytestmark = pytest.mark.browser

START, FIRST = "00_start_here.ipynb", "01_introduction_to_fastapi.ipynb"
MAIL = """
@app.post("/parcels", status_code=202)
def hand_in(sender: Sender, background_tasks: BackgroundTasks) -> dict[str, str]:
    {body}
    return {{"status": "accepted"}}
"""
ENDLESS = "    import time; time.sleep(600)"
RIGHT, WRONG = "background_tasks.add_task(send_welcome, sender.email)", "send_welcome(sender.email)"


def attempt(body: str) -> str:
    return f'app = FastAPI()\n{MAIL.format(body=body)}\ncheck("1.1-mail", app, mailbox)'


def test_an_exercise_is_done_wrong_and_then_right(read):
    reader = read(FIRST)
    reader.run_all()
    exercise = reader.index('check("1.1-mail"')
    assert "NOT STARTED" in reader.run(exercise)
    said = reader.run(exercise, attempt(WRONG))
    assert "NOT YET" in said and "The client waited for the mail" in said
    assert "SOLVED" in reader.run(exercise, attempt(RIGHT))
    chapter = reader.index("progress.show(chapter=1)")
    assert "Exercises: 1 of " in reader.run(chapter)


def test_a_prediction_is_made_and_compared(read):
    reader = read(FIRST)
    cells = reader.cells()
    asked = reader.index('predict("1.1-wait"')
    measured = next(i for i in range(asked + 1, len(cells)) if cells[i]["stored_hidden"])
    assert reader.cells()[measured]["hidden"], "the stored answer is folded away"
    for index in range(asked):
        reader.run(index)
    said = reader.run(asked, 'predict("1.1-wait", "c")')
    assert "c" in said and "SOLVED" not in said
    settled = next((i for i in range(asked + 1, len(cells)) if "compare(" in cells[i]["source"]), None)
    for index in range(asked + 1, (settled or measured) + 1):
        reader.run(index)
    assert not reader.cells()[measured]["hidden"], "running it shows it"


def test_who_goes_back_to_a_measurement_is_told_from_where_to_run_again(read):
    """By the ids that JupyterLab sends, and by the numbers that it shows."""
    reader = read(FIRST)
    measured = reader.index('client.post("/register-inline"')
    another = reader.index('@app.post("/depots/{depot}/senders"')
    for index in range(another + 1):
        assert failure(reader, index) == ""
    told = re.search(
        r"other cells have changed `app`\. .* from Cell In\[(\d+)\] down to this one", failure(reader, measured)
    )
    assert told and int(told[1]) - 1 == reader.index("app = FastAPI()")
    reader.photograph("gone back")
    for index in range(int(told[1]) - 1, measured + 1):
        assert failure(reader, index) == ""


def failure(reader: Reader, index: int) -> str:
    """Runs a cell; the last line of its error, if it ends in one."""
    reader.run(index)
    errors = [output for output in reader.cells()[index]["outputs"] if output["output_type"] == "error"]
    return errors[-1]["traceback"][-1] if errors else ""


def test_progress_is_taken_along_and_given_back(read, lab):
    _, _, _, folder = lab
    kept = folder / ".progress.json"
    kept.unlink(missing_ok=True)
    reader = read(FIRST)
    reader.run_all()
    reader.run(reader.index('check("1.1-mail"'), attempt(RIGHT))
    assert json.loads(kept.read_text())
    start = read(START)
    start.run_all()
    token = start.run(start.index("progress.export()")).split()[-1]
    kept.unlink()
    show = start.index("progress.show()")
    assert "exercises 1 of" not in start.run(show)
    start.run(start.index("progress.export()"), f'progress.restore("{token}")')
    assert "exercises 1 of" in start.run(show)


@pytest.mark.slow
def test_the_start_pages_links_open_every_notebook(read):
    reader = read(START)
    reader.run_all()
    reader.pictures(reader.index("progress.show()"))  # brings the map into view
    found = "a[href$='.ipynb'], a[href*='.ipynb?'], a[href*='.ipynb#']"
    links = reader.page.eval_on_selector_all(
        f".jp-Notebook :is({found})", "links => links.map(a => a.getAttribute('data-commandlinker-args') ?? a.href)"
    )
    named = {name for link in links for name in re.findall(r"[\w]+\.ipynb", link)}
    assert {path.name for path in (make.ROOT / "notebooks").glob("*.ipynb")} - {START} <= named
    for name in sorted(named - {START}):
        reader.page.evaluate(
            "() => { window.jupyterapp.commands.execute('docmanager:open', {path: '00_start_here.ipynb'}); }"
        )
        reader.page.locator(
            f".jp-Notebook a[href*='{name}'], .jp-Notebook a[data-commandlinker-args*='{name}']"
        ).first.click()
        reader.page.wait_for_function(
            "name => window.jupyterapp.shell.currentWidget?.context?.path === name", arg=name, timeout=30_000
        )
    assert reader.slips == []


@pytest.mark.slow
def test_an_interrupted_run_goes_on(read):
    """The interrupt comes inside a recording, while the server lives."""
    reader = read(FIRST)
    middle = reader.index("with record()")
    source = reader.cells()[middle]["source"]
    reader.page.evaluate(
        WRITE, [middle, source.replace("with record() as inline:", f"with record() as inline:\n{ENDLESS}")]
    )
    assert ENDLESS in reader.cells()[middle]["source"]
    reader.start_all()
    reader.page.wait_for_function(
        """index => window.jupyterapp.shell.currentWidget.content.widgets
          .filter(cell => cell.model.type === 'code')[index - 1].model.executionCount !== null""",
        arg=middle,
    )
    reader.page.wait_for_timeout(3000)
    reader.page.evaluate("() => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.interrupt(); }")
    reader.wait()
    cells = reader.cells()
    assert "KeyboardInterrupt" in str(cells[middle]["outputs"]) and not cells[-1]["ran"]
    reader.page.evaluate(WRITE, [middle, source])
    reader.run_all()
    assert faults(reader.cells()) == []


@pytest.mark.slow
def test_two_copies_at_once_do_not_meet(read, lab):
    _, _, _, folder = lab
    shutil.copy(folder / FIRST, folder / "copy.ipynb")
    readers = [read(FIRST), read("copy.ipynb")]
    for reader in readers:
        reader.start_all()
    for reader in readers:
        reader.wait()
        assert faults(reader.cells()) == []
        assert reader.slips == []


def test_screenshots_are_ignored_by_git():
    assert "/_screenshots/" in Path(make.ROOT, ".gitignore").read_text(encoding="utf-8").split()
