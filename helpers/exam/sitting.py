"""An exam as somebody takes it: the rules it follows, the questions it draws, its clock."""

import secrets
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import bank, draw, marking, templates
from helpers.exam.model import Item, Question
from helpers.exam.state import Chapter, Number, State, Weight
from helpers.wording import describe

RULES = Path(__file__).with_name("exam.toml")
_WEIGHTS = TypeAdapter(dict[Chapter, Weight], config=ConfigDict(strict=True, allow_inf_nan=False))


class Rules(BaseModel):
    """What `exam.toml` holds: how many questions and minutes, the points in percent that pass, weights by chapter.

    `sections` weighs the sections of a chapter against each other, 1 each unless given; `samples` are the questions that
    chapter 10 shows with their answers: no exam asks them.
    """

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    questions: Number
    minutes: Annotated[float, Field(gt=0, le=24 * 60)]
    needed: Annotated[int, Field(gt=0, le=100, alias="pass")]
    weights: dict[Chapter, Weight]
    sections: dict[str, Weight] = {}
    samples: frozenset[str] = frozenset()


@dataclass
class Sitting:
    """An exam being taken: what is kept of it, its questions in order, its clock (seconds), and why it is not saved."""

    state: State
    items: list[Item]
    clock: Callable[[], float]
    unsaved: str = ""

    @property
    def left(self) -> float:
        """Seconds until answers are late; never more than the whole time, should the clock have been set back."""
        try:
            passed = now(self.clock) - self.state.begun
        except CourseError:  # it told the time when the exam began
            passed = 0.0
        return min(60 * self.state.minutes, 60 * self.state.minutes - passed)

    @property
    def answers(self) -> dict[int, str]:
        return self.state.answers

    def item(self, number: object) -> Item | None:
        return next((item for item in self.items if type(number) is int and item.number == number), None)

    def score(self) -> marking.Score:
        return marking.score(self.items, self.answers, self.state.late)


@cache
def rules() -> Rules:
    """The exam's rules. CourseError, in one sentence, when somebody's change to the file made them unusable."""
    try:
        return Rules.model_validate(tomllib.loads(RULES.read_text(encoding="utf-8")))
    except ValidationError as error:
        slips = "; ".join(f"{'.'.join(map(str, slip['loc']))}: {slip['msg']}" for slip in error.errors())
        raise CourseError(f"The exam's rules in {RULES.name} cannot be used: {slips}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CourseError(f"The exam's rules in {RULES.name} are not valid TOML: {error}.") from error
    except OSError as error:
        raise CourseError(f"The exam's rules in {RULES.name} cannot be read: {error.strerror}.") from error


def wanted(seed: object, minutes: object, chapters: object, questions: object, weights: object, clock: object) -> State:
    """The exam that a call of `start` asks for, its questions drawn. CourseError, in one sentence, for nonsense."""
    name = _seed(seed)
    minutes = rules().minutes if minutes is None else minutes
    count = rules().questions if questions is None else questions
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 24 * 60:
        raise CourseError(f"`minutes` takes a number above 0, up to {24 * 60}; {describe(minutes)} came.")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1000:
        raise CourseError(f"`questions` takes a whole number from 1 to 1000; {describe(count)} came.")
    if not callable(clock):
        raise CourseError(f"`clock` takes a function that gives seconds, such as `time.time`; {describe(clock)} came.")
    begun, asked = now(clock), _chapters(chapters)
    shares = _weights(weights, asked)
    drawn = draw.draw(asked_of(bank.load().values()), name, shares, count, rules().sections)
    if not drawn:
        raise CourseError("The bank has no questions for these chapters yet.")
    return State(
        seed=name,
        minutes=minutes,
        chapters=asked,
        count=count,
        weights=dict(sorted(shares.items())),
        begun=begun,
        ids=[item.question.id for item in drawn],
        options={item.number: list(item.options.values()) for item in drawn},
    )


def asked_of(questions: Iterable[Question]) -> list[draw.Source]:
    """What an exam may ask: every question and template but the samples that chapter 10 shows with their answers."""
    found = draw.sources(questions) + templates.sources()
    return [source for source in found if source.id not in rules().samples]


def _seed(seed: object) -> str:
    if seed is None:
        return str(secrets.randbelow(9000) + 1000)
    try:
        text = str(seed).strip() if isinstance(seed, str | int | float) and not isinstance(seed, bool) else ""
    except ValueError:  # a number of thousands of digits
        text = ""
    if not text.isprintable() or not 0 < len(text) <= 60:
        raise CourseError(f"`seed` takes a number, or a word of up to 60 letters; {describe(seed)} came.")
    return text


def _chapters(chapters: object) -> list[int]:
    known = [chapter.number for chapter in CHAPTERS]
    if chapters is None:
        return known
    listed = [chapters] if type(chapters) is int else chapters
    listed = list(islice(listed, 1000)) if isinstance(listed, list | tuple | set | range) else []
    asked = sorted({one for one in listed if type(one) is int and one in known})
    if not asked or any(type(one) is not int or one not in known for one in listed):
        raise CourseError(
            f"`chapters` takes numbers from 1 to {len(known)}, such as `[1, 4]`; {describe(chapters)} came."
        )
    return asked


def _weights(weights: object, asked: list[int]) -> dict[int, float]:
    if weights is not None and not isinstance(weights, Mapping):
        raise CourseError(f"`weights` takes numbers by chapter, such as `{{4: 2}}`; {describe(weights)} came.")
    try:
        by_chapter = rules().weights if weights is None else _WEIGHTS.validate_python(dict(weights))
    except Exception:  # a mapping's own code, too
        by_chapter = {}
    shares = {number: weight for number, weight in by_chapter.items() if number in asked}
    if not any(shares.values()):
        raise CourseError(
            "`weights` takes numbers from 0 on by chapter, at least one of them above 0 for a chapter that is asked."
        )
    return shares


def now(clock: Callable[[], object]) -> float:
    """What a clock shows, in seconds. CourseError when it shows no time."""
    try:
        seconds = clock()
    except Exception as error:
        raise CourseError(f"`clock` takes a function that gives seconds; it raised {type(error).__name__}.") from None
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not abs(seconds) < 1e12:
        raise CourseError(f"`clock` takes a function that gives seconds; it gave {describe(seconds)}.")
    return float(seconds)


def items_of(state: State, by_id: Mapping[str, Question]) -> list[Item]:
    """The exam's questions; one that has left the bank meanwhile is left out, the others keep their numbers."""
    found = [(number, by_id.get(id) or templates.find(id)) for number, id in enumerate(state.ids, start=1)]
    return [draw.item(question, state.seed, number) for number, question in found if question is not None]


def fitted(state: State, items: list[Item]) -> tuple[State, list[int]]:
    """The state with its answers in the letters of today's options, and the numbers of the answers that no longer fit.

    The bank may have changed since: an answer stays with the text that was chosen, whatever its letter is now.
    """
    answers, lost, options = dict(state.answers), [], dict(state.options)
    for item in items:
        given = answers.pop(item.number, None)
        if given is not None:
            read = marking.read(item, _relettered(item, given, state.options.get(item.number)))
            if read is None:
                lost.append(item.number)
            else:
                answers[item.number] = read
        options[item.number] = list(item.options.values())
    return state.model_copy(update={"answers": dict(sorted(answers.items())), "options": options}), lost


def _relettered(item: Item, given: str, shown: list[str] | None) -> str:
    if not item.options or shown is None or shown == list(item.options.values()):
        return given
    chosen: dict[str, str] = dict(zip(draw.LETTERS, shown))
    return "".join(item.letters.get(chosen.get(letter, ""), "?") for letter in given)
