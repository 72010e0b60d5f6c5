"""The exam that is being taken: what was asked, answered and when, kept beside the learner's progress.

It stands in `.progress.json.exam` in the notebooks' folder, so that it outlives the kernel. As for the progress file:
nothing here raises, a damaged file is put aside and counts as none, what cannot be written is kept until the kernel
ends, and with COURSE_RUN=ci nothing is read or written.
"""

import contextlib
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers.course import CHAPTERS
from helpers.learning import store

NAME = f"{store.NAME}.exam"  # git ignores what begins like the progress file

Number = Annotated[int, Field(ge=1, le=1000)]  # of a question
Chapter = Annotated[int, Field(ge=1, le=len(CHAPTERS))]
Weight = Annotated[float, Field(ge=0, le=1e9)]


class State(BaseModel):
    """An exam's seed and rules, when it began (seconds of the clock), the ids it asks, and the answers by number.

    `options` holds the texts of each question's options in the order in which they were shown: an answer is a letter, and
    the bank may get another option while the exam lasts.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    seed: Annotated[str, Field(min_length=1, max_length=60)]
    minutes: Annotated[float, Field(gt=0, le=24 * 60)]
    chapters: Annotated[list[Chapter], Field(min_length=1)]
    count: Number
    weights: dict[Chapter, Weight]
    begun: float
    ids: Annotated[list[str], Field(min_length=1)]
    options: dict[Number, list[str]] = {}
    answers: dict[Number, str] = {}
    late: list[Number] = []
    handed_in: bool = False

    @model_validator(mode="after")
    def _asks_what_was_answered(self) -> Self:
        if max([*self.answers, *self.late, *self.options], default=0) > len(self.ids):
            raise ValueError("an answer to a question that is not asked")
        return self

    @property
    def rules(self) -> tuple[object, ...]:
        """What makes two calls of `start` mean the same exam."""
        return self.seed, self.minutes, tuple(self.chapters), self.count, tuple(sorted(self.weights.items()))


def load() -> State | None:
    """The exam in the file; None when there is none, or none that can be used: `store.news` says which."""
    if store.ci():
        return None
    path = store.FOLDER / NAME
    with contextlib.suppress(OSError):
        try:
            return State.model_validate_json(path.read_bytes())
        except ValidationError:
            store.put_aside(path, "no exam counts as begun")
    return None


def save(state: State) -> str:
    """Write the exam. Nothing when that worked, else why not, as the beginning of a sentence."""
    if store.ci():
        return ""
    try:
        store.put(store.FOLDER / NAME, state.model_dump_json(indent=1), store.PRIVATE)
    except OSError as error:
        return store.why(error)
    return ""


def merged(mine: State, theirs: State | None) -> State:
    """Both kernels' answers to the same exam; mine count where both have one. Another exam in the file changes nothing."""
    if theirs is None or (theirs.rules, theirs.begun) != (mine.rules, mine.begun):
        return mine
    late = sorted({n for n in theirs.late if n not in mine.answers} | set(mine.late))
    return mine.model_copy(
        update={
            "answers": theirs.answers | mine.answers,
            "late": late,
            "handed_in": theirs.handed_in or mine.handed_in,
        }
    )
