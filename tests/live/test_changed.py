"""Going back to a cell after others have run: a failing one says what they have changed, and from where to run again."""

import random
import re
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from helpers.authoring import refresh
from helpers.authoring.cells import tags
from helpers.live import changed, server
from helpers.live.changed import Changes
from tests.live.kernel import Kernel
from tests.notebooks.kernels import code_of

SAYS = re.compile(
    r"Since this cell last ran well, other cells have changed (.+)\."
    r" If that is why, run again from Cell In\[(\d+)\] down to this one\."
)


class App:
    def __init__(self):
        self.routes = []


class Notebook:
    """Cells by their ids, run in one namespace as IPython would; those that raise have not ended well."""

    def __init__(self, **cells: str):
        self.cells, self.names, self.number = cells, {"App": App}, 0
        self.changes = Changes(self.names)
        for cell in cells:
            assert self.run(cell) is None

    def run(self, cell: str) -> str | None:
        """What is told of a cell that fails; None of one that does not."""
        self.number += 1
        told = None
        try:
            exec(self.cells[cell], self.names)
        except Exception:
            told = self.changes.told(cell)
        self.changes.note(cell, self.cells[cell], self.number, told is None)
        return told


def told(names: str, first: int) -> str:
    return (
        f"Since this cell last ran well, other cells have changed {names}."
        f" If that is why, run again from Cell In[{first}] down to this one."
    )


# What is told


def test_a_name_that_another_cell_has_bound_is_named_with_the_cell_that_had_bound_it():
    notebook = Notebook(first="size = 1", reads="assert size == 1", second="size = 2")
    assert notebook.run("reads") == told("`size`", 1)
    assert notebook.run("first") is None and notebook.run("reads") is None
    assert notebook.run("second") is None
    assert notebook.run("reads") == told("`size`", 5), "the number that the cell bears now"


def test_a_cell_that_is_run_again_or_edited_has_changed_nothing_for_those_behind_it():
    notebook = Notebook(first="size = 1", reads="assert size == 1")
    notebook.cells["first"] = "size = 3"
    assert notebook.run("first") is None and notebook.run("reads") == ""


def test_a_cell_that_is_run_again_has_emptied_what_cells_behind_it_filled():
    notebook = Notebook(first="desk = {}", fills="desk['a'] = 1", uses="print(desk)", reads="assert desk == {'a': 1}")
    assert notebook.run("first") is None
    assert notebook.run("reads") == told("`desk`", 2)
    assert notebook.run("uses") is None and notebook.run("reads") == told("`desk`", 2)
    assert notebook.run("fills") is None and notebook.run("reads") is None
    notebook.cells["fills"] = "desk['b'] = 1"
    assert notebook.run("fills") is None and notebook.run("reads") == "", "an edit of the learner's own"


def test_a_module_that_is_imported_again_has_lost_nothing():
    notebook = Notebook(first="import math, json", uses="math.floor(1)\njson.JSONDecoder.decode", reads="assert math")
    assert notebook.run("first") is None
    assert notebook.changes.told("reads") == ""


def test_an_edit_that_fails_before_other_cells_have_changed_anything_is_no_matter_of_theirs():
    notebook = Notebook(first="size = 1", reads="assert size == 1", own="other = 2")
    notebook.cells["reads"] = "assert size == other"
    assert notebook.run("reads") == ""


def test_nothing_is_told_of_a_cell_that_never_ran_well_or_has_no_id():
    notebook = Notebook(first="size = 1", second="size = 2")
    notebook.cells["fails"] = "assert size == 1"
    assert notebook.run("fails") == "" == notebook.run("fails") == notebook.changes.told(None)
    notebook.changes.note(None, "assert size", 9, True)
    notebook.changes.note("silent", "assert size", None, True)
    assert set(notebook.changes.ran) == {"first", "second"}


def test_what_a_cell_binds_itself_is_no_other_cells():
    notebook = Notebook(reads="seen = [1]\nfor n in seen: assert n == 1", second="n, seen = 2, []")
    notebook.cells["reads"] = "seen = [1]\nfor n in seen: assert n == 2"
    assert notebook.run("reads") == ""
    same = Notebook(first="n = 5", reads="for n in [5]: assert n == 5", second="n = 6")
    same.cells["reads"] += "\nassert n == 6"
    assert same.run("reads") == "", "nor where it is the same object that another cell had bound"


def test_names_that_ipython_makes_for_itself_are_nobodys():
    assert Notebook(first="_ = 1", reads="assert _ == 1", second="_ = 2").run("reads") == ""


def test_three_names_are_told_and_that_there_are_more():
    notebook = Notebook(first="a = b = c = d = 1", reads="assert a + b + c + d == 4", second="a = b = c = d = 2")
    assert notebook.run("reads") == told("`a`, `b`, `c` and more", 1)
    notebook = Notebook(first="a = b = 1", reads="assert a + b == 2", second="a = b = 2")
    assert notebook.run("reads") == told("`a` and `b`", 1)


# What a cell uses


def test_what_a_function_reads_when_a_cell_calls_it_counts():
    notebook = Notebook(
        first="size = 1",
        function="def inner():\n    return size\ndef outer():\n    return (lambda: inner())()",
        reads="assert outer() == 1",
        second="size = 2",
    )
    assert notebook.run("reads") == told("`size`", 1)


def test_what_a_function_reads_that_the_cell_does_not_call_does_not_count():
    notebook = Notebook(
        right="right = 1",
        first="size = 1\ndef unused(): return size\ndef used(): return 1",
        reads="assert used() == right",
        second="size = 2",
        wrong="right = 2",
    )
    assert notebook.run("reads") == told("`right`", 1)


def test_what_a_cell_needs_needs_its_own_cells_too():
    notebook = Notebook(
        model="Parcel = 'old'",
        between="nothing = 0",
        app="app = App()",
        fill="app.routes.append(Parcel)",
        reads="assert app.routes == ['old']",
        second="Parcel, app = 'new', App()",
    )
    assert notebook.run("reads") == told("`app`", 1)
    for cell in ("model", "between", "app", "fill", "reads"):
        assert notebook.run(cell) is None


def test_a_cell_belongs_where_it_ran_first_though_it_ran_well_with_something_else():
    notebook = Notebook(
        first="size = 1", reads="assert size in (1, 2)", second="size = 2", third="size = 3", again="size = 2"
    )
    assert notebook.run("reads") is None and notebook.run("third") is None
    assert notebook.run("reads") == told("`size`", 1)


def test_code_that_cannot_be_compiled_is_for_the_caller_to_catch():
    with pytest.raises(SyntaxError):
        Changes({}).note("a", "%%html", 1, True)


@pytest.mark.parametrize(
    "code, filled",
    [
        ("@app.get('/')\ndef root(): return shelf.pop()", {"app"}),
        ("@app.get('/')\nasync def root(): return shelf.pop()", {"app"}),
        ("with a.b():\n    c.d.e(f)", {"a", "c"}),
        ("a[1] = b[2]\ndel c[3]", {"a", "c"}),
        ("a.b\nc = d", set()),
        ("f(a)().g()", set()),
    ],
)
def test_a_cell_fills_what_it_calls_or_puts_something_into(code, filled):
    assert changed._Filled(code).found == filled


# What is served, and what has ended

SERVING = """
def serve(app):
    server._current = Server(app)
    return server._current
serve.__module__ = "helpers.live.server"
"""


class Served(Notebook):
    """Cells that serve an app, by what the kernel knows of a served one."""

    def __init__(self, **cells: str):
        super().__init__()
        self.names |= {"server": None, "Server": Server, "current": server}
        exec(SERVING.replace("server.", "current."), self.names)
        self.cells = cells
        for cell in cells:
            assert self.run(cell) is None


class Server:
    __module__ = "helpers.live.server"

    def __init__(self, app: App):
        self.app = app


@pytest.fixture
def nobody_served(monkeypatch):
    monkeypatch.setattr(server, "_current", None)


def test_another_app_that_is_served_counts_where_a_cell_asks(nobody_served):
    notebook = Served(
        right="right = True",
        serves="server = serve(App())",
        asks="assert server.app and right",
        counts="assert right",
        other="serve(App())",
        wrong="right = False",
    )
    assert notebook.run("counts") == told("`right`", 1)
    assert notebook.run("asks") == told("`right` and what is served", 1)
    assert notebook.run("right") is None and notebook.run("asks") is None


def test_what_an_app_needs_that_is_not_served_does_not_count(nobody_served):
    notebook = Served(
        model="Parcel = 'old'",
        other="other = App()\nother.routes.append(lambda: Parcel)",
        serves="app = App()\nserver = serve(app)",
        reads="assert server.app.routes == []",
        second="Parcel = 'new'",
    )
    notebook.cells["reads"] = "assert server.app.routes == [1]"
    assert notebook.run("reads") == ""


def test_a_cell_that_names_a_helper_and_asks_nothing_does_not_begin_where_something_else_was_served(nobody_served):
    notebook = Served(
        imports="size = 1",
        early="other = serve(App())",
        app="app, helper = App(), serve",
        asks="helper\nassert serve(app).app.routes == []",
        second="app = App()\napp.routes.append(1)",
    )
    assert notebook.run("asks") == told("`app`", 3)


def test_what_the_cells_read_that_made_the_served_app_counts_though_no_cell_names_it(nobody_served):
    """As a path operation that reads a model when it is called: the app is the same, and the model another."""
    notebook = Served(
        model="Parcel = 'old'",
        app="app = App()",
        route="app.routes.append(lambda: Parcel)",
        serves="server = serve(app)",
        reads="assert server.app.routes[0]() == 'old'",
        second="Parcel = 'new'",
    )
    assert notebook.run("reads") == told("`Parcel`", 1)
    for cell in ("model", "app", "route", "serves", "reads"):
        assert notebook.run(cell) is None


@pytest.mark.parametrize(
    "value, ended",
    [
        (SimpleNamespace(__module__="httpx", is_closed=True), True),
        (SimpleNamespace(__module__="httpx", is_closed=False), False),
        (SimpleNamespace(__module__="helpers.services.process", running=False), True),
        (SimpleNamespace(__module__="helpers.services.process", running=True), False),
        (SimpleNamespace(__module__="helpers.services.mailbox"), False),
        (SimpleNamespace(__module__="theirs", is_closed=True, running=False), False),
        (7, False),
    ],
)
def test_a_client_that_is_closed_and_a_process_that_is_over_have_ended(value, ended):
    assert changed._ended(value) is ended


def test_what_another_cell_has_ended_counts_as_changed():
    notebook = Notebook()
    web = SimpleNamespace(__module__="helpers.services.process", running=True)
    notebook.names["start"] = lambda: setattr(web, "running", True) or web
    notebook.cells = {"starts": "web = start()", "asks": "assert web.running", "ends": "web.running = False"}
    for cell in ("starts", "asks", "ends"):
        assert notebook.run(cell) is None
    assert notebook.run("asks").startswith("Since this cell last ran well, other cells have changed `web`")
    assert notebook.run("starts") is None and notebook.run("asks") is None


# In a kernel


def test_a_measurement_gone_back_to_says_what_to_run_again_and_then_runs():
    """The app of another cell answers 404; the cell's own is two cells above."""
    kernel = Kernel()
    cells = {
        "imports": "from fastapi import FastAPI\nfrom helpers import serve",
        "html": "%%html\n<b>nothing to compile</b>",
        "app": "app = FastAPI()\n\n@app.get('/parcels')\ndef count() -> int:\n    return 7",
        "asks": "answer = serve(app).client.get('/parcels')\nassert answer.status_code == 200",
        "other": "app = FastAPI()",
    }
    try:
        for cell, code in cells.items():
            assert kernel.run(code, cell=cell)[1] == []
        lines = kernel.run(cells["asks"], cell="asks")[1]
        assert (
            lines[-2].startswith("Your app answered 404 to GET /parcels.") or lines[-2] == "answer.status_code is 404"
        )
        assert lines[-1] == told("`app`", 3) and "another cell's app" not in "".join(lines)
        assert told("`app`", 3) not in kernel.run("answer.nothing", cell="own")[1]
        for cell in ("app", "asks"):
            assert kernel.run(cells[cell], cell=cell)[1] == []
        lines = kernel.run("print(typo)", cell="asks")[1]
        assert lines[-1] == "NameError: name 'typo' is not defined"
    finally:
        kernel.end()


class Studied:
    """A chapter in a kernel of its own, run whole."""

    def __init__(self, number: int, folder: Path):
        self.kernel, self.cells = Kernel(cwd=folder), code_of(number)
        self.numbers: dict[int, int] = {}  # by a cell's place, that of its last run
        self.ran = 0
        assert [lines for place in range(len(self.cells)) if (lines := self.fails(place))] == []

    def fails(self, place: int) -> list[str]:
        """The lines of the error that a cell ends in now, where none is expected."""
        cell = self.cells[place]
        expected = "raises-exception" in tags(cell)
        lines = self.kernel.run(cell.source, not expected, cell.id)[1]
        self.ran += 1
        self.numbers[place] = self.ran
        return [] if expected else lines

    def obeyed(self, place: int, says: re.Match[str]) -> list[tuple[str, list[str]]]:
        """The cells that fail when what was said is done."""
        first = next(other for other, number in self.numbers.items() if number == int(says[2]))
        again = range(first, place + 1)
        return [(self.cells[one].id, lines) for one in again if (lines := self.fails(one))]


@pytest.mark.slow
@pytest.mark.parametrize("number", [2, 3])
def test_who_jumps_about_in_a_chapter_is_told_from_where_to_run_again(number, tmp_path):
    """Each cell once, in an order of chance: one that fails says what to run again, and then it runs."""
    folder = shutil.copytree(refresh.NOTEBOOKS, tmp_path / "notebooks", ignore=shutil.ignore_patterns(".*"))
    chapter = Studied(number, folder)  # which writes its progress there
    helped = 0
    try:
        for place in random.Random(number).sample(range(len(chapter.cells)), len(chapter.cells)):
            if lines := chapter.fails(place):
                says = SAYS.fullmatch(lines[-1])
                assert says, (chapter.cells[place].id, lines)
                assert chapter.obeyed(place, says) == []
                helped += 1
    finally:
        chapter.kernel.end()
    assert helped > 5
