"""Predictions: `predict` records what the learner expects, `compare` sets it beside what was measured.

`predict` never says whether a prediction is right, because the measurement will. Neither raises, whatever is passed.
"""

from dataclasses import dataclass, field
from math import isfinite

from helpers import chapters, progress_file
from helpers.errors import CourseError
from helpers.notes import Note
from helpers.wording import describe


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
        """The choice as it is recorded, a letter or a number to three digits; None when it is neither."""
        if self.options:
            letter = choice.strip().lower() if isinstance(choice, str) else ""
            return letter if letter in self.options else None
        if isinstance(choice, bool) or not isinstance(choice, str | int | float):
            return None
        try:
            number = float(choice.strip().removesuffix(self.unit) if isinstance(choice, str) else choice)
        except (ValueError, OverflowError):
            return None
        return f"{abs(number):.3g}" if isfinite(number) and number >= 0 else None

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


def predict(id: str = "", choice: object = ...) -> Note:
    """Record what the learner expects, or ask, with `...`. What cannot be read leaves what was recorded before."""
    try:
        prediction = chapters.prediction(id)
    except CourseError as error:
        return Note(str(error))
    before, now = _recorded(prediction), None if choice is ... else prediction.read(choice)
    expected = "a letter" if prediction.options else f"a number in {prediction.unit}" if prediction.unit else "a number"
    question = f"**Predict** · {prediction.id}\n\n{prediction.question}"
    if choice is ...:
        options = "\n".join(f"- {prediction.meaning(letter)}" for letter in prediction.options)
        so_far = f" Recorded so far: {prediction.say(before)}." if before else ""
        todo = f"Replace the `...` with {expected} and run this cell again.{so_far}"
        return Note("\n\n".join(part for part in (question, options, todo) if part))
    if now is None:
        letters = f", one of {', '.join(prediction.options)}" if prediction.options else ", zero or more"
        stays = f" Your prediction before, {prediction.say(before)}, stays." if before else ""
        return Note(f'`predict("{prediction.id}", ...)` takes {expected}{letters}; {describe(choice)} came.{stays}')
    progress_file.record({prediction.id: now})
    verdict = f"Recorded: {prediction.say(now)}. Run the next cells and compare."
    return Note(f"{question}\n\n- {prediction.meaning(now)}\n\n{verdict}")


def compare(id: str = "") -> Note:
    """The recorded prediction beside the measured answer. Gives nothing away before there is a prediction."""
    try:
        prediction = chapters.prediction(id)
    except CourseError as error:
        return Note(str(error))
    recorded = _recorded(prediction)
    title = f"**Compare** · {prediction.id}\n\n"
    if recorded is None:
        todo = f'answer `predict("{prediction.id}", ...)` above and run this cell again'
        return Note(f"{title}Not predicted yet: {todo}.")
    measured = prediction.meaning(prediction.read(prediction.answer) or "")
    if recorded == prediction.read(prediction.answer):
        return Note(f"{title}You predicted {measured}, as measured. {prediction.shown_by}")
    said = f"You predicted **{prediction.say(recorded)}**; measured was {measured}"
    why = "close enough." if prediction.is_right(recorded) else prediction.reason(recorded)
    end = ", " if prediction.is_right(recorded) else ". " if why else "."
    return Note(f"{title}{said}{end}{why} {prediction.shown_by}")


def _recorded(prediction: Prediction) -> str | None:
    return prediction.read(progress_file.recorded().get(prediction.id))
