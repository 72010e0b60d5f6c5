"""Proves a chapter's checks in both directions, with what learners would pass to them.

The author of a chapter writes `tests/chapters/chNN/answers/`, a file for each exercise. Each marked function in it returns
what a learner would pass to `check(id, ...)`: an app or a function, a tuple for several. For every exercise: one `stub`,
as the notebook ships it; at least two `wrong` answers that learners are likely to give, each with words that the message
must hold; at least one `right` answer that differs from the reference solution. `answers/mail.py` begins like this:

    from fastapi import BackgroundTasks, FastAPI

    from tests.chapters.answers import right, stub, wrong

    @stub("1.1-mail")
    def mail_shipped():
        app = FastAPI()

        @app.post("/send")
        def send(tasks: BackgroundTasks): ...

        return app

    @wrong("1.1-mail", says="before the answer")
    def mail_inside():
        app = FastAPI()

        @app.post("/send")
        def send(tasks: BackgroundTasks):
            deliver("ada@example.org")  # called, not added

        return app
"""

import ast
import importlib.util
import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from helpers.authoring.cells import called, syntax
from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.learning import catalogue
from helpers.learning.exercises import NOT_STARTED, NOT_YET, SOLVED, Exercise, Verdict, body, judge

HERE = Path(__file__).parent
NOTEBOOKS = HERE.parents[1] / "notebooks"
UNSTABLE = (
    r"0x[0-9a-f]{4}|/(home|root|tmp|Users)/|(127\.0\.0\.1|localhost):\d|\d\.\d\d+ s\b|\d ms\b|ipykernel|Traceback"
)


class Answer(NamedTuple):
    """Something that a learner could pass: to which exercise, with which outcome, saying what, and how it is made."""

    id: str
    state: str
    says: str
    make: Callable[[], Any]


_collected: list[Answer] = []


def stub(id: str):
    """Marks the answer as the notebook ships it: NOT STARTED."""
    return _collect(id, NOT_STARTED, "")


def wrong(id: str, says: str):
    """Marks a plausible wrong answer: NOT YET, with a message that holds the words `says`."""
    return _collect(id, NOT_YET, says)


def right(id: str):
    """Marks a right answer other than the reference solution: SOLVED."""
    return _collect(id, SOLVED, "")


def _collect(id: str, state: str, says: str):
    def keep(make: Callable[[], Any]) -> Callable[[], Any]:
        _collected.append(Answer(id, state, says, make))
        return make

    return keep


def load(number: int, folder: Path = HERE) -> list[Answer]:
    """The answers of one chapter, from `answers.py` or the files of `answers/` in its folder; none without either."""
    chapter = folder / f"ch{number:02}"
    _collected.clear()
    for file in sorted([*chapter.glob("answers.py"), *chapter.glob("answers/*.py")]):
        spec = importlib.util.spec_from_file_location(file.stem, file)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return list(_collected)


def specimen(exercise: Exercise, answers: list[Answer]) -> list[Answer]:
    """Of the answers to an exercise as few as prove it: the stub, two wrong ones and a right one, drawn by its id."""
    chance, mine = random.Random(exercise.id), [answer for answer in answers if answer.id == exercise.id]
    drawn = []
    for state, most in ((NOT_STARTED, 1), (NOT_YET, 2), (SOLVED, 1)):
        of_state = [answer for answer in mine if answer.state == state]
        drawn += chance.sample(of_state, min(most, len(of_state)))
    return drawn


def faults(exercise: Exercise, answers: list[Answer]) -> list[str]:
    """What is wrong with an exercise, judged by its solution and by the answers to it; nothing when all is well."""
    mine = [answer for answer in answers if answer.id == exercise.id]
    reference, tried = try_out(exercise, exercise.solution), [(one, try_out(exercise, one.make)) for one in mine]
    found = [*_faults_of_text(exercise), *_faults_of_number(mine)]
    if reference.state != SOLVED:
        found.append(f"the reference solution is {reference.state}: {reference.message}")
    for answer, verdict in tried:
        found += _faults_of_answer(exercise, answer, verdict)
    told = [verdict.message for answer, verdict in tried if answer.state == NOT_YET]
    if len(told) > len(set(told)):
        found.append("two wrong answers are told the same")
    texts = [reference.message, *(verdict.message for _, verdict in tried), exercise.task, *exercise.hints]
    unstable = [text for text in texts if re.search(UNSTABLE, text)]
    return found + [f"differs from run to run or shows the machine: {text}" for text in unstable]


def _faults_of_text(exercise: Exercise) -> list[str]:
    texts = (exercise.title, exercise.task, *exercise.hints)
    fine = exercise.hints and all(text.strip() for text in texts)
    return [] if fine else ["title, task and every hint need words"]


def _faults_of_number(answers: list[Answer]) -> list[str]:
    counts = {state: sum(answer.state == state for answer in answers) for state in (NOT_STARTED, NOT_YET, SOLVED)}
    enough = counts[NOT_STARTED] >= 1 and counts[NOT_YET] >= 2 and counts[SOLVED] >= 1
    return [] if enough else [f"needs a stub, two wrong answers and another right one; has {counts}"]


def _faults_of_answer(exercise: Exercise, answer: Answer, verdict: Verdict) -> Iterator[str]:
    name = answer.make.__name__
    if verdict.state != answer.state:
        yield f"{name} should be {answer.state}, is {verdict.state}: {verdict.message}"
    elif answer.says not in verdict.message:
        yield f"{name} should be told {answer.says!r}, is told: {verdict.message}"
    if answer.state == SOLVED and body(answer.make) == body(exercise.solution):
        yield f"{name} is the reference solution itself"


def try_out(exercise: Exercise, make: Callable[[], Any]) -> Verdict:
    """The verdict on what `make` returns, a tuple being several answers."""
    made = make()
    return judge(exercise, made if isinstance(made, tuple) else (made,))


def written(items: Callable[[int], Iterable[Any]]) -> Iterator[tuple[int, Any]]:
    """Every exercise or prediction of the chapters that load, with its chapter; a test of its own proves that they do."""
    for number in catalogue.numbers():
        with suppress(CourseError):
            yield from ((number, item) for item in items(number))


@cache
def notebook(number: int, folder: Path = NOTEBOOKS) -> dict:
    """A chapter's notebook as its JSON, to be read only. One that is not there is an error, for a proof would be missing."""
    return json.loads((folder / CHAPTERS[number - 1].file).read_text(encoding="utf-8"))


def calls(document: dict, name: str) -> Iterator[tuple[str, ast.Call, dict]]:
    """Every call `name("id", ...)` in a notebook's code cells: the id, the call and the cell."""
    for cell in document["cells"]:
        source = "".join(cell["source"])
        tree = syntax(source) if cell["cell_type"] == "code" and name in source else None
        for call in called(tree, name):
            if call.args and isinstance(call.args[0], ast.Constant):
                yield call.args[0].value, call, cell


def shown(cell: dict) -> str:
    """The plain text of a cell's outputs."""
    data = [output.get("data", {}).get("text/plain", output.get("text", "")) for output in cell["outputs"]]
    return "\n".join("".join(text) for text in data)
