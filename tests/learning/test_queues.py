"""The appendix on queues: what it is told of what is missing, what is stored, and that it leaves nothing behind."""

import json
import os
import signal
from types import SimpleNamespace

import nbformat
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from helpers.authoring import queues as measuring
from helpers.authoring.refresh import NOTEBOOKS
from helpers.course import QUEUES as PAGE
from helpers.learning import queues
from helpers.learning.queues import QUEUE_NAMES, Diary, comparison, obtainable
from helpers.services.waiting import until
from tests.chapters.ch07.test_lesson import Case, posix_only

FOLDER = NOTEBOOKS / "appendix_queues"
HERE, GONE = SimpleNamespace(available=True, why_not=""), SimpleNamespace(available=False, why_not="There is none.")
NO_BROKER = "No broker answers, so no queue on Redis was measured here"


def page() -> nbformat.NotebookNode:
    return nbformat.read(NOTEBOOKS / PAGE, as_version=4)


def shown(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.get("outputs", []))


# What it is told


@posix_only
def test_what_is_missing_is_told_once_and_the_rest_goes_on(capsys):
    assert obtainable(HERE, HERE) == [queue for queue in QUEUE_NAMES if queue != "arq"]
    assert capsys.readouterr().out == ""
    assert obtainable(GONE, HERE) == ["procrastinate"]
    assert capsys.readouterr().out.count(NO_BROKER) == 1
    assert obtainable(HERE, GONE) == ["rq", "celery", "dramatiq", "taskiq"]
    assert capsys.readouterr().out == "There is none.\n"


@posix_only
def test_a_queue_that_is_not_installed_is_named(monkeypatch, capsys):
    monkeypatch.setattr(queues.importlib.util, "find_spec", lambda name: None if name == "dramatiq" else object())
    assert "dramatiq" not in obtainable(HERE, HERE)
    assert capsys.readouterr().out == "dramatiq is not installed here, so it was not measured.\n"


@posix_only
def test_arq_is_there_when_it_has_an_environment(monkeypatch):
    monkeypatch.setenv(queues.ARQ, "some/bin")
    assert obtainable(HERE, HERE) == list(QUEUE_NAMES)
    assert queues.program("arq", "arq --check") == [os.path.join("some/bin", "arq"), "--check"]
    assert queues.program("rq", "rq info") == ["rq", "info"]


def test_a_diary_tells_the_parcels_apart_and_waits_for_all(tmp_path):
    diary = Diary(tmp_path / "diary.txt")
    diary.path.write_text("1.5 20 7 started\n2.5 21 17 started\n3.5 20 7 started on loop 9\n4.0 2", encoding="utf-8")
    assert diary.events(7) == ["started", "started on loop 9"]
    assert [(line.moment, line.pid) for line in diary.about(17)] == [(2.5, 21)]
    assert diary.wait({"rq": 7, "celery": 17}, "started") == ["rq", "celery"]
    assert diary.wait({"rq": 7, "celery": 8}, "started", timeout=0.05) == ["rq"]
    assert diary.wait({"rq": 7}, "started", times=2, timeout=0.05) == []


def test_the_table_takes_what_was_measured_before_what_is_stored(monkeypatch):
    stored = queues.Stored(answers={"order": {"arq": "1 ms", "rq": "9 ms"}}, slow={"MB": {"rq": "5 MB"}})
    monkeypatch.setattr(queues, "load", lambda: stored)
    assert comparison({"order": {"rq": "2 ms"}}).markdown.splitlines()[2:] == [
        "| order | 2 ms | – | – | – | 1 ms | – |",
        "| MB | 5 MB | – | – | – | – | – |",
    ]


# What is stored


def test_arq_has_an_answer_to_every_row_and_nobody_else_has_one_stored():
    drawn = next(cell for cell in page().cells if cell.id == "queues-table-drawn").outputs[0].data["text/markdown"]
    rows = [[part.strip() for part in line.strip("|").split("|")] for line in drawn.splitlines()[2:]]
    dashes = {(row[0], QUEUE_NAMES[place]) for row in rows for place, answer in enumerate(row[1:]) if answer == "–"}
    assert dashes == {("two schedulers", "dramatiq")}
    assert {row[0] for row in rows} == {*queues.load().answers, *queues.load().slow}, (
        "run `make queues`: a row has changed"
    )
    assert all(list(answers) == ["arq"] for answers in queues.load().answers.values())


def test_make_queues_knows_the_cells_that_it_runs():
    ids = {cell.id for cell in page().cells}
    assert {f"queues-{id}" for id in measuring.ASKING} <= ids
    assert set(measuring.PACKAGES) == set(QUEUE_NAMES)


def test_make_queues_stores_arqs_answers_and_what_takes_minutes(monkeypatch, tmp_path):
    answers = iter(
        [{"order": {"rq": "2 ms", "arq": "1 ms"}, "ticks": {"rq": "both"}}, {"lost": {"rq": "9 s"}}, {"silent": {}}]
    )
    monkeypatch.setattr(measuring, "made", lambda folder, *packages: folder)
    monkeypatch.setattr(measuring, "megabytes", lambda folder: 3.2)
    monkeypatch.setattr(measuring, "table", lambda cells, timeout: next(answers))
    monkeypatch.setattr(measuring, "DATA", tmp_path / "queues.json")
    monkeypatch.setenv(measuring.ARQ, "")
    assert measuring.main() == 0
    found = json.loads((tmp_path / "queues.json").read_text(encoding="utf-8"))
    assert found["answers"] == {"order": {"arq": "1 ms"}}
    assert found["slow"] == {"MB": dict.fromkeys(QUEUE_NAMES, "3 MB"), "lost": {"rq": "9 s"}, "silent": {}}


@pytest.mark.parametrize("base", ["/user/ada/", "/"])
def test_flowers_page_stands_under_jupyters_address(monkeypatch, base):
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", base)
    assert queues.prefix() == [f"--url-prefix={base[1:]}proxy/absolute/{{port}}"]
    flower = SimpleNamespace(port=4711)
    assert queues.page(flower, "/workers") == f"{base}proxy/absolute/4711/workers"
    monkeypatch.setenv("COURSE_RUN", "ci")
    assert queues.prefix() == [] and queues.page(flower, "/workers") == "/workers"


def test_flowers_page_is_shown_in_jupyterlab_as_wide_as_the_cell(monkeypatch, capsys):
    frames = []
    monkeypatch.setattr("IPython.display.display", frames.append)
    queues.show(SimpleNamespace(port=4711), "/workers")
    assert capsys.readouterr().out == "In JupyterLab, Flower's page stands here.\n" and not frames
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/")
    queues.show(SimpleNamespace(port=4711), "/workers")
    assert [(one.src, one.width, one.height) for one in frames] == [("/proxy/absolute/4711/workers", "100%", 400)]


def test_windows_has_no_queue_and_is_told_why(monkeypatch, capsys):
    monkeypatch.setattr(queues, "os", SimpleNamespace(name="nt", environ={}))
    assert obtainable(HERE, HERE) == []
    assert capsys.readouterr().out.startswith("Windows has no signals to kill a worker with")


# It leaves nothing behind


@pytest.fixture
def case(tmp_path):
    before = sorted(path for path in FOLDER.rglob("*") if path.suffix != ".pyc" and path.is_file())
    yield Case(tmp_path / "scratch")
    after = sorted(path for path in FOLDER.rglob("*") if path.suffix != ".pyc" and path.is_file())
    assert after == before, "a run wrote beside the jobs"


def executed(case: Case, first: str = "", last: tuple[str, ...] = ()) -> list[nbformat.NotebookNode]:
    """The cells of the page when it has run, with a cell before them and others after them."""
    book = page()
    book.cells = [new_code_cell(first), *book.cells, *map(new_code_cell, last)]
    options = {"timeout": 240, "kernel_name": "python3", "extra_arguments": ["--IPKernelApp.log_level=ERROR"]}
    client = NotebookClient(book, resources={"metadata": {"path": str(NOTEBOOKS)}}, **options)
    client.execute(env=case.environment)
    return book.cells


@posix_only
@pytest.mark.slow
def test_a_whole_run_leaves_nothing_and_each_cell_can_run_when_all_is_gone(case):
    code = [cell.source for cell in page().cells if cell.cell_type == "code"]
    measured = code[code.index(next(source for source in code if "calls, waits" in source)) :]
    cells = executed(case, last=("broker.stop()\npostgres.stop()", *measured))
    assert [shown(cell) for cell in cells].count("at work: []\n") == 2
    assert any(NO_BROKER in shown(cell) for cell in cells[-len(measured) :])
    assert case.left() == []


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize(
    ("missing", "sentence", "queue"),
    [
        ("import os; os.environ['REDIS_URL'] = 'redis://127.0.0.1:1/0'", NO_BROKER, "procrastinate"),
        (
            "from helpers.services import postgres as p; p._find = lambda: (None, p.NONE)",
            "There is no PostgreSQL",
            "rq",
        ),
    ],
    ids=["broker", "PostgreSQL"],
)
def test_without_one_of_the_two_the_others_are_measured(case, missing, sentence, queue):
    cells = {cell.id: shown(cell) for cell in executed(case, missing)}
    for id in ("queues-enqueue", "queues-web-killed-measured", "queues-dead", "queues-limit"):
        assert sentence in cells[id] and f"{queue}: " in cells[id]
    assert case.left() == []


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("end", ["kill", "interrupt", "failure"])
def test_a_kernel_takes_all_queues_with_it_however_its_cell_ends(case, end):
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(NOTEBOOKS), env=case.environment, extra_arguments=["--IPKernelApp.log_level=ERROR"])
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=60)
    for cell in page().cells:
        if cell.cell_type == "code":
            client.execute_interactive(cell.source, timeout=120, output_hook=lambda message: None)
        if cell.id == "queues-enqueue":
            break
    assert len(case.processes()) > 8
    if end == "kill":
        os.kill(manager.provisioner.pid, signal.SIGKILL)
    else:
        running = client.execute("1 / 0" if end == "failure" else "diary.wait({'rq': -1}, 'printed', timeout=60)")
        if end == "interrupt":
            until(lambda: False, 0.5)
            manager.interrupt_kernel()
        while client.get_shell_msg(timeout=30)["parent_header"].get("msg_id") != running:
            pass  # the answers to the cells before
        manager.shutdown_kernel()
    assert case.left() == []
    client.stop_channels()
    manager.shutdown_kernel(now=True)
