"""What a learner reads in a chapter of two predictions and two exercises, to the letter (see `tests/approving.py`)."""

import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi import APIRouter, FastAPI
from starlette.endpoints import HTTPEndpoint

from helpers.authoring.refresh import NOTEBOOKS
from helpers.course import CHAPTERS
from helpers.errors import CourseError
from helpers.learning import (
    asked,
    catalogue,
    claims,
    clicks,
    exercises,
    finding,
    history,
    log,
    machine,
    minutes,
    progress,
    spacing,
    store,
)
from helpers.learning.diagnoses import held_the_loop, returned_none
from helpers.learning.model import SURE, Exercise
from helpers.learning.predictions import compare, predict
from helpers.learning.promises import PROMISES, plan, report
from helpers.learning.promises.model import Verdict
from helpers.learning.stubs import WANTED, own_routes, tell
from helpers.live.heartbeat import Hold, Line
from tests.approving import Approved
from tests.chapters import answers
from tests.learning.demo_course import DEMO

pytestmark = pytest.mark.usefixtures("demo", "clock")
NOON = datetime(2023, 11, 15, 12).timestamp()  # wherever the test runs
NONSENSE: list[object] = ["", "d", None, True, 7, -1, float("inf"), ["b"]]


@pytest.fixture
def clock(monkeypatch):
    """The world's clock stands still at noon."""
    monkeypatch.setattr(time, "time", lambda: NOON)


def refused(call: Callable[[], object]) -> str:
    """The sentence of the CourseError that a call ends with."""
    with pytest.raises(CourseError) as told:
        call()
    return str(told.value)


# The scenes


def predictions() -> Iterable[object]:
    """Each choice beside what was measured, how sure it was, and what is no choice."""
    yield from (compare("1.1-inline"), predict("1.1-inline"), predict("1.1-none"), compare("1.1-none"))
    yield from (predict(), compare())
    for choice in ("a", " B ", "c"):
        yield from (predict("1.1-inline", choice), compare("1.1-inline"), predict("1.1-inline"))
    for given in NONSENSE:
        yield predict("1.1-inline", given)
    yield from (predict("1.1-wait"), predict("1.1-wait", "soon"))
    for number in (0, 0.39, 0.4, "0.8 s", 1.6, 1.61, "1e3", 0.12345):
        yield from (predict("1.1-wait", number), compare("1.1-wait"))
    for given in NONSENSE:
        yield predict("1.1-wait", given)
    for level in (*SURE, 0, 4, True, "3"):
        yield predict("1.1-inline", "b", sure=level)
    yield predict("1.1-inline")


def checks() -> Iterable[object]:
    """Each exercise as shipped, wrong and right, and what is no answer at all."""
    for id in ("1.1-mail", "1.2-order"):
        yield exercises.check(id)
        yield from (exercises.check(id, one.make()) for one in answers.load(1, DEMO) if one.id == id)
        yield from (exercises.hint(id, number) for number in (1, 2, 3, 0, True))
        yield exercises.solution(id)
    yield from (exercises.check("1.1-none"), exercises.hint("1.1-none"), exercises.solution("1.1-none"))
    yield from (refused(lambda: catalogue.exercises(7)), refused(lambda: catalogue.predictions(7)))
    yield from (exercises.check(), exercises.hint(), exercises.solution(), exercises.check(FastAPI()))
    yield from (exercises.check("1.2-order", len, len), exercises.check("1.2-order", ..., verbose=True))
    yield exercises.check("1.2-order", lambda: 1 / 0)
    yield exercises.check("1.2-order", lambda: ["response", "task", "mail"], verbose=True)
    yield {"recorded": store.recorded()}


async def _later() -> None: ...


def misfits() -> Iterable[object]:
    """What was passed where something else is wanted: each kind at each place."""
    coroutine = _later()
    given = [FastAPI(), APIRouter(), len, Path, coroutine, "app", 7]
    yield from map(tell, given)
    for wanted in WANTED:
        asks = Exercise("1.1-x", "X", "Do it.", lambda answer: "Right.", (), list, wants=wanted)
        for one in given:
            verdict = exercises.judge(asks, (one,))
            yield f"{wanted}: {verdict.state}. {verdict.message}"
    both = Exercise(
        "1.1-y", "Y", "Do both.", lambda *answers: "Right.", (), list, ("app", "function"), ("GET /a", "GET /b")
    )
    for given_together in (
        (),
        (FastAPI(),),
        (FastAPI(), len),
        (_some("/a"), len),
        (_some("/a", "/b"), len),
        (_some("/{b}"), 7),
    ):
        verdict = exercises.judge(both, given_together)
        yield f"{verdict.state}. {verdict.message}"
    everything = _some("/a", "/b")
    everything.api_route("/both", methods=["POST", "GET", "HEAD"])(len)
    everything.websocket("/talk")(len)
    everything.add_route("/given", HTTPEndpoint)  # Starlette's own
    everything.mount("/under", _some("/c"))
    yield [route.label for route in own_routes(everything)]
    for stubs in ([], ["a"], ["a", "b"], ["a", "b", "c"], ["a", "ellipsis"]):
        yield f"{stubs}:{exercises._inside(stubs)}"


def _some(*paths: str) -> FastAPI:
    app = FastAPI()
    for path in paths:
        app.get(path)(lambda: 7)
    return app


def slips() -> Iterable[object]:
    """The two that everybody makes."""
    complaint = "ResponseValidationError: 1 validation error:\n  {'type': 'string_type', 'loc': ('response',), 'msg': 'x', 'input': None}"
    yield from (returned_none([]), returned_none(["x"]), returned_none([complaint]))
    yield returned_none(["x", f'{complaint}\n\n  File "x", line 1, in root'])
    own, other = Line("own", 1, "work"), Line("other", 2, "sleep")
    holds = [
        Hold(0.5, (own, other), 0.0),
        Hold(1.25, (own, Line("own", 3, "count"), other), 1.0),
        Hold(9.0, (other,), 3.0),
    ]
    for some in ([], holds[2:], holds[:1], holds):
        yield held_the_loop(some, lambda file: file == "own")


def map_of_the_course(folder: Path) -> Iterable[object]:
    """Nothing done, something, all of it; one chapter in short; taken along, forgotten, and back again."""
    for chapter in CHAPTERS[:2]:
        (folder / chapter.file).write_text(
            '{"cells": [{"cell_type": "markdown", "source": ["# Title\\n\\n## 1.1 One\\n\\n'
            f'{minutes.state(80, 3)}\\n\\n## 1.2 Two\\n\\n{minutes.state(45)}"]}}]}}'
        )
    yield from (progress.show(), progress.export(), *map(progress.show, (1, 2, 3, 0, 11, True, "1")))
    before: dict[str, str] = {}
    for states in (
        {"1.1-inline": "a@3", "1.1-mail": "attempted"},
        {"1.1-wait": "0.9@1", "1.1-mail": "solved"},
        {"1.1-inline": "b@3", "1.2-order": "solved"},
    ):
        before |= states
        store.record(states)
        yield from (progress.show(), progress.show(1))
    token = progress.export().text.splitlines()[-1]
    yield from (progress.export(), progress.reset(), progress.reset(True), progress.reset(" forget everything "))
    yield {"recorded": store.recorded()}
    yield from (progress.restore(token), progress.restore(f'"{token}"'), progress.restore(token[:-1]))
    yield {"recorded": store.recorded(), "the same": store.recorded() == before}
    yield from (progress.restore(), progress.restore("ATR"), progress.restore(7))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(progress.catalogue, "ids", lambda: ["1.1-inline"])
        yield progress.restore(token)


def unsaved(folder: Path) -> Iterable[object]:
    """A folder that takes no file, and a damaged file in it."""
    (folder / store.NAME).write_text("{")
    yield progress.show(1)
    yield sorted(path.name for path in folder.iterdir())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store, "put", _full)
        yield from (predict("1.1-inline", "a"), exercises.check("1.2-order", lambda: ["response", "task"]))
        yield from (progress.show(1), progress.restore(progress.export().text.splitlines()[-1]))


def _full(*_: object) -> None:
    raise OSError(28, "No space left on device")


def row() -> Iterable[object]:
    """The row of letters below a question, and what it says after each message; before and after the measurement."""
    import IPython.display as ipython

    told: list[object] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clicks, "offered", lambda: True)
        patch.setattr(clicks, "_compared", set())
        for name in ("display", "update_display"):
            patch.setattr(ipython, name, lambda data, name=name, **options: told.append(_display(name, data, options)))
        for id, entered in (("1.1-inline", ["a", "d", "b", None, 7]), ("1.1-wait", ["0.3", "soon", 0.8])):
            question = predict(id)
            question._ipython_display_()
            yield from (question, *_taken(told))
            one = clicks._row(question._prediction, question._take)
            for name, value in (("0", None), *enumerate(entered)):
                one._handle_custom_msg(
                    {"choice": value, "sure": 3 if value is None else None, "name": f"row {name}"}, []
                )
                yield f"## {value!r}"
                yield _state(one)
            compare(id)._ipython_display_()
            yield from _taken(told)
            one._handle_custom_msg({"choice": entered[0], "sure": None, "name": "row after"}, [])
            yield from (_state(one), *_taken(told), _state(clicks._row(question._prediction, question._take)))


def _display(name: str, data: dict[str, object], options: dict[str, object]) -> str:
    kept = {kind: value for kind, value in data.items() if kind.startswith("text/")}
    return f"{name} {sorted(data)} {kept} {options}"


def _taken(told: list[object]) -> list[object]:
    found, told[:] = list(told), []
    return found


def _state(one: object) -> dict[str, object]:
    return {
        name: getattr(one, name)
        for name in sorted(one.traits(sync=True))
        if not name.startswith("_") and name not in ("layout", "tabbable", "tooltip")
    }  # type: ignore[attr-defined]


def found() -> Iterable[object]:
    """Entries by their words: all of them, one kind's, none; and more than are listed."""
    known = [
        finding.Found("Topics", "Cookie", finding.link("a.ipynb", "b"), "(3.5)", "jar tin"),
        finding.Found("Topics", "Log-out", "c", words="cookie"),
        finding.Found("Questions", "How do I bake?", "d", "You do not.", "cookie oven"),
        *(finding.Found("Tasks", f"Task {number}", "e") for number in range(12)),
    ]
    for text in ("cookie", "COOKIES", "logout", "log-out cookie", "tin cookie", "bake oven", "task", "cokie", "zzz"):
        yield f"## {text}"
        yield finding.search(text, known)
    index = {"metadata": {"tags": [finding.RULES]}, "source": ["- [When?](a.ipynb#cell-id=b) After."]}
    yield from finding.rules([index, {"metadata": {}, "source": ["- [Not?](a.ipynb#cell-id=c) This."]}])
    yield from (refused(lambda given=given: finding.find(given)) for given in ("", " ", 7, None))


def asked_about() -> Iterable[object]:
    """Where a thread is read, and the headings of the page."""
    for name in asked.REPOSITORIES:
        yield asked.Asked(question="?", words=(), answer="!", cell="a#b", source=f"{name}#7").address
    yield from (f"{group}: {heading}" for group, heading in asked.GROUPS.items())


def myths() -> Iterable[object]:
    """Three claims in a chapter's table, and in none."""
    told = [("G1", ("4.3",), "false"), ("A2", ("4.1", "2.1"), "half-true"), ("Q3", (), "opinion")]
    known = {id: claims.Claim(id, sections, verdict, f"Claim {id}.", "So it is.") for id, sections, verdict in told}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claims, "load", lambda: known)
        yield from (claims.myths(4), claims.myths(2), claims.myths(1))
    yield from (f"{one.source} {one.chapters}" for one in known.values())
    yield from (refused(lambda given=given: claims.myths(given)) for given in (0, 11, "4"))


def releases() -> Iterable[object]:
    """Three releases, three facts."""
    answers = {"0.1.0": ("yes", "TypeError", "7"), "0.2.0": ("yes", "no", "7"), "0.10.1": ("no", "no", "7")}
    three = history.History(
        python="3.11",
        questions={"first": "Is it first?", "second": "Is it second?", "third": "How many?"},
        releases={
            name: history.Release(
                day="2023-11-15", pins=[], answers=dict(zip(("first", "second", "third"), all_of_them))
            )
            for name, all_of_them in answers.items()
        },
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(history, "load", lambda: three)
        yield from (*map(history.when, ("first", "second", "third")), history.changes(), history.changes("first"))
        yield from (history.changes(["second"]), history.changes([]))
        yield from map(history.holds, ("0.1.0", "0.2", "0.1", "0.9.9", " 1.0.0 "))
        for call in (lambda: history.when("fist"), lambda: history.when(7), lambda: history.changes("x")):
            yield refused(call)
        for given in ("0.0.9", "zero", 1, "0", "0.1.0.0"):
            yield refused(lambda given=given: history.holds(given))


def report_on_a_service() -> Iterable[object]:
    """Promises that are kept and not, some of them and all, in a cell and as a certificate."""
    labels = NOTEBOOKS / "09_case_studies_and_projects" / "labels"
    said = [(promise, f"It was *measured* of {promise.name}.") for promise in PROMISES]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(report, "digest", lambda folder, database: f"digest of {folder.name} without {database}")
        patch.setattr(report, "versions", lambda folder: "Python and FastAPI")
        for count, broken in ((2, ()), (2, (1,)), (len(said), (3,)), (len(said), ())):
            verdicts = [Verdict(promise, n not in broken, text) for n, (promise, text) in enumerate(said[:count])]
            one = report.Report(labels, verdicts, len(said))
            one._now = datetime(2023, 11, 15, 12, tzinfo=UTC)
            yield from ((one, one.certificate()) if count == 2 or not broken else (one.text,))


def machine_of_a_reader() -> Iterable[object]:
    """A part that works, one whose trouble is known, and one that fails anyhow."""

    def fails(error: Exception) -> str:
        raise error

    parts = (
        ("a kettle", lambda: "boiled", "Is it plugged in?"),
        ("a lamp", lambda: fails(CourseError("There is no lamp.")), "Buy one."),
        ("a door", lambda: fails(ValueError("shut *tight*")), "Knock."),
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(machine, "_PARTS", parts)
        patch.setattr(machine, "_python", lambda: "**Works**: Python.")
        yield machine.check_machine()


def plan_of_a_service() -> Iterable[object]:
    """What a plan for the final project may hold, and what must stand in it."""
    yield "\n".join(f"- {entry}" for entry in plan.entries())


def memory() -> Iterable[object]:
    """When what was answered is asked again."""
    given = [("a", 9, 4, True), ("a", 5, 3, True), ("b", 3, 1, False), ("c", 0.5, 3, True), ("d", 30, 2, True)]
    answers = [
        log.Answer(id=id, when=NOON - days * spacing.DAY, how="review", right=right, grade=grade)
        for id, days, grade, right in given
    ]
    cards = spacing.cards(answers, NOON)
    for card in cards.values():
        days = (card.due - NOON) / spacing.DAY
        yield f"{card.id} {card.times} {card.right}: due in {days:.1f} days, recall {card.recall:.2f}"
    yield [card.id for card in spacing.due(cards, NOON)]
    yield f"{spacing.count_due(NOON, set)} due before anything is answered"
    log.add(answers)
    yield f"{spacing.count_due(NOON, lambda: {'a', 'b', 'c'})} due of those that the course still has"
    yield {"seconds since midnight": NOON + 7.5 - spacing.midnight(NOON + 7.5), "grades": spacing.GRADES}


ALL = (
    predictions, checks, misfits, slips, map_of_the_course, unsaved, row, found, asked_about, myths, releases,
    machine_of_a_reader, plan_of_a_service, report_on_a_service, memory,
)  # fmt: skip
SCENES: dict[str, Callable[..., Iterable[object]]] = {scene.__name__: scene for scene in ALL}
IN_A_FOLDER = (map_of_the_course, unsaved)
APPROVED = Approved(Path(__file__).with_name("approved.md"), list(SCENES))


@pytest.mark.parametrize("name", SCENES)
def test_every_word_is_the_approved_one(name, demo):
    scene = SCENES[name]
    APPROVED.compare(name, scene(demo) if scene in IN_A_FOLDER else scene())


def test_the_file_holds_these_scenes_and_no_other():
    assert list(APPROVED.read()) == list(SCENES)
