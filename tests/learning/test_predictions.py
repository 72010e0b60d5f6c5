"""Every prediction of every chapter is well formed; and `predict` and `compare` with whatever a learner may pass."""

import ast
import json
from dataclasses import replace

import pytest

from helpers.course import TASKS
from helpers.learning import catalogue, store
from helpers.learning.model import sureness
from helpers.learning.predictions import Prediction, compare, predict
from helpers.notes import head
from tests.chapters import answers

WRITTEN = list(answers.written(catalogue.predictions))
written = pytest.mark.parametrize(("number", "prediction"), WRITTEN, ids=[prediction.id for _, prediction in WRITTEN])


# The chapters that exist


@written
def test_is_complete(number, prediction):
    assert prediction_faults(prediction) == []


@written
def test_stands_in_its_notebook_unanswered(number, prediction):
    document = answers.notebook(number)
    if prediction.id.startswith("4.3-"):  # it may stand in the appendix that holds the other rules of 4.3
        document = {"cells": [*document["cells"], *appendix()["cells"]]}
    assert notebook_faults(document, prediction) == []


@pytest.mark.parametrize("number", catalogue.numbers())
def test_cells_belong_to_predictions_that_exist(number):
    ids = {prediction.id for prediction in catalogue.predictions(number)}
    documents = [answers.notebook(number), *([appendix()] if number == 4 else [])]
    for name in ("predict", "compare"):
        assert {id for document in documents for id, _, _ in answers.calls(document, name)} <= ids


def appendix() -> dict:
    return json.loads((answers.NOTEBOOKS / TASKS).read_text(encoding="utf-8"))


def prediction_faults(prediction: Prediction) -> list[str]:
    wrong = set(prediction.options) - {prediction.answer} if prediction.options else {"low", "high"}
    checks = {
        "question and shown_by need words": prediction.question.strip() and prediction.shown_by.strip(),
        "the answer cannot be predicted": prediction.read(prediction.answer) is not None,
        "needs two options or none": len(prediction.options) != 1,
        "letters run from a": list(prediction.options) == list("abcdefghij"[: len(prediction.options)]),
        "a reason belongs to no wrong choice": set(prediction.because) <= wrong,
        "a factor under 1 fits nothing": prediction.tolerance >= 1,
    }
    return [fault for fault, holds in checks.items() if not holds]


def notebook_faults(document: dict, prediction: Prediction) -> list[str]:
    found = [(call, cell) for id, call, cell in answers.calls(document, "predict") if id == prediction.id]
    faults = [] if found else [f'no cell calls predict("{prediction.id}", ...)']
    for call, cell in found:
        passed = [*call.args[1:], *(keyword.value for keyword in call.keywords)]
        if not (len(passed) == 1 and isinstance(passed[0], ast.Constant) and passed[0].value is ...):
            faults.append("shipped with another choice than `...`")
        if cell["outputs"] and "Replace the ..." not in answers.shown(cell):
            faults.append("shipped in another state")
    return faults


# These proofs have teeth


@pytest.fixture
def inline(demo):
    return catalogue.prediction("1.1-inline")


@pytest.fixture
def wait(demo):
    return catalogue.prediction("1.1-wait")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({}, None),
        ({"answer": "d"}, "the answer cannot be predicted"),
        ({"question": " "}, "question and shown_by need words"),
        ({"because": {"b": "Right."}}, "a reason belongs to no wrong choice"),
        ({"options": {"b": "one", "a": "two"}}, "letters run from a"),
        ({"options": {"a": "one"}, "answer": "a"}, "needs two options or none"),
    ],
)
def test_a_bad_prediction_is_found(inline, change, fault):
    faults = prediction_faults(replace(inline, **change))
    assert fault in faults if fault else faults == []


def test_a_bad_number_is_found(wait):
    assert prediction_faults(wait) == []
    assert "a factor under 1 fits nothing" in prediction_faults(replace(wait, tolerance=0.5))
    assert "the answer cannot be predicted" in prediction_faults(replace(wait, answer="soon"))
    assert "a reason belongs to no wrong choice" in prediction_faults(replace(wait, because={"a": "?"}))


@pytest.mark.parametrize(
    ("source", "output", "faults"),
    [
        ('predict("1.1-inline", ...)', "", []),
        ('predict("1.1-inline", choice=...)', "Replace the ... with", []),
        ('predict("1.1-inline", "b")', "", ["shipped with another choice than `...`"]),
        ('predict("1.1-inline")', "", ["shipped with another choice than `...`"]),
        ('predict("1.1-inline", ...)', "Recorded: b.", ["shipped in another state"]),
        ('predict("1.1-other", ...)', "", ['no cell calls predict("1.1-inline", ...)']),
    ],
)
def test_a_bad_notebook_is_found(inline, source, output, faults):
    outputs = [{"data": {"text/plain": [output]}}] if output else []
    document = {"cells": [{"cell_type": "code", "source": [source], "outputs": outputs}]}
    assert notebook_faults(document, inline) == faults


# What a learner sees

QUESTION = "PREDICT · 1.1-inline\n\nThe mail server takes 0.8 s. How long does the client wait?"


def test_as_shipped_it_asks(inline):
    todo = "Replace the ... with a letter in quotes and run this cell again."
    assert predict("1.1-inline", ...).text == f"{QUESTION}\n\n- a not at all\n- b 0.8 s\n- c twice 0.8 s\n\n{todo}"
    assert predict("1.1-inline", ...).markdown.startswith(f"> {head('PREDICT')} · 1.1-inline\n>\n> The mail server")
    assert predict("1.1-inline").text == predict("1.1-inline", ...).text
    assert store.recorded() == {}


@pytest.mark.parametrize("choice", ["b", "B", " b ", "b\n"])
def test_a_letter_is_recorded_and_not_judged(inline, choice):
    note = predict("1.1-inline", choice)
    yours, options = " ← your prediction", "- a not at all\n- b 0.8 s{}\n- c twice 0.8 s"
    assert note.text == f"{QUESTION}\n\n{options.format(yours)}\n\nRecorded: b. Run the next cells and compare."
    assert store.recorded() == {"1.1-inline": "b"}
    assert f"- a not at all{yours}\n- b 0.8 s\n" in predict("1.1-inline", "a").text
    assert predict("1.1-inline", ...).text.endswith("run this cell again. Recorded so far: a.")


@pytest.mark.parametrize(
    ("choice", "came"),
    ids=range(13),
    argvalues=[
        (5, "5"),
        ("z", "'z'"),
        ("ab", "'ab'"),
        (None, "None"),
        ("", "an empty text"),
        (" \n", "an empty text"),
        (["b"], "a value of type list"),
        (object(), "a value of type object"),
        (predict, "a value of type function"),
        ("`b`", "''b''"),
        ("b" * 5000, f"'{'b' * 40}'"),
        (10**5000, "a value of type int"),
        (float("nan"), "a value of type float"),
    ],
)
def test_nonsense_gets_one_sentence_and_changes_nothing(inline, choice, came):
    sentence = f'predict("1.1-inline", ...) takes a letter, one of a, b, c; {came} came.'
    assert predict("1.1-inline", choice).text == sentence
    predict("1.1-inline", "c")
    assert predict("1.1-inline", choice).text == f"{sentence} Your prediction before, c, stays."
    assert store.recorded() == {"1.1-inline": "c"}


def test_how_sure_one_is(inline, wait):
    assert "Recorded: b, rather sure. Run" in predict("1.1-inline", "b", sure=2).text
    assert store.recorded() == {"1.1-inline": "b@2"} and sureness("b@2") == 2
    assert "You predicted b 0.8 s, as measured." in compare("1.1-inline").text
    assert predict("1.1-inline", ...).text.endswith("Recorded so far: b.")
    for sure in (0, 4, "3", True, 2.0, [1]):
        assert predict("1.1-inline", "a", sure=sure).text.startswith("sure= takes 1 (a guess), 2 (rather sure) or 3 (")
    assert store.recorded() == {"1.1-inline": "b@2"}
    predict("1.1-wait", 0.8, sure=3)
    assert store.recorded()["1.1-wait"] == "0.8@3" and "as measured" in compare("1.1-wait").text
    assert [sureness(state) for state in (None, "b", "b@", "b@9", "b@x", "@1")] == [None, None, None, None, None, 1]


def test_comparing_with_the_measurement(inline):
    assert compare("1.1-inline").text == (
        'COMPARE · 1.1-inline\n\nNot predicted yet: answer predict("1.1-inline", ...) above and run this cell again; '
        'if other sections have run since, compare("1.1-inline") alone.'
    )
    said = {letter: (predict("1.1-inline", letter), compare("1.1-inline").text)[1] for letter in "abc"}
    assert said["b"].endswith("You predicted b 0.8 s, as measured. The client's wait in the timeline settles it.")
    assert said["a"].endswith(
        "You predicted a; measured was b 0.8 s. An inline call is part of the answer. "
        "The client's wait in the timeline settles it."
    )
    assert said["c"].endswith("You predicted c; measured was b 0.8 s. The client's wait in the timeline settles it.")


@pytest.mark.parametrize(
    ("choice", "recorded", "says"),
    ids=range(9),
    argvalues=[
        (0.8, "0.8 s", "You predicted 0.8 s, as measured. The"),
        ("0.8", "0.8 s", "You predicted 0.8 s, as measured. The"),
        (" 0.8 s", "0.8 s", "You predicted 0.8 s, as measured. The"),
        (1, "1 s", "You predicted 1 s; measured was 0.8 s, close enough. The"),
        (0, "0 s", "You predicted 0 s; measured was 0.8 s. The mail server alone takes longer. The"),
        (-0.0, "0 s", "You predicted 0 s; measured was 0.8 s. The mail server alone takes longer. The"),
        (12.3456, "12.3 s", "You predicted 12.3 s; measured was 0.8 s. Nothing else waits. The"),
        (1500, "1500 s", "You predicted 1500 s; measured was 0.8 s. Nothing else waits. The"),
        (1e300, "1e+300 s", "You predicted 1e+300 s; measured was 0.8 s. Nothing else waits. The"),
    ],
)
def test_a_number(wait, choice, recorded, says):
    assert predict("1.1-wait").text.endswith("Replace the ... with a number in s and run this cell again.")
    assert predict("1.1-wait", choice).text.endswith(
        f"- {recorded}\n\nRecorded: {recorded}. Run the next cells and compare."
    )
    assert says in compare("1.1-wait").text


def test_what_is_not_a_number(wait):
    predict("1.1-wait", 2)
    for choice in [-1, float("inf"), float("nan"), "nan", "soon", "", True, None, 10**5000, 1j, [0.8]]:
        said = predict("1.1-wait", choice).text
        assert said.startswith('predict("1.1-wait", ...) takes a number in s, zero or more; ')
        assert said.endswith(" came. Your prediction before, 2 s, stays.")


@pytest.mark.parametrize("id", ["1.1-inlin", "1.1-mail"])
def test_an_unknown_id(demo, id):
    for note in (predict(id, "b"), predict(id), compare(id)):
        assert note.text.startswith("There is no prediction ") and "1.1-inline" in note.text.partition("Nearest: ")[2]
    assert store.recorded() == {}


@pytest.mark.parametrize("id", ["", None, 5, ["1.1-inline"]])
def test_what_is_no_id(demo, id):
    for note in (predict(id, "b"), predict(id), compare(id)):
        assert note.text.startswith("Name the prediction by its id, in quotes, such as 1.1-inline; ")
    assert store.recorded() == {}


def test_a_choice_of_another_version_counts_as_none(inline):
    store.record({"1.1-inline": "g", "1.1-wait": "b"})
    assert "Not predicted yet" in compare("1.1-inline").text and "Not predicted yet" in compare("1.1-wait").text
    assert "so far" not in predict("1.1-inline").text


def test_in_ci_each_call_shows_what_it_would_show_first(inline, monkeypatch):
    monkeypatch.setenv("COURSE_RUN", "ci")
    for _ in range(2):
        assert "so far" not in predict("1.1-inline").text
        assert "Not predicted yet" in compare("1.1-inline").text
        assert predict("1.1-inline", "b").text.endswith("Recorded: b. Run the next cells and compare.")
        assert "before" not in predict("1.1-inline", "z").text
