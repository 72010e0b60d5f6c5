"""The draw: by weight down to the section, no item too often, no two that test the same fact, nothing shown before."""

import re
from collections import Counter
from dataclasses import replace
from math import factorial
from statistics import mean

import pytest

from helpers.exam import bank, draw, kinds, links, sitting
from helpers.exam.draw import EXPOSURE, Source
from helpers.exam.model import Item
from tests.exam.taking import exam_of

SEEDS = 500
RULES = sitting.rules()
SOURCES = sitting.asked_of(bank.load().values())


@pytest.fixture(scope="module")
def exams() -> list[list[Item]]:
    return [exam_of(seed) for seed in range(SEEDS)]


def counted(exams: list[list[Item]]) -> Counter[str]:
    """In how many exams each source is asked."""
    return Counter(item.question.origin for exam in exams for item in exam)


def test_no_source_is_asked_in_more_than_a_quarter_of_all_exams_and_each_in_some(exams):
    counts = counted(exams)
    assert max(counts.values()) <= 0.25 * SEEDS, counts.most_common(5)
    assert {source.id for source in SOURCES} == set(counts)


def test_two_exams_share_less_than_a_fifth_on_average(exams):
    pairs = sum(count * (count - 1) for count in counted(exams).values())
    assert pairs / (SEEDS * (SEEDS - 1)) / RULES.questions < 0.2


def luck(item: Item) -> float:
    """How often somebody who knows nothing is right: one of the options, of the sets, of the orders, or a lucky number."""
    kind, count = kinds.of(item.question), len(item.options)
    if kind.several:
        return 1 / (2**count - 1)
    if isinstance(kind, kinds.Choice):
        return 1 / count
    return 1 / factorial(count) if count else 0.1


def test_guessing_scores_less_than_22_percent(exams):
    assert mean(luck(item) for exam in exams for item in exam) < 0.22


def test_every_exam_asks_as_many_as_it_says_by_chapter_and_by_section(exams):
    whole = sum(RULES.weights.values())
    for exam in exams:
        chapters = Counter(item.question.chapter for item in exam)
        assert len(exam) == RULES.questions and [item.number for item in exam] == list(range(1, 41))
        assert all(abs(chapters[n] - 40 * weight / whole) < 1 for n, weight in RULES.weights.items())


def test_the_rules_of_background_tasks_are_at_least_five_of_forty(exams):
    assert min(sum(item.question.section == "4.3" for item in exam) for exam in exams) >= 5


def test_every_section_is_asked_as_often_as_its_weight_says():
    """Where a chapter has enough of each, and a section's part of an exam is a whole number, it is that number."""
    four = [replace(source, facts=frozenset()) for source in SOURCES if source.chapter == 4]
    plenty = [replace(source, id=f"{source.id}-{n}") for source in four for n in range(20)]
    for seed in range(20):
        counts = Counter(one.section for one in draw._pick(plenty, seed, 28, {"4.3": 9}, (), ()))
        assert counts == {"4.3": 18} | dict.fromkeys(("4.1", "4.2", "4.4", "4.5", "4.6"), 2)


def test_a_small_section_is_not_asked_more_often_than_the_chapter_can_bear():
    own = [Source(id, "single", frozenset(), lambda seed: None) for id in ("4.1-a", *(f"4.2-{n}" for n in range(9)))]
    found = draw.chances(own, 5, {}, ())
    assert found["4.1-a"] == pytest.approx(0.5), "five of ten are asked"
    assert all(found[f"4.2-{n}"] == pytest.approx(0.5) for n in range(9))


def test_chances_add_up_and_none_is_above_its_cap():
    own = [source for source in SOURCES if source.chapter == 4]
    chances = draw.chances(own, 9, RULES.sections, ())
    assert sum(chances.values()) == pytest.approx(9) and 0 < max(chances.values()) <= EXPOSURE + 1e-9
    few = own[:12]
    assert max(draw.chances(few, 9, {}, ()).values()) <= 0.75 + 1e-9, "nine of twelve cannot be rarer"


def test_what_cannot_be_guessed_is_asked_more_often():
    one = next(source for source in SOURCES if source.section == "4.3")
    kinds_ = ["single", "prints", "multiple", "order", "wait", "timeline"]
    own = [replace(one, id=f"4.3-{kind}-{n}", kind=kind) for kind in kinds_ for n in range(20)]
    chances = draw.chances(own, 9.5, {}, ())
    assert [round(chances[f"4.3-{kind}-3"], 9) for kind in kinds_] == [0.05, 0.05, 0.075, 0.1, 0.1, 0.1]


@pytest.mark.parametrize(
    ("amount", "most", "parts"),
    [
        (4, {"a": 9, "b": 9}, {"a": 1, "b": 3}),
        (4, {"a": 9, "b": 2}, {"a": 2, "b": 2}),
        (4, {"a": 0.5, "b": 9}, {"a": 0.5, "b": 3.5}),
        (4, {"a": 1, "b": 1}, {"a": 1, "b": 1}),
        (0, {"a": 1, "b": 1}, {"a": 0, "b": 0}),
    ],
)
def test_what_one_cannot_take_goes_to_the_others(amount, most, parts):
    assert draw.filled(amount, {"a": 1.0, "b": 3.0}, most) == parts
    assert draw.filled(amount, {}, {}) == {}


def test_what_was_seen_lately_is_left_out_while_there_is_other(exams):
    seen = [item.question.origin for exam in exams[:2] for item in exam]
    for seed in range(20):
        again = exam_of(f"next {seed}", seen=seen)
        assert len(again) == 40 and not {item.question.origin for item in again} & set(seen)


def test_of_what_was_seen_the_longest_forgotten_comes_back_first():
    own = [source for source in SOURCES if source.section == "9.4"]
    seen = [source.id for source in own]
    drawn = draw.draw(own, 7, {9: 1}, 1, seen=seen)
    assert [item.question.id for item in drawn] == [seen[-1]]


def test_enemies_never_meet():
    pairs = [replace(source, facts=frozenset({f"fact {n // 2}"})) for n, source in enumerate(SOURCES)]
    facts = {source.id: source.facts for source in pairs}
    for seed in range(30):
        drawn = exam_of(seed, pairs)
        counts = Counter(fact for item in drawn for fact in facts[item.question.origin])
        assert len(drawn) == 40 and max(counts.values()) == 1


def test_enemies_of_the_bank_never_meet(exams):
    for exam in exams:
        counts = Counter(fact for item in exam for fact in item.question.facts)
        assert max(counts.values(), default=1) == 1


def test_a_template_is_counted_by_its_own_id_and_asked_with_the_seed():
    one = SOURCES[0]

    def made(seed: object):
        question = one.question(seed)
        return replace(question, id=f"1.1-made~{seed}")

    template = Source("1.1-made", one.kind, frozenset(), made)
    [asked] = draw.draw([template], 7, {1: 1}, 1)
    assert (asked.question.id, asked.question.origin) == ("1.1-made~7", "1.1-made")
    assert draw.draw([template, one], 7, {1: 1}, 1, seen=["1.1-made"])[0].question == one.question(7)


def test_samples_are_what_the_chapter_shows_and_no_exam_asks_them(exams):
    source = "".join("".join(cell["source"]) for cell in links._content(10) if cell["cell_type"] == "code")
    shown = re.findall(r'exam\.(?:practise|timeline)\("([^"]+)"', source)
    assert RULES.samples == set(shown) <= set(bank.load())
    assert not RULES.samples & set(counted(exams))


def test_a_fact_is_a_word_that_more_than_one_question_has():
    counts = Counter(fact for source in sitting.asked_of(bank.load().values()) for fact in source.facts)
    counts += Counter(fact for id in RULES.samples for fact in bank.load()[id].facts)
    assert {fact for fact, count in counts.items() if count < 2} == set()
