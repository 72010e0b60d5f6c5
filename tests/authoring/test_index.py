"""The index: every topic in both halves, every question with its words, its cell and its thread."""

import re
from collections import Counter

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers import find
from helpers.authoring.index import EXAMPLE, appendix
from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.authoring.stored import dumps
from helpers.course import CHAPTERS, INDEX
from helpers.learning import asked, topics
from helpers.notes import plain

FILE = CHAPTERS[2].file


@pytest.fixture(scope="module")
def page() -> list[NotebookNode]:
    """The cells of the stored index; the contract of notebooks says that it is today's."""
    return read(NOTEBOOKS / INDEX).cells


def half(page: list[NotebookNode], name: str) -> str:
    return "\n".join(cell.source for cell in page if cell.id.startswith(f"index-{name}-"))


def lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("- [")]


def test_every_topic_stands_in_both_halves(page):
    sections = lines(half(page, "section"))
    names = [re.match(r"- \[(.+?)\]\(", line)[1] for line in sections]
    assert sorted(names) == sorted(topic.title for topic in topics.load())
    letters = lines(half(page, "letter"))
    assert len(letters) == sum(1 + len(topic.index) for topic in topics.load())
    assert {link for line in letters for link in re.findall(r"\]\((\S+)\)", line)} == {
        link for line in sections for link in re.findall(r"\]\((\S+)\)", line)
    }


def test_nothing_stands_twice_and_each_word_below_its_letter(page):
    words = []
    for cell in (cell for cell in page if cell.id.startswith("index-letter-")):
        letter = cell.source.splitlines()[0].removeprefix("### ")
        mine = re.findall(r"^- \[(.+?)\]\(", "\n".join(lines(cell.source)), re.MULTILINE)
        assert len(mine) == len(lines(cell.source))
        firsts = {re.search(r"[^\W_]", word)[0].upper() for word in mine}
        assert firsts == {letter} if letter.isalpha() else all(map(str.isdigit, firsts)), letter
        words += mine
    assert [word for word, count in Counter(map(str.casefold, words)).items() if count > 1] == []


def test_head_words_are_a_few_plain_words():
    heads = [head for topic in topics.load() for head in topic.index]
    assert len(heads) >= 100
    assert [head for head in heads if not 1 <= len(head.split()) <= 8 or re.search(r"[`*|<>\[\]]|\.$", head)] == []


def test_each_question_is_found_by_its_words_in_the_text_of_the_page(page):
    text = plain("\n\n".join(cell.source for cell in page if cell.cell_type == "markdown")).casefold()
    for one in asked.every():
        start = text.index(plain(one.question).casefold())
        told = text[start : text.index(f"asked in {one.source}.", start)]
        assert [word for word in one.words if plain(word).casefold() not in told] == [], one.source
    markdown = dumps(new_notebook(cells=page))
    assert all(
        f"]({one.address})" in markdown and f"({one.file}#cell-id={one.id})" in markdown for one in asked.every()
    )


def test_the_live_cell_shows_what_find_finds(page):
    [live] = [cell for cell in page if cell.cell_type == "code"]
    assert EXAMPLE in live.source
    assert live.outputs[0].data == find(EXAMPLE)._repr_mimebundle_()


def test_the_index_holds_what_the_notebooks_show_whatever_their_order():
    shows = new_code_cell("1", id="shows", metadata={"tags": ["topic-3.5-list"]})
    one, other = (
        {FILE: new_notebook(cells=[shows])},
        {"00_start_here.ipynb": new_notebook(cells=[new_markdown_cell("# A", id="a")])},
    )
    text = dumps(appendix({**one, **other}))
    assert text == dumps(appendix({**other, **one}))
    assert text.count(f"{FILE}#cell-id=shows") == 2 + len(next(t for t in topics.load() if t.id == "3.5-list").index)
    assert "### 3.5 " in text and "### 3.6 " not in text
