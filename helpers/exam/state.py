"""The exam that is being taken: what was asked, answered and when, kept beside the learner's progress.

It stands in `.progress.json.exam` in the notebooks' folder, so that it outlives the kernel. As for the progress file:
nothing here raises, a damaged file counts as none, what cannot be written is kept until the kernel ends, and with
COURSE_RUN=ci nothing is read or written.
"""

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from helpers.learning import store

NAME = f"{store.NAME}.exam"  # git ignores what begins like the progress file


@dataclass
class State:
    """An exam's seed and rules, when it began (seconds of the clock), the ids it asks, and the answers by number."""

    seed: str
    minutes: float
    chapters: list[int]
    count: int
    weights: dict[str, float]
    begun: float
    ids: list[str]
    answers: dict[str, str] = field(default_factory=dict)
    late: list[int] = field(default_factory=list)
    handed_in: bool = False

    @property
    def rules(self) -> tuple:
        """What makes two calls of `start` mean the same exam."""
        return self.seed, self.minutes, tuple(self.chapters), self.count, tuple(sorted(self.weights.items()))


def load() -> State | None:
    """The exam in the file; None when there is none, or none that can be used."""
    if os.environ.get("COURSE_RUN") == "ci":
        return None
    try:
        content = json.loads((store.FOLDER / NAME).read_bytes())
        return _checked(content)
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return None


def _checked(content: Any) -> State:
    state = State(**content)
    numbers = (state.minutes, state.begun, *state.weights.values())
    lists = (state.chapters, state.ids, state.late)
    if not (all(isinstance(number, int | float) for number in numbers) and all(isinstance(one, list) for one in lists)):
        raise ValueError("not an exam")
    if not all(isinstance(text, str) for text in (state.seed, *state.ids, *state.answers, *state.answers.values())):
        raise ValueError("not an exam")
    return state


def save(state: State) -> bool:
    """Write the exam; False when it could not be written and lives in the kernel alone."""
    if os.environ.get("COURSE_RUN") == "ci":
        return True
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f"{NAME}.", dir=store.FOLDER)
    except OSError:
        return False
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(state), file, indent=1)
        os.replace(temporary, store.FOLDER / NAME)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        return False
    return True


def forget() -> None:
    """Remove the file."""
    if os.environ.get("COURSE_RUN") != "ci":
        with contextlib.suppress(OSError):
            (store.FOLDER / NAME).unlink()


def merged(mine: State, theirs: State | None) -> State:
    """Both kernels' answers to the same exam; mine count where both have one. Another exam in the file changes nothing."""
    if theirs is None or (theirs.rules, theirs.begun) != (mine.rules, mine.begun):
        return mine
    answers: Mapping[str, str] = {**theirs.answers, **mine.answers}
    late = sorted({n for n in theirs.late if str(n) not in mine.answers} | set(mine.late))
    return State(
        **{**asdict(mine), "answers": dict(answers), "late": late, "handed_in": theirs.handed_in or mine.handed_in}
    )
