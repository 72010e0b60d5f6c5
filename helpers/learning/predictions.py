"""Predictions: `predict` records what the learner expects, `compare` sets it beside what was measured.

`predict` never says whether a prediction is right, because the measurement will. Neither raises, whatever is passed.
In JupyterLab a prediction is also answered by a click or a key, on the row of letters below its question.
"""

from helpers.learning import catalogue, clicks, store
from helpers.learning.model import SURE, Prediction, sureness
from helpers.learning.speaking import speaks
from helpers.notes import Card, Note
from helpers.wording import capital, describe


@speaks
def predict(id: str = "", choice: object = ..., sure: object = None) -> Note:
    """Record what the learner expects, or ask, with `...`. What cannot be read leaves what was recorded before.

    `sure` says how sure that is: 1 a guess, 2 rather sure, 3 certain. `progress.show()` tells how well that was judged.
    """
    prediction = catalogue.prediction(id)
    if choice is ...:
        return _asked(prediction)
    now = prediction.read(choice)
    if now is None:
        return _unread(prediction, choice)
    if sure is not None and (isinstance(sure, bool) or not isinstance(sure, int) or sure not in SURE):
        return Note(f"`sure=` takes 1 (a guess), 2 (rather sure) or 3 (certain); {describe(sure)} came.")
    return _question(prediction, now, _record(prediction, now, sure if isinstance(sure, int) else None))


@speaks
def compare(id: str = "") -> Note:
    """The recorded prediction beside the measured answer. Gives nothing away before there is a prediction."""
    prediction = catalogue.prediction(id)
    card = _comparison(prediction)
    return clicks.Compared(card, prediction.id) if clicks.offered() else card


def _expected(prediction: Prediction) -> str:
    if prediction.options:
        return "a letter"
    return f"a number in {prediction.unit}" if prediction.unit else "a number"


def _asked(prediction: Prediction) -> Note:
    """The question, to be answered in the call, or by a click where that is offered."""
    before = _recorded(prediction)
    so_far = f" Recorded so far: {prediction.say(before)}." if before else ""
    quotes = " in quotes" if prediction.options else ""
    todo = f"replace the `...` with {_expected(prediction)}{quotes} and run this cell again.{so_far}"
    if not clicks.offered():
        return _question(prediction, None, capital(todo))
    click = "Choose a letter below" if prediction.options else "Enter it below"
    question = _question(prediction, None, f"{click}, or {todo}")
    return clicks.Clickable(question, prediction, lambda *entered: _entered(prediction, *entered))


def _unread(prediction: Prediction, choice: object) -> Note:
    """What a prediction takes, where something else came; what was recorded before stays."""
    before = _recorded(prediction)
    letters = f", one of {', '.join(prediction.options)}" if prediction.options else ", zero or more"
    stays = f" Your prediction before, {prediction.say(before)}, stays." if before else ""
    return Note(
        f'`predict("{prediction.id}", ...)` takes {_expected(prediction)}{letters}; {describe(choice)} came.{stays}'
    )


def _question(prediction: Prediction, chosen: str | None, last: str) -> Card:
    meant = {letter: prediction.meaning(letter) for letter in prediction.options or filter(None, [chosen])}
    yours = {letter: " ← your prediction" * (letter == chosen and len(meant) > 1) for letter in meant}
    options = "\n".join(f"- {text}{yours[letter]}" for letter, text in meant.items())
    return Card("PREDICT", prediction.id, prediction.question, options, last)


def _record(prediction: Prediction, now: str, sure: int | None) -> str:
    """Record it, have the comparisons that stand in the notebook say so, and give the sentence that is told of it."""
    done = "Recorded" if store.record({prediction.id: f"{now}@{sure}" if sure else now}) else "Kept, but not saved"
    if clicks.compared(prediction.id):
        clicks.renew(prediction.id, _comparison(prediction))
    how = f", {SURE[sure]}" if sure else ""
    return f"{done}: {prediction.say(now)}{how}. Run the next cells and compare. {store.unsaved()}".strip()


def _entered(prediction: Prediction, entered: object, sure: object) -> clicks.Taken:
    """What becomes of a click or a number, or of a click on how sure that is. After a measurement, the comparison is told."""
    before = store.recorded().get(prediction.id)
    now = prediction.read(before if entered is None else entered)
    if now is None:
        told = "Choose first." if entered is None else predict(prediction.id, entered).text
        return clicks.Taken(told, _recorded(prediction) or "", sureness(before))
    level = sureness(before) if now == prediction.read(before) else None
    if isinstance(sure, int) and sure in SURE and not clicks.compared(prediction.id):
        level = sure
    told = _record(prediction, now, level)
    if clicks.compared(prediction.id):
        told = " ".join(filter(None, [_comparison(prediction).below, store.unsaved()]))
    return clicks.Taken(" ".join(filter(None, [told, store.news()])), now, level)


def _comparison(prediction: Prediction) -> Card:
    recorded = _recorded(prediction)
    if recorded is None:
        todo = f'answer `predict("{prediction.id}", ...)` above and run this cell again; if other sections have run since, '
        todo += f'`compare("{prediction.id}")` alone'
        return Card("COMPARE", prediction.id, f"Not predicted yet: {todo}.")
    measured = prediction.meaning(prediction.read(prediction.answer) or "")
    if recorded == prediction.read(prediction.answer):
        return Card("COMPARE", prediction.id, f"● You predicted {measured}, as measured. {prediction.shown_by}")
    said = f"You predicted **{prediction.say(recorded)}**; measured was {measured}"
    right = prediction.is_right(recorded)
    why = "close enough." if right else prediction.reason(recorded)
    end = ", " if right else ". " if why else "."
    return Card("COMPARE", prediction.id, f"{'●' if right else '≠'} {said}{end}{why} {prediction.shown_by}")


def _recorded(prediction: Prediction) -> str | None:
    return prediction.read(store.recorded().get(prediction.id))
