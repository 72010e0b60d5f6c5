"""Every answer that a learner gave: in exams that were handed in, in practice, in reviews.

It is the history that `exam.history` shows, that the review is spaced by, and that a teacher's statistics are made of. It
stands in `.progress.json.answers` beside the progress, with what was asked and how it was judged, so that no change of the
bank changes it. As for the progress file: only `of_file` raises, a damaged file is put aside and counts as none, what
cannot be written is kept until the kernel ends, and with COURSE_RUN=ci nothing is read, written or kept.
"""

import contextlib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, ValidationError

from helpers.errors import CourseError
from helpers.learning import store
from helpers.surroundings import checked

NAME = f"{store.NAME}.answers"

Grade = Annotated[int, Field(ge=1, le=4)]


class Answer(BaseModel):
    """One answer: to what (its id, its template's where one made it), when (seconds since 1970), how it was judged.

    `asked`, `said` and `should` are words, `grade` is from 1 (again) to 4 (easy), as the spacing has it. `exam` names the
    exam (empty in practice and review), `number` the question's place in it. `shown` is the option that was chosen, by
    its text, so that a statistic can count distractors whatever the letters were.
    """

    id: Annotated[str, Field(min_length=1, max_length=200)]
    when: Annotated[float, Field(ge=0, le=1e11)]
    how: Literal["exam", "practice", "review"]
    right: bool
    grade: Grade
    late: bool = False
    open: bool = False
    exam: str = ""
    seed: str = ""
    needed: int = 0
    number: int = 0
    asked: str = ""
    said: str = ""
    should: str = ""
    shown: list[str] = []


class Log(BaseModel):
    """All answers, in the order in which they were given."""

    answers: list[Answer] = []


_kept: list[Answer] = []  # what could not be written


def path() -> Path:
    """The file beside the notebooks that keeps the answers."""
    return store.FOLDER / NAME


def read() -> list[Answer]:
    """Every answer in the file and in memory; nothing from a damaged file, and `store.news` says where it lies now."""
    found: list[Answer] = []
    if not checked():
        with contextlib.suppress(OSError):
            found = _read()
        found += _kept
    return found


def _read() -> list[Answer]:
    """OSError where the file cannot be opened, or is damaged and cannot be put aside: nobody may write over it then."""
    try:
        return Log.model_validate_json(path().read_bytes()).answers
    except FileNotFoundError:
        return []
    except ValidationError:
        store.put_aside(path(), "no answer counts as given before")
        return []


def add(answers: Iterable[Answer]) -> str:
    """Append these. Nothing when they are written, else why not, as the beginning of a sentence.

    What is in the file already stays as it is, also what another kernel wrote meanwhile.
    """
    if checked():
        return ""
    with store.alone():
        new = [*_kept, *answers]
        try:
            found = _read()
            there = {_key(answer) for answer in found}
            found += [answer for answer in new if _key(answer) not in there]
            store.put(path(), Log(answers=found).model_dump_json(exclude_defaults=True), store.PRIVATE)
        except OSError as error:
            _kept[:] = new
            return store.why(error)
        _kept.clear()
    return ""


def _key(answer: Answer) -> tuple[object, ...]:
    """What makes two entries one: the same question of the same exam, or the same answer at the same moment."""
    return (answer.exam, answer.number) if answer.exam else (answer.id, answer.when, answer.how)


def of_file(file: object) -> list[Answer]:
    """The answers in somebody's file, for a teacher. CourseError, in a sentence, for what is none."""
    place = Path(str(file))
    try:
        return Log.model_validate_json(place.read_bytes()).answers
    except OSError as error:
        raise CourseError(f"`{place.name}` cannot be read: {error.strerror or type(error).__name__}.") from None
    except (ValidationError, ValueError):
        raise CourseError(f"`{place.name}` is no log of answers, such as `{NAME}`.") from None


def exams(answers: Iterable[Answer]) -> dict[str, list[Answer]]:
    """The exams that were handed in, by their names, the oldest first, each with its answers."""
    found: dict[str, list[Answer]] = {}
    for answer in answers:
        if answer.exam:
            found.setdefault(answer.exam, []).append(answer)
    return found


def lately(answers: list[Answer], exams_back: int = 2, answers_back: int = 60) -> list[str]:
    """The ids that a learner has met lately, the latest first: in the last exams, and the last ones outside of them."""
    last = list(exams(answers))[-exams_back:]
    outside = {id(answer) for answer in [one for one in answers if not one.exam][-answers_back:]}
    met = [answer.id for answer in answers if answer.exam in last or id(answer) in outside]
    return list(dict.fromkeys(reversed(met)))
