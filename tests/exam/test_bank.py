"""The question bank: every proof holds, every question is well made, and each check notices what it is made for."""

import os
import random
import re
import tomllib
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import pytest

from helpers import exam
from helpers.course import CHAPTERS, QUEUES, TASKS
from helpers.errors import CourseError
from helpers.exam import bank, draw, kinds, links, proof, sitting
from helpers.exam.bank import SECTIONS
from helpers.exam.kinds import KINDS
from helpers.exam.model import Question
from tests.exam import turning
from tests.exam.turning import turned

BANK = bank.load()


# The bank as it is


def test_it_is_large_and_holds_all_kinds():
    assert len(BANK) >= 360
    assert {question.kind for question in BANK.values()} == set(KINDS)
    assert {question.level for question in BANK.values()} == {1, 2, 3}


def is_on_background_tasks(q: Question) -> bool:
    """Whether its text, code or right answer speaks of them."""
    text = " ".join((q.question, q.code, *q.right, *q.order)).lower()
    return re.search(r"background|add_task|\btasks?\b", text) is not None


def test_it_asks_for_fastapi_as_a_whole_and_for_more_than_recall():
    on_tasks = [question.id for question in BANK.values() if is_on_background_tasks(question)]
    recall = [question.id for question in BANK.values() if question.level == 1]
    assert len(on_tasks) <= 0.4 * len(BANK) and len(recall) <= 0.3 * len(BANK)


def test_each_section_of_the_first_chapters_asks_for_more_than_background_tasks():
    sections = [number for chapter in CHAPTERS[:4] for number in chapter.sections if number != "4.3"]
    counts = dict.fromkeys(sections, 0)
    for question in BANK.values():
        if question.section in counts and not is_on_background_tasks(question):
            counts[question.section] += 1
    assert {section: count for section, count in counts.items() if count < 3} == {}


@pytest.mark.parametrize("check", bank.TOGETHER, ids=lambda check: check.__name__)
def test_the_bank_as_a_whole_is_sound(check):
    assert check(list(BANK.values())) == []


@pytest.mark.parametrize("chapter", range(1, len(CHAPTERS) + 1))
def test_each_question_is_sound(chapter):
    questions = [question for question in BANK.values() if question.chapter == chapter]
    assert [f"{q.id}: {text}" for q in questions for check in bank.ALONE for text in check(q)] == []


@pytest.mark.parametrize("chapter", range(1, len(CHAPTERS) + 1))
def test_each_proof_by_a_cell_leads_to_a_cell(chapter):
    places = {q.id: q.place for q in BANK.values() if q.place is not None and q.chapter == chapter}
    assert {id: place for id, place in places.items() if not links.cell(place)} == {}


def test_a_proof_of_each_kind_in_each_chapter_holds_and_fails_when_its_key_is_turned():
    chance, groups = random.Random(7), {}
    for question in BANK.values():
        groups.setdefault((question.kind, question.chapter), []).append(question)
    drawn = [chance.choice(groups[group]) for group in sorted(groups)]
    assert {question.kind for question in drawn} == set(KINDS) and len({question.chapter for question in drawn}) == 10
    assert faults(drawn, workers=1) == []


@pytest.mark.slow
def test_each_proof_holds_and_fails_when_its_key_is_turned():
    assert faults(BANK.values(), workers=min(4, max(2, os.cpu_count() or 2))) == []


def faults(questions: Iterable[Question], workers: int) -> list[str]:
    """What is wrong with their proofs, which run away from this process: they leave threads and settings behind."""
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return [told for told in pool.map(turning.fault, questions) if told]


def test_each_question_asserts_its_key():
    assert [question.id for question in BANK.values() if not (question.prove or kinds.of(question).proves_itself)] == []
    told = [q.id for q in BANK.values() if not kinds.of(q).proves_itself and not re.search(r"\bfound\b", q.prove)]
    assert told == [], "a proof comes to an answer"


def test_letters_are_spread_in_what_is_drawn():
    """Over many seeds, each letter is right about as often as each other of its question."""
    asked = [
        question
        for question in BANK.values()
        if isinstance(kinds.of(question), kinds.Choice) and len(question.wrong) == 3
    ]
    asked = [question for question in asked if not question.options[0].isdecimal()]
    counts = dict.fromkeys("abcd", 0)
    for seed in range(40):
        for question in asked:
            counts[draw.item(question, seed).right] += 1
    share = 40 * len(asked) / 4
    assert all(0.85 * share < count < 1.15 * share for count in counts.values()), counts


def test_events_are_never_shown_in_their_right_order():
    for question in BANK.values():
        if question.order:
            assert all(draw.item(question, seed).right != "abcdef"[: len(question.order)] for seed in range(60))


# Each check has its failing case

GOOD = Question(
    id="4.3-good",
    kind="single",
    level=1,
    question="When does a task start?",
    right=("after the answer",),
    wrong={
        "before the answer": "Nothing starts before the answer.",
        "beside the answer": "Sending comes first, then the task.",
    },
    explanation="Tasks stand behind the sending.",
    proof="cell rule-start",
)
ORDER = replace(
    GOOD,
    id="4.3-order",
    kind="order",
    right=(),
    order=("sent", "started", "ended"),
    wrong={"2 before 1": "A task waits for the answer.", "3 before 2": "It has to start first."},
)
WAIT = replace(
    GOOD,
    id="4.3-wait",
    kind="wait",
    right=(),
    seconds=0.6,
    wrong={"0.2": "They do not overlap here.", "1.2": "Each of them runs once."},
)
APP = """
async def weigh() -> None:
    await asyncio.sleep(0.2)

app = FastAPI()

@app.post("/")
async def hand_in(background_tasks: BackgroundTasks) -> None:
    background_tasks.add_task(weigh)
"""
DRAWN = replace(
    GOOD,
    id="4.3-drawn",
    kind="timeline",
    right=(),
    code=APP,
    requests=("POST /",),
    bars={"client": (0.0, 0.0), "weigh": (0.0, 0.2)},
    wrong={"client": "The client does not wait.", "weigh": "It takes its 0.2 s."},
)
MANY = replace(
    GOOD,
    id="4.3-many",
    kind="multiple",
    right=("one", "two"),
    wrong={"three": "Three is not one of them.", "four": "Four is too many here."},
)


@pytest.mark.parametrize("question", [GOOD, ORDER, WAIT, DRAWN, MANY], ids=lambda question: question.kind)
def test_a_good_question_passes_every_check(question):
    assert [text for check in bank.ALONE for text in check(question)] == []


BAD = {
    "there is no section": replace(GOOD, id="4.9-good"),
    "there is no section 2.9": replace(GOOD, read="2.9"),
    "its chapter teaches nothing": replace(GOOD, id="10.1-good"),
    "its level is 7": replace(GOOD, level=7),
    "its explanation is empty": replace(GOOD, explanation=""),
    "ends without a mark": replace(GOOD, question="When does it start"),
    "its question ends without": replace(GOOD, question="When does it start X"),
    "says too little": replace(GOOD, wrong={**GOOD.wrong, "never": "No."}),
    "have the same message": replace(GOOD, wrong=dict.fromkeys(("x", "y"), "Nothing starts before it.")),
    "no message for '3 before 2'": replace(ORDER, wrong={"2 before 1": "A task waits for the answer."}),
    "no message for '2 before 1'": replace(ORDER, wrong={"3 before 2": "It has to start first."}),
    "is no wrong order": replace(ORDER, wrong={**ORDER.wrong, "1 before 2": "That would be the right order."}),
    "no message for the bar 'weigh'": replace(DRAWN, wrong={"client": "The client does not wait."}),
    "'fetch' is no bar": replace(DRAWN, wrong={**DRAWN.wrong, "fetch": "No such task is there."}),
    "is no number of seconds": replace(WAIT, wrong={**WAIT.wrong, "long": "That is no number at all."}),
    "0.65 s counts as right": replace(WAIT, wrong={**WAIT.wrong, "0.65": "That is close enough, really."}),
    "two wrong waits": replace(WAIT, wrong={"0.2": "They do not overlap here."}),
    "two options say the same": replace(GOOD, wrong={**GOOD.wrong, "After the answer!": "The same in other signs."}),
    "points to other options": replace(GOOD, wrong={**GOOD.wrong, "none of the above": "One of them is right."}),
    "points to other": replace(GOOD, wrong={**GOOD.wrong, "a and b": "Letters are shuffled, so this is none."}),
    "2 right options, not one": replace(GOOD, right=("after the answer", "later")),
    "1 wrong options": replace(GOOD, wrong={"before": "Nothing starts before it."}),
    "several lines, which are shown as one": replace(GOOD, kind="prints", code="print()", right=("one\ntwo",)),
    "5 right options, not one to four": replace(MANY, right=("one", "two", "five", "six", "seven")),
    "all of its options are right": replace(MANY, right=("one", "two", "five", "six"), wrong={}),
    "3 options, not four or five": replace(MANY, right=("one",)),
    "6 options, not four or five": replace(MANY, right=("one", "two", "five", "six")),
    "no message for the bar 'fetch'": replace(DRAWN, never=("fetch",)),
    "has a bar and never runs": replace(DRAWN, never=("weigh",)),
    "three to six events": replace(ORDER, order=("sent", "started"), wrong={"2 before 1": "It waits for it."}),
    "ends before it starts": replace(DRAWN, bars={"client": (0.0, 0.0), "weigh": (0.3, 0.2)}),
    "much longer than every wrong one": replace(GOOD, right=("after the answer " + "of the server " * 4,)),
    "much shorter than every wrong one": replace(
        GOOD,
        right=("no",),
        wrong={
            "yes, and it does so beside the answer": "It does not do that.",
            "yes, but only behind the answer": "It is never done, that is all.",
        },
    ),
    "is none of": replace(GOOD, proof="chapter 4"),
    "nothing proves it": replace(GOOD, proof=""),
}


@pytest.mark.parametrize("says", BAD)
def test_a_bad_question_is_told(says):
    told = [text for check in bank.ALONE for text in check(BAD[says])]
    assert any(says in text for text in told), told


@pytest.mark.parametrize(
    ("right", "told"),
    [
        (11, "its right option is much shorter than every wrong one"),
        (12, None),
        (68, None),
        (69, "its right option is much longer than every wrong one"),
    ],
)
def test_half_as_long_again_and_eight_letters_more_give_it_away(right, told):
    wrong = {letter * length: f"It is not {length} times {letter}." for letter, length in (("x", 25), ("y", 40))}
    assert bank.gives_nothing_away(replace(GOOD, right=("r" * right,), wrong=wrong)) == [told] * bool(told)


@pytest.mark.parametrize(("count", "told"), [(2, True), (3, False), (6, False), (7, True)])
def test_an_order_has_three_to_six_events(count, told):
    wrong = {f"{n + 1} before {n}": f"Event {n} comes first, as always." for n in range(1, count)}
    asked = replace(ORDER, order=tuple(f"event {n}" for n in range(count)), wrong=wrong)
    assert KINDS["order"].faults(asked) == ["an order needs three to six events"] * told


def test_a_section_without_questions_is_told():
    told = bank.covers_the_sections([replace(GOOD, id="4.3-one"), replace(GOOD, id="4.3-two")])
    assert len(told) == len(SECTIONS) - 1 and "section 1.1 has 0 questions, not 2" in told
    assert "section 4.3 has 1 questions, not 2" in bank.covers_the_sections([replace(GOOD, id="4.3-one")])


def test_a_question_that_is_asked_twice_is_told():
    again = replace(GOOD, id="4.3-again", question="When does the task start?")
    assert bank.repeats_nothing([GOOD, again]) == ["4.3-again asks what 4.3-good asks"]
    long = "When does a task that was added start, and what has been sent to the client by then? " * 4
    longer = [replace(GOOD, question=long + "?"), replace(GOOD, id="4.3-again", question=long + "Say when.")]
    assert len(bank.repeats_nothing(longer)) == 1, "in a long one each letter is frequent, and none of them junk"
    assert bank.repeats_nothing([GOOD, ORDER, replace(WAIT, question="How long does it take?")])[1:] == []


@pytest.mark.parametrize(
    ("right", "says"),
    [
        ("after the whole answer", ["the longest option is right in 20", "the shortest option is right in 0"]),
        ("after", ["the longest option is right in 0", "the shortest option is right in 20"]),
    ],
)
def test_lengths_that_give_the_answer_away_are_told(right, says):
    questions = [replace(GOOD, id=f"4.3-{number}", right=(right,)) for number in range(20)]
    told = bank.lengths_tell_nothing(questions)
    assert [text.partition(" of")[0] for text in told] == says and all("7 are expected" in text for text in told)
    wrong = {
        "before": "Nothing starts before the answer.",
        "beside all the answers": "Sending comes first, then the task.",
    }
    rights = ("after", "after the answer", "after the whole answer is sent")
    mixed = [replace(GOOD, right=(rights[number % 3],), wrong=wrong) for number in range(21)]
    assert bank.lengths_tell_nothing(mixed) == []


def test_counts_that_give_the_answer_away_are_told():
    many = [replace(MANY, id=f"4.3-{number}") for number in range(10)]
    assert bank.counts_tell_nothing(many) == ["10 of 10 multiple choices with 4 options have 2 right"]
    wrong = {**MANY.wrong, "two": "Two is not one of them here."}
    others = [replace(MANY, id=f"4.3-other-{number}", right=("one",), wrong=wrong) for number in range(10)]
    assert bank.counts_tell_nothing([*many, *others]) == []


def test_what_never_runs_is_asked_and_proved():
    never = replace(DRAWN, never=("print_label",), wrong={**DRAWN.wrong, "print_label": "Nobody ever adds it here."})
    kind = kinds.of(never)
    assert kind.off(never, {"client": (0, 0), "weigh": (0, 0.2)}) == []
    assert kind.off(never, {"client": (0, 0), "weigh": (0, 0.2), "print_label": (0.2, 0.4)}) == ["print_label"]
    assert proof.prove(never) == ""
    runs = replace(never, bars={"client": (0.0, 0.0)}, never=("weigh",))
    assert "weigh never runs, and it ran" in proof.prove(runs)


@pytest.mark.parametrize("question", BANK.values(), ids=BANK.keys())
def test_the_example_of_an_answer_is_no_help(question):
    """The answer that a prompt shows as an example is wrong, and no part of it is right."""
    kind = kinds.of(question)
    for seed in range(30 if kind.written else 0):
        item = draw.item(question, seed)
        for example in re.findall("`(.*?)`", kind.takes(item)):
            given = kind.read(item, example)
            assert given is not None and not kind.is_right(item, given)
            if isinstance(kind, kinds.Timeline):
                assert set(question.bars) <= set(kind.off(question, kinds.bars_of(given)))
            if isinstance(kind, kinds.Wait):
                assert not any(kinds.near(float(given), float(wrong)) for wrong in question.wrong)


def test_a_proof_that_does_not_hold_is_told():
    prints = replace(GOOD, kind="prints", code="print(1 + 1)", right=("3",), proof="")
    assert proof.prove(prints) == "4.3-good: it prints '2', not '3'"
    assert proof.prove(replace(prints, right=("2",))) == ""
    assert "AssertionError in line 2" in proof.prove(replace(GOOD, prove="x = 1\nassert x == 2"))
    assert "ZeroDivisionError" in proof.prove(replace(GOOD, code="1 / 0", prove="pass"))
    assert proof.prove(replace(GOOD, kind="fault", code="1 / 0", prove="pass")) == "", "it runs that itself"
    slow = replace(DRAWN, bars={"client": (0.0, 0.0), "weigh": (0.0, 0.9)})
    assert proof.prove(DRAWN) == "" and "other bars were measured" in proof.prove(slow)


@pytest.mark.parametrize(
    "question",
    [
        replace(GOOD, prove='found = "after the"'),
        replace(MANY, prove='found = ["two", "one"]'),
        replace(ORDER, prove='found = ["sent", "started", "ended"]'),
        replace(WAIT, prove="found = 0.55"),
        replace(GOOD, kind="prints", code="print(2)", right=("2",)),
        replace(GOOD, kind="fault", code="x = 1", prove='found = "after the"'),
        DRAWN,
    ],
    ids=lambda question: question.kind,
)
def test_a_turned_key_fails_its_proof(question):
    assert proof.prove(question) == "" and proof.prove(turned(question)) != ""
    assert turning.fault(question) == ""


def test_a_proof_that_holds_for_any_key_is_told():
    assert turning.fault(replace(GOOD, prove="assert True")) == "4.3-good: its proof holds for another key as well"


def test_every_name_that_a_proof_may_use_is_what_it_says():
    named = proof.names()
    assert {name: value for name, value in named.items() if getattr(value, "__name__", name) != name} == {}
    assert {"FastAPI", "BackgroundTasks", "StreamingResponse", "BaseModel", "TestClient", "record"} <= named.keys()


@pytest.mark.parametrize("named", ["after", "the answer", "", "never"])
def test_a_proof_names_one_option_by_a_part_that_no_other_has(named):
    beside = replace(GOOD, wrong={**GOOD.wrong, "after all": "Nothing waits that long."}, prove=f"found = {named!r}")
    assert "it was found to be" in proof.prove(beside)
    assert proof.prove(replace(beside, prove="found = 'after the'")) == ""


def test_what_a_cell_has_shown_is_its_stored_output():
    assert "'response sent', 'write_log starts'" in links.shown((1, "setup-close"))
    assert links.shown((1, "no-such-cell")) == ""


def test_of_several_outputs_each_begins_a_line(monkeypatch):
    outputs = [{"text": ["one\n", "two\n"]}, {"data": {"text/plain": "three"}}, {"text": "four"}]
    monkeypatch.setattr(links, "_content", lambda number: [{"id": "a", "cell_type": "code", "outputs": outputs}])
    monkeypatch.setattr(links, "cell", lambda place: place[1])
    assert links.shown.__wrapped__((1, "a")) == "one\ntwo\nthree\nfour"


def test_a_proof_has_the_questions_code_beside_it():
    bench = proof.Bare("x = 7")
    assert bench.run("print(code, end=''); found = 1") == "x = 7" and bench.found == 1


def test_a_proof_by_a_cell_that_is_not_there_is_told():
    lost = [replace(GOOD, proof="cell no-such-cell"), replace(GOOD, id="4.3-claim", proof="claim A99")]
    assert exam._unresolved([*lost, replace(GOOD, id="4.3-there")]) == [
        "4.3-good: no code cell of chapter 4 is no-such-cell",
        "4.3-claim: no code cell of chapter 4 is claim-A99",
    ]
    assert links.cell((4, "no-such-cell")) == links.cell((77, "x")) == ""


@pytest.mark.parametrize(("number", "cell", "file"), [(4, "rule-cancelled", TASKS), (7, "queues-loop", QUEUES)])
def test_a_chapter_counts_the_cells_of_its_appendix_as_its_own(number, cell, file):
    assert links.cell((number, cell)) == cell and links.home(number, cell) == file
    assert links.cell((1, cell)) == ""


# Files that a person has edited

ENTRY = """
["4.3-new"]
kind = "single"
level = 1
question = "When does a task start?"
right = "after the answer"
explanation = "Tasks stand behind the sending."
proof = "cell rule-start"
["4.3-new".wrong]
"at once" = "Nothing starts at `add_task`."
"never" = "It does, behind the answer."
"""


def written(folder: Path, text: str, chapter: str = "ch04") -> Path:
    (folder / chapter).mkdir(exist_ok=True)
    (folder / chapter / "questions.toml").write_text(text, encoding="utf-8")
    return folder / chapter / "questions.toml"


def test_a_question_is_read_as_it_is_written(tmp_path):
    [question] = bank.read(written(tmp_path, ENTRY))
    assert (question.section, question.chapter, question.right) == ("4.3", 4, ("after the answer",))
    assert question.place == (4, "rule-start")
    assert replace(question, proof="cell 2/core-scope").place == (2, "core-scope")
    assert replace(question, proof="claim A9").place == (4, "claim-A9")
    assert replace(question, proof="").place is None


SLIPS = {
    "is not valid TOML": "[[[",
    "a question is a table": '"4.3-new" = 1',
    "named by its section": ENTRY.replace("4.3-new", "new"),
    "the kinds are single, multiple": ENTRY.replace('"single"', '"choice"'),
    "lacks explanation": ENTRY.replace("explanation", "# explanation"),
    "has answer, which its kind does not take": ENTRY.replace("level = 1", "level = 1\nanswer = 2"),
    "lacks order": ENTRY.replace('"single"', '"order"'),
    "another shape": ENTRY.replace('"at once" = "Nothing starts at `add_task`."', '"at once" = 3'),
}


@pytest.mark.parametrize("says", SLIPS)
def test_a_slip_in_a_file_is_told_with_its_place(says, tmp_path):
    with pytest.raises(CourseError, match="ch04/questions.toml") as told:
        bank.read(written(tmp_path, SLIPS[says]))
    assert says in str(told.value)


def test_ids_are_used_once_and_in_the_file_of_their_chapter(tmp_path):
    written(tmp_path, ENTRY)
    assert list(bank.load(tmp_path)) == ["4.3-new"]
    bank.load.cache_clear()
    written(tmp_path, ENTRY, "ch05")
    with pytest.raises(CourseError, match="stands in another file"):
        bank.load(tmp_path)
    os.unlink(tmp_path / "ch04" / "questions.toml")
    with pytest.raises(CourseError, match="belongs to ch04"):
        bank.load(tmp_path)
    written(tmp_path, ENTRY + ENTRY)
    with pytest.raises(CourseError, match="not valid TOML"):
        bank.load(tmp_path)


def test_a_bank_that_cannot_be_read_is_named(tmp_path):
    with pytest.raises(CourseError, match="questions.toml cannot be read: Is a directory.$"):
        (tmp_path / "questions.toml").mkdir()
        bank.read(tmp_path / "questions.toml")


def test_an_instructor_is_told_all_faults_at_once(tmp_path, monkeypatch):
    monkeypatch.setattr(bank, "files", lambda folder: [written(tmp_path, ENTRY.replace("never", "At once."))])
    try:
        told = exam.faults()
        assert "4.3-new: two options say the same" in told and "section 1.1 has 0 questions, not 2" in told
        monkeypatch.setattr(bank, "files", lambda folder: [written(tmp_path, "[[[")])
        assert "is not valid TOML" in exam.faults()[0]
    finally:
        bank.load.cache_clear()


def test_the_rules_of_the_exam_are_usable():
    rules = tomllib.loads(sitting.RULES.read_text(encoding="utf-8"))
    assert set(map(int, rules["weights"])) == {chapter.number for chapter in CHAPTERS}
    assert 0 < rules["pass"] <= 100 and rules["minutes"] > 0 and 0 < rules["questions"] <= len(BANK)
