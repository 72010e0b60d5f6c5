"""The service of section 9.3: who may use it, its tables, its numbers, and the files that it is deployed with."""

import importlib
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jwt
import nbformat
import pytest
import yaml
from alembic import command
from alembic.config import Config
from fastapi.testclient import TestClient
from jupyter_client.manager import KernelManager
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

import make
from helpers.chapters.ch09.exercises.packages import FILES
from tests.chapters.ch07.programs import tool
from tests.chapters.ch09.depot_home import BOOK, KEY, environment

DEPOT = FILES / "depot"
NOTEBOOK = FILES.with_suffix(".ipynb")
ALEMBIC = Config(DEPOT / "alembic.ini")


@pytest.fixture(scope="module")
def depot(tmp_path_factory):
    """The package, imported with settings of its own, without spans and with a quick hash, and its tables."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment(tmp_path_factory.mktemp("depot")).items():
            patch.setenv(name, value)
        patch.delenv("SECRETS", raising=False)
        patch.setattr(sys, "dont_write_bytecode", True)
        patch.syspath_prepend(FILES)
        patch.setattr(importlib.import_module("depot.telemetry"), "set_up", lambda service: None)
        main = importlib.import_module("depot.main")
        main.clerks.hasher = PasswordHash([Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)])
        main.clerks.nobody = main.clerks.hasher.hash("")
        command.upgrade(ALEMBIC, "head")
        yield main
        sys.modules["depot.database"].engine.dispose()
        for name in [name for name in sys.modules if name.partition(".")[0] == "depot"]:
            del sys.modules[name]


@pytest.fixture
def session(depot):
    """A session of the database with Ada and nothing else."""
    from depot.database import Clerk, Table, engine
    from sqlmodel import Session

    with Session(engine) as opened:
        for table in reversed(Table.metadata.sorted_tables):
            opened.exec(table.delete())
        opened.add(Clerk(name="ada", password=depot.clerks.hasher.hash("engine")))
        opened.commit()
        yield opened


@pytest.fixture
def client(depot, session):
    with TestClient(depot.app) as opened:
        yield opened


def log_in(client: TestClient, name: str = "ada", password: str = "engine") -> int:
    """The status code; who is let in sends the token from then on."""
    answer = client.post("/token", data={"username": name, "password": password})
    if answer.status_code == 200:
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return answer.status_code


# Tables


def test_the_migrations_make_what_the_models_say_however_often_they_run(session):
    command.upgrade(ALEMBIC, "head")
    command.check(ALEMBIC)


def test_an_older_releases_parcels_outlive_the_migration(session):
    session.close()
    command.downgrade(ALEMBIC, "0001")
    with session.bind.begin() as connection:
        connection.exec_driver_sql("INSERT INTO parcel (\"to\", email) VALUES ('Grace', 'ada@example.org')")
    command.upgrade(ALEMBIC, "head")
    with session.bind.begin() as connection:
        assert connection.exec_driver_sql('SELECT "to" FROM parcel').scalars().all() == ["Grace"]
    command.check(ALEMBIC)


# Clerks


def test_nobody_else_gets_in(depot, client):
    described = client.get("/openapi.json").json()["paths"]
    open_to_all = {
        path for path, operations in described.items() if not any("security" in o for o in operations.values())
    }
    assert open_to_all == {"/token", "/health"}
    for method, path in (
        ("POST", "/parcels"),
        ("PUT", "/parcels/1/photo"),
        ("GET", "/parcels/1/events"),
        ("GET", "/jobs"),
    ):
        answer = client.request(method, path, json=BOOK if path == "/parcels" else None)
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), path


def test_a_clerk_gets_in_and_a_removed_one_no_more(client, session):
    from depot.database import Clerk

    assert [log_in(client, "eve"), log_in(client, "ada", "Engine"), log_in(client)] == [401, 401, 200]
    assert client.post("/parcels", json=BOOK).headers["Location"] == "/parcels/1"
    session.delete(session.get_one(Clerk, "ada"))
    session.commit()
    assert client.get("/jobs").status_code == 401


@pytest.mark.parametrize(
    ("key", "claims"),
    [
        ("another key, which is long enough as well", {"sub": "ada", "exp": 9e9}),
        (KEY, {"sub": "ada", "exp": 1}),
        (KEY, {"sub": "ada"}),
        (KEY, {"exp": 9e9}),
        (KEY, {"sub": "eve", "exp": 9e9}),
    ],
    ids=["forged", "over", "for ever", "nobody's", "a stranger's"],
)
def test_a_token_that_is_not_good_opens_nothing(client, key, claims):
    good = jwt.encode({"sub": "ada", "exp": 9e9}, KEY, algorithm="HS256")
    token = jwt.encode(claims, key, algorithm="HS256")
    codes = [client.get("/jobs", headers={"Authorization": f"Bearer {one}"}).status_code for one in (good, token)]
    assert codes == [200, 401]


def test_guessing_ends_after_five_for_this_name_and_for_a_minute(client, monkeypatch):
    from depot import clerks

    assert [log_in(client, "ada", f"{number}") for number in range(6)] == [401] * 5 + [429]
    refused = client.post("/token", data={"username": "ada", "password": "engine"})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "60"), "the right one, too"
    assert log_in(client, "grace", "any") == 401, "another name has a count of its own"
    later = clerks.now() + 61
    monkeypatch.setattr(clerks, "now", lambda: later)
    assert log_in(client) == 200


def test_guesses_at_the_same_moment_count_each_other(client):
    with ThreadPoolExecutor(8) as guessers:
        codes = list(guessers.map(lambda number: log_in(client, "ada", f"{number}"), range(16)))
    assert sorted(codes) == [401] * 5 + [429] * 11


def test_who_gets_in_begins_anew(client):
    codes = [log_in(client, "ada", password) for password in ["slip", "slip", "engine"] * 3]
    assert codes == [401, 401, 200] * 3


# Numbers and their page


def test_the_numbers_tell_done_owed_given_up_and_repeated(client, session):
    from depot.database import Job, Parcel

    session.add(Parcel(id=1, **BOOK))
    for attempts, done_at in ((1, 1.0), (2, 1.0), (0, None), (4, None), (5, None)):
        session.add(Job(parcel_id=1, name="receipt", attempts=attempts, done_at=done_at))
    session.commit()
    log_in(client)
    assert client.get("/jobs").json() == {"parcels": 1, "done": 2, "owed": 2, "given_up": 1, "repeated": 3}


def test_the_page_asks_for_each_number_below_any_prefix(client):
    from depot.numbers import Numbers

    page, script = client.get("/board/"), client.get("/board/board.js")
    assert page.headers["Content-Type"].startswith("text/html") and "default-src 'self'" in page.text
    assert set(re.findall(r'<dd id="(\w+)"', page.text)) == set(Numbers.model_fields)
    assert re.findall(r'fetch\("([^"]+)"', script.text) == ["../jobs", "../token"], "relative, for a proxy's prefix"
    assert client.get("/board/main.py").status_code == client.get("/board/../settings.py").status_code == 404


# What it is deployed with


COMPOSE = yaml.safe_load((DEPOT / "compose.yaml").read_text(encoding="utf-8"))
SLIPS = [
    ("stop_grace_period", "stop_grace"),
    ("service_completed_successfully", "service_finished"),
    ("restart: unless-stopped\n  read_only", "restarts: always\n  read_only"),
]


def test_the_compose_file_is_right_and_slips_are_noticed(tmp_path):
    schema = [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec"]
    text = (DEPOT / "compose.yaml").read_text(encoding="utf-8")
    for right, wrong in SLIPS:
        assert right in text
        text = text.replace(right, wrong, 1)
    (tmp_path / "spoilt.yaml").write_text(text)
    told = subprocess.run([*schema, DEPOT / "compose.yaml", tmp_path / "spoilt.yaml"], capture_output=True, text=True)
    assert str(DEPOT) not in told.stdout and told.returncode == 1
    assert all(wrong.split(":")[0] in told.stdout for _, wrong in SLIPS), told.stdout


def test_the_compose_file_sets_what_the_settings_ask_for(depot):
    fields = sys.modules["depot.settings"].Settings.model_fields
    needed = {name for name, field in fields.items() if field.is_required()}
    for name in ("migrate", "web", "relay", "worker"):
        part = COMPOSE["services"][name]
        assert needed <= {key.lower() for key in part["environment"]} | set(part["secrets"]), name
        assert {key.lower() for key in part["environment"]} <= fields.keys() | {"secrets"}
    for part in ("web", "relay", "worker"):
        assert COMPOSE["services"][part]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_the_image_is_well_made_and_holds_the_versions_of_the_course():
    told = subprocess.run([tool("hadolint"), "--no-color", DEPOT / "Dockerfile"], capture_output=True, text=True)
    assert (told.returncode, told.stdout) == (0, "")
    dockerfile = (DEPOT / "Dockerfile").read_text(encoding="utf-8")
    command, web = yaml.safe_load(dockerfile.rsplit("CMD ", 1)[1]), COMPOSE["services"]["web"]["command"]
    # Whom the server believes is the business of the place in which it runs.
    assert web[: len(command)] == command and web[len(command)] == "--forwarded-allow-ips"
    assert COMPOSE["networks"]["default"]["ipam"]["config"][0]["gateway"] in web[-1].split(",")
    assert (
        dockerfile.count(
            (DEPOT.parents[1] / "07_deployment" / "Dockerfile").read_text().split("ARG ")[1].splitlines()[0]
        )
        == 1
    )

    def pinned(file: Path) -> dict[str, str]:
        lines = [line.partition(" ;")[0] for line in file.read_text().splitlines() if re.match(r"[a-z0-9]", line)]
        return {name.partition("[")[0]: version for name, _, version in (line.partition("==") for line in lines)}

    image, course = pinned(DEPOT / "requirements.txt"), pinned(make.ROOT / "requirements.txt")
    asked = {re.split(r"\[", line)[0] for line in (DEPOT / "requirements.in").read_text().splitlines()}
    assert asked <= image.keys()
    assert {name: version for name, version in image.items() if course.get(name, version) != version} == {}
    assert "://" not in (DEPOT / "requirements.txt").read_text().replace("docs.", "")


# After a restart of the kernel


SECTION = ("cases-imports", "whole-imports", "whole-commands", "whole-build", "whole-start")
LEAVE_OWED = """
for name in ("relay", "worker"):
    fleet[name].kill()
hand_in_now()
print("left:", web.client.get("/jobs").json())
"""


def said_by_a_kernel(folder: Path, cells: list[str]) -> list[str]:
    """What a kernel that works in `folder` printed for these cells; then it is killed."""
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_RUN"}
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env=environment)
    client = manager.client()
    said = []
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        for cell in cells:
            heard: list[str] = []

            def hear(message, heard=heard):
                heard.append(message["content"].get("text", "") if message["msg_type"] == "stream" else "")

            reply = client.execute_interactive(cell, timeout=120, output_hook=hear)
            assert reply["content"]["status"] == "ok", (cell, reply["content"])
            said.append("".join(heard))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return said


@pytest.mark.slow
def test_another_kernel_goes_on_where_a_killed_one_stood(tmp_path):
    """With the imports and the files of before; and what was owed at the kill is done."""
    shutil.copytree(FILES, tmp_path / FILES.name)
    source = {cell.id: cell.source for cell in nbformat.read(NOTEBOOK, as_version=4).cells}
    section = [source[cell] for cell in SECTION]
    first = said_by_a_kernel(tmp_path, [*section, source["whole-board"], LEAVE_OWED])
    assert "from an earlier run: 0 parcels, 0 jobs owed" in first[-3]
    assert first[-1] == "left: {'parcels': 4, 'done': 3, 'owed': 1, 'given_up': 0, 'repeated': 0}\n"
    second = said_by_a_kernel(
        tmp_path, [*section, 'print(wait_for_jobs(), [letter["X-Parcel"] for letter in mailbox])']
    )
    assert "from an earlier run: 4 parcels" in second[-2] and "still owed now: 0" in second[-2]
    assert second[-1] == "{'parcels': 4, 'done': 4, 'owed': 0, 'given_up': 0, 'repeated': 0} ['4']\n"
    assert {file.name for file in tmp_path.iterdir()} == {FILES.name, ".kept"}
