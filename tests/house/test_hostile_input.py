"""Whatever is passed to a public function, what comes is a Note, a result, or one sentence; and nothing is lost."""

import re
import threading
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as some

import helpers
from helpers.errors import CourseError, NoSuchMessage, NotInTimeline
from helpers.learning import catalogue, log, store
from helpers.live.server import Server
from helpers.notes import Note
from helpers.services import launch
from helpers.services.findings import Finding, Findings

LONGEST = 900  # characters of a message: the longest text that is quoted has 600


class Hostile:
    """Raises whatever is asked of it."""

    def _refuse(self, *arguments: object) -> None:
        raise RuntimeError("no")

    __repr__ = __str__ = __eq__ = __bool__ = __len__ = __iter__ = __float__ = __int__ = __index__ = _refuse
    __fspath__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __getitem__ = _refuse
    __hash__ = None


class Shy:
    """Has no attribute that it would tell of."""

    def __getattr__(self, name: str) -> None:
        raise RuntimeError("no")

    def __call__(self, *arguments: object) -> None:
        raise RuntimeError("no")


class Silent(type):
    def __repr__(cls) -> str:
        raise RuntimeError("no")


class Class(metaclass=Silent):
    pass


# Made anew for each call, and behind a name: hypothesis shows what it chooses from by its repr.
NASTY = {
    "ellipsis": lambda: ...,
    "huge": lambda: 10**400,
    "minus huge": lambda: -(10**400),
    "too long to print": lambda: 10**5000,
    "digits": lambda: "9" * 5000,
    "half a character": lambda: "\ud800",
    "a null": lambda: "a\0b",
    "half an address": lambda: "http://[",
    "slashes": lambda: "//",
    "a path": lambda: "/x",
    "hostile": Hostile,
    "shy": Shy,
    "a silent class": lambda: Class,
    "of a silent class": Class,
    "a class": lambda: Hostile,
    "an object": object,
    "a builtin": lambda: len,
    "a function": lambda: lambda: 1,
    "an exception": lambda: Exception("e"),
    "a module": lambda: threading,
    "a range": lambda: range(3),
}
SCALARS = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.complex_numbers(),
    some.text(max_size=12),
    some.binary(max_size=6),
    some.sampled_from(sorted(NASTY)).map(lambda name: NASTY[name]()),
)
ANYTHING = some.recursive(
    SCALARS,
    lambda inner: some.one_of(
        some.lists(inner, max_size=3),
        some.tuples(inner, inner),
        some.dictionaries(some.text(max_size=3), inner, max_size=2),
        some.builds(iter, some.lists(inner, max_size=2)),
    ),
    max_leaves=4,
)


def often(count: int):
    return settings(max_examples=count, deadline=None, suppress_health_check=list(HealthCheck))


def told(call, *arguments, **options):
    """What a call returns, or None when it raised one sentence. Anything else that it raises fails the test."""
    try:
        return call(*arguments, **options)
    except (CourseError, NoSuchMessage, NotInTimeline) as error:
        (line, *more) = error._render_traceback_()
        assert not more and 10 < len(line) < LONGEST and " at 0x" not in line, line
    return None


@pytest.fixture(scope="module")
def server():
    app = FastAPI()

    @app.get("/ping")
    async def ping() -> str:
        return "pong"

    with helpers.running(app) as server:
        yield server


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", tmp_path)
    monkeypatch.setattr(helpers.exam, "_sitting", None)
    return tmp_path


# What speaks to a learner: always a Note

EXERCISES = [exercise.id for number in catalogue.numbers() for exercise in catalogue.exercises(number)]
PREDICTIONS = [prediction.id for number in catalogue.numbers() for prediction in catalogue.predictions(number)]
SPEAKING = {
    helpers.check: EXERCISES,
    helpers.hint: EXERCISES,
    helpers.solution: [],
    helpers.predict: PREDICTIONS,
    helpers.compare: [],
    helpers.progress.show: [],
    helpers.progress.restore: [],
    helpers.progress.reset: [],
}


@pytest.mark.parametrize("speak", SPEAKING, ids=lambda speak: speak.__name__)
@often(80)
@given(first=ANYTHING, second=ANYTHING, chance=some.integers(0, 10_000))
def test_what_speaks_to_a_learner_never_raises(speak, folder, first, second, chance):
    before = store.recorded()
    notes = [speak(first)]
    if ids := SPEAKING[speak]:
        notes.append(speak(ids[chance % len(ids)], second))
    for note in notes:
        assert isinstance(note, Note) and note.text.strip()
        assert "Traceback" not in note.text and " at 0x" not in note.text
    assert store.recorded().keys() >= before.keys(), "nothing is lost"


@often(100)
@given(chapter=ANYTHING)
def test_myths(chapter):
    assert isinstance(told(helpers.myths, chapter), Note | None)


@often(100)
@given(text=ANYTHING)
def test_find(text):
    assert isinstance(told(helpers.find, text), Note | None)


@often(100)
@given(ANYTHING)
def test_history(asked):
    for ask in (helpers.when, helpers.history.holds):
        assert isinstance(told(ask, asked), Note | None)


@often(100)
@given(most=ANYTHING)
def test_postgres(most):
    told(helpers.Postgres, most)


@often(100)
@given(folder=ANYTHING, name=ANYTHING)
def test_promises(folder, name):
    told(helpers.promises, folder)
    told(helpers.promises, folder, name)


@often(30)
@given(folder=ANYTHING, app=ANYTHING, python=ANYTHING)
def test_observe(tmp_path, folder, app, python):
    told(helpers.observe, folder if not isinstance(folder, str) else tmp_path / "none", app)
    told(helpers.observe, tmp_path, app, python=python)


def test_every_public_name_is_tried():
    tried = set(re.findall(r"helpers\.(\w+)", Path(__file__).read_text(encoding="utf-8")))
    no_arguments = {"Broker", "check_machine", "scratch_folder"}
    of_httpx = {"Client", "AsyncClient"}
    not_called = {"Note", "CourseError"}
    assert set(helpers.__all__) - tried == no_arguments | of_httpx | not_called


# The exam: a Note, whatever is passed, and what was recorded stays

NAMED = {
    helpers.exam.start: ["seed", "minutes", "chapters", "questions", "weights", "clock", "new"],
    helpers.exam.paper: ["seed", "minutes", "chapters", "questions", "weights", "title", "versions"],
    helpers.exam.answer: ["number", "choice"],
    helpers.exam.question: ["number"],
    helpers.exam.answers: ["which"],
    helpers.exam.flag: ["number", "on"],
    helpers.exam.history: ["number"],
    helpers.exam.review: ["id", "answer"],
    helpers.exam.plan: ["rows"],
    helpers.exam.practise: ["id", "choice"],
    helpers.exam.timeline: ["id", "drawn"],
    helpers.exam.grade: ["finish"],
}
RIGHT = {"id": ["4.3-staircase", "4.3-three", "2.1-mend", "2.3-scope"], "number": list(range(1, 41))}


def test_every_public_function_of_the_exam_is_tried():
    untried = {"begin", "time_left", "rules", "faults"}  # they take nothing
    untried |= {"show", "export", "statistics"}  # below
    assert {call.__name__ for call in NAMED} == set(helpers.exam.__all__) - untried


OPTIONS_OF_THE_EXAM = given(
    values=some.lists(ANYTHING, min_size=7, max_size=7), given_=some.integers(1, 127), chance=some.integers(0, 999)
)


@pytest.mark.parametrize("call", NAMED, ids=lambda call: call.__name__)
@often(8)
@OPTIONS_OF_THE_EXAM
def test_the_exam_takes_anything(call, folder, values, given_, chance):
    takes(call, values, given_, chance)


@pytest.mark.slow
@pytest.mark.parametrize("call", NAMED, ids=lambda call: call.__name__)
@often(300)
@OPTIONS_OF_THE_EXAM
def test_the_exam_takes_much_more(call, folder, values, given_, chance):
    takes(call, values, given_, chance)


def takes(call, values, given_, chance):
    exam = helpers.exam
    exam._sitting = None
    log.path().unlink(missing_ok=True)
    exam.start(7, new=True)
    exam.answer(1, 0.4)
    options = {name: value for place, (name, value) in enumerate(zip(NAMED[call], values)) if given_ >> place & 1}
    for name in RIGHT.keys() & set(NAMED[call]) - options.keys():
        options[name] = RIGHT[name][chance % len(RIGHT[name])]
    result = call(**options)
    assert (
        repr(result).strip()
        and "Traceback" not in repr(result)
        and (not isinstance(result, Note) or " at 0x" not in repr(result))
    )
    assert isinstance(result, Note) or call in (helpers.exam.paper, helpers.exam.timeline, helpers.exam.review)
    for after in (
        exam.question(1),
        exam.answers(),
        exam.grade(finish=True),
        exam.plan(),
        exam.time_left(),
    ):
        assert isinstance(after, Note)
    assert isinstance(exam.start(7), Note)


FILES_AND_FORMATS = given(which=ANYTHING, file=ANYTHING, formats=ANYTHING)


@often(20)
@FILES_AND_FORMATS
def test_what_shows_reads_and_writes_takes_anything(folder, which, file, formats):
    shows_reads_and_writes(folder, which, file, formats)


@pytest.mark.slow
@often(160)
@FILES_AND_FORMATS
def test_what_shows_reads_and_writes_takes_much_more(folder, which, file, formats):
    shows_reads_and_writes(folder, which, file, formats)


def shows_reads_and_writes(folder, which, file, formats):
    exam = helpers.exam
    exam.start(7, questions=3, new=True)
    for made in (exam.show(which), exam.statistics(file), exam.export(str(folder), [formats, 7])):
        assert repr(made).strip() and "Traceback" not in repr(made)
    if not isinstance(file, str):
        assert isinstance(exam.export(file, "gift"), Note)


@often(80)
@given(place=ANYTHING, name=ANYTHING)
def test_a_paper_takes_anything_for_a_place(folder, monkeypatch, place, name):
    monkeypatch.chdir(folder)
    made = helpers.exam.paper(7, questions=1)
    assert isinstance(made.save(name=name), Note)
    if not isinstance(place, str):
        assert isinstance(made.save(place), Note)


# What measures: a result or one sentence, and the server lives on


def serves(server: Server) -> bool:
    return server.client.get("/ping").json() == "pong"


@often(60)
@given(app=ANYTHING)
def test_serve_and_its_relatives_take_apps_only(server, app):
    for call in (helpers.serve, helpers.swagger_ui):
        made = told(call, app)
        if made is not None:  # a callable that takes three arguments is an app as far as anybody can tell
            getattr(made, "server", made).stop(0.1)


OPTIONS = [
    "limit_concurrency",
    "root_path",
    "lifespan",
    "ws",
    "http",
    "loop",
    "headers",
    "timeout_keep_alive",
    "nothing",
]


@often(60)
@given(option=some.sampled_from(["timeout", *OPTIONS]), value=ANYTHING)
@example(option="loop", value="nothing")
@example(option="nothing", value=1)
def test_an_option_that_uvicorn_refuses_leaves_the_app_before(option, value):
    app = FastAPI()

    @app.get("/ping")
    async def ping() -> str:
        return "pong"

    before = helpers.serve(app)
    if (after := told(helpers.serve, app, **{option: value})) is None:
        assert serves(before), "the app before answers on"
    told((after or before).stop, value)
    (after or before).stop(0.1)


@often(150)
@given(options=some.fixed_dictionaries({}, optional=dict.fromkeys(["events", "ignore", "detail", "timeout"], ANYTHING)))
@example(options={"events": [("closed", float("nan"))]})
@example(options={"events": [("closed", 10**400)]})
def test_record(server, options):
    def recorded():
        with helpers.record(**options) as timeline:
            server.client.get("/ping")
        return timeline

    timeline = told(recorded)
    assert timeline is None or timeline.names == [] or "client" in timeline or options.get("ignore")
    assert serves(server)


@often(100)
@given(name=ANYTHING)
def test_a_timeline_asked_for_anything(server, name):
    with helpers.record() as timeline:
        server.client.get("/ping")
    assert name not in timeline or isinstance(name, str)
    told(timeline.__getitem__, name)


@often(100)
@given(target=ANYTHING, path=ANYTHING, every=ANYTHING)
def test_ping(server, target, path, every):
    def pinged(*arguments, **options):
        threads = threading.active_count()
        with helpers.ping(*arguments, **options) as pings:
            pass
        assert threading.active_count() <= threads and "waited" in repr(pings)

    told(pinged, target)
    told(pinged, server, path)
    if not isinstance(every, int | float) or not 0.1 < every <= 86_400:  # these are right, and long
        told(pinged, server, every=every)
    assert serves(server)


@often(60)
@given(target=ANYTHING, path=ANYTHING, clients=ANYTHING, most=ANYTHING)
def test_load_curve(server, target, path, clients, most):
    told(helpers.LoadCurve, target, "/ping")
    told(helpers.LoadCurve, server, path, [1])
    told(helpers.LoadCurve, server, "/ping", clients, 3)
    told(helpers.LoadCurve, server, "/ping", [], most)
    curve = helpers.LoadCurve(server, "/ping", [], 2)
    told(curve.measure, clients)
    told(curve.__getitem__, clients)
    assert serves(server)


@often(100)
@given(kind=ANYTHING)
def test_findings(kind):
    for found in (Findings([], []), Findings([Finding("loop", "main.py, line 1", "It stood still.")], [])):
        assert kind not in found
        told(found.__getitem__, kind)
    assert found["loop"].where == "main.py, line 1"


@pytest.fixture(scope="module")
def project():
    return helpers.Project()


@often(150)
@given(name=ANYTHING, old=ANYTHING, new=ANYTHING)
def test_project(project, name, old, new):
    project.write("main.py", "x = 1\n")
    told(project.write, name, "x = 1\n")
    told(project.read, name)
    told(project.write, "other.py", new)
    told(project.broken, "main.py", old, new)
    told(project.broken, "main.py", "x = 1", new)
    assert project.read("main.py") == "x = 1\n"


@often(150)
@given(option=some.sampled_from(["delay", "fail_with", "fail_times", "port"]), value=ANYTHING)
def test_mailbox(option, value):
    with helpers.Mailbox() as mailbox:
        if option != "port":
            told(setattr, mailbox, option, value)
            mailbox.delay, mailbox.fail_with, mailbox.fail_times = 0, None, None
        elif (made := told(helpers.Mailbox, port=value)) is not None:
            made.stop()
        told(mailbox.__getitem__, value)
        told(mailbox.wait_for, value, 0.0)
        told(mailbox.wait_for, 0, value)
        assert list(mailbox) == [] and mailbox[:] == []


@often(300)
@given(first=ANYTHING, argument=ANYTHING, cwd=ANYTHING, env=ANYTHING)
def test_process_prepares_or_tells(first, argument, cwd, env):
    for command, options in (
        (first, {}),
        ([first], {}),
        (["python", argument], {}),
        (["python"], {"cwd": cwd}),
        (["python"], {"env": env}),
        (["python"], {"env": {"A": argument}}),
    ):
        start = told(launch.prepare, command, options.get("cwd"), options.get("env"))
        assert start is None or all(isinstance(word, str) for word in start.arguments)


@often(60)
@given(option=some.sampled_from(["ready_path", "ready_text", "name", "timeout"]), value=ANYTHING)
def test_process_is_told_of_its_options_before_it_starts(option, value):
    # There is no such program, so whatever is right about the option, nothing is started.
    with pytest.raises(CourseError):
        helpers.process(["no-such-program", "{port}"], **{option: value})


def test_a_running_process_asked_for_anything():
    with helpers.process(
        ["python", "-c", "import time; print('up', flush=True); time.sleep(60)"], ready_text="up"
    ) as one:

        @often(100)
        @given(value=ANYTHING)
        def ask(value):
            if isinstance(value, str):
                told(one.wait_for, value, 0.0)
            else:
                told(one.wait_for, value)
            if not isinstance(value, int | float) or isinstance(value, bool) or not 0.1 < value <= 86_400:
                told(one.wait, value)
            if not (isinstance(value, int) and value == 0):
                told(one.signal, value)
            assert one.running

        ask()


def test_a_stopped_server_is_told_in_one_sentence(server):
    with helpers.running(server.app) as other:
        pass
    told(lambda: helpers.ping(other).__enter__())
    told(helpers.LoadCurve, other, "/ping", [1])
    with pytest.raises(httpx.ConnectError):  # httpx speaks for itself
        other.client.get("/ping")
