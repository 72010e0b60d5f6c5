"""What a template is: a question whose names, numbers and structure come from a seed.

Nobody writes its key. `keys` runs the very code of the question and gives what came; a wrong option is what somebody
answers who believes something that is not so, computed by a method of the template that `believing` gives its message.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from random import Random
from types import SimpleNamespace
from typing import Any, ClassVar, TypeVar

from helpers.exam import kinds
from helpers.exam.model import MADE, Question
from helpers.exam.templates import keys

__all__ = ["MOST", "SEEDS", "TEMPLATES", "Shape", "Template", "believing"]

SEEDS = 200  # instances of a template: each has its measured key in the package
MOST = 4  # wrong options
_LEAST = 3
_DISGUISED = 0.8  # of the instances, those whose key shall not be the option that is most like the others
_ATTEMPTS = 40  # shapes that are tried until one tells all misconceptions apart

Shape = SimpleNamespace  # what a seed decides: the names and numbers that a template's methods read
Method = TypeVar("Method", bound=Callable[..., Any])
Bars = Mapping[str, tuple[float, float]]
TEMPLATES: dict[str, "Template"] = {}


def believing(message: str) -> Callable[[Method], Method]:
    """Marks a method of a template as a misconception: it gives what a believer answers; `message` says what is wrong.

    The answer has the form of the key: a line (prints), an option's text (single), a set of options (multiple), the
    events in a list (order), seconds (wait), bars by name (timeline). None says that this shape does not tell the believer.
    """

    def mark(method: Method) -> Method:
        method.message = message  # type: ignore[attr-defined]
        return method

    return mark


@dataclass
class _Made:
    """The parts of a question that its kind decides."""

    wrong: dict[str, str]
    parts: dict[str, Any] = field(default_factory=dict)


class Template:
    """One template; each subclass with an `id` stands in `TEMPLATES`.

    `asks` and `why` are the question and its explanation, `proof` the cell that teaches it, `facts` what other
    questions test, too, `read` the section that teaches it where that is another one. `shape` draws what varies,
    `code` is what the reader sees, and `measure` is source that runs after it and binds `found` to the answer; a
    template of the kind prints needs none, since what its code prints is the answer.
    """

    id: ClassVar[str] = ""
    kind: ClassVar[str] = "prints"
    level: ClassVar[int] = 2
    proof: ClassVar[str]
    asks: ClassVar[str] = "What does this print?"
    why: ClassVar[str]
    facts: ClassVar[tuple[str, ...]] = ()
    read: ClassVar[str] = ""
    beliefs: ClassVar[list[str]] = []

    def __init_subclass__(cls) -> None:
        cls.beliefs = [name for name, value in vars(cls).items() if hasattr(value, "message")]
        if cls.id:
            TEMPLATES[cls.id] = cls()

    def shape(self, dice: Random) -> Shape:
        """What the seed decides."""
        raise NotImplementedError

    def code(self, p: Shape) -> str:
        """What the reader sees."""
        raise NotImplementedError

    def measure(self, p: Shape) -> str:
        """What runs after the code and binds `found`, a value that JSON can hold."""
        return ""

    def question(self, p: Shape) -> str:
        """The question of a shape."""
        return self.asks

    def explanation(self, p: Shape) -> str:
        """Its explanation."""
        return self.why

    def options(self, p: Shape) -> list[str]:
        """The options of a multiple choice."""
        return []

    def requests(self, p: Shape) -> tuple[str, ...]:
        """What is asked of the app of a timeline."""
        return ()

    def instance(self, seed: int, found: Callable[[str, str, str], Any] = keys.found) -> Question:
        """The question of one seed, always the same; `found` gives the key of a template's code and measure.

        LookupError when no shape tells enough misconceptions apart.
        """
        for attempt in range(_ATTEMPTS):
            dice = Random(f"{self.id} {seed} {attempt}")
            p = self.shape(dice)
            code, measure = self.code(p).strip("\n"), self.measure(p).strip("\n")
            made = _MAKERS[self.kind](self, p, found(self.id, code, measure), dice)
            if made is not None:
                return Question(
                    id=f"{self.id}{MADE}{seed}",
                    kind=self.kind,
                    level=self.level,
                    question=self.question(p),
                    explanation=self.explanation(p),
                    wrong=made.wrong,
                    code=code,
                    requests=self.requests(p),
                    proof=self.proof,
                    prove=measure,
                    facts=self.facts,
                    read=self.read,
                    **made.parts,
                )
        raise LookupError(f"{self.id}: no shape of seed {seed} tells its misconceptions apart")

    def believed(self, p: Shape) -> dict[str, tuple[Any, str]]:
        """By the name of each misconception what it answers, where it answers, and its message."""
        told = {name: (getattr(self, name)(p), getattr(self, name).message) for name in self.beliefs}
        return {name: answer for name, answer in told.items() if answer[0] is not None}


def _chosen(template: Template, p: Shape, found: str, dice: Random) -> _Made | None:
    """One right option; each misconception's answer is a wrong one, the first of equal answers counts."""
    wrong: dict[str, str] = {}
    for answer, message in template.believed(p).values():
        if answer != found:
            wrong.setdefault(answer, message)
    if len(wrong) < _LEAST:
        return None
    shown = _shown(list(wrong), found, dice)
    return _Made({answer: wrong[answer] for answer in shown}, {"right": (found,)})


def _shown(wrong: list[str], found: str, dice: Random) -> tuple[str, ...]:
    """Which wrong options stand beside the key: as many as there may be, and mostly such that it is not the likest.

    Misconceptions are about one thing at a time, so that their answers are like the key, and less like each other: whoever
    takes the option that has most in common with the others would often be right.
    """
    sets = [list(combinations(wrong, size)) for size in range(min(MOST, len(wrong)), _LEAST - 1, -1)]
    if dice.random() < _DISGUISED:
        hidden = [[one for one in same if likest([*one, found]) != found] for same in sets]
        sets = [same for same in hidden if same] or sets
    return dice.choice(sets[0])


def likest(options: Iterable[str]) -> str:
    """The option that has most words in common with the others."""
    words = {option: set(option.split()) for option in options}
    return max(sorted(words), key=lambda option: sum(len(words[option] & other) for other in words.values()))


def _ticked(template: Template, p: Shape, found: list[str], dice: Random) -> _Made | None:
    """All that holds; a wrong option has the message of the first misconception that ticks it."""
    believed, options = template.believed(p).values(), template.options(p)
    right = tuple(option for option in options if option in found)
    told = {
        option: next((message for answer, message in believed if option in answer), None)
        for option in options
        if option not in found
    }
    wrong = {option: message for option, message in told.items() if message is not None}
    each_has_its_own = len(set(wrong.values())) == len(told)
    return _Made(wrong, {"right": right}) if each_has_its_own and 1 <= len(right) <= 4 and wrong else None


def _ordered(template: Template, p: Shape, found: list[str], dice: Random) -> _Made | None:
    """Events as they happened; a pair the wrong way round has the message of the first misconception that has it so."""
    wrong: dict[str, str] = {}
    pairs = [(later, sooner) for later in range(2, len(found) + 1) for sooner in range(1, later)]
    for later, sooner in sorted(pairs, key=lambda pair: pair[0] - pair[1]):
        first, then = found[later - 1], found[sooner - 1]
        turned = [told for answer, told in template.believed(p).values() if answer.index(first) < answer.index(then)]
        if message := _unused(turned, wrong):
            wrong[f"{later} before {sooner}"] = message
        elif sooner == later - 1:
            return None
    return _Made(wrong, {"order": tuple(found)})


def _unused(messages: Iterable[str], wrong: Mapping[str, str]) -> str:
    """The first message that no other wrong answer has; nothing when all are used."""
    return next((message for message in messages if message not in wrong.values()), "")


def _waited(template: Template, p: Shape, found: float, dice: Random) -> _Made | None:
    """Seconds; what counts as right, or as another misconception, is left out."""
    wrong: dict[str, str] = {}
    for answer, message in template.believed(p).values():
        if not any(kinds.near(answer, other) for other in (found, *map(float, wrong))):
            wrong[f"{answer:g}"] = message
    return _Made(wrong, {"seconds": found}) if len(wrong) >= 2 else None


def _drawn(template: Template, p: Shape, found: Mapping[str, list[float]], dice: Random) -> _Made | None:
    """Bars; a bar elsewhere has the message of the first misconception that has it elsewhere or not at all."""
    bars = {name: (bar[0], bar[1]) for name, bar in found.items()}
    wrong: dict[str, str] = {}
    names = [name for name in dict.fromkeys([*bars, *p.names]) if name != "client"]
    for name in ["client", *names]:
        off = [message for answer, message in template.believed(p).values() if _is_elsewhere(name, answer, bars)]
        if message := _unused(off, wrong):
            wrong[name] = message
        elif name != "client":
            return None
    return _Made(wrong, {"bars": bars, "never": tuple(name for name in names if name not in bars)})


def _is_elsewhere(name: str, answer: Bars, bars: Bars) -> bool:
    """Whether an answer has a bar that is not there, lacks one that is, or has it elsewhere."""
    if name not in bars or name not in answer:
        return (name in answer) != (name in bars)
    return not kinds.close(answer[name], bars[name])


_MAKERS: dict[str, Callable[[Template, Shape, Any, Random], _Made | None]] = {
    "prints": _chosen,
    "single": _chosen,
    "multiple": _ticked,
    "order": _ordered,
    "wait": _waited,
    "timeline": _drawn,
}
