"""An exam as somebody takes it: the rules it follows, the questions it draws, its clock."""

import secrets
import time
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.exam import bank, draw, marking, templates
from helpers.exam.model import Item, Question
from helpers.exam.state import Chapter, Number, State, Weight
from helpers.learning.log import Answer
from helpers.learning.spacing import GRADES
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
    """An exam being taken: its state, its questions in order, its clock (seconds), why it is not saved, and the state as
    it was read or written last."""

    state: State
    items: list[Item]
    clock: Callable[[], float]
    unsaved: str = ""
    kept: State | None = None

    @property
    def left(self) -> float:
        """Seconds until answers are late: all of them until the clock begins, never more, should it have been set back."""
        if self.state.begun is None:
            return 60 * self.state.minutes
        try:
            passed = now(self.clock) - self.state.begun
        except CourseError:  # it told the time when the exam began
            passed = 0.0
        return min(60 * self.state.minutes, 60 * self.state.minutes - passed)

    @property
    def answers(self) -> dict[int, str]:
        """By the number of a question, its answer as it is recorded; an open one has none."""
        return self.state.answers

    def begin(self) -> None:
        """Let the clock run, if it does not yet."""
        if self.state.begun is None:
            self.state.begun = now(self.clock)

    @property
    def over(self) -> bool:
        """Whether the time is over."""
        return self.left < 0

    @property
    def touched(self) -> bool:
        """Whether there is something to lose: an answer, a flag, a clock that runs."""
        return bool(self.answers or self.state.flagged or self.state.begun is not None)

    def numbers(self, which: str) -> set[int] | None:
        """The numbers of the questions that are "open", "flagged" or "wrong"; None for another word."""
        chosen = {
            "all": lambda number, right: True,
            "open": lambda number, right: number not in self.answers,
            "flagged": lambda number, right: number in self.state.flagged,
            "wrong": lambda number, right: not right or number in self.state.late,
        }.get(which)
        if chosen is None:
            return None
        rights = {item.number: marking.judge(item, self.answers.get(item.number)).right for item in self.items}
        return {number for number, right in rights.items() if chosen(number, right)}

    def item(self, number: object) -> Item | None:
        """The question of a number, counted from 1; None for what is none."""
        return next((item for item in self.items if type(number) is int and item.number == number), None)

    def score(self) -> marking.Score:
        """The result, as it stands."""
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


def wanted(
    seed: object,
    minutes: object,
    chapters: object,
    questions: object,
    weights: object,
    clock: object,
    seen: Sequence[str] = (),
) -> State:
    """The exam that a call of `start` asks for, its questions drawn. CourseError, in one sentence, for nonsense.

    `seen`: what the learner met lately, and does not want again.
    """
    name = _seed(seed)
    minutes = rules().minutes if minutes is None else minutes
    count = rules().questions if questions is None else questions
    if isinstance(minutes, bool) or not isinstance(minutes, int | float) or not 0 < minutes <= 24 * 60:
        raise CourseError(f"`minutes` takes a number above 0, up to {24 * 60}; {describe(minutes)} came.")
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= 1000:
        raise CourseError(f"`questions` takes a whole number from 1 to 1000; {describe(count)} came.")
    if not callable(clock):
        raise CourseError(f"`clock` takes a function that gives seconds, such as `time.time`; {describe(clock)} came.")
    now(clock)
    asked = _chapters(chapters)
    shares = _weights(weights, asked)
    drawn = draw.draw(asked_of(bank.load().values()), name, shares, count, rules().sections, seen)
    if not drawn:
        raise CourseError("The bank has no questions for these chapters yet.")
    return State(
        seed=name,
        minutes=minutes,
        chapters=asked,
        count=count,
        weights=dict(sorted(shares.items())),
        token=secrets.token_hex(6),
        ids=[item.question.id for item in drawn],
        asked={item.number: item.question for item in drawn},
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
            f"`chapters` takes numbers from 1 to {len(known)}, such as `[1, 4]`; {describe(next((one for one in listed if type(one) is not int or one not in known), chapters))} came."
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


def items_of(state: State) -> list[Item]:
    """The exam's questions as they were asked; what an old file no longer tells is left out, the others keep their numbers."""
    return [
        Item(number, question, dict(zip(draw.LETTERS, state.options[number])))
        for number, question in sorted(state.asked.items())
    ]


def fitted(state: State, by_id: Mapping[str, Question]) -> tuple[State, list[int]]:
    """The state with the questions that it asks, and the numbers of the answers that do not fit them.

    A file of an older version has ids alone: the bank gives the questions, and an answer stays with the text that was
    chosen, whatever its letter is now.
    """
    old = _old(state, by_id)
    today = {number: draw.item(question, state.seed, number) for number, question in old.items()}
    answers = {n: _relettered(today[n], given, state.options.get(n)) if n in today else given for n, given in state.answers.items()}  # fmt: skip
    options = state.options | {number: list(item.options.values()) for number, item in today.items()}
    state = state.model_copy(update={"asked": {**old, **state.asked}, "options": options})
    items = {item.number: item for item in items_of(state)}
    read = {number: marking.read(items[number], given) for number, given in sorted(answers.items()) if number in items}
    fit = {number: given for number, given in read.items() if given is not None}
    return state.model_copy(update={"answers": fit}), sorted(read.keys() - fit.keys())


def _old(state: State, by_id: Mapping[str, Question]) -> dict[int, Question]:
    """By number, the questions that a file of an older version has by their ids alone, as far as there are such."""
    told = {n: by_id.get(id) or templates.find(id) for n, id in enumerate(state.ids, start=1) if n not in state.asked}
    return {number: question for number, question in told.items() if question is not None}


def _relettered(item: Item, given: str, shown: list[str] | None) -> str:
    if not item.options or shown is None or shown == list(item.options.values()):
        return given
    chosen: dict[str, str] = dict(zip(draw.LETTERS, shown))
    return "".join(item.letters.get(chosen.get(letter, ""), "?") for letter in given)


def answers_of(sitting: Sitting) -> list[Answer]:
    """What the log keeps of an exam that is handed in: every question with what was said and how it was judged."""
    when, state = time.time(), sitting.state  # by the world's clock, whatever the exam's own was
    return [
        recorded(
            item,
            sitting.answers.get(item.number),
            when,
            "exam",
            exam=f"{state.seed} {state.token}",
            seed=state.seed,
            needed=rules().needed,
            number=item.number,
            late=item.number in state.late,
        )
        for item in sitting.items
    ]


TOO_FEW = "(some of the right ones)"


def _shown(item: Item, given: str, right: bool) -> list[str]:
    """What was chosen, by its text: of a wrong answer only the options that are wrong; events are one thing, their order."""
    texts = [item.options[letter] for letter in given if letter in item.options]
    if not texts or right:
        return texts
    if item.question.order:
        return [" → ".join(texts)]
    return [text for text in texts if text in item.question.wrong] or [TOO_FEW]


def recorded(item: Item, given: str | None, when: float, how: str, **more: Any) -> Answer:
    """An answer to a question as the log keeps it."""
    verdict, q = marking.judge(item, given), item.question
    return Answer.model_validate(
        {
            "id": q.origin,
            "when": when,
            "how": how,
            "right": verdict.right,
            "grade": GRADES["good" if verdict.right else "again"],
            "open": given is None,
            "asked": f"{q.question}\n\n{q.code}".strip(),
            "said": verdict.said,
            "should": verdict.should,
            "shown": _shown(item, given or "", verdict.right),
            **more,
        }
    )
