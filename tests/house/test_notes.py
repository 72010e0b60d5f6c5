"""Markdown as text and as HTML, and a learner's text in it: every sign is seen, and none of them becomes a mark."""

import html as entities
import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as some
from markdown_it import MarkdownIt

from helpers import check, compare, exam, hint, predict, progress, solution
from helpers.errors import CourseError
from helpers.learning import catalogue, exercises, machine, store
from helpers.learning.model import Exercise
from helpers.live.timeline import Bar, Timeline
from helpers.notes import CARDS, Card, Note, head, html, image, plain
from helpers.wording import code, describe, literal, raised, sentence

READ = MarkdownIt("commonmark", {"html": True}).enable("table")
READ.validateLink = lambda url: True  # as a browser, not as careful as markdown-it


def seen(markdown: str) -> str:
    """The words that a browser shows of Markdown; fails where a tag was made of something."""
    shown = READ.render(markdown)
    known = r"</?(p|br|code|strong|em|ul|ol|li|pre|hr|table|thead|tbody|tr|th|td|blockquote)( class=\"language-\w+\"| start=\"\d+\")?( /)?>"
    shown = re.sub(r'<strong style="border: [\w#:;% -]*">', "<strong>", shown)  # the head of a card
    assert not re.search(r"<\w", re.sub(known, "", shown)), shown
    return " ".join(entities.unescape(re.sub(r"<[^<>]*>", "", shown)).split())


# Markdown as text


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("**Bold** and `code`.", "Bold and code."),
        ("the `old\rMac's` line\r\nand Windows' one", "the old Mac's line\nand Windows' one"),
        ("`f(**options)` and **`x`**", "f(**options) and x"),
        ("call `a ** b` or **twice `c ** d`**", "call a ** b or twice c ** d"),
        ("``a ` b`` *once*", "a ` b once"),
        ("[this cell](04.ipynb#cell-id=x) and <https://a.example>", "this cell and https://a.example"),
        (r"\*no\* \`marks\` &lt;b&gt; &#92;(", r"*no* `marks` <b> \("),
        ("snake_case and <b>x</b> stay", "snake_case and <b>x</b> stay"),
        ("- **a** one\n- **b** `two`\n\n1. three", "- a one\n- b two\n\n1. three"),
        ("| a | **b** |\n|---|---:|\n| `x \\| y` | [z](q) |", "| a | b |\n|---|---:|\n| x | y | z |"),
        ("| one | one |\n|---|---|\n| `1` | `1` |", "| one | one |\n|---|---|\n| 1 | 1 |"),
        ("before\n\n```python\n**x** = `y`\n```\n\nafter", "before\n\n**x** = `y`\n\n\nafter"),
        ("over `two\nlines` here", "over two lines here"),
        ("> quoted **x**\n> more `y`", "> quoted x\n> more y"),
        ("", ""),
    ],
)
def test_markdown_as_text(markdown, text):
    assert plain(markdown) == text == Note(markdown).text


def test_markdown_as_html():
    assert html("a `<b>` **c** & d") == "a <code>&lt;b&gt;</code> <strong>c</strong> &amp; d"
    assert html("**`f(**x)`**") == "<strong><code>f(**x)</code></strong>", "tags do not cross"
    assert html("<script>") == "&lt;script&gt;"


def test_a_note_says_what_it_is_given():
    note = Note("**a**", "b")
    assert (repr(note), note.text, note._repr_mimebundle_()) == (
        "b",
        "b",
        {"text/markdown": "**a**", "text/plain": "b"},
    )


# Cards


def luminance(colour: str) -> float:
    """How bright a colour is, from 0 to 1, as WCAG reckons it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("word", CARDS)
@pytest.mark.parametrize(
    "page", ["#ffffff", "#111111", "#212121", "#121212"]
)  # JupyterLab and the site, light and dark
def test_a_cards_bar_is_seen_on_every_page(word, page):
    lighter, darker = sorted((luminance(CARDS[word][1]), luminance(page)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def test_no_two_cards_share_their_sign():
    assert len({sign for sign, _ in CARDS.values()}) == len(CARDS), "colour is never the only sign"


def test_a_card_is_a_quotation_with_a_head():
    card = Card("HINT 2 of 3", "1.1-mail, `x`", "Look **there**.", "", "```text\na\n\nb\n```", "- one\n- two")
    assert card.markdown.splitlines() == [
        f"> {head('HINT 2 of 3')} · 1.1-mail, `x`", ">", "> Look **there**.", ">",
        "> ```text", "> a", ">", "> b", "> ```", ">", "> - one", "> - two",
    ]  # fmt: skip
    assert "→ HINT 2 of 3</strong>" in head("HINT 2 of 3")
    shown = READ.render(card.markdown)
    assert (
        shown.startswith("<blockquote>") and shown.count("<blockquote>") == 1 and "<pre>" in shown and "<li>" in shown
    )
    assert card.text.startswith("HINT 2 of 3 · 1.1-mail, x\n\nLook there.") and card.text.endswith(
        f"\n\n{card.below[-11:]}"
    )
    assert card.below.startswith("Look there.") and "border" not in card.text
    assert card._repr_mimebundle_() == {"text/markdown": card.markdown, "text/plain": card.text}


# A learner's text

NASTY = [
    "Task <Task pending name='x'> attached to a different loop",
    "<img src=x onerror=alert(1)>",
    "<!-- gone -->",
    "a **b** *c* __d__ _e_ ~~f~~",
    "[a](javascript:x) ![b](y)",
    "](data:x) [",
    "&lt;b&gt; &amp; \\( x \\) $y$ \\",
    "`code` and a lone ` too",
    "```",
    "# head",
    "1. first",
    "- dash",
    "> quote",
    "| a | b |",
]


def says(markdown: str, text: str) -> bool:
    """Whether a text, or its repr, is seen; backticks may be apostrophes, or mark the code between them."""
    words = re.sub("[`']", "", seen(markdown))
    return any(re.sub("[`']", "", " ".join(form.split())) in words for form in (text, repr(text)[1:-1]))


@pytest.mark.parametrize("text", NASTY)
def test_what_words_a_text_for_markdown(text):
    for markdown in (raised(ValueError(text)), f"It was {literal(text)}.", literal(text), code(text)):
        assert says(markdown, text), markdown
    assert says(describe(text), text[:40])
    assert says(f"{sentence(f'your app answered 500: {text}.')}", text)
    assert says(sentence(text), text) and plain(literal(text)) == text


@settings(deadline=None, max_examples=300)
@given(some.text(some.sampled_from("ab1 _*`[]()<>&|~$#!-+=.:;\\\"'\n"), max_size=40))
@example("`\n>`")
@example("x `\n1. a`")
def test_any_text_is_seen(text):
    words = " ".join(text.split())
    assert seen(f"x {literal(text)}") == f"x {words}".strip() and seen(literal(text)) == words
    assert plain(literal(text)) == words
    assert seen(sentence(text)).replace("`", "").replace(" ", "") == words.replace("`", "").replace(" ", "")
    if "`" not in text:
        assert plain(sentence(text)).split() == text.split()
    assert seen(code(text or "x")).split() == (text or "x").split()


def failing(text: str, where: str) -> Exercise:
    def judged(answer: object) -> str:
        if where == "solved":
            return f"It says {text}."
        if where == "asserted":
            raise AssertionError(f"your app answered 500: {text}.")
        if where == "told":
            raise CourseError(f"there is no {text}.")
        return answer()

    return Exercise("1.1-nasty", "a title", "A task.", judged, ("A hint.",), lambda: 1, wants="value")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.delenv("COURSE_RUN", raising=False)
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(exam, "_sitting", None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("where", ["solved", "asserted", "told", "raised"])
def test_a_check_shows_what_the_code_said(where, text, folder, monkeypatch):
    def answer() -> str:
        raise RuntimeError(text)

    monkeypatch.setattr(catalogue, "exercise", lambda id: failing(text, where))
    note = exercises.check("1.1-nasty", answer, verbose=True)
    assert says(note.markdown, text), note.markdown


@pytest.mark.parametrize("text", NASTY)
def test_whoever_speaks_shows_what_was_passed(text, folder, monkeypatch):
    short = text[:40]
    for speak in (check, hint, solution, predict, compare, progress.show, exam.practise, exam.timeline):
        assert says(speak(short).markdown, short), speak
    assert says(predict("1.1-wait", short).markdown, short) and says(hint("1.1-mail", short).markdown, short)
    begun = exam.start(seed=short, questions=3)
    assert says(begun.markdown, short) and short in begun.text
    for note in (
        exam.question(short),
        exam.answer(short, "a"),
        exam.answers(short),
        exam.flag(short),
        exam.review(short),
        exam.start(minutes=short),
    ):
        assert says(note.markdown, short), note.markdown
    paper = exam.paper(seed=short, title=text)
    assert entities.escape(text) in paper.questions and says(f"x {paper.save(name=short).markdown}", short)
    rules = re.search(r"<p>(Seed .*?) 40 questions", paper.questions)
    assert rules and " ".join(entities.unescape(rules[1]).split()) == f"Seed {short.strip()}."

    def attempt() -> str:
        raise OSError(text)

    assert says(machine._try("a server", attempt, "Look there."), text)


@pytest.mark.parametrize("text", NASTY)
def test_a_picture_keeps_its_alternative_text(text):
    timeline = Timeline()
    label = "POST /" + text
    timeline.fill([Bar("client", "client", label, 0.0, 0.1, text, False, 0.1, None)], 0.1)
    bundle, metadata = timeline._repr_mimebundle_()
    (paragraph,) = READ.parse(bundle["text/markdown"])[1::3]
    (picture,) = paragraph.children
    alt = " ".join(metadata["image/svg+xml"]["alt"].split())
    assert picture.type == "image" and picture.attrs["src"].startswith("data:image/svg+xml;base64,")
    assert READ.renderer.renderInlineAsText(picture.children, READ.options, {}) == alt and text.split()[0] in alt
    assert image("x", "<svg/>") == "![x](data:image/svg+xml;base64,PHN2Zy8+)"
