"""The slides: each chapter's rules and pictures stand in one file that needs nothing else."""

import re
from html.parser import HTMLParser

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.authoring import slides, teaching
from helpers.authoring.refresh import NOTEBOOKS, read
from helpers.course import CHAPTERS, TASKS

ALL = {chapter.number: chapter for chapter in CHAPTERS}


class Page(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def decks() -> dict[int, str]:
    return {number: slides.deck(chapter, read(NOTEBOOKS / chapter.file)) for number, chapter in ALL.items()}


def test_a_file_loads_nothing_and_runs_no_script(decks):
    for deck in decks.values():
        check_alone(deck)


def check_alone(deck: str) -> None:
    tags = Page(deck).tags
    assert "script" not in {tag for tag, _ in tags}
    loaded = [given[name] for _, given in tags for name in ("src", "href") if given.get(name)]
    assert all(source.startswith("data:image/svg+xml;base64,") for source in loaded) and "url(" not in deck
    assert all((given.get("alt") or "").strip() for tag, given in tags if tag == "img")
    numbers = [given["id"] for tag, given in tags if tag == "section"]
    assert numbers == [f"s{number}" for number in range(1, len(numbers) + 1)]


def test_every_section_has_its_question_and_its_rules(decks):
    for number, chapter in ALL.items():
        shown = {screen.section for screen in slides.screens(chapter, read(NOTEBOOKS / chapter.file))}
        assert {f"{section} {title}" for section, title in chapter.sections.items()} <= shown
        assert decks[number].count('<p class="ask">') == len(chapter.sections)
        assert decks[number].count('<p class="rule">') >= len(chapter.sections), "a section without a rule"


def test_the_ten_rules_stand_in_their_order(decks):
    shown = re.findall(r'<p class="rule"><b>§ RULE (\d+)</b> ', decks[4])
    assert shown == [str(number) for number in range(1, 11)] and TASKS not in decks[4]


def test_the_stored_pictures_are_there(decks):
    for number, chapter in ALL.items():
        own = read(NOTEBOOKS / chapter.file).cells
        last = list(teaching.sections(read(NOTEBOOKS / chapter.file)).values())[-1][-1].id
        cells = own[: [cell.id for cell in own].index(last) + 1]
        stored = sum("image/svg+xml" in output.get("data", {}) for cell in cells for output in cell.get("outputs", []))
        assert decks[number].count("<img ") == stored


def test_a_rule_is_shown_with_its_word_without_links():
    chapter = ALL[9]
    heads = [f"## {number} {title}" for number, title in chapter.sections.items()]
    said = (
        "A **bold sentence is no rule.**\n\n> § RULE 2 · **What `a` [says](b.ipynb) is so.**\n\n> § RULE · **Is it?**"
    )
    cells = [new_markdown_cell(text) for text in ("# 9 Title\n\nPromise.", *heads, said)]
    last = list(slides.screens(chapter, new_notebook(cells=[*cells, new_code_cell('"> § RULE · **No.**"')])))[-1]
    assert re.findall(r'<p class="rule">(.+)</p>', last.body) == [
        "<b>§ RULE 2</b> What <code>a</code> says is so.",
        "<b>§ RULE</b> Is it?",
    ]


def test_a_picture_without_words_is_no_slide():
    bare = new_output("display_data", {"image/svg+xml": "<svg/>", "text/plain": "x"})
    told = new_output("display_data", {"image/svg+xml": "<svg/>", "text/markdown": '![a "b" < c](data:x)'})
    assert list(slides.pictures([new_code_cell("1", outputs=[bare])])) == []
    assert 'alt="a &quot;b&quot; &lt; c"' in next(slides.pictures([new_code_cell("1", outputs=[told])]))


def test_the_command_writes_the_files_that_it_names(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(slides, "write", lambda chapter: slides.SLIDES / f"{chapter.stem}.html")
    assert slides.main(["4"]) == 0
    assert capsys.readouterr().out == "_slides/04_advanced_features.html\n"
    assert slides.main([]) == 0 and len(capsys.readouterr().out.splitlines()) == 10
    with pytest.raises(SystemExit):
        slides.main(["11"])
    assert "there are 1 to 10" in capsys.readouterr().err
    monkeypatch.undo()
    assert slides.write(ALL[10], tmp_path / "made").read_text(encoding="utf-8").startswith("<!doctype html>")


@pytest.mark.slow
def test_every_screen_fits_and_the_keys_turn_the_pages(tmp_path):
    from tests.browser.lab_driver import chromium_running

    files = [slides.write(chapter, tmp_path) for chapter in CHAPTERS]
    with chromium_running() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 768})
        for file in files:
            page.goto(file.as_uri())
            heights = page.eval_on_selector_all("section", "all => all.map(one => one.getBoundingClientRect().height)")
            assert set(heights) == {768}, file.name
        for key, screen in (("ArrowDown", 1), ("PageDown", 2), ("ArrowUp", 1)):
            page.evaluate(
                "void (window.stopped = new Promise((done) => addEventListener('scrollend', () => done(), { once: true })))"
            )
            page.keyboard.press(key)
            page.evaluate("window.stopped")
            assert page.evaluate("scrollY / innerHeight") == screen, key
