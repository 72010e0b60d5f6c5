"""The kinds' own arithmetic: what is near enough, which part of an answer is right, and what is said of the rest."""

from dataclasses import replace

import pytest

from helpers.exam import kinds
from helpers.exam import text as texts
from helpers.exam.kinds import KINDS, bars_of, close, near, tolerance, without_spelling
from helpers.exam.model import Item, Question


def item(kind: str, options: tuple[str, ...] = (), **more) -> Item:
    question = Question(
        id="4.3-a", kind=kind, level=1, question="?", explanation="Because.", wrong=more.pop("wrong", {}), **more
    )
    return Item(1, question, dict(zip("abcdef", options)))


def test_what_is_right_ends_with_one_stop():
    for option in ("after the answer", "After the answer."):
        one = item("single", (option, "never"), right=(option,))
        assert texts.right(one) == f"Right is: a) {option.removesuffix('.')}."


@pytest.mark.parametrize(
    ("seconds", "least", "most"),
    [(0.0, -0.05, 0.05), (0.1, 0.05, 0.15), (0.2, 0.15, 0.25), (1.0, 0.75, 1.25), (8.0, 6.0, 10.0)],
)
def test_an_estimate_counts_to_a_quarter_or_a_twentieth_of_a_second(seconds, least, most):
    assert near(least, seconds) and near(most, seconds)
    assert not near(least - 0.001, seconds) and not near(most + 0.001, seconds)
    assert tolerance(seconds) == pytest.approx(most - seconds)


def test_a_drawn_bar_counts_to_a_tenth_of_a_second_or_a_fifth_of_its_end():
    assert close((0.1, 0.4), (0.0, 0.3)) and close((0.4, 0.8), (0.6, 1.0))
    for off in ((0.11, 0.3), (0.0, 0.41), (0.0, 0.19)):
        assert not close(off, (0.0, 0.3))
    assert not close((0.39, 1.0), (0.6, 1.0)) and not close((0.6, 1.21), (0.6, 1.0))


def test_bars_are_found_in_what_was_written():
    assert bars_of("client 0-.25, weigh#2 1.5 to 2; send 3 – 4") == {
        "client": (0, 0.25),
        "weigh#2": (1.5, 2),
        "send": (3, 4),
    }


def test_spelling_is_case_punctuation_and_spaces():
    assert without_spelling("  After the  Answer, (all)! ") == "after the answer all"
    assert without_spelling("a <= b") != without_spelling("a < b")
    single = KINDS["single"]
    assert single.same("`A!`") == "`A!`" and single.same("`A!` b") == "a b"


WAIT = item("wait", seconds=0.6, wrong={"0.2": "They do not overlap.", "1.2": "Each runs once."})


@pytest.mark.parametrize(
    ("choice", "read"),
    [(0, "0"), (0.0, "0"), (-0.1, None), ("-1", None), (".5", "0.5"), ("1,5s", "1.5"), ("250ms", "0.25"), (1234.56, "1235"),
     (float("inf"), None), (float("nan"), None), (True, None), (None, None), ("1 2", None), ("5 min", None)],
)  # fmt: skip
def test_a_wait_is_read(choice, read):
    assert KINDS["wait"].read(WAIT, choice) == read


@pytest.mark.parametrize(
    ("recorded", "said"),
    [("0.6", ()), ("0.75", ()), ("0.2", ("They do not overlap.",)), ("1.2", ("Each runs once.",)), ("0.4", ("That is too short.",)),
     ("3", ("That is too long.",))],
)  # fmt: skip
def test_a_wrong_wait_is_told_its_misconception_or_its_side(recorded, said):
    kind = KINDS["wait"]
    assert kind.hints(WAIT, recorded) == said and kind.is_right(WAIT, recorded) == (said == ())


def test_a_wait_is_said_in_seconds():
    kind = KINDS["wait"]
    assert (kind.should(WAIT), kind.say(WAIT, "0.2"), kind.key(WAIT, "1.2")) == ("0.6 s", "0.2 s", "1.2 s")
    assert kind.judge(WAIT, "0.2").parts == (0, 1) and kind.judge(WAIT, "0.6").credit == 1.0
    assert replace(kind.judge(WAIT, "0.2"), parts=(1, 4)).credit == 0.25
    assert [*kinds.EXAMPLES] == sorted(kinds.EXAMPLES), "the shortest that fits is shown"
    unanswered = kind.judge(WAIT, None)
    assert (unanswered.right, unanswered.said, unanswered.should) == (False, "no answer", "0.6 s")


ORDER = item("order", ("ended", "sent", "started"), order=("sent", "started", "ended"),
             wrong={"2 before 1": "It waits.", "3 before 2": "It starts first."})  # fmt: skip


def test_the_example_of_an_order_is_not_the_right_one():
    assert "such as `cba`" in KINDS["order"].takes(ORDER)
    backwards = item("order", ("c", "b", "a"), order=("a", "b", "c"))
    assert backwards.right == "cba" and "such as `bac`" in KINDS["order"].takes(backwards)
    assert KINDS["order"].read(ORDER, "bc") is None and KINDS["order"].read(ORDER, "b c > a") == "bca"


MANY = item(
    "multiple",
    ("four", "one", "three", "two"),
    right=("one", "two"),
    wrong={"three": "Not three.", "four": "Not four."},
)


@pytest.mark.parametrize(
    ("asked", "recorded", "parts", "said"),
    [(ORDER, "bca", (2, 2), ()), (ORDER, "bac", (1, 2), ("It starts first.",)), (ORDER, "cba", (1, 2), ("It waits.",)),
     (ORDER, "acb", (0, 2), ("It waits.", "It starts first.")), (MANY, "bd", (4, 4), ()),
     (MANY, "b", (3, 4), ("Left out: two.",)), (MANY, "bcd", (3, 4), ("Not three.",)),
     (MANY, "a", (1, 4), ("Not four.", "Left out: one; two."))],
)  # fmt: skip
def test_of_an_order_each_pair_counts_and_of_several_options_each(asked, recorded, parts, said):
    kind = KINDS[asked.question.kind]
    assert kind.parts(asked, recorded) == parts and kind.hints(asked, recorded) == said


def test_several_options_are_read_in_any_order():
    assert KINDS["multiple"].read(MANY, "db") == "bd" and KINDS["multiple"].should(MANY) == "b) one; d) two"


DRAWN = item("timeline", code="client ... weigh ... idle", bars={"client": (0.0, 0.1), "weigh": (0.5, 1.0)}, never=("idle",),
             requests=("POST /",), wrong={"weigh": "It weighs later.", "idle": "Nobody adds it."})  # fmt: skip


@pytest.mark.parametrize(
    ("recorded", "parts", "said"),
    [("client 0-0.1, weigh 0.5-1", (3, 3), ()), ("client 0-0.1", (2, 3), ("It weighs later.",)),
     ("weigh 0-1, idle 0-1", (0, 3), ("It weighs later.", "Nobody adds it."))],
)  # fmt: skip
def test_of_a_drawing_each_bar_counts_and_each_that_has_to_be_left_out(recorded, parts, said):
    kind = KINDS["timeline"]
    assert kind.parts(DRAWN, recorded) == parts and kind.hints(DRAWN, recorded) == said
    assert kind.is_right(DRAWN, recorded) == (said == ())


def test_a_drawing_is_read_up_to_an_hour():
    kind = KINDS["timeline"]
    assert kind.read(DRAWN, "client 0-3600.") == "client 0-3600" and kind.read(DRAWN, "client 0-3600.5") is None
    assert kind.read(DRAWN, "client 1-1") == "client 1-1" and kind.read(DRAWN, "client 1-0.9") is None
    assert (
        kind.read(DRAWN, "") is None and kind.read(DRAWN, "client 0-1 please") is None and kind.read(DRAWN, 7) is None
    )
    assert kind.names(DRAWN.question) == ["client", "weigh", "idle"]
    assert kind.should(DRAWN) == "client 0-0.1, weigh 0.5-1"


def test_a_key_that_was_found_means_the_keys_answer_within_a_twentieth_or_a_part():
    wait = kinds.of(WAIT.question)
    assert [wait.means(WAIT.question, found) for found in (0.51, 0.69, 0.5, 0.7)] == [True, True, False, False]
    brief = item("wait", seconds=0.1).question
    assert [wait.means(brief, found) for found in (0.06, 0.14, 0.04, 0.16)] == [True, True, False, False]


@pytest.mark.parametrize(
    ("choice", "read"),
    [("B", "b"), (["b"], "b"), ({"b"}, "b"), ("ab", None), ("bb", None), ("e", None), ("", None), (2, None)],
)
def test_a_single_choice_is_one_letter(choice, read):
    one = item("single", ("later", "now", "never"), right=("now",), wrong={"later": "Not later.", "never": "It does."})
    assert KINDS["single"].read(one, choice) == read
    assert KINDS["single"].say(one, "b") == "b) now" and KINDS["single"].hints(one, "c") == ("It does.",)
    assert KINDS["single"].key(one, "never") == "c" and KINDS["single"].takes(one) == "one letter of a, b, c"
