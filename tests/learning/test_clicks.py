"""The row of letters that JupyterLab shows below a question, without a browser: what is told, recorded and changed."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from helpers.learning import clicks, store
from helpers.learning.predictions import compare, predict


@pytest.fixture
def shown(demo, monkeypatch):
    """What IPython is told to display, as in a notebook's kernel: bundles, and changed ones with their place."""
    import IPython.display as ipython

    found = []

    def display(data, metadata=None, raw=False, display_id=None):
        found.append((display_id, data))

    monkeypatch.setattr(clicks, "offered", lambda: True)
    monkeypatch.setattr(clicks, "_compared", set())
    monkeypatch.setattr(ipython, "display", display)
    monkeypatch.setattr(
        ipython, "update_display", lambda data, raw, display_id: found.append((f"anew {display_id}", data))
    )
    return found


def row(id: str):
    """The row that a question shows."""
    asked = predict(id, ...)
    return clicks._row(asked._prediction, asked._take)


def click(row, choice: str | None, sure: int | None = None) -> None:
    row._handle_custom_msg({"choice": choice, "sure": sure, "name": "row-1 1"}, [])
    assert row.heard == "row-1 1"


def test_question_and_row_are_two_outputs(shown):
    predict("1.1-inline")._ipython_display_()
    (_, question), (_, row) = shown
    assert "Choose a letter below, or replace the ... with a letter" in question["text/plain"]
    assert question.keys() == {"text/markdown", "text/plain"}
    assert "application/vnd.jupyter.widget-view+json" in row and "text/markdown" not in row


def test_a_click_is_recorded_and_told(shown):
    one = row("1.1-inline")
    assert one.options == [["a", "not at all"], ["b", "0.8 s"], ["c", "twice 0.8 s"]] and one.chosen == ""
    click(one, "a")
    assert (one.chosen, one.status) == ("a", "Recorded: a. Run the next cells and compare.")
    assert store.recorded() == {"1.1-inline": "a"} and row("1.1-inline").chosen == "a"
    assert shown == [], "there is no comparison to change"


def test_after_the_measurement_the_comparison_follows_the_click(shown):
    compare("1.1-inline")._ipython_display_()
    one = row("1.1-inline")
    click(one, "a")
    assert one.status.startswith("≠ You predicted a; measured was b 0.8 s. An inline call is part of the answer.")
    (place, before), (again, after) = shown
    assert (place, again) == ("compare 1.1-inline", "anew compare 1.1-inline")
    assert "Not predicted yet" in before["text/plain"] and "You predicted a;" in after["text/plain"]
    predict("1.1-inline", "b")
    assert "● You predicted b 0.8 s, as measured." in shown[-1][1]["text/plain"], "typed, it follows as well"


def test_a_number_is_entered(shown):
    one = row("1.1-wait")
    assert one.options == [] and one.unit == "s"
    click(one, "soon")
    assert one.status.startswith('predict("1.1-wait", ...) takes a number in s') and one.chosen == ""
    click(one, "0.8 s")
    assert one.chosen == "0.8" and store.recorded() == {"1.1-wait": "0.8"}


def test_how_sure_one_is_goes_with_the_choice_until_another_is_chosen(shown):
    one = row("1.1-inline")
    click(one, None, 3)
    assert (one.status, one.chosen, one.sure) == ("Choose first.", "", 0) and store.recorded() == {}
    click(one, "a")
    click(one, None, 3)
    assert one.status.startswith("Recorded: a, certain.") and store.recorded() == {"1.1-inline": "a@3"}
    assert (row("1.1-inline").chosen, row("1.1-inline").sure) == ("a", 3)
    click(one, "a")
    assert one.sure == 3
    click(one, "b")
    assert (one.chosen, one.sure) == ("b", 0) and store.recorded() == {"1.1-inline": "b"}
    click(one, None, 7)
    assert store.recorded() == {"1.1-inline": "b"} and not one.settled
    compare("1.1-inline")._ipython_display_()
    click(one, None, 3)
    assert store.recorded() == {"1.1-inline": "b"} and one.settled, "afterwards everybody is certain"
    told = {"about", "options", "unit", "levels", "chosen", "sure", "settled", "status", "heard"}
    assert told <= one.get_state().keys(), "the page learns of each"


def test_what_is_not_saved_is_told(shown, monkeypatch):
    monkeypatch.setattr(store, "_write", lambda _: (_ for _ in ()).throw(OSError(28, "full")))
    one = row("1.1-inline")
    click(one, "a")
    assert one.status.startswith("Kept, but not saved: a.") and "The disk is full" in one.status


@pytest.mark.parametrize(
    ("shell", "ci", "expected"),
    [
        (None, False, False),
        (SimpleNamespace(user_ns={}), False, False),
        (SimpleNamespace(user_ns={}, kernel=1), False, True),
        (SimpleNamespace(user_ns={}, kernel=1), True, False),
        (SimpleNamespace(user_ns={"__vsc_ipynb_file__": "/x.ipynb"}, kernel=1), False, False),
    ],
)
def test_clicks_are_offered_in_jupyterlabs_kernels_only(monkeypatch, shell, ci, expected):
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setenv("COURSE_RUN", "ci" if ci else "")
    assert clicks.offered() is expected


def test_it_costs_nothing_where_it_is_not_shown():
    """Neither the import nor a question that is asked in a terminal loads the widgets, which takes 0.7 s."""
    asks = "import helpers, sys; helpers.predict('1.1-inline', ...); helpers.compare('1.1-inline')"
    loaded = f"{asks}; print([name for name in ('anywidget', 'ipywidgets', 'traitlets') if name in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
