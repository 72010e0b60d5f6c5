"""What a class's answers say of the questions: difficulty, discrimination and what was chosen, from logs of answers."""

import errno
import os
from collections import Counter
from statistics import correlation

import pytest

from helpers import exam
from helpers.exam import bank, draw, figures
from helpers.exam import sitting as sitting_of
from helpers.learning import log
from helpers.learning.log import Answer, Log

pytestmark = pytest.mark.usefixtures("folder")


def sitting(name: int, **rights: bool) -> list[Answer]:
    """Somebody's exam: by question whether it was right; what is wrong is option x of it."""
    return [
        Answer(
            id=id, when=name, how="exam", right=right, grade=3 if right else 1, exam=f"e{name}", number=number,
            shown=["the key" if right else f"{id} x"], said="?",
        )
        for number, (id, right) in enumerate(rights.items(), start=1)
    ]  # fmt: skip


def class_of(count: int) -> Log:
    """A class: `hard` is right for the better half, `odd` for the others, `easy` for all, `rest` tells how good one is."""
    answers = []
    for n in range(count):
        good = n >= count // 2
        answers += sitting(n, hard=good, odd=not good, easy=True, r1=good, r2=good, r3=good)
    return Log(answers=answers)


def test_difficulty_discrimination_and_distractors():
    found = exam.statistics(class_of(20))
    assert found.exams == 20 and found.questions["easy"].difficulty == 1.0
    assert found.questions["hard"].difficulty == 0.5 and found.questions["hard"].discrimination > 0.99
    assert found.questions["odd"].discrimination < -0.99 and "look at its key" in found.questions["odd"].remark
    assert found.questions["hard"].chosen == {"hard x": 10} and found.questions["easy"].chosen == {}
    assert found.questions["easy"].remark == "nearly everybody is right"
    assert found.text.splitlines()[4].startswith("| odd |"), "the most doubtful first"


def test_discrimination_leaves_the_question_itself_out():
    """Two questions that have nothing to do with each other: with itself in the score, each would seem to tell."""
    rights = [(True, True), (True, False), (False, True), (False, False)] * 5
    one = Log(answers=[one for n, (a, b) in enumerate(rights) for one in sitting(n, a=a, b=b)])
    found = exam.statistics(one).questions["a"]
    assert found.discrimination == pytest.approx(0.0)
    assert correlation([float(a) for a, _ in rights], [float(a + b) for a, b in rights]) > 0.7


def test_of_a_short_exam_and_a_long_one_the_part_counts_that_was_right():
    answers = []
    for n in range(10):
        answers += sitting(n, a=True, b=True) if n % 2 else sitting(n, a=False, b=False, c=True, d=True)
    assert exam.statistics(Log(answers=answers)).questions["a"].discrimination > 0.99


def test_few_answers_and_constant_ones_are_said_to_say_little():
    found = exam.statistics(Log(answers=sitting(1, a=True, b=False)))
    assert found.questions["a"].discrimination is None and found.questions["a"].remark == "few answers"


@pytest.mark.parametrize(
    ("asked", "difficulty", "discrimination", "remark"),
    [
        (9, 0.5, -1.0, "few answers"),
        (10, 0.5, -0.01, "the better ones are wrong: look at its key"),
        (10, 0.19, 0.5, "nearly everybody is wrong"),
        (10, 0.2, 0.5, ""),
        (10, 0.95, 0.5, ""),
        (10, 0.96, 0.5, "nearly everybody is right"),
        (10, 0.96, None, "nearly everybody is right"),
        (10, 0.5, 0.0, "tells nobody apart"),
        (10, 0.5, 0.09, "tells nobody apart"),
        (10, 0.5, 0.1, ""),
        (10, 0.5, None, ""),
    ],
)
def test_what_a_teacher_should_look_at(asked, difficulty, discrimination, remark):
    assert figures.Figures("1.1-a", asked, difficulty, discrimination).remark == remark


def test_the_table_of_the_figures_to_the_letter():
    few = figures.Figures("few", 2, 0.5, -1.0, Counter(x=1))
    sure = figures.Figures("sure", 12, 0.25, 0.5, Counter({"a | b\nc": 5, "d": 3, "e": 1}))
    none = figures.Figures("none", 12, 1.0, None)
    told = figures.Statistics({"few": few, "none": none, "sure": sure}, 1, 0.625)
    assert told.markdown.splitlines() == [
        "1 exam, 62 % right on average.",
        "",
        "| question | asked | right | discrimination | most chosen wrong | |",
        "|---|---:|---:|---:|---|---|",
        "| sure | 12 | 25 % | 0.50 | a \\| b c (5); d (3) |  |",
        "| none | 12 | 100 % | - |  | nearly everybody is right |",
        "| few | 2 | 50 % | -1.00 | x (1) | few answers |",
    ]
    assert figures.Statistics({}, 2, 0.5).markdown.startswith("2 exams, 50 % right")


def test_a_wrong_answer_counts_by_its_options_or_as_it_was_said():
    def wrong(**answer) -> list[str]:
        return figures._wrong(Answer(id="a", when=1, how="exam", grade=1, exam="e", number=1, **answer))

    assert wrong(right=False, shown=["x", "y"], said="AB") == ["x", "y"]
    assert wrong(right=False, shown=[], said="0.5 s") == ["0.5 s"]
    assert wrong(right=True, shown=["x"], said="A") == []


@pytest.mark.parametrize("kind", ["multiple", "order"])
def test_what_is_right_is_not_counted_among_the_wrong_choices(kind):
    question = next(one for one in bank.load().values() if one.kind == kind and (kind == "order" or len(one.right) > 1))
    item = draw.item(question, "x", 1)

    def chosen(given: str) -> list[str]:
        kept = sitting_of.recorded(item, given, 1.0, "exam", exam="e", number=1)
        return list(exam.statistics(log.Log(answers=[kept])).questions[question.id].chosen)

    if kind == "order":
        assert chosen(item.right[::-1]) == [" → ".join(reversed(question.order))]
    else:
        wrong = next(iter(question.wrong))
        assert chosen("".join(sorted(item.right + item.letters[wrong]))) == [wrong]
        assert chosen(item.right[:-1]) == [sitting_of.TOO_FEW]


def test_logs_are_read_from_files_and_folders(folder):
    for name in ("ada", "grace"):
        (folder / name).mkdir()
        (folder / name / log.NAME).write_text(class_of(3).model_dump_json())
    assert exam.statistics(str(folder)).exams == exam.statistics(folder / "ada" / log.NAME, folder / "grace").exams == 6
    (folder / "other.json").write_text("{")
    assert "is no log of answers" in exam.statistics(folder / "other.json").text
    assert f"none.json cannot be read: {os.strerror(errno.ENOENT)}." in exam.statistics(folder / "none.json").text
    assert "takes names of files" in exam.statistics(7).text
    (folder / "empty").mkdir()
    assert "no exam in these logs yet" in exam.statistics(folder / "empty").text


def test_a_handed_in_exam_is_in_the_figures():
    exam.start(7, questions=6)
    item = next(item for item in exam._sitting.items if item.options)
    wrong = next(letter for letter in item.options if letter not in item.right)
    exam.answer(item.number, wrong if item.question.kind != "order" else item.right[::-1])
    exam.grade(finish=True)
    found = exam.statistics()
    assert isinstance(found, figures.Statistics) and len(found.questions) == 6
    assert sum(found.questions[item.question.origin].chosen.values()) >= 1


def test_a_folder_that_is_gone_meanwhile_is_passed_over(folder, monkeypatch):
    exam.start(7, questions=3)
    exam.grade(finish=True)
    (folder / "gone").mkdir()
    scandir = os.scandir

    def vanishing(path):
        if str(path).endswith("gone"):
            raise FileNotFoundError(2, "No such file or directory")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", vanishing)
    assert exam.statistics(str(folder)).exams == 1
