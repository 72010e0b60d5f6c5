"""Chapter 7's folder: its deployment files are right and slips in them are noticed; what they command is run in a copy."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import make
from helpers.chapters.ch07 import lesson
from helpers.services.postgres import Postgres
from helpers.services.process import Process, process
from tests.chapters.ch07.programs import FOLDER, run, tool

posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals, and no bash")


def schema(name: str, *options: str) -> list[str]:
    return [tool("check-jsonschema"), "--builtin-schema", f"vendor.{name}", *options]


LINTERS = {
    "Dockerfile": [tool("hadolint"), "--no-color"],
    "compose.yaml": schema("compose-spec"),
    "kubernetes/parcels.yaml": [tool("kubernetes-validate"), "--strict", "--quiet"],
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
        ("FROM ${PYTHON} AS build", "FROM python AS build", "DL3006"),
        ('CMD ["uvicorn", "parcels.service:app",', "CMD uvicorn parcels.service:app #", "DL3025"),
        ("WORKDIR /srv\nCOPY requirements", "WORKDIR srv\nCOPY requirements", "DL3000"),
    ],
    "compose.yaml": [
        ("stop_grace_period: 30s", "stop_grace: 30s", "stop_grace"),
        ("condition: service_completed_successfully", "condition: service_finished", "service_finished"),
    ],
    "kubernetes/parcels.yaml": [
        ("backoffLimit: 0", "backoffLimit: never", "backoffLimit"),
        ("preStop: {sleep", "preStopp: {sleep", "preStopp"),
        ("selector: {app: parcels}", "selectors: {app: parcels}", "selectors"),
    ],
    "gcp/cloudbuild.yaml": [("args: [build", "arg: [build", "'arg'")],
    "azure/azure-pipelines.yml": [("displayName: Put", "display: Put", "'display'")],
    "workflows/deploy.yml": [("needs: test\n    runs-on", "needs: test\n    runs", "'runs-on' is a required property")],
    "aws/template.yaml": [
        ("Timeout: 30 ", "Timeout: 3000 ", "E3717"),
        ("!GetAtt Role.Arn", "!GetAtt Rolle.Arn", "E1010"),
        ("maxReceiveCount: 5", "maxReceives: 5", "maxReceives"),
    ],
}
INSECURE = [
    ("persist-credentials: false", "fetch-depth: 1", "artipacked"),
    ("@7c6bc770dae815cd3e89ee6cdf493a5fab2cc093 # v3.0.0", "@v3", "unpinned-uses"),
    (
        "permissions:\n      contents: read\n    services:",
        "permissions: write-all\n    services:",
        "excessive-permissions",
    ),
    ("run: gcloud run services", "run: echo ${{ github.head_ref }} && gcloud run services", "template-injection"),
]
QUICK = [name for name in LINTERS if name != "aws/template.yaml"]


def read(name: str) -> str:
    return (FOLDER / name).read_text(encoding="utf-8")


def complaints(command: list, *files: Path) -> str:
    """What a linter says against files; nothing when they are right."""
    done = subprocess.run([*command, *files], capture_output=True, text=True)
    return done.stdout + done.stderr if done.returncode else ""


def spoilt(name: str, slips: list[tuple[str, str, str]], folder: Path) -> Path:
    text = read(name)
    for right, wrong, _ in slips:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    file = folder / f"spoilt-{Path(name).name}"
    file.write_text(text)
    return file


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


# Who gives up first


PLATFORMS = tomllib.loads(read("platforms.toml"))
COMPOSE = yaml.safe_load(read("compose.yaml"))["services"]
DEPLOYMENT = next(one for one in yaml.safe_load_all(read("kubernetes/parcels.yaml")) if one["kind"] == "Deployment")
JOBS = yaml.safe_load(read("workflows/deploy.yml"))["jobs"]
IMAGE_COMMAND = json.loads(re.findall(r"^CMD (\[.*\])$", read("Dockerfile"), re.MULTILINE)[0])


def patience(command: list[str]) -> int:
    assert command[0] == "uvicorn" and command[-2] == "--timeout-graceful-shutdown"
    return int(command[-1])


def test_the_server_gives_up_before_each_platform_does():
    assert patience(IMAGE_COMMAND) + 5 <= min(platform["default"] for platform in PLATFORMS.values())
    deploy = next(step["run"] for step in JOBS["deploy"]["steps"] if "gcloud run deploy" in step.get("run", ""))
    assert not re.search(r"--(command|args)\b", deploy), "Cloud Run runs the image's CMD"
    assert patience(COMPOSE["web"]["command"]) + 5 <= int(COMPOSE["web"]["stop_grace_period"].removesuffix("s"))
    assert COMPOSE["rq"]["stop_grace_period"] == COMPOSE["celery"]["stop_grace_period"] == "2m"
    pod = DEPLOYMENT["spec"]["template"]["spec"]
    [web] = pod["containers"]
    pause = web["lifecycle"]["preStop"]["sleep"]["seconds"]
    assert pause + patience(web["command"]) + 5 <= pod["terminationGracePeriodSeconds"]


def test_each_platform_has_its_numbers_and_their_source():
    for platform in PLATFORMS.values():
        assert platform.keys() == {"default", "most", "setting", "source"}
        assert platform["source"].startswith("https://")
        assert platform["most"] in ("none", "?") or platform["most"] >= platform["default"]


# The recipe and the locks


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
    course = re.sub(r"\[\w+\]", "", (make.ROOT / make.LOCK).read_text(encoding="utf-8"))
    assert all(f"{name}=={image[name]}" in course for name in asked), "the chapter's own versions"


def test_one_version_of_uv_builds_tests_and_locks():
    versions = re.findall(r"/uv:([\d.]+)", read("Dockerfile")) + re.findall(
        r"uv==([\d.]+)", read("workflows/deploy.yml")
    )
    assert {f"uv=={version}" for version in versions} == {make.UV} and len(versions) == 3


def test_the_image_is_named_by_a_digest_and_runs_as_nobody_in_particular():
    recipe = read("Dockerfile")
    assert re.search(r"^ARG PYTHON=python:[\d.]+-slim@sha256:[0-9a-f]{64}$", recipe, re.MULTILINE)
    assert re.findall(r"^FROM (\S+)", recipe, re.MULTILINE) == ["${PYTHON}", "${PYTHON}"]
    assert recipe.index("USER 10001") < recipe.index("CMD [")
    assert "--mount=type=cache" in recipe and "--mount=type=secret" in recipe


def test_what_the_image_copies_goes_to_the_builder():
    allowed = read(".dockerignore").splitlines()
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", read("Dockerfile"), re.MULTILINE)
    names = [name for line in copied for name in line.split()]
    assert names == ["requirements.txt", "alembic.ini", "migrations", "parcels"] and allowed[1] == "*"
    assert [line for line in allowed if line.startswith("!")] == [f"!{name}" for name in names]


def test_the_entrypoint_is_there_and_the_package_needs_what_it_imports():
    settings = tomllib.loads(read("pyproject.toml"))
    for entry in (settings["tool"]["fastapi"]["entrypoint"], IMAGE_COMMAND[1], COMPOSE["web"]["command"][1]):
        module, name = entry.split(":")
        assert run(f"from {module} import {name}; print(type({name}).__name__)") == "FastAPI"
    needs = ["fastapi[standard]", "rq", "celery[redis]", "sqlmodel", "alembic", "psycopg[binary]"]
    assert settings["project"]["dependencies"] == needs


def test_the_version_is_said_in_one_way():
    version = tomllib.loads(read("pyproject.toml"))["project"]["version"]
    assert run("from parcels.settings import settings; print(settings.version)") == version
    assert f"registry.example/parcels:{version}" in read("kubernetes/parcels.yaml")


def test_every_container_of_the_service_has_its_limits_and_waits_for_the_migration():
    for name in ("migrate", "web", "rq", "celery"):
        service = COMPOSE[name]
        assert service["read_only"] and service["cap_drop"] == ["ALL"] and service["mem_limit"] == "512m", name
        assert "parcels_database_url" in service["secrets"] and "PARCELS_DATABASE_URL" not in service["environment"]
        waits = service["depends_on"]
        expected = {"database"} if name == "migrate" else {"migrate", "broker"}
        assert set(waits) == expected and all(wait["condition"] != "service_started" for wait in waits.values())
    assert COMPOSE["migrate"]["command"] == ["alembic", "upgrade", "head"]


# What is called for real


def test_the_lambda_handler_answers_an_event():
    program = """
from lambda_handler import handler
http = {"method": "POST", "path": "/parcels/7/label", "sourceIp": "203.0.113.7"}
event = {"version": "2.0", "rawPath": http["path"], "rawQueryString": "", "headers": {}, "requestContext": {"http": http}}
print(handler(event, None)["statusCode"])
"""
    assert run(program, FOLDER / "aws") == "202"
    assert "Handler: lambda_handler.handler" in read("aws/template.yaml")


def test_the_queues_consumer_names_what_failed():
    program = """
import json, logging
from pathlib import Path
from parcels import jobs
import queue_consumer
logging.disable()
def print_label(parcel):
    if parcel == 2:
        raise OSError
jobs.print_label = print_label
print(queue_consumer.handler(json.loads(Path("sqs_event.json").read_text()), None))
"""
    failed = json.loads(read("aws/sqs_event.json"))["Records"][1]["messageId"]
    assert run(program, FOLDER / "aws") == str({"batchItemFailures": [{"itemIdentifier": failed}]})
    template = read("aws/template.yaml")
    assert "Handler: queue_consumer.handler" in template
    function, queue = (int(re.search(rf"{name}: (\d+)", template)[1]) for name in ("Timeout", "VisibilityTimeout"))
    assert queue == 6 * function


def test_a_task_of_cloud_tasks_is_answered_and_one_without_a_name_refused():
    program = """
import runpy
from fastapi.testclient import TestClient
client = TestClient(runpy.run_path("gcp/cloud_tasks.py")["app"])
codes = [client.post("/tasks/label", json={"parcel": 3}, headers=headers).status_code for headers in ({"X-CloudTasks-TaskName": "a"}, {})]
print(codes)
"""
    assert run(program) == "[204, 422]"


def test_the_function_app_has_one_function_and_its_host_no_prefix():
    program = (
        "import function_app; print([function.get_function_name() for function in function_app.app.get_functions()])"
    )
    assert run(program, FOLDER / "azure") == "['http_app_func']"
    assert json.loads(read("azure/host.json"))["extensions"]["http"]["routePrefix"] == ""


def test_the_function_apps_package_holds_the_lock():
    assert "-r requirements.txt azure-functions" in read("azure/azure-pipelines.yml")


def test_a_secret_is_read_from_a_file_and_a_variable_goes_first(tmp_path):
    (tmp_path / "parcels_database_url").write_text("sqlite:///from-a-file.db")
    for variable, expected in (("", "from-a-file"), ("sqlite:///from-a-variable.db", "from-a-variable")):
        program = f"""
import os
os.environ["PARCELS_SECRETS"] = {str(tmp_path)!r}
os.environ.pop("PARCELS_DATABASE_URL", None)
if {variable!r}:
    os.environ["PARCELS_DATABASE_URL"] = {variable!r}
from parcels.settings import settings
print(settings.database_url)
"""
        assert run(program) == f"sqlite:///{expected}.db"


@pytest.mark.slow
@pytest.mark.parametrize("database", ["SQLite", "PostgreSQL"])
def test_the_folders_own_tests_pass(database, tmp_path):
    copy = copied(tmp_path)
    server = Postgres()
    if database == "PostgreSQL" and not server.available:
        pytest.skip("no PostgreSQL here")
    with server:
        url = server.url if database == "PostgreSQL" else f"sqlite:///{tmp_path / 'parcels.db'}"
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis"]
        done = subprocess.run(command, cwd=copy, env=given(PARCELS_DATABASE_URL=url), capture_output=True, text=True)
    assert done.returncode == 0 and " passed" in done.stdout, done.stdout + done.stderr


def test_the_migration_to_come_keeps_every_row_and_leads_back(tmp_path):
    copy = copied(tmp_path)
    shutil.copy(copy / "releases/1.2/0003_depot_required.py", copy / "migrations/versions")
    address = f"sqlite:///{tmp_path / 'parcels.db'}"
    program = f"""
import os
os.environ["PARCELS_DATABASE_URL"] = {address!r}
from alembic import command, config
from sqlalchemy import create_engine, text
def rows():
    with create_engine({address!r}).begin() as connection:
        return connection.execute(text("SELECT recipient, depot FROM parcel")).all()
alembic = config.Config("alembic.ini")
command.upgrade(alembic, "0002")
with create_engine({address!r}).begin() as connection:
    connection.execute(text("INSERT INTO parcel (recipient) VALUES ('Ada')"))
command.upgrade(alembic, "0003")
filled = rows()
command.downgrade(alembic, "0002")
print(filled == rows() == [("Ada", "central")])
"""
    assert run(program, copy) == "True"


# The pipeline, as it would run in a repository of its own


def copied(folder: Path) -> Path:
    return Path(shutil.copytree(FOLDER, folder / "parcels", ignore=shutil.ignore_patterns("__pycache__", ".*_cache")))


def given(**more: str) -> dict[str, str]:
    """The environment without what the course's own run has set in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "COV", "PYTEST_"))}
    kept.pop("VIRTUAL_ENV", None)
    return kept | more


def commands_of(job: str) -> list[dict]:
    """The steps of a job that run a command, but for the installation of uv, which is here already."""
    return [s for s in JOBS[job]["steps"] if "run" in s and not s["run"].startswith("pip install uv==")]


class Runner:
    """Runs a job's steps in a copy of the folder, as GitHub's runner does: bash with -e, outputs, paths, `if: failure()`.

    `done` holds the names of the steps that were run, `failed` the first that failed, with its words in `said`.
    """

    def __init__(self, job: str, copy: Path, variables: dict[str, str], path: list[Path]):
        self.done: list[str] = []
        self.failed = self.said = ""
        self._outputs: dict[str, str] = {}
        self._files = {name: copy.parent / name for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
        self._variables = variables
        self._base = given(GITHUB_SHA="5ca1ab1e", **{name: str(file) for name, file in self._files.items()})
        self._base |= self._values(JOBS[job].get("env", {}))
        self._path = [*map(str, path), str(Path(sys.executable).parent), self._base["PATH"]]
        for step in commands_of(job):
            if bool(self.failed) == ("failure()" in step.get("if", "")):
                self._run(step, copy)

    def _run(self, step: dict, copy: Path) -> None:
        for file in self._files.values():
            file.write_text("")
        environment = self._base | self._values(step.get("env", {})) | {"PATH": os.pathsep.join(self._path)}
        if "if" in step and not self._holds(step["if"]):
            return
        # Its address is a name at Google; here it is a process of this machine.
        command = step["run"].replace("https://candidate---${URL#https://}", self._variables.get("CANDIDATE", ""))
        name = step.get("name", step["run"])
        done = subprocess.run(["bash", "-e", "-c", command], cwd=copy, env=environment, capture_output=True, text=True)
        self.done.append(name)
        if done.returncode:
            self.failed = self.failed or name
            self.said += done.stdout + done.stderr
            return
        self.said += done.stdout
        self._outputs[f"steps.{step.get('id')}.outcome"] = "success"
        for line in self._files["GITHUB_OUTPUT"].read_text().splitlines():
            key, _, value = line.partition("=")
            self._outputs[f"steps.{step['id']}.outputs.{key}"] = value
        self._path[:0] = self._files["GITHUB_PATH"].read_text().split()

    def _holds(self, condition: str) -> bool:
        """`failure() && steps.switch.outcome == 'success'`"""
        left, _, right = condition.partition(" && ")[2].partition(" == ")
        return self._outputs.get(left) == right.strip("'")

    def _values(self, env: dict[str, str]) -> dict[str, str]:
        known = {f"vars.{name}": value for name, value in self._variables.items()} | self._outputs
        return {name: re.sub(r"\$\{\{ (.+?) \}\}", lambda found: known[found[1]], value) for name, value in env.items()}


@posix_only
@pytest.mark.slow
def test_the_first_job_of_the_workflow_runs_in_a_copy(tmp_path, monkeypatch):
    """Installs the folder's lock, so it needs the network: where no index answers it is skipped."""
    server = Postgres()
    if not server.available:
        pytest.skip("no PostgreSQL here")
    with server:
        monkeypatch.setitem(
            JOBS["test"]["env"], "PARCELS_DATABASE_URL", server.url
        )  # in place of the service container
        runner = Runner("test", copied(tmp_path), {}, [])
    if runner.failed and make.OFFLINE.search(runner.said):
        pytest.skip("no index answers")
    assert not runner.failed, runner.said
    assert runner.done[1:] == ["Lint", "Migrate the test's database", "Test"] and " passed" in runner.said


@posix_only
@pytest.mark.slow
def test_the_image_installs_migrates_serves_and_ends(tmp_path):
    """The commands of the Dockerfile without Docker. Needs the network: where no index answers it is skipped."""
    copy, environment = copied(tmp_path), tmp_path / "environment"
    stage = read("Dockerfile").split("\nFROM")[1].replace("\\\n", " ")
    [install] = [re.sub(r"--mount=\S+ +", "", line) for line in re.findall(r"^RUN (.+)$", stage, re.MULTILINE)]
    path = os.pathsep.join([str(environment / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]])
    surroundings = given(VIRTUAL_ENV=str(environment), PATH=path)
    done = subprocess.run(["sh", "-c", install], cwd=copy, env=surroundings, capture_output=True, text=True)
    if done.returncode and make.OFFLINE.search(done.stdout + done.stderr):
        pytest.skip("no index answers")
    assert done.returncode == 0, f"{install}\n{done.stdout}{done.stderr}"

    database = {"PARCELS_DATABASE_URL": f"sqlite:///{tmp_path / 'parcels.db'}", "PARCELS_WORK_SECONDS": "0.3"}
    with process([str(environment / "bin" / "alembic"), "upgrade", "head"], cwd=copy, env=database) as migration:
        assert migration.wait(30) == "exit 0", migration.log
    command = [str(environment / "bin" / IMAGE_COMMAND[0]), *IMAGE_COMMAND[1:]]
    command[command.index("8000")], command[command.index("0.0.0.0")] = "{port}", "127.0.0.1"
    with process(command, cwd=copy, env=database, ready_path="/ready") as served:
        smoke = [str(environment / "bin" / "python"), "-m", "parcels.smoke", served.url, "1.1.0"]
        with process(smoke, cwd=copy, env={"NO_PROXY": "127.0.0.1"}) as test:
            assert test.wait(30) == "exit 0", test.log
        assert served.client.post("/parcels", json={"recipient": "Ada"}).json()["id"] == 2
        served.signal("SIGTERM")
        served.wait()
        assert lesson.told(served)[-2:] == ["label 2 printed", "lifespan closed"]


# A stand-in for `gcloud`: it writes down what it was asked, and answers what the real one would.
GCLOUD = """#!{python}
import pathlib, sys
asked = " ".join(sys.argv[1:])
with pathlib.Path({log!r}).open("a") as log:
    print(asked, file=log)
if "images describe" in asked:
    print("sha256:" + "d" * 64)
if "value(status.url)" in asked:
    print({url!r})
if "revisionName" in asked:
    print("parcels-00041")
"""


@pytest.fixture
def live(tmp_path) -> Iterator[Process]:
    """A version 5ca1ab1e of the service that works, on a migrated database."""
    copy = copied(tmp_path / "live")
    surroundings = {"PARCELS_DATABASE_URL": f"sqlite:///{tmp_path / 'parcels.db'}", "PARCELS_VERSION": "5ca1ab1e"}
    with process(["alembic", "upgrade", "head"], cwd=copy, env=surroundings) as migration:
        assert migration.wait(30) == "exit 0", migration.log
    command = ["uvicorn", "parcels.service:app", "--port", "{port}"]
    with process(command, cwd=copy, env=surroundings, ready_path="/ready") as served:
        yield served


BEFORE = ["Build", "Note what runs now", "Migrate", "Start the new one, without customers", "Smoke test"]
SWITCH = ["Switch", "Smoke test of what customers get"]
CLOSED = "http://127.0.0.1:9"  # nobody listens there


@posix_only
@pytest.mark.slow
@pytest.mark.parametrize(
    ("candidate", "customers", "steps", "last"),
    [
        ("live", "live", BEFORE + SWITCH, "update-traffic parcels --to-tags=candidate=100"),
        (CLOSED, "live", BEFORE, "run deploy parcels"),
        ("live", CLOSED, [*BEFORE, *SWITCH, "Roll back"], "update-traffic parcels --to-revisions=parcels-00041=100"),
    ],
    ids=["good", "fails before the switch", "fails behind it"],
)
def test_the_second_job_switches_or_rolls_back(live, tmp_path, monkeypatch, candidate, customers, steps, last):
    """`gcloud` is a stand-in and the cloud's addresses are processes here; all else is run as it stands."""
    address = {"live": live.url}
    log, gcloud = tmp_path / "asked", tmp_path / "bin" / "gcloud"
    gcloud.parent.mkdir()
    url = address.get(customers, customers)
    gcloud.write_text(GCLOUD.format(python=sys.executable, log=str(log), url=url))
    gcloud.chmod(0o755)
    prepare = "uv venv && uv pip sync requirements.txt"  # run by the tests above, for it needs a network
    monkeypatch.setitem(
        JOBS["deploy"], "steps", [s for s in JOBS["deploy"]["steps"] if prepare not in s.get("run", "")]
    )
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    variables = {"IMAGE": "registry.example/parcels", "REGION": "europe-west1"}
    variables["CANDIDATE"] = address.get(candidate, candidate)
    runner = Runner("deploy", copied(tmp_path), variables, [gcloud.parent])

    assert runner.done == steps, runner.said
    assert bool(runner.failed) == (CLOSED in (candidate, customers))
    asked = log.read_text().splitlines()
    assert last in asked[-1]
    digest = f"--image=registry.example/parcels@sha256:{'d' * 64}"
    assert [line for line in asked if " deploy " in line and digest not in line] == [], "all by digest"
    assert (
        "builds submit --config=gcp/cloudbuild.yaml --substitutions=_IMAGE=registry.example/parcels,_TAG=5ca1ab1e"
        in asked
    )


def test_a_session_does_not_stay_open_until_the_label_is_printed():
    """15 orders at once would hold the pool's 15 connections for as long as their labels take."""
    assert 'Depends(get_session, scope="function")' in read("parcels/orders.py")
