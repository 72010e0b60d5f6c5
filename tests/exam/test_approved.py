"""What an exam of seven questions says from its first sentence to its last, to the letter (see `tests/approving.py`)."""

import time
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from helpers import exam
from helpers.exam import bank, draw, drawing, kinds, links, marking, planning, printing, reviewing, templates
from helpers.exam import text as texts
from helpers.exam.bank import read
from helpers.exam.exports import anki, qti
from helpers.exam.exports.shape import shaped
from helpers.exam.model import Item
from helpers.exam.widget import Sheet, data
from helpers.live.timeline import Bar, Timeline
from tests.approving import Approved

pytestmark = pytest.mark.usefixtures("folder", "small", "clock")
NOON = datetime(2023, 11, 15, 12).timestamp()  # wherever the test runs

BANK = {question.id: question for question in read(Path(__file__).with_name("small.toml"))}

# What is answered to each question, from right over wrong and half right to what cannot be read.
ANSWERS: dict[str, list[object]] = {
    "4.3-when": ["a", "B", " c) ", "ab", "d", "", 1, None],
    "4.3-which": ["abcd", "ab", ["c", "d"], {"b"}, "aa", "e", 2.5],
    "4.3-order": ["abc", "acb", "b, a, c", "bca", "c > a > b", "cba", "ab", "abz"],
    "4.3-prints": ["a", "b", "c", "True"],
    "4.3-fault": ["a", "b", "c", ["a", "b"]],
    "4.3-wait": [0.6, "600 ms", "0,75", "0.2", 1.2, 0.4, 3, -1, "soon"],
    "4.3-draw": [
        {"client": (0, 0.1), "weigh": (0.5, 1)},
        "client 0-0.1, weigh 0.5-1, idle 0-1",
        "client 0-0.1; weigh 1 to 2",
        "weigh 0.5 – 1",
        "client 1-0",
        "van 0-1",
        "client soon",
        ["client", 0, 1],
    ],
}


class Clock:
    """A clock that is set."""

    now = NOON

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch):
    """The world's clock stands still at noon."""
    monkeypatch.setattr(time, "time", lambda: NOON)


@pytest.fixture
def small(monkeypatch):
    """The bank holds seven questions, no templates, and one rule."""
    rule = reviewing.RulePrompt(
        "rule-late", "When does it run?", "**After** the answer.", "appendix.ipynb#cell-id=late"
    )
    monkeypatch.setattr(bank, "load", lambda: BANK)
    monkeypatch.setattr(templates, "sources", list)
    monkeypatch.setattr(templates, "find", lambda id: None)
    monkeypatch.setattr(reviewing, "rules", lambda: {rule.id: rule})
    monkeypatch.setattr(reviewing, "ids", lambda: {*BANK, rule.id})
    monkeypatch.setattr(planning, "done", lambda states: {"4.3": (1, 4), "4.1": (2, 2)})


# The scenes


def item(id: str) -> Item:
    """A question with its options in an order that stays."""
    return draw.item(BANK[id], "approved")


def questions() -> Iterable[object]:
    """Each question as it is asked, on the page, and what its makers are told."""
    for one in map(item, BANK):
        yield texts.asked(one)
        yield data(one)
        yield texts.right(one)
        yield texts.reasons(one)
        yield links.proof(one)
        yield links.printed(one)


def verdicts() -> Iterable[object]:
    """Each answer as it is read and judged."""
    for id, answers in ANSWERS.items():
        for given in answers:
            yield f"## {id}: {given!r}"
            yield _verdict(item(id), given)
        yield texts.judged(item(id), marking.judge(item(id), None), links.proof(item(id)))


def _verdict(one: Item, given: object) -> str:
    recorded = marking.read(one, given)
    if recorded is None:
        return marking.expected(one, given)
    verdict = marking.judge(one, recorded)
    told = texts.judged(one, verdict, "(proof)")
    return f"{recorded}, {kinds.of(one.question).say(one, recorded)}, {verdict.credit:.2f}\n\n{told}"


def taking() -> Iterable[object]:
    """An exam with all that is said on the way: nothing begun, begun, answered, flagged, late, handed in, and after that."""
    clock = Clock()
    yield from (exam.rules(), exam.timeline())
    yield from (exam.show(), exam.answer(1, "a"), exam.grade(), exam.history(), exam.review())
    yield exam.start("x", 30, [4], questions=7, clock=clock)
    yield from (exam.time_left(), exam.question(1), exam.question(0), exam.answer(8, "a"), exam.answer(1))
    yield from (exam.answers(), exam.answers("open"), exam.answers("flagged"), exam.answers("late"), exam.answers(3.5))
    yield from (exam.flag(2), exam.flag(3), exam.flag(2, False), exam.flag(9), exam.flag(1, 2))
    answers = _answers()
    yield from (exam.answer(1, ...), exam.answer(1, object), exam.answer(1, answers[1][0]), exam.answer(1, ...))
    yield from (exam.answer(1, answers[1][1]), exam.answer(1, answers[1][1]), exam.answer(1, "?"), exam.question(1))
    yield from (exam.answer(2, answers[2][0]), exam.answer(3, answers[3][1]), exam.answer(4, answers[4][0]))
    yield from (exam.begin(), exam.answers(), exam.answers("flagged"), exam.answers("wrong"), exam.grade())
    yield exam.start("y", 30, [4], questions=7, clock=clock)
    for passed in (29 * 60, 30 * 60 - 1):
        clock.now = NOON + passed
        yield from (exam.time_left(), exam.begin(), exam.grade())
    clock.now = NOON + 30 * 60 + 1
    yield from (exam.time_left(), exam.begin())
    yield exam.start("x", 30, [4], questions=7, clock=clock)
    yield from (exam.answer(1, answers[1][0]), exam.answer(5, answers[5][0]), exam.answer(6, answers[6][1]))
    yield from (exam.answers(), exam.grade(), exam.grade().text == exam.grade().text, exam.time_left(), exam.begin())
    yield exam.answer(1, "a")
    yield from (exam.answers(2), exam.answers("flagged"), exam.answers("open"))
    yield exam.answers("wrong").markdown.count("Not right")
    yield exam.start("x", 30, [4], questions=7, clock=clock)
    yield from (exam.history(), exam.history(1), exam.history(2), exam.statistics(), exam.plan(3), exam.plan(0))


def _answers() -> dict[int, tuple[object, object]]:
    """By its number in the running exam, what is right and what is wrong."""
    found = {}
    for asked in exam._taking().items:
        given = [one for one in ANSWERS[asked.question.id] if marking.read(asked, one) is not None]
        judged = {marking.judge(asked, marking.read(asked, one)).right: one for one in reversed(given)}
        found[asked.number] = judged[True], judged[False]
    return found


def page() -> Iterable[object]:
    """The exam as a page: what it holds at first, and after each message."""
    exam.start("x", 30, [4], questions=7, clock=Clock())
    sheet = exam.show()
    assert isinstance(sheet, Sheet)
    yield {name: getattr(sheet, name) for name in sheet.keys if not name.startswith("_") and name != "layout"}
    answers = _answers()
    messages: list[dict[str, object]] = [
        {"do": "begin", "name": "a"},
        {"do": "record", "number": 1, "value": answers[1][0], "name": "b"},
        {"do": "record", "number": 2, "value": "nonsense", "name": "c"},
        {"do": "record", "number": 2, "name": "d"},
        {"do": "flag", "number": 3, "value": True, "name": "e"},
        {"do": "flag", "number": 4, "value": "yes", "name": "f"},
        {"do": "dance", "name": "g"},
        {"do": "hand in"},
        {"do": "record", "number": 3, "value": answers[3][1], "name": "h"},
        {"do": "hand in", "sure": True, "name": "i"},
    ]
    for message in messages:
        sheet._hear(sheet, message, [])
        yield f"## {message}"
        yield {name: getattr(sheet, name) for name in ("status", "heard", "begun", "answers", "flagged", "done")}
    yield {name: getattr(sheet, name) for name in ("result", "feedback", "wrong")}
    again = exam.show("wrong")
    assert isinstance(again, Sheet)
    yield {name: getattr(again, name) for name in ("only", "left", "done", "result", "wrong", "status")}
    yield from (exam.show("flagged"), exam.show("late"), exam.show(1))


def practice() -> Iterable[object]:
    """Single questions: practised, reviewed, and what is no question."""
    sheet = exam.review()
    assert isinstance(sheet, Sheet)
    yield sheet
    yield {name: getattr(sheet, name) for name in ("questions", "status", "left")}
    for id in ("4.3-when", "4.3-order"):
        yield exam.practise(id)
        yield exam.practise(id, ANSWERS[id][1])
    yield from (exam.review("4.3-when"), exam.review("4.3-when", "a"), exam.review("4.3-draw", "client 0-0.1"))
    yield from (exam.practise("4.3-wait", "soon"), exam.practise("4.3-none"), exam.practise(7), exam.review("4.3-none"))
    yield from (exam.review("rule-late"), exam.review("rule-late", "well"), exam.review("rule-late", " Hard "))
    yield exam.review("rule-late", "easy")
    yield from (exam.timeline("4.3-wait"), exam.timeline("4.3-draw"), exam.timeline("4.3-draw", "van 0-1"))
    yield exam.review()


def paper() -> Iterable[object]:
    """Two versions on paper, each with its answers; only the first page with its head."""
    made = exam.paper("x", 30, [4], questions=7, title="A <small> exam", versions=2)
    assert isinstance(made, printing.Paper)
    yield repr(made)
    for number, sheet in enumerate(text for pair in made.sheets.values() for text in pair):
        yield sheet if number == 0 else sheet.partition("</style>")[2]
    one = exam.paper("x", 30, [4], questions=7)
    assert isinstance(one, printing.Paper)
    yield from (repr(one), one.title, one.questions.count("version"))
    yield from (exam.paper(title=""), exam.paper(versions=27), exam.paper(versions=True))


def drawings() -> Iterable[object]:
    """What was drawn beside what was measured: right, and in three places wrong."""
    bars = [
        Bar("client", "client", "POST /labels", 0.0, 0.1, None, False, None, 200),
        Bar("POST /labels", "server", "POST /labels", 0.0, 1.1, None, False, 0.1, 200),
        Bar("dependencies", "dependencies", "dependencies", 0.0, 0.05, None, False, 0.1, None),
        Bar("print_label", "endpoint", "print_label", 0.05, 0.1, None, False, 0.1, None),
        Bar("weigh", "task", "weigh", 0.5, 1.0, None, False, 0.1, None),
        Bar("mail", "task", "mail", 1.0, 1.1, "OSError", False, 0.1, None),
    ]
    timeline = Timeline()
    timeline.fill(bars, 1.2)
    for drawn in ({"client": (0.0, 0.1), "weigh": (0.5, 1.0)}, {"weigh": (0.0, 0.123456), "idle": (0.0, 0.1)}):
        shown = drawing.Difference(BANK["4.3-draw"], drawn, timeline)
        yield from (shown.verdict, repr(shown), shown.data)


def files(folder: Path) -> Iterable[object]:
    """The bank for other tools, as text."""
    place = folder / "for" / "others"
    yield exam.export(str(place), ["moodle", "gift"])
    yield from ((place / name).read_text(encoding="utf-8") for name in ("bank.moodle.xml", "bank.gift"))
    for shape in map(shaped, BANK.values()):  # what the authors' packages are given
        yield from (qti._question(shape), anki._front(shape), anki._back(shape))
    yield from (exam.export(str(folder), given) for given in (["odt"], [], 7, "gift"))


def refusals() -> Iterable[object]:
    """What no exam can be made of."""
    nonsense: list[dict[str, Any]] = [
        {"seed": ""}, {"seed": "a\nb"}, {"seed": "x" * 61}, {"seed": True}, {"minutes": 0}, {"minutes": 24 * 60 + 1},
        {"minutes": "30"}, {"minutes": True}, {"questions": 0}, {"questions": 1001}, {"questions": 2.5},
        {"questions": True}, {"chapters": []}, {"chapters": [0, 4]}, {"chapters": 11}, {"chapters": [True]},
        {"chapters": "4"}, {"weights": 4}, {"weights": {4: -1}}, {"weights": {4: 0}}, {"weights": {}}, {"clock": 7},
        {"clock": lambda: "noon"}, {"clock": lambda: 1 / 0}, {"clock": lambda: float("nan")}, {"new": 1}, {"chapters": [5]},
    ]  # fmt: skip
    for options in nonsense:
        shown = {name: "a function" if callable(value) else value for name, value in options.items()}
        yield f"## {shown}"
        yield exam.start(**{"seed": 1, "chapters": [4], "questions": 7} | options)


SCENES: dict[str, Callable[..., Iterable[object]]] = {
    scene.__name__: scene for scene in (questions, verdicts, taking, page, practice, drawings, paper, files, refusals)
}


APPROVED = Approved(Path(__file__).with_name("approved.md"), list(SCENES))


@pytest.mark.parametrize("name", SCENES)
def test_every_word_is_the_approved_one(name, tmp_path):
    scene = SCENES[name]
    APPROVED.compare(name, scene(tmp_path) if scene is files else scene())


def test_the_file_holds_these_scenes_and_no_other():
    assert list(APPROVED.read()) == list(SCENES)


def test_the_small_bank_is_one_that_the_course_could_hold():
    assert {question.kind for question in BANK.values()} == set(kinds.KINDS)
    assert [told for check in bank.ALONE for question in BANK.values() for told in check(question)] == []
