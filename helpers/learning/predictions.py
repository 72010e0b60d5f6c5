"""Predictions: `predict` records what the learner expects, `compare` sets it beside what was measured.

`predict` never says whether a prediction is right, because the measurement will. Neither raises, whatever is passed.
"""

from helpers.learning import catalogue, store
from helpers.learning.model import Prediction
from helpers.learning.speaking import speaks
from helpers.notes import Note
from helpers.wording import describe


@speaks
def predict(id: str = "", choice: object = ...) -> Note:
    """Record what the learner expects, or ask, with `...`. What cannot be read leaves what was recorded before."""
    prediction = catalogue.prediction(id)
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
    done = "Recorded" if store.record({prediction.id: now}) else "Kept, but not saved"
    verdict = f"{done}: {prediction.say(now)}. Run the next cells and compare. {store.unsaved()}".strip()
    return Note(f"{question}\n\n- {prediction.meaning(now)}\n\n{verdict}")


@speaks
def compare(id: str = "") -> Note:
    """The recorded prediction beside the measured answer. Gives nothing away before there is a prediction."""
    prediction = catalogue.prediction(id)
    recorded = _recorded(prediction)
    title = f"**Compare** · {prediction.id}\n\n"
    if recorded is None:
        todo = f'answer `predict("{prediction.id}", ...)` above and run this cell again; if other sections have run since, '
        todo += f'`compare("{prediction.id}")` alone'
        return Note(f"{title}Not predicted yet: {todo}.")
    measured = prediction.meaning(prediction.read(prediction.answer) or "")
    if recorded == prediction.read(prediction.answer):
        return Note(f"{title}You predicted {measured}, as measured. {prediction.shown_by}")
    said = f"You predicted **{prediction.say(recorded)}**; measured was {measured}"
    why = "close enough." if prediction.is_right(recorded) else prediction.reason(recorded)
    end = ", " if prediction.is_right(recorded) else ". " if why else "."
    return Note(f"{title}{said}{end}{why} {prediction.shown_by}")


def _recorded(prediction: Prediction) -> str | None:
    return prediction.read(store.recorded().get(prediction.id))
