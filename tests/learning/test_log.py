"""What a learner has met lately, from the log of answers."""

from helpers.learning import log
from helpers.learning.log import Answer, lately


def answer(number: int, exam: str = "") -> Answer:
    return Answer(
        id=f"{exam}q{number}", when=number, how="exam" if exam else "practice", right=True, grade=3, exam=exam
    )


def test_lately_are_the_last_exams_and_the_last_answers_outside_of_them_the_latest_first():
    exams = [answer(10 * number, f"e{number}") for number in (1, 2, 3)]
    outside = [answer(number) for number in (1, 11, 21, 31)]
    answers = sorted([*exams, *outside], key=lambda one: one.when)
    assert lately(answers, exams_back=2, answers_back=2) == ["q31", "e3q30", "q21", "e2q20"]
    assert lately(answers) == ["q31", "e3q30", "q21", "e2q20", "q11", "q1"]


def test_what_is_written_once_is_there_once_and_nothing_is_told(demo):
    assert log.add([answer(1), answer(2, "e1")]) == log.add([answer(1), answer(3)]) == ""
    assert [one.when for one in log.read()] == [1, 2, 3]


def test_where_outputs_are_compared_nothing_is_kept(demo, monkeypatch):
    monkeypatch.setenv("COURSE_RUN", "ci")
    assert log.add([answer(1)]) == "" and log.read() == [] and not list(demo.iterdir())
