"""`make history`: the facts, their questions, and what is said when an answer differs."""

import json
import subprocess
import sys
from importlib.metadata import version

import pytest

from helpers.authoring import history
from helpers.learning.history import History, Release, load


def test_every_fact_has_a_question_that_is_stored():
    asked = history.questions()
    assert all(question.endswith("?") for question in asked.values())
    assert asked == load().questions, "run `make history`: a question has changed"


def test_every_release_is_stored():
    assert list(load().releases) == list(history.RELEASES)


@pytest.mark.slow  # it asks every question
def test_the_installed_release_answers_as_it_is_stored():
    done = subprocess.run([sys.executable, history.FACTS], capture_output=True, text=True, check=True, timeout=120)
    found = json.loads(done.stdout)
    stored = load().releases.get(version("fastapi")) or load().last
    assert history.differing(stored.answers, found) == []


def test_a_changed_answer_fails(monkeypatch, capsys):
    old = Release(day="2026-01-01", pins=["fastapi==0.1"], answers={"a": "yes"})
    known = History(python="3.11", questions={"a": "Is it?"}, releases={"0.1": old})
    monkeypatch.setattr(history, "load", lambda: known)
    monkeypatch.setattr(history, "RELEASES", {"0.1": "2026-01-01"})
    for answer, status in (("yes", 0), ("no", 1)):
        new = old.model_copy(update={"answers": {"a": answer}})
        monkeypatch.setattr(history, "measured", lambda release, day, known, new=new: new)
        assert history.main(["--check"]) == status
    assert "a: yes -> no" in capsys.readouterr().out


def test_what_uv_refuses_is_told():
    with pytest.raises(RuntimeError, match="uv pip compile"):
        history.uv("pip", "compile", "--no-such-option")


def test_a_release_that_is_none_is_refused_and_nothing_is_stored(monkeypatch, capsys):
    monkeypatch.setattr(history, "_store", lambda releases: pytest.fail("it was stored"))
    with pytest.raises(SystemExit) as ended:
        history.main(["0.1"])
    assert ended.value.code == 2 and "0.1 is not measured; there are 0.68.2, " in capsys.readouterr().err
