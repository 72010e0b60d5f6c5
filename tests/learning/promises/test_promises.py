"""The twelve promises of the final project: the shipped service keeps all, and each faulty one breaks the one it should.

A start of a service takes a second, so what is quick measures several promises on one; `make slow` measures all of all.
"""

import itertools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from helpers import CourseError
from helpers.authoring.refresh import NOTEBOOKS
from helpers.authoring.stored import loads
from helpers.errors import Interrupted
from helpers.given import shown
from helpers.learning.promises import PROMISES, keeping, promises, proving
from helpers.learning.promises.__main__ import main
from helpers.learning.promises.bench import Broken, python
from helpers.learning.promises.generating import NUMBERS, TEXTS, calls, operations
from helpers.learning.promises.plan import NAME, filled, inside, read
from helpers.learning.promises.report import digest, versions
from helpers.services.process import process
from tests.learning.promises import otherwise
from tests.learning.promises.variants import VARIANTS

LABELS = NOTEBOOKS / "09_case_studies_and_projects" / "labels"
NAMES = [promise.name for promise in PROMISES]
QUICK = ["once", "private", "docs", "health"]  # on one service
Fault = Callable[..., Path]


@pytest.fixture
def changed(tmp_path: Path) -> Fault:
    """A copy of the shipped service in whose file `old` is replaced, and in which one of its tests may be left out.

    Called again, it changes the same copy further.
    """

    def change(old: str, new: str, file: str = "main.py", everywhere: bool = False, unseen_by: str = "") -> Path:
        folder = tmp_path / "labels"
        if not folder.exists():
            shutil.copytree(LABELS, folder, ignore=shutil.ignore_patterns("__pycache__"))
        text = (folder / file).read_text(encoding="utf-8")
        assert text.count(old) == 1 or everywhere, f"{old!r} stands {text.count(old)} times in {file}"
        (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        if unseen_by:
            tests = (folder / "test_main.py").read_text(encoding="utf-8")
            assert tests.count(f"def {unseen_by}(") == 1
            (folder / "test_main.py").write_text(tests.replace(unseen_by, f"without_{unseen_by}"), encoding="utf-8")
        return folder

    return change


def broken(folder: Path, *names: str) -> dict[str, str]:
    """What is said of each promise that is not kept."""
    report = promises(folder, *names)
    return {verdict.promise.name: verdict.measured for verdict in report.verdicts if not verdict.kept}


def break_theirs(changed: Fault, names: list[str], *promised: str) -> None:
    """These faults in one service break a promise each, and no other of those that are measured."""
    planted = {VARIANTS[name].breaks: VARIANTS[name] for name in names}
    assert len(planted) == len(names)
    said = broken([changed(*variant[2:]) for variant in planted.values()][-1], *promised)
    assert said.keys() == planted.keys() and all(planted[promise].says in said[promise] for promise in said), said


@pytest.mark.slow  # chapter 9 has a cell that measures the same
def test_the_shipped_service_keeps_what_is_quickly_measured():
    before, others = digest(LABELS), {path.name for path in LABELS.iterdir()}
    mine = {child.pid for child in psutil.Process().children(recursive=True)}
    report = promises(LABELS, *QUICK)
    assert [verdict.promise.name for verdict in report.verdicts] == [name for name in NAMES if name in QUICK]
    assert all(verdict.kept for verdict in report.verdicts), report.text
    assert not report.all_kept and report.text.endswith("4 of 4 promises are kept. There are 12.")
    assert (digest(LABELS), {path.name for path in LABELS.iterdir()}) == (before, others), "nothing is changed there"
    left = [child for child in psutil.Process().children(recursive=True) if child.pid not in mine]
    assert not [child for child in left if "uvicorn" in " ".join(child.cmdline())], "nothing is left behind"


def test_each_fault_that_is_quickly_measured_breaks_its_promise(changed: Fault):
    names = [
        "nothing makes a key unique",
        "a token need not be signed",
        "its readiness asks nothing of the database",
    ]
    assert {VARIANTS[name].breaks for name in names} == {*QUICK} - {"docs"}
    break_theirs(changed, names, *QUICK)


# Faults that do not meet: what hangs, is killed or waits for the carrier has a service of its own.
TOGETHER = [
    ["it draws in the event loop"],
    ["all threads may wait for the carrier"],
    ["what is not drawn is tidied up at the end"],
    ["what a killed process had begun is never begun anew"],
    [
        "nothing makes a key unique",
        "another user reads a label",
        "an answer is not documented",
        "a page has no end",
        "its readiness asks nothing of the database",
    ],
    [
        "a session lasts until the task after the response has ended",
        "a token need not be signed",
        "an id may be too large for the database",
        "its tests take any success",
    ],
    ["the log holds passwords", "not a number is answered as it came", "its tests ask nothing"],
]


@pytest.mark.slow  # a minute and more each: twelve promises, and whoever loses work is waited for
@pytest.mark.parametrize("names", TOGETHER, ids=lambda names: names[0])
def test_faults_break_a_promise_each_and_no_other(changed: Fault, names: list[str]):
    break_theirs(changed, names)


def test_each_fault_is_planted_once():
    assert sorted(itertools.chain(*TOGETHER)) == sorted(VARIANTS)


def test_a_success_that_says_nothing_of_what_it_holds_is_told():
    words = {"summary": "S", "description": "D", "tags": ["t"]}
    told, untold = ({"content": {"application/json": {"schema": schema}}} for schema in ({"type": "string"}, {}))
    proving._tells_all("GET /", {**words, "responses": {"200": told, "404": untold, "204": {}}})
    with pytest.raises(Broken, match=r"^GET / does not say what its 201 holds: it has no response model\.$"):
        proving._tells_all("GET /", {**words, "responses": {"200": told, "201": untold}})
    for word in words:
        with pytest.raises(Broken, match=f"^GET / is documented without {word}\\.$"):
            proving._tells_all("GET /", {**words, word: ""})


@pytest.mark.slow  # 60 and more requests, and a start
def test_a_service_that_is_written_otherwise_is_measured_too(tmp_path: Path):
    (tmp_path / "main.py").write_text(otherwise.MAIN, encoding="utf-8")
    (tmp_path / NAME).write_text(otherwise.PLAN, encoding="utf-8")
    said = broken(tmp_path, "terminated", "once", "private", "docs", "lists", "health")
    assert list(said) == ["terminated", "lists", "health"], said
    lost = r"\b([1-9]\d*) of \1 accepted orders were not done, and in 10 s none of them was\.$"
    assert re.search(lost, said["terminated"]), said  # how many came before the end, the machine decides
    assert said["lists"].endswith("together they held 19 different items.")
    assert said["health"] == "When all is well, /live answered 404, not 200."


@pytest.mark.slow
def test_the_shipped_service_keeps_all_twelve_and_that_is_certified(tmp_path: Path, capsys):
    certificate = tmp_path / "certificate.txt"
    assert main([str(LABELS), "--certificate", str(certificate)]) == 0
    assert capsys.readouterr().out.endswith("12 of 12 promises are kept.\n")
    text = certificate.read_text(encoding="utf-8")
    assert text.startswith("After the Response: what was measured") and text.count("\nkept ") == 12
    assert f"sha256 {digest(LABELS)}" in text and f"Python {sys.version.split()[0]}, fastapi " in text


def test_a_certificate_names_the_releases_behind_it(tmp_path: Path):
    releases = [f"{name} {version(name)}" for name in ("fastapi", "starlette", "pydantic", "uvicorn")]
    assert versions(LABELS) == ", ".join([f"Python {sys.version.split()[0]}", *releases])
    if os.name != "nt":  # where an environment's programs stand elsewhere
        own = tmp_path / "venv" / "bin" / "python"
        own.parent.mkdir(parents=True)
        own.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        own.chmod(0o700)
        assert versions(tmp_path) == versions(LABELS), "asked of the folder's own environment"


def test_every_promise_has_a_fault():
    assert {variant.breaks for variant in VARIANTS.values()} == set(NAMES) and len(NAMES) == 12
    missing = {
        name: count
        for name, one in VARIANTS.items()
        if (count := (LABELS / one.file).read_text(encoding="utf-8").count(one.old)) != 1
        and not (one.everywhere and count)
    }
    assert missing == {}, "the service was written anew: what a fault replaces has to follow"


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.name)
def test_a_promise_leads_to_the_cell_that_teaches_it(promise):
    cells = loads((NOTEBOOKS / promise.notebook).read_text(encoding="utf-8")).cells
    assert promise.cell in {cell.id for cell in cells}


# What cannot be measured


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[work]", "[job]", f"{NAME} has no `work`: the part [work]"),
        ('path = "POST /labels"\n', "", f"{NAME} has no `work.path`: the path operation that accepts work, such as"),
        ("POST /labels", "SEND /labels", '`work.path` in promises.toml should be the path operation that accepts work'),
        ('done = "drawn"', 'finished = "drawn"', "an entry `state.finished` that means nothing"),
        ('database = "labels.db"', "", "`health.database` or `health.without`"),
        ('secrets = ["SECRET"]', 'secrets = ["KEY"]', "names 'KEY' in `secrets`"),
        ('form = { username = "{user}", password = "{password}" }\n', "", "needs `login.form` or `login.body`: what a user"),
        ("[pages]", "[pages]\nmost = 19", "`pages.most` in promises.toml should be how many items an answer may hold"),
        ("[pages]", "[pages]\nmost = 201", "at most, from 20 to 200, but it is 201."),
        ("[env]", "[env", "is not TOML"),
        ("[env]", "#" * 1_000_001 + "\n[env]", "promises.toml is larger than a megabyte."),
        (', grace = "the-compiler"', "", "`login.users` in promises.toml should be two users with their passwords"),
    ],
)  # fmt: skip
def test_a_plan_that_is_wrong_is_one_sentence(changed: Fault, old: str, new: str, says: str):
    with pytest.raises(CourseError) as told:
        read(changed(old, new, NAME))
    assert says in str(told.value) and "\n" not in str(told.value)


@pytest.mark.parametrize("most", [20, 200])
def test_a_page_may_be_small_or_large(changed: Fault, most: int):
    assert read(changed("[pages]", f"[pages]\nmost = {most}", NAME)).pages.most == most


def test_a_folder_that_is_none_and_a_name_that_is_none_are_told(tmp_path: Path, capsys):
    assert main([str(tmp_path / "nowhere")]) == 2
    assert (
        capsys.readouterr().err
        == f"promises() expects the folder of a service, such as '../my_service', but got {shown(str(tmp_path / 'nowhere'))}.\n"
    )
    assert main([str(tmp_path)]) == 2
    assert f"has no file {NAME}" in capsys.readouterr().err
    assert main(["--entries"]) == 0
    told = capsys.readouterr().out.splitlines()
    assert any(line.startswith("work.path: the path operation that accepts work") for line in told) and len(told) > 25
    command = [sys.executable, "-m", "helpers.learning.promises", "--entries"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines() == told
    assert main([str(LABELS), "speed"]) == 2
    assert capsys.readouterr().err.startswith("'speed' is no promise: the names are computing, ")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('app = "main:app"', 'app = "other:app"', "the service ended (exit 3) before it was ready"),
        pytest.param(
            'field = "state"',
            'field = "status"',
            "GET /labels/{id} answered 200, without `status`",
            marks=pytest.mark.slow,
        ),
        ('grace = "the-compiler"', 'grace = "pass"', "POST /token gave 401 and no `access_token` to 'grace'"),
    ],
)
def test_a_plan_that_does_not_fit_the_service_is_told(changed: Fault, old: str, new: str, says: str):
    with pytest.raises(CourseError) as told:
        promises(changed(old, new, NAME), "once")
    assert says in str(told.value)


# What is sent

DOCUMENT = {
    "paths": {
        "/labels/{id}": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "integer", "minimum": 1}}],
            "put": {
                "parameters": [{"name": "dry", "in": "query", "schema": {"type": "boolean"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Label"}}}},
            },
        },
        "/live": {"get": {}},
    },
    "components": {
        "schemas": {
            "Label": {
                "type": "object",
                "required": ["to", "day"],
                "properties": {
                    "to": {"type": "string", "minLength": 5},
                    "day": {"anyOf": [{"type": "string", "format": "date"}, {"type": "null"}]},
                    "weight": {"type": "number"},
                },
            }
        }
    },
}


def test_the_first_request_is_as_invited_and_the_others_spoil_one_place():
    assert [name for name, _ in operations(DOCUMENT)] == ["PUT /labels/{id}", "GET /live"]
    made = list(itertools.islice(calls(DOCUMENT), 600))
    assert sum(call.operation == "GET /live" for call in made) == 3, "what takes nothing is not asked again and again"
    puts = [call for call in made if call.method == "PUT"]
    assert (puts[0].path, puts[0].query) == ("/labels/2", {"dry": "true"})
    assert json.loads(puts[0].content or b"") == {"to": "abcaa", "day": "2026-05-04"}
    as_invited = (puts[0].path, puts[0].query, puts[0].content)
    for call in puts[1:]:
        assert sum(a != b for a, b in zip(as_invited, (call.path, call.query, call.content))) <= 1
    assert "/labels/9223372036854775808" in {call.path for call in puts}
    bodies = [json.loads(call.content or b"") for call in puts]
    sent = {repr(body.get("weight")) for body in bodies if isinstance(body, dict)}
    assert {repr(value) for value in [*NUMBERS, *TEXTS]} <= sent, "also to a part that is not required"


def test_the_same_requests_are_made_in_every_run():
    first, second = (list(itertools.islice(calls(DOCUMENT), 100)) for _ in range(2))
    assert first == second


def test_words_are_filled_in_and_found():
    assert filled({"a": ["{id} of {user}", 1], "b": "{other}"}, id=7, user="ada") == {
        "a": ["7 of ada", 1],
        "b": "{other}",
    }
    assert inside({"label": {"id": 7}}, "label.id") == 7 and inside([1], "") == [1] and inside([1], "a.b") is None


# What the command says when something else goes wrong


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (KeyboardInterrupt(), 130, "Interrupted: the service was ended.\n"),
        (Interrupted("Interrupted while the service was starting: it was ended."), 130, None),
        (OSError(28, "No space left on device"), 2, "It could not be measured: [Errno 28] No space left on device.\n"),
    ],
)
def test_whatever_ends_a_measurement_is_one_sentence(monkeypatch, capsys, error: BaseException, code: int, says: str):
    def end(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("helpers.learning.promises.__main__.promises", end)
    assert main([str(LABELS)]) == code
    assert capsys.readouterr().err == (says or f"{error}\n")


def test_a_certificate_that_cannot_be_written_is_told(monkeypatch, capsys, tmp_path: Path):
    report = SimpleNamespace(text="1 of 1", verdicts=[], certificate=lambda: "measured")
    monkeypatch.setattr("helpers.learning.promises.__main__.promises", lambda *_, **__: report)
    assert main([str(LABELS), "--certificate", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"{tmp_path} cannot be written: Is a directory.\n"


class _Crashing:
    """A service that accepts orders, and whose process has ended by itself when they have come."""

    plan = SimpleNamespace(work=SimpleNamespace(path="POST /labels"))
    users = ("ada",)

    def __init__(self):
        self.process = process(["python", "-c", "raise SystemExit(3)"], name="the service")
        self.process.wait()

    def headers(self, user: str) -> dict[str, str]:
        return {}

    def order(self) -> SimpleNamespace:
        return SimpleNamespace(is_success=True)

    def accepted(self, answer: object) -> int:
        return 1

    def kill(self) -> None:
        self.process.kill()


@pytest.mark.parametrize("promise", [keeping.terminated, keeping.killed])
def test_a_service_that_ends_by_itself_breaks_the_promise(promise):
    with pytest.raises(Broken, match=r"^Its process ended by itself \(exit 3\) while orders came in\.$"):
        promise(SimpleNamespace(calm=_Crashing))


@pytest.mark.skipif(os.name == "nt", reason="an environment's programs stand elsewhere there")
def test_the_folders_own_environment_measures_and_is_not_measured(tmp_path: Path):
    """As `observe` chooses it: `venv` where there is no `.venv`."""
    before = digest(tmp_path)
    assert python(tmp_path) == "python"
    for name in ("venv", ".venv"):
        own = tmp_path / name / "bin" / "python"
        own.parent.mkdir(parents=True)
        own.symlink_to(sys.executable)
        assert python(tmp_path) == str(own)
    assert digest(tmp_path) == before
