"""The exams that a learner has handed in, from the log of answers."""

from collections.abc import Mapping
from datetime import datetime

from helpers.errors import CourseError
from helpers.learning.log import Answer
from helpers.notes import Note
from helpers.wording import describe

NONE = "No exam is handed in yet: `exam.start(seed=7)` begins one."


def shown(exams: Mapping[str, list[Answer]], number: object = None) -> Note:
    """All exams as a table, or one by its number in it with its questions. CourseError for another number."""
    if not exams:
        return Note(NONE)
    listed = list(exams.values())
    if number is None:
        head = "| | day | seed | points | of | |\n|---:|---|---|---:|---:|---|"
        rows = [_row(place, answers) for place, answers in enumerate(listed, start=1)]
        return Note("\n".join([head, *rows]) + "\n\n`exam.history(1)` shows the questions of the first one.")
    if type(number) is not int or not 1 <= number <= len(listed):
        raise CourseError(f"There are exams from 1 to {len(listed)}; {describe(number)} came.")
    return Note("\n\n".join(_told(answer) for answer in listed[number - 1]))


def points(answers: list[Answer]) -> int:
    """The points of an exam: what was right and came in time."""
    return sum(answer.right and not answer.late for answer in answers)


def _row(place: int, answers: list[Answer]) -> str:
    first, gained = answers[0], points(answers)
    percent = 100 * gained // len(answers)
    word = "passed" if percent >= first.needed else "not passed"
    day = datetime.fromtimestamp(first.when).date()
    return f"| {place} | {day} | {first.seed} | {gained} | {len(answers)} | {percent} %, {word} |"


def _told(answer: Answer) -> str:
    asked, _, code = answer.asked.partition("\n\n")
    fenced = f"\n\n```python\n{code}\n```" if code else ""
    word = "Right" if answer.right else "Open" if answer.open else "Not right"
    late = ", and late" if answer.late else ""
    right = "" if answer.right else f" Right is: {answer.should}."
    return f"**{answer.number}. {word}{late}** · {answer.id}\n\n{asked}{fenced}\n\nAnswered: {answer.said}.{right}"
