"""Templates: each instance is a good question, its key is what its code gives, and no habit of guessing finds it."""

import gzip
import json
import time
from collections import Counter
from collections.abc import Callable
from statistics import mean

import pytest

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import bank, kinds, links, marking, proof, sitting, templates
from helpers.exam.kinds import KINDS
from helpers.exam.model import Question
from helpers.exam.templates import SEEDS, keys
from helpers.exam.templates.model import Shape, Template, likest
from tests.exam.taking import exam_of
from tests.exam.turning import turned

ALL = templates.load()
SLEEPS = [name for name, one in ALL.items() if one.kind in ("wait", "timeline")]  # measured by a clock
QUICK = [name for name in ALL if name not in SLEEPS]
SOME = range(0, SEEDS, 10)


def instances(name: str, seeds=SOME) -> list[Question]:
    return [templates.find(f"{name}~{seed}") for seed in seeds]


def test_there_are_enough_over_all_chapters_and_of_all_kinds():
    made = {name: templates.find(f"{name}~0") for name in ALL}
    assert len(ALL) >= 48
    assert {q.chapter for q in made.values()} == {chapter.number for chapter in CHAPTERS}
    assert {q.kind for q in made.values()} >= {"order", "wait", "prints", "timeline", "multiple"} <= set(KINDS)
    on_tasks = [name for name, q in made.items() if "tasks" in q.code]
    assert len(on_tasks) <= 0.4 * len(ALL) and not set(ALL) & set(bank.load())


@pytest.mark.parametrize("name", ALL)
def test_its_proof_leads_to_a_cell_that_teaches_it(name):
    assert links.cell(templates.find(f"{name}~0").place)


def check_instances(name: str, questions: list[Question]) -> None:
    told = [f"{q.id}: {text}" for q in questions for check in bank.ALONE for text in check(q)]
    assert told == []
    for q in questions:
        assert not set(q.right) & set(q.wrong) and len(set(q.options)) == len(q.options)
        assert not isinstance(kinds.of(q), kinds.Choice) or len(q.wrong) >= 3
    texts = Counter((q.question, q.code, q.options) for q in questions)
    assert len(texts) >= min(25, 0.6 * len(questions)), "too few different questions"


@pytest.mark.parametrize("name", ALL)
def test_each_instance_is_a_good_question(name):
    check_instances(name, instances(name))


HABITS = {
    "the longest": lambda options: max(options, key=len),
    "the shortest": lambda options: min(options, key=len),
    "the first of the alphabet": min,
    "the last of the alphabet": max,
    "the middle length": lambda options: sorted(options, key=lambda text: (len(text), text))[len(options) // 2],
    "the most like the others": likest,
}


def hits(questions: list[Question], habit) -> float:
    """The part of these questions that a habit answers right."""
    return mean(habit(sorted(q.options)) == q.right[0] for q in questions)


def check_habits(questions: list[Question]) -> None:
    if isinstance(kinds.of(questions[0]), kinds.Choice):
        found = {word: hits(questions, habit) for word, habit in HABITS.items()}
        assert {word: share for word, share in found.items() if share > 0.75} == {}
    same = Counter((q.right, q.order, q.seconds, str(q.bars)) for q in questions)
    assert same.most_common(1)[0][1] <= 0.5 * len(questions), "one answer is nearly always right"
    if kinds.of(questions[0]).several:
        counts = Counter(len(q.right) for q in questions)
        assert counts.most_common(1)[0][1] <= 0.75 * len(questions)


def check_all_habits(questions: list[Question]) -> None:
    """Over all templates, no habit is better than one in three."""
    asked = [q for q in questions if isinstance(kinds.of(q), kinds.Choice)]
    assert {word: share for word, habit in HABITS.items() if (share := hits(asked, habit)) > 1 / 3} == {}
    assert mean(1 / len(q.options) for q in asked) < 0.25


@pytest.mark.parametrize("name", ALL)
def test_no_habit_of_guessing_finds_its_key(name):
    check_habits(instances(name))


def test_no_habit_of_guessing_pays_over_all_templates():
    check_all_habits([q for name in ALL for q in instances(name, range(0, SEEDS, 20))])


@pytest.mark.slow  # every instance
def test_under_200_seeds_each_no_instance_is_ambiguous_or_guessable():
    whole = []
    for name in ALL:
        questions = instances(name, range(SEEDS))
        check_instances(name, questions)
        check_habits(questions)
        used = {message for q in questions for message in q.wrong.values()}
        beliefs = {getattr(ALL[name], belief).message for belief in ALL[name].beliefs}
        assert beliefs == used, f"{name} has a misconception that no instance tells apart"
        whole += questions
    check_all_habits(whole)


def test_the_shipped_keys_are_few_bytes_and_of_the_installed_releases():
    assert keys.FILE.stat().st_size < 150_000
    assert keys.fresh() and set(ALL) == set(keys._file()["keys"])


def measured_anew(q: Question) -> bool:
    """Whether the code of an instance gives, when it runs now, what is shipped."""
    shipped = keys.shipped(q.origin)[keys.digest(q.code, q.prove)]
    return keys.measured(q.code, q.prove) == shipped


@pytest.mark.parametrize("name", QUICK)
def test_a_shipped_key_is_what_the_code_gives(name):
    q = templates.find(f"{name}~{sum(name.encode()) % SEEDS}")
    assert measured_anew(q)


@pytest.mark.parametrize("name", QUICK)
def test_a_turned_key_fails_its_proof(name):
    q = templates.find(f"{name}~{sum(name.encode()) % SEEDS}")
    assert proof.prove(q) == "" and proof.prove(turned(q)) != ""


@pytest.mark.slow  # sleeps for real
@pytest.mark.parametrize("name", SLEEPS)
def test_a_turned_key_fails_where_a_clock_measures(name):
    for q in instances(name, range(3)):
        assert proof.prove(q) == "" and proof.prove(turned(q)) != ""


@pytest.mark.slow  # every key of what needs no clock
@pytest.mark.parametrize("name", QUICK)
def test_all_shipped_keys_are_what_the_code_gives(name):
    assert [q.id for q in instances(name, range(SEEDS)) if not measured_anew(q)] == []


def test_what_is_not_shipped_is_measured_when_it_is_asked(monkeypatch):
    before = templates.find("3.5-headed~7")
    monkeypatch.setattr(keys, "fresh", lambda: False)
    assert ALL["3.5-headed"].instance(7) == before


def repacked(change: Callable[[dict], object]) -> Callable[[bytes], bytes]:
    """The file whose content was changed, packed as it was."""
    return lambda content: gzip.compress(json.dumps(change(json.loads(gzip.decompress(content)))).encode())


DAMAGED_KEYS = {
    "missing": None,
    "empty": lambda content: b"",
    "cut in its head": lambda content: content[:7],
    "cut in the middle": lambda content: content[: len(content) // 2],
    "without its last byte": lambda content: content[:-1],
    "another byte": lambda content: content[:999] + bytes([content[999] ^ 1]) + content[1000:],
    "not packed": lambda content: b"[[[",
    "line ends turned": lambda content: content.replace(b"\n", b"\r\n"),
    "other data behind it": lambda content: content + b"<<<<<<< HEAD",
    "no text": lambda content: gzip.compress(b"\xff\xfe"),
    "a list": repacked(lambda told: [told]),
    "no releases": repacked(lambda told: {"keys": told["keys"]}),
    "a list of keys": repacked(lambda told: {**told, "keys": list(told["keys"])}),
    "no digests": repacked(lambda told: {**told, "keys": dict.fromkeys(told["keys"], ["1"])}),
    "a number for digests": repacked(lambda told: {**told, "keys": {name: {"1": 2} for name in told["keys"]}}),
    "a key that is no JSON": repacked(lambda told: {**told, "keys": {name: {"{": "2"} for name in told["keys"]}}),
    "nested without end": lambda content: gzip.compress(b"[" * 100_000),
}


@pytest.mark.parametrize("how", DAMAGED_KEYS)
def test_with_a_damaged_file_of_keys_an_instance_is_measured(how, monkeypatch, tmp_path):
    caches, before = (keys._file, keys.fresh, keys.shipped), templates.find("3.5-headed~7")
    if DAMAGED_KEYS[how]:
        (tmp_path / "keys.json.gz").write_bytes(DAMAGED_KEYS[how](keys.FILE.read_bytes()))
    monkeypatch.setattr(keys, "FILE", tmp_path / "keys.json.gz")
    for cached in caches:
        cached.cache_clear()
    try:
        assert ALL["3.5-headed"].instance(7) == before
        assert not keys.fresh() and keys.shipped("3.5-headed") == {}
    finally:
        monkeypatch.undo()
        for cached in caches:
            cached.cache_clear()


def test_the_keys_of_other_releases_do_not_count(monkeypatch):
    keys.fresh.cache_clear()
    monkeypatch.setattr(keys, "releases", lambda: {"fastapi": "0.1"})
    try:
        assert not keys.fresh()
    finally:
        keys.fresh.cache_clear()


class Toy(Template):
    """Not among `TEMPLATES`: it has no id of its own."""

    kind, level, proof, why = "prints", 1, "cell what-read", "Two and two are four."

    def shape(self, dice) -> Shape:
        return Shape(n=2)

    def code(self, p: Shape) -> str:
        return f"print({p.n} + {p.n})"


def test_a_template_whose_misconceptions_cannot_be_told_apart_is_refused():
    assert "" not in ALL
    with pytest.raises(LookupError, match="tells its misconceptions apart"):
        Toy().instance(0)


@pytest.mark.parametrize("id", ["2.3-calls~200", "2.3-calls~-1", "2.3-calls~07", "2.3-calls", "2.3-none~1", "~", ""])
def test_what_is_no_instance_is_none(id):
    assert templates.find(id) is None


# In an exam


def test_an_exam_asks_some_of_them_and_never_more_than_a_third():
    counts = [sum(item.question.origin in ALL for item in exam_of(seed)) for seed in range(60)]
    assert max(counts) <= 40 / 3 and mean(counts) >= 4


def test_an_exam_is_drawn_in_less_than_200_ms():
    exam_of("warm")
    took = []
    for seed in range(5):
        begun = time.process_time()
        exam_of(f"quick {seed}")
        took.append(time.process_time() - begun)
    assert min(took) < 0.2


def test_an_instance_is_found_again_by_its_id_and_shown_alike():
    state = sitting.wanted("7", None, None, None, None, time.time)
    drawn = sitting.items_of(state)
    assert [item.question.id for item in drawn] == state.ids
    made = next(item for item in drawn if item.question.origin in ALL)
    assert list(made.options.values()) == state.options[made.number]
    assert marking.read(made, "!") is None


def test_a_name_is_practised_like_one_of_the_bank():
    from helpers import exam

    assert exam._find("2.3-calls~7").origin == "2.3-calls"
    with pytest.raises(CourseError):
        exam._find("2.3-calls~700")
