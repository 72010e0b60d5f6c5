"""Every exercise of every chapter in both directions; and `check`, `hint` and `solution` with whatever a learner may pass."""

import asyncio
import functools
import re
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace

import pytest
from fastapi import APIRouter, FastAPI, WebSocket

from helpers.course import CHAPTERS
from helpers.learning import attempts, catalogue, store
from helpers.learning.exercises import NOT_STARTED, NOT_YET, SOLVED, Exercise, body, check, hint, judge, solution
from helpers.learning.predictions import predict
from helpers.learning.stubs import is_stub, own_routes, unfinished
from helpers.notes import head
from helpers.services.waiting import until
from tests.chapters import answers
from tests.interrupting import inside, interrupted_when
from tests.learning.demo_course import DEMO, chapters_in

WRITTEN = list(answers.written(catalogue.exercises))
written = pytest.mark.parametrize(("number", "exercise"), WRITTEN, ids=[exercise.id for _, exercise in WRITTEN])


# The chapters that exist


@written
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")  # wrong answers forget `await`, as people do
def test_is_proved_in_both_directions(number, exercise):
    given = answers.load(number)
    assert answers.faults(exercise, answers.specimen(exercise, given)) == []


@pytest.mark.slow  # some 2,000 answers, of which the test above judges three in ten
@written
@pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
def test_every_answer_is_judged_as_it_says(number, exercise):
    assert answers.faults(exercise, answers.load(number)) == []


@written
def test_stands_in_its_notebook_unsolved(number, exercise):
    assert notebook_faults(answers.notebook(number), exercise) == []


@pytest.mark.parametrize("number", catalogue.numbers())
def test_a_chapters_file_loads(number):
    catalogue.exercises(number)
    catalogue.predictions(number)


@pytest.mark.parametrize("number", catalogue.numbers())
def test_answers_and_cells_belong_to_exercises_that_exist(number):
    ids = {exercise.id for exercise in catalogue.exercises(number)}
    assert {answer.id for answer in answers.load(number)} <= ids
    for name in ("check", "hint", "solution"):
        assert {id for id, _, _ in answers.calls(answers.notebook(number), name)} <= ids


def test_ids_are_unique_and_belong_to_a_section():
    assert duplicates(catalogue.ids()) == []
    assert [id for id in catalogue.ids() if not id_is_good(id)] == []


def duplicates(ids: list[str]) -> list[str]:
    """What stands for more than one exercise or prediction; progress is kept by id."""
    return sorted(id for id, count in Counter(ids).items() if count > 1)


def id_is_good(id: str) -> bool:
    section, _, word = id.partition("-")
    sections = [section for chapter in CHAPTERS for section in chapter.sections]
    return section in sections and re.fullmatch(r"[a-z][a-z0-9-]{1,19}", word) is not None


def notebook_faults(document: dict, exercise: Exercise) -> list[str]:
    cells = [cell for id, _, cell in answers.calls(document, "check") if id == exercise.id]
    found = [] if cells else [f'no cell calls check("{exercise.id}", ...)']
    found += [
        "shipped in another state" for cell in cells if cell["outputs"] and NOT_STARTED not in answers.shown(cell)
    ]
    solved = squeezed(body(exercise.solution))
    if any(solved in squeezed("".join(cell["source"]) + str(cell.get("outputs", ""))) for cell in document["cells"]):
        found.append("the notebook shows the solution")
    return found


@functools.cache  # a chapter has twenty exercises, and the same cells for each
def squeezed(text: str) -> str:
    return "".join(text.replace("\\n", "").split())


# These proofs have teeth


@pytest.fixture
def mail(demo):
    return catalogue.exercise("1.1-mail")


@pytest.fixture
def order(demo):
    return catalogue.exercise("1.2-order")


def test_a_good_chapter_has_no_fault(demo):
    for exercise in catalogue.exercises(1):
        assert answers.faults(exercise, answers.load(1, DEMO)) == []


def order_by_name():
    return "order"


def refuse(answer):
    raise AssertionError("No.")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"check": lambda answer: "All is well."}, "should be NOT YET, is SOLVED"),
        ({"check": refuse}, "the reference solution is NOT YET: No."),
        ({"check": refuse}, "order_sorted should be SOLVED, is NOT YET"),
        ({"check": refuse}, "two wrong answers are told the same"),
        ({"check": lambda answer: 1 / 0}, "raised `ZeroDivisionError"),
        ({"check": lambda answer: None}, "the reference solution is NOT YET"),
        ({"check": lambda answer: "Done in 0.8123 s."}, "differs from run to run"),
        ({"wants": "app"}, "Expected an app"),
        ({"hints": ()}, "every hint need words"),
        ({"hints": ("Look at /home/ada/notes.",)}, "shows the machine"),
        ({"task": " "}, "title, task"),
        ({"solution": order_by_name}, "the reference solution is NOT YET"),
    ],
)
def test_a_bad_exercise_is_found(order, change, fault):
    given = answers.load(1, DEMO)
    assert fault in "\n".join(answers.faults(replace(order, **change), given))


def test_a_bad_answers_file_is_found(order):
    given = [answer for answer in answers.load(1, DEMO) if answer.id == "1.2-order"]
    for missing in given:
        assert any("needs a stub" in fault for fault in answers.faults(order, [one for one in given if one != missing]))
    copied = answers.Answer("1.2-order", SOLVED, "", order.solution)
    assert "order_solution is the reference solution itself" in answers.faults(order, [*given, copied])
    silent = [one._replace(says="something else") if one.state == NOT_YET else one for one in given]
    assert any("should be told 'something else'" in fault for fault in answers.faults(order, silent))


def test_the_specimen_of_the_answers_proves_as_they_all_do(order):
    given = answers.load(1, DEMO)
    drawn = answers.specimen(order, given)
    assert [answer.state for answer in drawn] == [NOT_STARTED, NOT_YET, NOT_YET, SOLVED] and set(drawn) <= set(given)
    assert drawn == answers.specimen(order, given) and answers.faults(order, drawn) == []
    for missing in drawn:
        left = [answer for answer in drawn if answer != missing]
        assert "needs a stub" in "\n".join(answers.faults(order, answers.specimen(order, left)))


def notebook_of(*sources: str, output: str = "") -> dict:
    outputs = [{"data": {"text/plain": [output]}}] if output else []
    return {"cells": [{"cell_type": "code", "source": [source], "outputs": outputs} for source in sources]}


def test_a_bad_notebook_is_found(order):
    call = '%time\nasync def wait(): ...\nawait wait()\nfrom helpers import check\ncheck("1.2-order", order)'
    assert notebook_faults(notebook_of(call, output="NOT STARTED · 1.2-order"), order) == []
    assert notebook_faults(notebook_of("1 + 1"), order) == ['no cell calls check("1.2-order", ...)']
    assert notebook_faults(notebook_of(call, output="SOLVED · 1.2-order"), order) == ["shipped in another state"]
    assert "the notebook shows the solution" in notebook_faults(notebook_of(call, body(order.solution)), order)


@pytest.mark.parametrize("id", ["1.1", "1.1-", "1.9-mail", "11.1-mail", "1.1-Mail", "1.1 mail", "mail"])
def test_a_bad_id_is_found(id):
    assert id_is_good("10.4-exam") and not id_is_good(id)


def test_an_id_used_twice_is_found(demo, monkeypatch):
    from tests.learning.demo.ch01 import exercises as module

    monkeypatch.setattr(module, "EXERCISES", [*module.EXERCISES, replace(module.EXERCISES[0], id="1.1-inline")])
    assert duplicates(catalogue.ids()) == ["1.1-inline"]


# What a learner sees


def test_three_states(mail, demo):
    given = {answer.make.__name__: answer.make() for answer in answers.load(1, DEMO)}
    shipped, called, solved = (
        check("1.1-mail", given[name]) for name in ("mail_shipped", "mail_called", "mail_by_router")
    )
    assert shipped.markdown == (
        f"> {head('NOT STARTED')} · 1.1-mail, Mail after the answer\n>\n> Send the mail with `deliver` after the answer. "
        "Replace the `...` in `send` and run this cell again."
    )
    assert called.text == (
        "NOT YET · 1.1-mail, Mail after the answer\n\nNothing waits in tasks: the mail was sent before the answer.\n\n"
        'Asked: Send the mail with deliver after the answer. Stuck? hint("1.1-mail")'
    )
    assert solved.text == (
        "SOLVED · 1.1-mail, Mail after the answer\n\nThe mail waits in tasks when the endpoint has returned."
    )


def test_what_is_recorded(mail, order):
    check("1.1-mail", FastAPI())
    check("1.2-order", ...)
    assert store.recorded() == {"1.1-mail": "attempted"}
    check("1.1-mail", mail.solution())
    check("1.1-mail", FastAPI())
    assert store.recorded() == {"1.1-mail": "solved"}


class Mail:
    def __call__(self): ...


class Evil(Exception):
    def __str__(self):
        raise RuntimeError


class Hostile:
    @property
    def routes(self):
        raise ValueError("mine")


async def coroutine(): ...


def app_with(path: str, **options) -> FastAPI:
    app = FastAPI(**options)
    app.post(path)(lambda: 1)
    return app


@pytest.mark.parametrize(
    ("passed", "state", "says"),
    [
        ((), NOT_STARTED, 'Then pass an app (app = FastAPI()): check("1.1-mail", app).'),
        ((...,), NOT_STARTED, "Replace the ... and run"),
        ((None,), NOT_YET, "Expected an app (app = FastAPI()); None came."),
        (("app",), NOT_YET, "a text came. Pass the object itself, without quotes."),
        ((FastAPI,), NOT_YET, "the class FastAPI came. Pass what calling it gives."),
        ((APIRouter,), NOT_YET, "the class APIRouter came."),
        ((APIRouter(),), NOT_YET, "a router came. Nobody reaches its routes before app.include_router(...)"),
        ((check,), NOT_YET, "a function came."),
        ((3,), NOT_YET, "; 3 came."),
        ((10**5000,), NOT_YET, "a value of type int came."),
        (([1, 2],), NOT_YET, "a value of type list came."),
        ((Hostile(),), NOT_YET, "raised ValueError: mine."),
        ((FastAPI(), FastAPI()), NOT_YET, "2 came."),
        (
            (FastAPI(),),
            NOT_YET,
            "Your app has no POST /send/{address}. It has: none; a decorator like @app.get makes one.",
        ),
        ((app_with("/sendt/{x}"),), NOT_YET, "Your app has no POST /send/{address}. It has: POST /sendt/{x}."),
    ],
)
def test_wrong_kinds_of_answers(mail, passed, state, says):
    note = check("1.1-mail", *passed)
    assert note.text.startswith(f"{state} · 1.1-mail") and says in note.text
    assert not re.search(answers.UNSTABLE, note.markdown)


def test_a_called_coroutine_function_is_told_apart(order):
    assert "a coroutine came. Pass the function itself, without calling it." in check("1.2-order", coroutine()).text


def dies():
    return 1 / 0


def refuses():
    assert 1 == 2  # no message


def exits():
    sys.exit("enough")


def addresses():
    raise ValueError(
        f"{dies} {object()} {sys.prefix}/lib/x.py ('127.0.0.1', 54321) http://127.0.0.1:54321/items/3 \x1b[31m"
    )


def unspeakable():
    raise Evil


def grouped():
    async def both():
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(dies))

    asyncio.run(both())


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (dies, "Your code raised `ZeroDivisionError: division by zero`."),
        (grouped, "Your code raised `ZeroDivisionError: division by zero`."),
        (refuses, "Your code raised `AssertionError"),
        (exits, "Your code raised `SystemExit: enough`."),
        (unspeakable, "Your code raised `Evil: (its message cannot be shown)`."),
        (lambda: {}["a"], "Your code raised `KeyError: 'a'`."),
        (lambda: list(range(10**6)).remove(-1), "raised `ValueError: list.remove(x): x not in list`."),
        (lambda: open("/no/such"), "raised `FileNotFoundError"),
        (lambda address: address, "Checking your code raised `TypeError: <lambda>() missing 1 required"),
        (lambda: "x" * 10**6, "you put 'x' first."),
        (lambda: ["x" * 10**6], " …"),
        (lambda: 5, "Checking your code raised `TypeError: 'int' object is not subscriptable`."),
        (addresses, "ValueError: <function dies> <object object> …/x.py ('127.0.0.1', …) http://127.0.0.1:…/items/3"),
        (lambda: recurse(), "RecursionError: maximum recursion depth exceeded"),
    ],
)
def test_code_that_fails(order, answer, says):
    note = check("1.2-order", answer)
    assert note.markdown.startswith(f"> {head('NOT YET')}") and says in note.markdown
    assert len(note.text) < 1000 and not re.search(answers.UNSTABLE, note.markdown)


def recurse():
    return recurse()


def test_the_learners_own_traceback_on_request(order):
    quiet, verbose = check("1.2-order", dies), check("1.2-order", dies, verbose=True)
    assert verbose.markdown.startswith(quiet.markdown)
    line = dies.__code__.co_firstlineno + 1
    assert (
        verbose.markdown.removeprefix(quiet.markdown) == f"\n>\n> ```text\n> line {line}, in dies: return 1 / 0\n> ```"
    )
    assert check("1.2-order", order.solution(), verbose=True).text == check("1.2-order", order.solution()).text


def test_code_that_never_returns_is_told_and_stopped(order, monkeypatch):
    monkeypatch.setattr(attempts, "DEADLINE", 0.1)
    assert "Your code did not finish within 0.1 s." in check("1.2-order", forever).text
    assert still_running() == 0
    # Nothing wakes a sleeper: it is left alone and ends by itself.
    assert "did not finish within 0.1 s" in check("1.2-order", lambda: time.sleep(0.7)).text


def forever():
    while True:
        pass


def still_running() -> int:
    return sum(thread.name == "check" for thread in threading.enumerate())


def test_an_interrupt_passes_through_and_stops_the_code(order):
    def interrupt():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check("1.2-order", interrupt)
    before = still_running()
    said = "Interrupted while your code was being checked."
    with interrupted_when(lambda: inside(forever)), pytest.raises(KeyboardInterrupt, match=said):
        check("1.2-order", forever)
    assert until(lambda: still_running() <= before, 5.0), "its thread ends at its next step"


def test_prints_and_warnings_stay_out_of_the_cell():
    script = """if True:
        import gc, sys
        from helpers.learning.exercises import Exercise, judge
        def call(answer):
            came = answer()
            assert came == 1, f"Expected 1, {type(came).__name__} came."
            return "It is 1."
        exercise = Exercise("1.1-x", "X", "Return 1.", call, ("?",), lambda: lambda: 1, wants="function")
        def loud():
            for _ in range(10000):
                print("loud")
            print("loud", file=sys.stderr)
            return 1
        async def forgotten(): return 1
        gc.disable()
        for answer in (loud, forgotten, forgotten()):
            assert judge(exercise, (answer,)).state in ("SOLVED", "NOT YET")
            del answer
        gc.collect()
    """
    done = subprocess.run([sys.executable, "-W", "default", "-c", script], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("id", "says"),
    [
        ("1.1-mial", "There is no exercise '1.1-mial'. Nearest: 1.1-mail."),
        ("1.7-zzzzzzzzzzz", "Nearest: 1.1-mail, 1.2-order."),
        ("4.3-mail", "Nearest: 1.1-mail"),
        ("1.1-inline", "There is no exercise '1.1-inline'."),
        ("", "Name the exercise by its id, in quotes, such as 1.1-mail; an empty text came."),
        (None, "Name the exercise by its id, in quotes, such as 1.1-mail; None came."),
        (["1.1-mail"], "Name the exercise by its id, in quotes, such as 1.1-mail; a value of type list came."),
        ("９.1-x", "Nearest: 1.1-mail, 1.2-order."),
    ],
)
def test_an_unknown_id(demo, id, says):
    for note in (check(id, dies), hint(id), solution(id)):
        assert says in note.text
    assert store.recorded() == {}


def test_an_id_with_spaces_around_is_found(order):
    assert check(" 1.2-order ", order.solution()).text.startswith("SOLVED")


def test_a_chapter_that_fails_to_load(demo, tmp_path, monkeypatch):
    (tmp_path / "ch02").mkdir()
    (tmp_path / "ch02" / "exercises.py").write_text("import not_installed_here")
    (tmp_path / "ch02" / "predictions.toml").write_text('["2.1-x"]\nquestion = 7\nanswr = "a"')
    chapters_in(monkeypatch, DEMO, tmp_path)
    assert check("2.1-x", dies).text == (
        "The exercises of chapter 2 could not be loaded: ModuleNotFoundError: No module named 'not_installed_here'."
    )
    assert "Nearest: 1.1-mail" in check("1.1-mial", dies).text
    assert predict("2.1-x", "a").text.startswith("The predictions of chapter 2 could not be loaded: ValidationError")


def test_without_any_chapter(demo, monkeypatch):
    chapters_in(monkeypatch)
    assert check("1.1-mail", dies).text == (
        "There is no exercise '1.1-mail'. Nearest: none, because no chapter has any yet."
    )


def test_several_answers(order):
    def both(app, send):  # no plain assert, which pytest rewrites in this file
        if send() != 1:
            raise AssertionError("`send` gives something else.")
        return "Both fit."

    pair = replace(order, check=both, wants=("app", "function"), solution=lambda: (app_with("/a"), lambda: 1))
    assert judge(pair, pair.solution()) == (SOLVED, "Both fit.", ())
    assert judge(pair, (app_with("/a"), lambda: 2)).message == "`send` gives something else."
    assert judge(pair, (app_with("/a"), nothing)).message.endswith(
        "Replace the `...` in `nothing` and run this cell again."
    )
    assert judge(pair, (app_with("/a"),)).message == (
        'This check takes an app (`app = FastAPI()`) and a function: `check("1.2-order", app, the_function)`. 1 came.'
    )


def nothing(a, *b, c=1, **d): ...


def test_hints(mail):
    assert hint("1.1-mail").text == (
        'HINT 1 of 2 · 1.1-mail, Mail after the answer\n\nLook at add_task.\n\nMore: hint("1.1-mail", 2).'
    )
    assert hint("1.1-mail", 2).text.endswith('FastAPI?\n\nOne way: solution("1.1-mail").')
    for n, came in [(0, "0"), (3, "3"), (-1, "-1"), (True, "True"), ("1", "'1'"), (None, "None"), (1.0, "1.0")]:
        assert hint("1.1-mail", n).text == f'hint("1.1-mail", n) has hints from 1 to 2; {came} came.'


def test_solutions_are_real_code_without_their_wrapping(mail, order):
    assert solution("1.1-mail").markdown == (
        "**Solution** · 1.1-mail, Mail after the answer\n\n```python\n"
        "from fastapi import BackgroundTasks, FastAPI\n\napp = FastAPI()\n\n"
        '@app.post("/send/{address}")\ndef send(address: str, tasks: BackgroundTasks) -> dict[str, str]:\n'
        "    # added, not called\n    tasks.add_task(deliver, address)\n"
        '    return {"status": "accepted"}\n```'
    )
    assert body(order.solution).startswith(
        "# two events, in the order of time\ndef order() -> list[str]:\n    return ["
    )


def test_a_solution_starts_at_its_decorator():
    def made():
        @functools.cache
        def one():
            return 1

        return one

    def only():
        return sorted([1])

    assert body(made) == "@functools.cache\ndef one():\n    return 1"
    assert body(only) == "return sorted([1])"


# What a stub is


def documented(a: int) -> int:
    """Says what it should do."""
    # and how
    ...


async def documented_async(a: int) -> int:
    """Says what it should do."""
    ...


def passes():
    pass
    ...


@functools.wraps(nothing)
def wrapping():
    return 1


class Empty: ...


class Sketch:
    """A class whose methods are still to write."""

    size: int

    def pack(self): ...


class Fields:
    size: int


class Packed(Sketch):
    def pack(self):
        return 1


class Derived(Fields):
    @property
    def litres(self):
        return self.size / 1000


class Checked(Fields):
    @classmethod
    def checked(cls, size):
        return cls()


def test_stubs():
    functions = [nothing, coroutine, documented, documented_async, passes, wrapping, functools.partial(nothing, 1)]
    for stub in [..., *functions, Empty, Sketch, Sketch().pack]:
        assert is_stub(stub), stub


def test_not_stubs():
    functions = [dies, grouped, lambda: 1, lambda: ..., Packed().pack, print]
    for done in [*functions, Fields, Packed, Derived, Checked, FastAPI(), None, 1, "..."]:
        assert not is_stub(done), done


def test_an_apps_stubs_are_found_wherever_they_are():
    inner, router, app, mounted = APIRouter(prefix="/in"), APIRouter(prefix="/r"), FastAPI(), FastAPI()
    inner.put("/a/{b}")(nothing)
    router.include_router(inner)
    app.include_router(router, prefix="/p")
    app.api_route("/x", methods=["GET", "POST"])(dies)

    async def talk(socket: WebSocket): ...

    app.websocket("/ws")(talk)
    mounted.get("/m")(documented)
    app.mount("/sub", mounted)
    labels = [route.label for route in own_routes(app)]
    assert labels == ["PUT /p/r/in/a/{b}", "GET /x", "POST /x", "WEBSOCKET /ws", "GET /sub/m"]
    assert unfinished(app) == ["nothing", "talk", "documented"]
    assert unfinished(app, ["GET /x", "GET /sub/m"]) == ["documented"], (
        "what another step has still to write is no stub of this one"
    )
    assert unfinished(app, ["PUT /p/r/in/a/{number}"]) == ["nothing"], "a path parameter may have any name"
    assert unfinished(app_with("/a")) == [] == unfinished(FastAPI())


def test_two_exercises_may_share_an_app_in_which_nothing_is_written_yet():
    app = FastAPI()
    app.get("/mine")(nothing)
    app.get("/yours")(documented)
    assert unfinished(app, ["GET /mine"]) == ["nothing"], "the other one belongs to another exercise"
    assert unfinished(app, ["GET /elsewhere"]) == ["nothing", "documented"], "the path is still to be mended"
