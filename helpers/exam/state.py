"""The exam that is being taken: what was asked, answered and when, kept beside the learner's progress.

It stands in `.progress.json.exam` in the notebooks' folder, so that it outlives the kernel. As for the progress file:
nothing here raises, a damaged file is put aside and counts as none, what cannot be written is kept until the kernel
ends, and with COURSE_RUN=ci nothing is read or written.
"""

import contextlib
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from helpers.course import CHAPTERS
from helpers.exam import kinds
from helpers.exam.bank import SECTIONS
from helpers.exam.model import Question
from helpers.learning import store
from helpers.surroundings import checked

NAME = f"{store.NAME}.exam"  # git ignores what begins like the progress file

Number = Annotated[int, Field(ge=1, le=1000)]  # of a question
Chapter = Annotated[int, Field(ge=1, le=len(CHAPTERS))]
Weight = Annotated[float, Field(ge=0, le=1e9)]


class State(BaseModel):
    """An exam's seed and rules, when its clock began (seconds; None until then), what it asks, and the answers by number.

    `asked` holds the questions as they were drawn, `options` the texts of each one's options in the order in which they
    are shown: whatever becomes of the bank, an answer is judged by what was asked. Files of older versions have no
    `asked`, and `ids` alone says what it was. `flagged` are the numbers to come back to, `token`
    tells an exam from another with the same rules.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    seed: Annotated[str, Field(min_length=1, max_length=60)]
    minutes: Annotated[float, Field(gt=0, le=24 * 60)]
    chapters: Annotated[list[Chapter], Field(min_length=1)]
    count: Number
    weights: dict[Chapter, Weight]
    token: Annotated[str, Field(max_length=60)] = ""
    begun: float | None = None
    ids: Annotated[list[str], Field(min_length=1)]
    asked: dict[Number, Question] = {}
    options: dict[Number, list[str]] = {}
    answers: dict[Number, str] = {}
    late: list[Number] = []
    flagged: list[Number] = []
    handed_in: bool = False

    @model_validator(mode="after")
    def _asks_what_was_answered(self) -> Self:
        if max([*self.answers, *self.late, *self.options, *self.asked, *self.flagged], default=0) > len(self.ids):
            raise ValueError("an answer to a question that is not asked")
        for number, question in self.asked.items():
            if question.kind not in kinds.KINDS or question.section not in SECTIONS:
                raise ValueError("a question of a kind or section that there is not")
            if sorted(self.options.get(number, [])) != sorted(question.options):
                raise ValueError("a question with other options than were shown")
        return self

    def is_same(self, other: "State") -> bool:
        """Whether this and another state are of one exam."""
        return (self.rules, self.token) == (other.rules, other.token)

    @property
    def rules(self) -> tuple[object, ...]:
        """What makes two calls of `start` mean the same exam."""
        return self.seed, self.minutes, tuple(self.chapters), self.count, tuple(sorted(self.weights.items()))


def load() -> State | None:
    """The exam in the file; None when there is none, or none that can be used: `store.news` says which."""
    if checked():
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
    if checked():
        return ""
    try:
        store.put(store.FOLDER / NAME, state.model_dump_json(indent=1, exclude_defaults=True), store.PRIVATE)
    except OSError as error:
        return store.why(error)
    return ""


def merged(mine: State, theirs: State | None, kept: State | None = None) -> State:
    """Both kernels' answers and flags of the same exam. Another exam in the file changes nothing.

    `kept` is what this kernel has read or written last: what differs from it was entered here since, and counts; the rest
    is as old, and theirs counts.
    """
    if theirs is None or not theirs.is_same(mine):
        return mine
    before = kept if kept is not None and kept.is_same(mine) else mine.model_copy(update={"answers": {}, "flagged": []})
    new = {number for number, given in mine.answers.items() if before.answers.get(number) != given}
    own = new | (mine.answers.keys() - theirs.answers.keys())
    flags, seen = set(mine.flagged), set(before.flagged)
    return mine.model_copy(
        update={
            "begun": min((moment for moment in (mine.begun, theirs.begun) if moment is not None), default=None),
            "answers": theirs.answers | {number: mine.answers[number] for number in own},
            "late": sorted((set(mine.late) & own) | (set(theirs.late) - own)),
            "flagged": sorted((set(theirs.flagged) | (flags - seen)) - (seen - flags)),
            "handed_in": theirs.handed_in or mine.handed_in,
        }
    )
