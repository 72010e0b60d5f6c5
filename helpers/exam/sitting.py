"""An exam as somebody takes it: the rules it follows, the questions it draws, its clock."""

import secrets
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import bank, draw, marking
from helpers.exam.draw import Item
from helpers.exam.state import State
from helpers.wording import describe

RULES = Path(__file__).with_name("exam.toml")


@dataclass
class Sitting:
    """An exam being taken: what is kept of it, its questions in order, and its clock (seconds)."""

    state: State
    items: list[Item]
    clock: Callable[[], float]
    saved: bool = True

    @property
    def left(self) -> float:
        """Seconds until answers are late; never more than the whole time, should the clock have been set back."""
        return min(60 * self.state.minutes, 60 * self.state.minutes - (self.clock() - self.state.begun))

    @property
    def answers(self) -> dict[int, str]:
        return {int(number): given for number, given in self.state.answers.items()}

    def item(self, number: object) -> Item | None:
        return next((item for item in self.items if type(number) is int and item.number == number), None)

    def score(self) -> marking.Score:
        return marking.score(self.items, self.answers, self.state.late)


@cache
def rules() -> dict[str, Any]:
    return tomllib.loads(RULES.read_text(encoding="utf-8"))


def weights_by_chapter() -> dict[int, float]:
    return {int(number): weight for number, weight in rules()["weights"].items()}


def wanted(seed, minutes, chapters, questions, weights, clock) -> State:
    """The exam that a call of `start` asks for, its questions drawn. CourseError, in one sentence, for nonsense."""
    minutes = rules()["minutes"] if minutes is None else minutes
    count = rules()["questions"] if questions is None else questions
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 24 * 60:
        raise CourseError(f"`minutes` takes a number above 0; {describe(minutes)} came.")
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        raise CourseError(f"`questions` takes a whole number from 1 on; {describe(count)} came.")
    if not callable(clock):
        raise CourseError(f"`clock` takes a function that gives seconds, such as `time.time`; {describe(clock)} came.")
    known = [chapter.number for chapter in CHAPTERS]
    listed = [chapters] if type(chapters) is int else known if chapters is None else chapters
    listed = list(listed) if isinstance(listed, list | tuple | set | range) else []
    if not listed or any(type(one) is not int or one not in known for one in listed):
        raise CourseError(
            f"`chapters` takes numbers from 1 to {len(known)}, such as `[1, 4]`; {describe(chapters)} came."
        )
    listed = sorted(set(listed))
    if weights is not None and not isinstance(weights, Mapping):
        raise CourseError(f"`weights` takes numbers by chapter, such as `{{4: 2}}`; {describe(weights)} came.")
    shares = {number: weight for number, weight in (weights or weights_by_chapter()).items() if number in listed}
    if any(isinstance(w, bool) or not isinstance(w, int | float) or w < 0 for w in shares.values()) or not any(
        shares.values()
    ):
        raise CourseError(
            "`weights` takes numbers from 0 on, at least one of them above 0 for a chapter that is asked."
        )
    seed = str(seed).strip() if seed is not None else str(secrets.randbelow(9000) + 1000)
    drawn = draw.draw(bank.load().values(), seed, shares, count)
    if not drawn:
        raise CourseError("The bank has no questions for these chapters yet.")
    return State(
        seed=seed,
        minutes=minutes,
        chapters=listed,
        count=count,
        weights={str(number): weight for number, weight in sorted(shares.items())},
        begun=clock(),
        ids=[item.question.id for item in drawn],
    )


def items_of(state: State, by_id: Mapping[str, bank.Question]) -> list[Item]:
    """The exam's questions; one that has left the bank meanwhile is left out, the others keep their numbers."""
    return [draw.item(by_id[id], state.seed, number) for number, id in enumerate(state.ids, start=1) if id in by_id]
