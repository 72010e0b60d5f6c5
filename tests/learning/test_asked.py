"""The questions that people ask: well-formed, each from a thread of its own, answered by a cell that shows something."""

import json
from functools import cache
from pathlib import Path

import pytest
from pydantic import ValidationError

from helpers.learning.asked import GROUPS, REPOSITORIES, Asked, every, load, read
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


def malformed(one: Asked) -> list[str]:
    """What is wrong with the texts of a question."""
    texts = (one.question, one.answer, *one.words)
    rules = {
        "asks nothing, or at length": one.question.endswith("?") and len(one.question) < 110,
        "answers in more than one breath": one.answer.endswith(".") and len(one.answer.split()) <= 60,
        "has no words, or one of them twice": one.words and len({*map(str.casefold, one.words)}) == len(one.words),
        "is not plain": all(text == text.strip() and not {"\n", "|"} & {*text} for text in texts),
        "has half a piece of code": all(text.count("`") % 2 == 0 for text in texts),
    }
    return [f"{one.source} {rule}" for rule, kept in rules.items() if not kept]


def test_questions_are_well_formed():
    assert [wrong for one in ASKED for wrong in malformed(one)] == []


def test_a_malformed_text_is_noticed():
    assert malformed(Asked(**GOOD)) == []
    for wrong in ({"question": "Who waits."}, {"answer": "so " * 61 + "."}, {"words": ["a", "A"]}, {"answer": "`a."}):
        assert len(malformed(Asked(**GOOD | wrong))) == 1, wrong


def test_each_is_answered_by_a_cell_that_shows_something():
    assert [one.cell for one in ASKED if not outputs(one.file).get(one.id)] == []


@pytest.mark.parametrize("what", ["question", "words", "answer", "source"])
def test_no_two_are_the_same(what: str):
    values = [str(getattr(one, what)).casefold() for one in ASKED]
    assert sorted(set(values)) == sorted(values)


def test_a_thread_has_an_address():
    assert Asked(**GOOD).address == "https://github.com/fastapi/fastapi/issues/1"
    assert Asked(**GOOD | {"source": "uvicorn#451"}).address == "https://github.com/Kludex/uvicorn/issues/451"
    for name in REPOSITORIES:
        assert Asked(**GOOD | {"source": f"{name}#7"}).address.endswith(f"/{name}/issues/7")


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
