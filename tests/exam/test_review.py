"""The daily review: FSRS over a learner's own answers, ten minutes a day, from questions and from rules."""

import json
import re
import subprocess
import sys
import time
from types import SimpleNamespace

import pytest

from helpers import exam, progress
from helpers.exam import bank, draw, planning, reviewing, sitting, templates
from helpers.exam.bank import SECTIONS
from helpers.learning import log, spacing, store
from helpers.learning.log import Answer
from helpers.learning.spacing import DAY
from helpers.notes import plain

pytestmark = pytest.mark.usefixtures("folder")
NOW = 1_800_000_000.0


def answer(id: str, days_ago: float, right: bool = True, **more: object) -> Answer:
    grade = more.pop("grade", 3 if right else 1)
    return Answer(id=id, when=NOW - days_ago * DAY, how=more.pop("how", "practice"), right=right, grade=grade, **more)


@pytest.fixture
def clock(monkeypatch):
    """What `time.time` shows to exam and progress: NOW, until it is moved. What is imported meanwhile keeps its own clock."""
    now = [NOW]
    shown = SimpleNamespace(**{**vars(time), "time": lambda: now[0]})
    for module in (exam, progress, reviewing, sitting):
        monkeypatch.setattr(module, "time", shown)
    return now


def test_what_is_right_comes_back_later_each_time_and_what_is_wrong_tomorrow():
    given, gaps = [], []
    for _ in range(4):
        due = spacing.cards(given, NOW)["a"].due if given else NOW
        given.append(Answer(id="a", when=due, how="review", right=True, grade=3))
        gaps.append((spacing.cards(given, due)["a"].due - due) / DAY)
    assert gaps == sorted(gaps) and gaps[0] >= 1 and gaps[-1] > 10 * gaps[0]
    given.append(Answer(id="a", when=given[-1].when + 30 * DAY, how="review", right=False, grade=1))
    card = spacing.cards(given, given[-1].when)["a"]
    assert card.due - given[-1].when < gaps[-1] * DAY and not card.right


def test_the_most_forgotten_is_asked_first():
    old, new, today, wrong = list(bank.load())[:4]
    given = [answer(old, 30), answer(new, 3), answer(today, 0.1), answer(wrong, 30, right=False)]
    assert [card.id for card in spacing.due(spacing.cards(given, NOW), NOW)] == [wrong, old, new]


def test_a_wrong_answer_of_an_exam_is_due_tomorrow(clock):
    exam.start(7, questions=12, clock=lambda: clock[0])
    exam.grade(finish=True)
    assert spacing.count_due(NOW, reviewing.ids) == 0 and spacing.count_due(NOW + DAY, reviewing.ids) == 12
    clock[0] += DAY
    assert "Due for review today: 12." in progress.show().text
    assert 8 <= len(exam.review().questions) < 12 + reviewing.NEW, (
        "ten minutes are not enough for all and the new rules"
    )


def test_ten_minutes_a_day_and_no_more(clock):
    many = [answer(id, 40) for id in list(bank.load())[:80]]
    log.add(many)
    prompts = reviewing.today(log.read(), NOW)
    seconds = sum(reviewing.COST[prompt.kind] for prompt in prompts)
    assert 540 <= seconds <= 600 and len(prompts) < 80
    done = [answer(one.id, 0, how="review") for one in prompts]
    assert reviewing.today([*many, *done], NOW) == []
    assert len(reviewing.today([*many, *done], NOW + DAY)) > 5


def test_what_fills_the_ten_minutes_to_the_second_is_asked(monkeypatch):
    known = [answer(id, 40) for id in list(bank.load())[:11]]
    monkeypatch.setattr(reviewing, "COST", dict.fromkeys(reviewing.COST, 60))
    assert len(reviewing.today(known, NOW)) == 10


def test_a_question_is_judged_kept_and_comes_back(clock):
    log.add([answer("4.3-race", 30)])
    asked = exam.review()
    shown = asked._repr_mimebundle_()[0]["text/plain"]
    assert "4.3-race" in shown and "exam.review(" in shown
    item = draw.item(bank.load()["4.3-race"], "practise")
    told = exam.review("4.3-race", item.right).text
    assert told.startswith("Right · 4.3-race") and "It comes back in" in told and "Today" in told
    assert [one.how for one in log.read()] == ["practice", "review"]
    again = exam.review("4.3-race", item.right).text
    assert "It was not due, so nothing is recorded." in again and len(log.read()) == 2
    assert "takes one letter of" in exam.review("4.3-race", 7).text and len(log.read()) == 2


def test_what_is_not_due_is_the_question_that_was_answered(clock):
    prints = [id for id, one in templates.load().items() if one.kind == "prints"][:6]
    for id in prints:
        log.add([answer(id, days_ago=40)])
        known = spacing.cards(log.read(), NOW)
        asked = reviewing._prompt(id, known, reviewing._sources(), NOW).item()
        first, second = (exam.review(id, asked.right).text for _ in range(2))
        assert first.startswith("Right") and second.splitlines()[0] == first.splitlines()[0], id
        assert "It was not due" in second


def test_practice_counts_once_until_it_is_due_again(clock):
    for choice in (0.3, 0.3, 0.5):  # the second is the cell run again, the third comes from who has read what is right
        exam.practise("4.3-three", choice)
    assert [one.right for one in log.read()] == [False]
    clock[0] += 2 * DAY
    exam.practise("4.3-three", 0.5)
    assert [one.right for one in log.read()] == [False, True]


def test_a_rule_is_unfolded_and_graded_by_the_learner(clock):
    rule = next(iter(reviewing.rules().values()))
    asked = exam.review(rule.id)
    assert rule.question in asked.markdown and "<details>" in asked.markdown and rule.rule in asked.markdown
    assert [rule.judged(grade, 1.0)[1].right for grade in ("again", "hard", "good", "easy")] == [
        False,
        True,
        True,
        True,
    ]
    told = exam.review(rule.id, "Easy")
    assert rule.link in told.markdown and "It comes back in 8 days." in told.text
    assert log.read()[0].grade == 4
    second = list(reviewing.rules())[1]
    assert "It comes back in 1 day." in exam.review(second, "again").text
    assert "takes how well you knew it" in exam.review(list(reviewing.rules())[2], "so so").text


def test_the_widget_judges_each_answer_at_once(clock, monkeypatch):
    log.add([answer("4.3-race", 30)])
    sheet = exam.review()
    assert {"kind", "text", "code", "options", "takes", "number"} <= set.intersection(*map(set, sheet.questions))
    assert sheet.practice and sheet.begun and [one["kind"] for one in sheet.questions][:2] == ["single", "rule"]
    right = draw.item(bank.load()["4.3-race"], "practise").right
    sheet._handle_custom_msg({"do": "record", "number": 1, "value": "z"}, [])
    assert "takes one letter of" in sheet.status and not sheet.answers
    sheet._handle_custom_msg({"do": "record", "number": 1, "value": right}, [])
    assert (
        sheet.answers == {"1": right} and sheet.feedback["1"].startswith("Right") and "It comes back in" in sheet.status
    )
    assert re.search(r"\[this cell of .+?\]\([\w.]+\.ipynb#cell-id=[\w-]+\)\.", sheet.feedback["1"])
    sheet._handle_custom_msg({"do": "record", "number": 2, "value": "hard"}, [])
    assert [one.grade for one in log.read()] == [3, 3, 2]
    rule = next(iter(reviewing.rules().values()))
    assert sheet.feedback["2"].startswith(f"{plain(rule.rule)} [Its cell]({rule.link}).")
    for strange in ({"do": "record", "number": 99, "value": "a"}, {"do": "flag", "number": 1, "value": True}):
        sheet._handle_custom_msg(strange, [])
    assert "There are prompts from 1 to" in sheet.status and len(log.read()) == 3
    monkeypatch.setitem(sys.modules, "helpers.exam.widget", None)
    assert "to recall, about" in exam.review().text


def test_new_rules_are_a_few_a_day(clock):
    assert len(reviewing.today([], NOW)) == reviewing.NEW
    for _ in range(reviewing.NEW):
        exam.review(reviewing.today(log.read(), NOW)[0].id, "good")
    assert exam.review().text.startswith("Nothing more is due today")
    clock[0] += DAY
    assert len(reviewing.today(log.read(), NOW + DAY)) >= reviewing.NEW


def test_every_rule_of_background_tasks_is_a_prompt_with_its_cell():
    rules = reviewing.rules()
    assert len(rules) >= 70 and len({rule.question for rule in rules.values()}) == len(rules)
    assert all(rule.rule.endswith(".") and "#cell-id=" in rule.link for rule in rules.values())


@pytest.mark.parametrize("id", ["4.3-nowhere", 7, "", [], None.__class__])
def test_what_is_no_prompt_is_told(id):
    assert exam.review(id, "a").text.startswith("There is nothing to review by the name")


def test_what_has_left_the_bank_is_neither_asked_nor_counted(clock):
    log.add([answer("4.3-long-gone", 40), answer("4.3-race", 40)])
    assert "long-gone" not in json.dumps(exam.review().questions)
    assert "Due for review today: 1." in progress.show().text
    assert exam.plan(48).text.endswith("Due today: 1, exam.review().")
    script = f"""if True:
        import pathlib, time
        from helpers import progress  # in a kernel that has not looked at the exam
        from helpers.learning import store
        store.FOLDER, time.time = pathlib.Path({str(store.FOLDER)!r}), lambda: {NOW}
        print(progress.show().text)
    """
    alone = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "Due for review today: 1." in alone.stdout


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="Windows has no clock of a process's own")
def test_a_day_begins_at_the_learners_midnight(clock, monkeypatch):
    monkeypatch.setenv("TZ", "XST-10")  # ten hours ahead of Greenwich
    time.tzset()
    try:
        morning = NOW - NOW % DAY + 15 * 3600  # one o'clock there
        late, early = (
            answer(list(bank.load())[0], 0, how="review").model_copy(update={"when": morning - hours * 3600})
            for hours in (2, 0.5)
        )
        assert late.when < spacing.midnight(morning) < early.when
        full = len(reviewing.today([], morning))
        many = [answer(id, 90) for id in list(bank.load())[1:80]]
        assert len(reviewing.today([*many, early], morning)) < len(reviewing.today([*many, late], morning)) > full
    finally:
        monkeypatch.undo()
        time.tzset()


def test_what_is_due_is_told_in_a_fifth_of_a_second(clock):
    """With half a year's answers; in processor time, so that others' load does not count."""
    ids = list(bank.load())[:300]
    log.add([answer(id, days) for id in ids for days in (90, 40)])
    exam.review()  # the bank is read once
    took = []
    for _ in range(5):
        begun = time.process_time()
        exam.review()
        took.append(time.process_time() - begun)
    assert min(took) < 0.2, took


# The plan


def planned(answers: list[Answer], weights: dict[int, float] | None = None) -> list[planning.Row]:
    return planning.plan(weights or dict.fromkeys(range(1, 11), 1.0), {}, answers, NOW)


def test_the_plan_puts_first_what_weighs_most():
    rows = planned([], {4: 3, 1: 1})
    assert rows[0].section.startswith("4.") and {row.weight for row in rows if row.section[0] == "2"} == {0.0}
    assert sum(row.weight for row in rows) == pytest.approx(100) and {row.section for row in rows} == set(SECTIONS)


def test_the_plan_counts_what_is_known_what_is_doubtful_and_what_is_forgotten():
    def of(section: str, answers: list[Answer]) -> planning.Row:
        return next(row for row in planned(answers) if row.section == section)

    none = of("1.1", [])
    ids = [id for id in [*bank.load(), *templates.load()] if id.startswith("1.1-")]
    few, many = [[answer(id, 0) for id in ids[:count]] for count in (2, len(ids))]
    assert none.gain > of("1.1", few).gain > of("1.1", many).gain
    assert none.doubt > of("1.1", few).doubt > of("1.1", many).doubt
    old = [answer(id, 400) for id in ids]
    assert of("1.1", old).gain > of("1.1", many).gain and of("1.1", old).due == len(ids)
    wrong = [answer(id, 0, right=False) for id in ids]
    assert of("1.1", wrong).known < 0.1 < 0.9 < of("1.1", many).known


def test_the_plan_follows_the_readers_progress():
    before = next(row for row in planned([]) if row.section == "1.1")
    store.record({"1.1-mail": "solved"})
    after = next(row for row in planned([]) if row.section == "1.1")
    assert after.made == before.made + 1 and after.gain < before.gain


def test_the_plan_is_a_table_with_links_and_says_what_is_due(clock):
    log.add([answer("4.3-race", 30)])
    told = exam.plan(3)
    assert "#cell-id=" in told.markdown and told.text.endswith("Due today: 1, exam.review().")
    assert told.text.count("\n| ") == 3 and "`rows` takes" in exam.plan(0).markdown


def test_an_id_with_spaces_asks_the_same(clock):
    id = next(iter(templates.load()))
    log.add([answer(id, 30), answer(id, 20)])
    assert exam.review(f" {id} ").text == exam.review(id).text
