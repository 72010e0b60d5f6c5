"""The questions that people ask: well-formed, each from a thread of its own, answered by a cell that shows something."""

import json
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from helpers.learning.asked import GROUPS, Asked, every, load, read
from helpers.learning.finding import NOTEBOOKS

ASKED = every()
GOOD = {
    "question": "Who waits?",
    "words": ["blocking"],
    "answer": "Nobody.",
    "cell": "03_building_apis#post-form",
    "source": "fastapi#1",
}


@cache
def outputs(file: str) -> dict[str, list]:
    """What each code cell of a notebook shows, by the cell's id."""
    cells = json.loads((NOTEBOOKS / file).read_text(encoding="utf-8"))["cells"]
    return {cell["id"]: cell["outputs"] for cell in cells if cell["cell_type"] == "code"}


def test_there_are_many_and_each_group_has_some():
    assert len(ASKED) >= 120
    assert all(load()[group] for group in GROUPS)


@pytest.mark.parametrize("one", ASKED, ids=lambda one: one.source)
def test_a_question_is_well_formed(one: Asked):
    assert one.question.endswith("?") and len(one.question) < 110
    assert one.answer.endswith(".") and len(one.answer.split()) <= 60, "one breath"
    assert one.words and len(set(map(str.casefold, one.words))) == len(one.words)
    for text in (one.question, one.answer, *one.words):
        assert text == text.strip() and "\n" not in text and "|" not in text and text.count("`") % 2 == 0


@pytest.mark.parametrize("one", ASKED, ids=lambda one: one.source)
def test_its_cell_shows_something(one: Asked):
    assert outputs(one.file).get(one.id), f"{one.cell} is no code cell with an output"


@pytest.mark.parametrize("what", ["question", "words", "answer", "source"])
def test_no_two_are_the_same(what: str):
    values = [str(getattr(one, what)).casefold() for one in ASKED]
    assert sorted(set(values)) == sorted(values)


def test_a_thread_has_an_address():
    assert Asked(**GOOD).address == "https://github.com/fastapi/fastapi/issues/1"
    assert Asked(**GOOD | {"source": "uvicorn#451"}).address == "https://github.com/Kludex/uvicorn/issues/451"


@pytest.mark.parametrize(
    "wrong",
    [{"source": "fastapi"}, {"source": "flask#3"}, {"source": "fastapi#01"}, {"cell": "post-form"}, {"link": "x"}],
    ids=str,
)
def test_a_malformed_one_is_refused(wrong: dict):
    with pytest.raises(ValidationError):
        Asked(**GOOD | wrong)


def test_a_file_is_read_by_group(tmp_path: Path):
    file = tmp_path / "asked.toml"
    lines = [f"{key} = {json.dumps(value)}" for key, value in GOOD.items()]
    file.write_text("\n".join(["[[tests]]", *lines, "[[tasks]]", *lines]), encoding="utf-8")
    assert read(file) == {"tests": [Asked(**GOOD)], "tasks": [Asked(**GOOD)]}
