"""What was measured on old releases, and how it is told."""

import re

import pytest
from nbformat import read

import make
from helpers import CourseError, history, when
from helpers.learning.history import History, load


@pytest.fixture
def three(monkeypatch):
    answers = [{"a": "yes", "b": "TypeError"}, {"a": "no", "b": "yes"}, {"a": "yes", "b": "yes"}]
    names = ("0.9.2", "0.10.0", "0.11.0")
    releases = {
        name: {"day": "2021-01-01", "pins": [], "answers": answer} for name, answer in zip(names, answers, strict=True)
    }
    known = History(python="3.11", questions={"a": "Is it?", "b": "Can it?"}, releases=releases)
    monkeypatch.setattr("helpers.learning.history.load", lambda: known)
    return known


def test_a_fact_is_told_by_spans(three):
    assert when("a").text == "Is it?\n\n- 0.9.2: yes\n- 0.10.0: no\n- from 0.11.0 on: yes"
    assert when("b").text == "Can it?\n\n- 0.9.2: not possible (TypeError)\n- from 0.10.0 on: yes"


def test_an_unknown_fact_names_the_nearest():
    with pytest.raises(CourseError, match="session-closes"):
        when("session-close")
    with pytest.raises(CourseError, match="no fact is called"):
        when(None)


@pytest.mark.parametrize(
    ("asked", "title"),
    [
        ("0.9.2", "FastAPI 0.9.2"),
        ("0.9.9", "FastAPI 0.9.2, the last that was measured up to 0.9.9"),
        ("0.10", "FastAPI 0.10.0, the last that was measured up to 0.10"),
        ("1.0", "FastAPI 0.11.0, the last that was measured up to 1.0"),
    ],
)
def test_what_holds_for_a_release(three, asked, title):
    assert history.holds(asked).text.splitlines()[0] == title


@pytest.mark.parametrize("asked", ["0.1", "new", "", None, 0.11, "0.11.0.1"])
def test_what_is_no_release_is_told(three, asked):
    with pytest.raises(CourseError, match="0.9.2"):
        history.holds(asked)


def test_changes_name_both_releases(three):
    assert history.changes().text == (
        "0.10.0 (not yet in 0.9.2)\n\n- Is it? yes → no\n- Can it? not possible (TypeError) → yes\n\n"
        "0.11.0 (not yet in 0.10.0)\n\n- Is it? no → yes"
    )
    assert history.changes(["b"]).text.count("→") == 1


def test_what_is_said_of_the_measurement_is_counted():
    notebooks = [read(path, as_version=4) for path in sorted((make.ROOT / "notebooks").glob("*.ipynb"))]
    texts = [cell.source for notebook in notebooks for cell in notebook.cells if cell.cell_type == "markdown"]
    said = "\n".join([*texts, (make.ROOT / "README.md").read_text(encoding="utf-8")])
    facts = len(load().questions)
    assert set(re.findall(r"\b(\d+) (?:FastAPI )?releases", said)) == {str(len(load().releases))}
    assert set(re.findall(r"\b(\d+) facts", said)) == {str(facts)}
    assert f"asks {facts - 1} more such questions" in said


def test_the_stored_history_is_whole():
    known = load()
    assert len(known.questions) >= 26 and len(known.releases) >= 16
    assert list(known.releases)[0].startswith("0.68")
    for name, release in known.releases.items():
        assert list(release.answers) == list(known.questions), name
        assert f"fastapi=={name}" in release.pins
        assert "hangs" not in release.answers.values(), f"{name}: a fact that hangs is no answer"


@pytest.mark.parametrize("facts", [["c"], [None], "c", 7, [["a"]]])
def test_what_is_no_fact_has_no_changes_and_is_told(three, facts):
    with pytest.raises(CourseError, match="no fact is called .* Nearest: `a`, `b`"):
        history.changes(facts)


def test_one_fact_may_stand_alone():
    assert history.changes("session-closes").text == history.changes(["session-closes"]).text
