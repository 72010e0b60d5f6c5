"""`find`: what it finds by which words, in which order, and what it says when there is nothing."""

import pytest

from helpers import find
from helpers.course import CHAPTERS, TASKS
from helpers.errors import CourseError
from helpers.exam import reviewing
from helpers.learning import finding
from helpers.learning.asked import every
from helpers.learning.finding import MOST, Found, entries, places, search

FILE = CHAPTERS[2].file
KNOWN = [
    Found("Topics", "cookie as a parameter", "a#cell-id=1", "(3.5)"),
    Found("Topics", "cookie set: HttpOnly", "a#cell-id=2", "(3.3)", "log-in"),
    Found("Rules", "Can a task still set one?", "b#cell-id=3", "It is too late for cookies."),
]


def cell(id: str, *tags: str, kind: str = "code", source: str = "") -> dict:
    return {"id": id, "cell_type": kind, "metadata": {"tags": list(tags)}, "source": source}


def test_all_words_must_occur_in_any_order_and_in_capitals_or_not():
    assert search("HTTPONLY cookie", KNOWN).markdown == "**Topics**\n\n- [cookie set: HttpOnly](a#cell-id=2) (3.3)"
    assert search("log-in", KNOWN).text == "Topics\n\n- cookie set: HttpOnly (3.3)"


@pytest.mark.parametrize("typed", ["log-in", "login", "Log-In", "http-only cookie"])
def test_a_hyphen_more_or_less_finds_the_same(typed):
    assert search(typed, KNOWN).text.splitlines()[2:] == ["- cookie set: HttpOnly (3.3)"]


def test_many_of_a_thing_find_the_one():
    assert search("cookies", KNOWN).text.count("\n- ") == 3


def test_what_has_the_words_in_its_name_comes_first():
    lines = search("set", [KNOWN[2], KNOWN[0], KNOWN[1]]).text.splitlines()
    assert [line for line in lines if line.startswith("- ")][0].startswith("- Can a task still set one?")
    found = search("late", [Found("Topics", "b", "x#cell-id=1", "too late"), Found("Topics", "late a", "x#cell-id=2")])
    assert found.text.splitlines()[2:] == ["- late a", "- b too late"]


def test_more_than_ten_of_a_kind_are_counted():
    many = [Found("Topics", f"task {n}", "x#cell-id=1") for n in range(MOST + 3)]
    assert search("task", many).text.splitlines()[-1] == "- and 3 more: add a word"


def test_nothing_found_names_what_is_near():
    assert search("cokie", KNOWN).text == "The course has nothing under 'cokie'. Near to it: cookie."
    assert search("[x](y) zzzz", KNOWN).markdown == "The course has nothing under `'[x](y) zzzz'`."


@pytest.mark.parametrize("wrong", ["", "  ", None, 3, ["cookie"]])
def test_what_is_no_word_is_told_what_find_takes(wrong):
    with pytest.raises(CourseError, match="a word or a few"):
        find(wrong)


def test_a_topic_stands_at_its_first_code_cell_else_at_its_text():
    told = cell("told", "topic-3.5-list", "topic-3.1-methods", kind="markdown")
    found = places({FILE: [told, cell("shows", "topic-3.5-list"), cell("again", "topic-3.5-list")]})
    assert found == {"3.5-list": (FILE, "shows"), "3.1-methods": (FILE, "told")}


def test_rules_are_read_from_their_index_and_questions_from_their_file():
    line = f"- [Who waits?]({TASKS}#cell-id=ask-one) Nobody waits for a task."
    page = {TASKS: [cell("index", "rules-index", kind="markdown", source=f"## The index\n\n{line}\n")]}
    found = entries(page)
    assert found[0] == Found(
        "Rules of background tasks", "Who waits?", f"{TASKS}#cell-id=ask-one", "Nobody waits for a task."
    )
    assert len(found) == 1 + len(every())


def test_the_course_is_found():
    kinds = {entry.kind for entry in finding._known()}
    assert kinds == {"Topics", "Rules of background tasks", "Questions"}
    assert "03_building_apis.ipynb#cell-id=post-cookie" in find("cookie").markdown
    assert "06_testing_and_debugging.ipynb#cell-id=client-measured" in find("lifespan tests").markdown


def test_every_question_is_found_by_its_words():
    known = [entry for entry in finding._known() if entry.kind == "Questions"]
    lost = [
        (one.source, word) for one, entry in zip(every(), known, strict=True) for word in one.words
        if entry.rank(word.casefold().split()) == 2
    ]  # fmt: skip
    assert lost == []


def test_the_review_asks_the_rules_that_are_found_whatever_their_cell_is_called(monkeypatch):
    line = f"- [Who waits?]({TASKS}#cell-id=ask-one) Nobody waits for a task."
    page = [cell("another-name", "rules-index", kind="markdown", source=f"## The index\n\n{line}\n")]
    monkeypatch.setattr("helpers.exam.links.cells_of", {TASKS: page}.get)
    assert [(rule.id, rule.question, rule.rule, rule.link) for rule in reviewing.rules.__wrapped__().values()] == [
        ("rule-ask-one", "Who waits?", "Nobody waits for a task.", f"{TASKS}#cell-id=ask-one")
    ]
