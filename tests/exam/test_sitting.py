"""Sitting an exam: a run of all cells costs nothing, results become history, and questions can be found again."""

import json
import re

import nbformat
import pytest

from helpers import exam
from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import kinds, links, sitting, state
from helpers.exam.sitting import rules
from helpers.learning import log, store
from tests.exam.taking import of_an_older_version, restart, right_answer, wrong_answer

pytestmark = pytest.mark.usefixtures("folder")


def choices(count: int) -> list:
    """An exam's first questions that are answered with one letter."""
    found = [item for item in exam._sitting.items if isinstance(kinds.of(item.question), kinds.Choice)]
    return found[:count]


def run_all() -> None:
    """The exam's cells of chapter 10, as the notebook has them."""
    book = nbformat.read(links.NOTEBOOKS / CHAPTERS[9].file, as_version=4)
    for cell in book.cells:
        if cell.cell_type == "code" and re.match(
            r"exam\.(start|show|answers?|flag|grade|history|review)\(", cell.source
        ):
            exec(cell.source, {"exam": exam})


def test_run_all_starts_no_clock_and_destroys_nothing():
    run_all()
    assert exam._sitting.state.begun is None and not exam._sitting.answers and log.read() == []
    item = choices(1)[0]
    exam.answer(item.number, right_answer(item))
    exam.flag(2)
    restart()
    run_all()
    assert exam._sitting.answers == {item.number: item.right} and exam._sitting.state.flagged == [2]
    exam.grade(finish=True)
    before = exam.grade().text
    restart()
    run_all()
    assert exam.grade().text == before and len(log.exams(log.read())) == 1


def test_run_all_keeps_an_exam_with_another_seed():
    exam.start(9)
    exam.answer(1, right_answer(exam._sitting.items[0]))
    run_all()
    assert exam._sitting.state.seed == "9" and len(exam._sitting.answers) == 1


def test_an_exam_that_nobody_has_touched_makes_room_for_another():
    exam.start(7)
    assert "seed 8" in exam.start(8).text
    exam.begin()
    assert "seed 8 is not handed in yet" in exam.start(9).text


def test_time_that_is_over_is_told_at_the_start():
    now = [0.0]
    exam.start(7, minutes=1, clock=lambda: now[0])
    assert "The clock starts with your first answer" in exam.start(7, minutes=1, clock=lambda: now[0]).text
    exam.begin()
    assert "The clock is running." in exam.start(7, minutes=1, clock=lambda: now[0]).text
    now[0] = 61.0
    restart()
    told = exam.start(7, minutes=1, clock=lambda: now[0]).text
    assert "The time is over: what you answer now is kept and counted apart" in told
    assert exam.show().status.startswith("The time is over")


def test_open_flagged_and_wrong_ones_are_found():
    exam.start(7)
    one, two, three = choices(3)
    exam.answer(one.number, right_answer(one))
    exam.answer(two.number, wrong_answer(two))
    assert exam.flag(three.number).text == f"Question {three.number} is flagged. Flagged: {three.number}."
    assert "takes True or False" in exam.flag(three.number, on="no").text
    assert "from 1 to 40" in exam.flag(77).text
    assert exam.answers("flagged").text.startswith(f"{three.number}. no answer yet (flagged)")
    listed = exam.answers("open").text
    assert f"\n{one.number}. " not in listed and f"{three.number}. " in listed
    assert "when the exam is handed in" in exam.answers("wrong").text
    assert '"open", "flagged" or "wrong"; \'red\' came' in exam.answers("red").text
    exam.grade(finish=True)
    told = exam.answers("wrong").text
    assert f"Question {two.number}: Not right" in told and f"Question {one.number}: " not in told
    assert exam.flag(three.number, on=False).text.endswith("Flagged: none.")
    assert exam.answers("flagged").text == "No question is flagged."
    sheet = exam.show("flagged")
    assert sheet.only == "flagged" and exam.show("open").only == "open"


def test_a_page_that_is_loaded_anew_is_told_how_much_time_is_left():
    now = [1e9]
    exam.start(7, minutes=60, questions=5, clock=lambda: now[0])
    sheet = exam.show()
    sheet._handle_custom_msg({"do": "begin"}, [])
    now[0] += 45 * 60
    sheet._handle_custom_msg({"do": "look"}, [])  # what the page says when it is drawn
    assert sheet.left == 15 * 60 and sheet.status == "The clock is running."


def test_the_widget_begins_flags_and_knows_what_is_wrong():
    exam.start(7, questions=3)
    sheet = exam.show()
    assert not sheet.begun and sheet.only == "all"
    sheet._handle_custom_msg({"do": "begin"}, [])
    assert sheet.begun and sheet.status == "The clock is running." and exam._sitting.state.begun is not None
    sheet._handle_custom_msg({"do": "flag", "number": 2, "value": True}, [])
    assert sheet.flagged == [2] and "Flagged: 2." in sheet.status
    sheet._handle_custom_msg({"do": "flag", "number": 2, "value": False}, [])
    assert sheet.flagged == []
    sheet._handle_custom_msg({"do": "hand in", "sure": True}, [])
    assert sheet.wrong == [1, 2, 3] and sheet.done and sheet.status == ""
    assert all("  " not in told.partition("Right is:")[0] for told in sheet.feedback.values())
    assert not any("(questions 1)" in row["text"] for row in sheet.result), "one is one question"
    again = exam.show("wrong")
    assert again.done and again.result == sheet.result and again.feedback == sheet.feedback and again.only == "wrong"


def test_what_is_partly_right_is_told_and_gives_no_point():
    exam.start(7)
    multiple = next(item for item in exam._sitting.items if item.question.kind == "multiple" and len(item.right) > 1)
    exam.answer(multiple.number, multiple.right[:-1])
    order = next(item for item in exam._sitting.items if item.question.kind == "order")
    swapped = order.right[1] + order.right[0] + order.right[2:]
    exam.answer(order.number, swapped)
    graded = exam.grade(finish=True).text
    assert "0 of 40 points" in graded and "A point takes the whole answer. If parts counted" in graded
    of = len(multiple.options)
    assert f"Partly right: {of - 1} of {of}." in exam.answers(multiple.number).text
    pairs = len(order.right) - 1
    assert f"Partly right: {pairs - 1} of {pairs}." in exam.answers(order.number).text


def test_what_is_just_enough_is_passed():
    needed = rules().needed
    assert needed % 5 == 0, "20 questions meet it"
    for missing, word in ((0, "passed"), (1, "not passed")):
        exam.start(7, questions=20, new=True)
        sheet, rights = exam.show(), 20 * needed // 100 - missing
        for item in exam._sitting.items:
            exam.answer(item.number, right_answer(item) if item.number <= rights else wrong_answer(item))
        sheet._handle_custom_msg({"do": "hand in", "sure": True}, [])
        percent = 100 * rights // 20
        assert sheet.result[0]["text"] == f"{rights} of 20 points, {percent} %: {word}"
        assert all(row["text"] for row in sheet.result), "no empty line"
        assert f"{percent} %, {word} |" in exam.history().text
        assert exam.grade().text.startswith(f"{rights} of 20 points, {percent} %: {word} (needed")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("questions = 'many'", r"questions: .+?valid integer"),
        ("[weights]\n1 = 'much'", r"weights\.1(\.\w+)*: .+"),
        ("[weights", "are not valid TOML"),
    ],
)
def test_rules_that_somebody_has_damaged_are_told(text, says, tmp_path, monkeypatch):
    monkeypatch.setattr(sitting, "RULES", tmp_path / "rules.toml")
    sitting.RULES.write_text(text)
    with pytest.raises(CourseError, match=rf"^The exam's rules in rules\.toml .*{says}"):
        rules.__wrapped__()


def test_results_are_kept_as_a_history():
    assert exam.history().text.startswith("No exam is handed in yet")
    for seed in (7, 8):
        exam.start(seed, questions=12)
        for item in exam._sitting.items:
            exam.answer(item.number, right_answer(item))
        exam.grade()
    told = exam.history().text
    assert told.count("| 12 | 12 | 100 %, passed |") == 2 and "| 1 |" in told and "| 2 |" in told
    one = exam.history(2).text
    codes = [item.question.code for item in exam._sitting.items if item.question.code]
    assert codes and all(f"\n\n```python\n{code}\n```\n\nAnswered: " in exam.history(2).markdown for code in codes)
    assert exam.history(2).markdown.count("```") == 2 * len(codes)
    assert one.count("Right · ") == 12 and exam._sitting.items[0].question.question.replace("`", "") in one
    assert "There are exams from 1 to 2; 3 came." in exam.history(3).text
    exam.grade()
    assert len(log.exams(log.read())) == 2, "asked again, nothing is kept twice"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"answers": [{"id": 7}]}', b"\xff\xfe", b"[" * 9999])
def test_a_damaged_history_is_put_aside_and_told(content, folder):
    (folder / log.NAME).write_bytes(content)
    told = exam.history().text
    assert told.endswith(
        f"The file {log.NAME} was damaged, so no answer counts as given before; "
        f"it lies beside the notebooks as {log.NAME}.damaged."
    )
    assert (folder / f"{log.NAME}.damaged").read_bytes() == content
    exam.practise("4.3-three", 0.5)
    assert len(log.read()) == 1


def test_a_history_that_cannot_be_written_is_told_and_kept(folder, monkeypatch):
    exam.start(7, questions=3)
    with monkeypatch.context() as patched:
        patched.setattr(store, "FOLDER", folder / "gone")
        assert "cannot be written to" in exam.grade(finish=True).text
        assert len(log.read()) == 3
    exam.practise("4.3-three", 0.5)
    assert len(json.loads((folder / log.NAME).read_text())["answers"]) == 4, "the next answer writes what was kept"


def test_in_ci_no_answer_is_read_or_kept(folder, monkeypatch):
    exam.practise("4.3-three", 0.5)
    before = (folder / log.NAME).read_bytes()
    monkeypatch.setenv("COURSE_RUN", "ci")
    exam.start(7, questions=3)
    exam.grade(finish=True)
    exam.practise("4.3-three", 0.1)
    assert exam.history().text.startswith("No exam") and exam.review().questions[0]["kind"] == "rule"
    assert (folder / log.NAME).read_bytes() == before and not (folder / state.NAME).exists()


def test_without_a_seed_nothing_is_asked_that_was_met_lately():
    exam.start(7)
    met = {item.question.origin for item in exam._sitting.items}
    exam.grade(finish=True)
    exam.practise("1.1-hints", "a")
    for _ in range(3):
        exam.start(new=True)
        assert not {item.question.origin for item in exam._sitting.items} & met
    exam.start(7, new=True)
    assert {item.question.origin for item in exam._sitting.items} == met, "a seed asks everybody the same"


def test_a_state_file_of_an_older_version_is_read_on(folder):
    exam.start(7, questions=5)
    first = choices(1)[0]
    exam.answer(first.number, right_answer(first))
    of_an_older_version()
    assert "answered so far: 1 of 5" in exam.start(7, questions=5).text.lower()
    assert exam._sitting.answers == {first.number: first.right} and "clock is running" in exam.begin().text
    exam.flag(2)
    assert json.loads((folder / state.NAME).read_text())["asked"], "from now on it stands there"


@pytest.mark.parametrize("which", [3, True, [], "forgotten"])
def test_the_sheet_shows_all_or_what_a_word_names(which):
    exam.start(7, questions=3)
    told = exam.show(which).text
    assert told.startswith('It takes "open", "flagged" or "wrong", and exam.question(1) shows one question; ')
    assert told.endswith("came.") and len(exam.show("open").questions) == 3
    assert exam.answers("forgotten").text.startswith('It takes a question\'s number, or "open", ')
