"""What a chapter gives to be answered: an exercise and a prediction."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

__all__ = ["SURE", "Exercise", "Prediction", "sureness"]

# How sure a prediction is, as it is recorded behind the choice ("c@3") and as a reader says it.
SURE = {1: "a guess", 2: "rather sure", 3: "certain"}


def sureness(recorded: str | None) -> int | None:
    """How sure a recorded prediction was, from 1 to 3, where that was said."""
    mark = (recorded or "").partition("@")[2]
    return int(mark) if mark in map(str, SURE) else None


@dataclass(frozen=True)
class Exercise:
    """One exercise, as a chapter's file defines it.

    `check` gets what the learner passed. It returns the sentence that says what was shown to be true, or raises
    AssertionError (a plain `assert`) with a message that names the misconception, without path, port, time or address.
    `solution` is a function without parameters that returns what the learner should pass, a tuple for several things.
    `wants` says what that is (app, function, class, callable, value; a tuple for several). `routes` are the path operations that
    must be there, "POST /send", whatever their path parameters are called. Code that holds the event loop is never right,
    unless the exercise is about just that, `may_hold`.
    """

    id: str
    title: str
    task: str
    check: Callable[..., str]
    hints: tuple[str, ...]
    solution: Callable[[], Any]
    wants: str | tuple[str, ...] = "app"
    routes: tuple[str, ...] = ()
    may_hold: bool = False


@dataclass(frozen=True)
class Prediction:
    """One prediction, as a chapter's file defines it: a choice among `options`, or, without options, a number.

    `answer` is the letter of the option that the measurement shows, or a number in `unit` that a prediction meets when
    it is off by at most the factor `tolerance`. `because` names, by letter, the misconception behind a wrong option;
    for a number, by "low" and "high". `shown_by` is the sentence that says which measurement settles it.
    """

    id: str
    question: str
    answer: str | float
    shown_by: str
    options: dict[str, str] = field(default_factory=dict)
    because: dict[str, str] = field(default_factory=dict)
    unit: str = ""
    tolerance: float = 2.0

    def read(self, choice: object) -> str | None:
        """The choice as it is recorded, a letter or a number to three digits; None when it is neither.

        What is recorded may say behind it how sure it was: that is read by `sureness`.
        """
        choice = choice.partition("@")[0] if isinstance(choice, str) else choice
        if self.options:
            letter = choice.strip().lower() if isinstance(choice, str) else ""
            return letter if letter in self.options else None
        if isinstance(choice, bool) or not isinstance(choice, str | int | float):
            return None
        try:
            number = float(choice.strip().removesuffix(self.unit) if isinstance(choice, str) else choice)
        except (ValueError, OverflowError):
            return None
        # To three digits and without an exponent: nobody reads "1.5e+03 ms".
        return f"{abs(float(f'{number:.3g}')):.15g}" if isfinite(number) and number >= 0 else None

    def is_right(self, recorded: str) -> bool:
        """Whether a recorded choice is what the measurement shows."""
        return recorded == self.answer if self.options else self._miss(recorded) == ""

    def reason(self, recorded: str) -> str:
        """What stands behind a wrong choice, or nothing."""
        return self.because.get(recorded if self.options else self._miss(recorded), "")

    def say(self, recorded: str) -> str:
        """A recorded choice as a reader writes it: a letter, or a number with its unit."""
        return recorded if self.options else f"{recorded} {self.unit}".strip()

    def meaning(self, recorded: str) -> str:
        """The choice in full: a letter with its option's text, or a number with its unit."""
        return f"**{recorded}** {self.options[recorded]}" if self.options else f"**{self.say(recorded)}**"

    def _miss(self, recorded: str) -> str:
        number, answer = float(recorded), float(self.answer)
        return "low" if number < answer / self.tolerance else "high" if number > answer * self.tolerance else ""
