"""The parcel service of chapter 8 as a package: its style, its types, its layers, its settings and its own tests."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

SERVICE = Path(__file__).parents[3] / "notebooks" / "08_best_practices"
# Section 8.1: each row imports only from the rows below it, `main` from all.
LAYERS = (
    {"main"},
    {"routers.parcels", "routers.photos", "routers.senders"},
    {"dependencies"},
    {"tasks"},
    {"security"},
    {"database", "models"},
    {"settings"},
)


def run(*command: str, cwd: Path = SERVICE, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a Python module as a program, so that nothing is written beside the package."""
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | variables
    command = (sys.executable, "-m", *command)
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=120)


def modules() -> dict[str, Path]:
    package = SERVICE / "parcels"
    files = (file for file in package.rglob("*.py") if file.name != "__init__.py")
    return {".".join(file.relative_to(package).with_suffix("").parts): file for file in files}


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "check", "--no-cache", "."),
        ("ruff", "format", "--no-cache", "--check", "."),
        ("pyrefly", "check", "--summary=none", "--python-interpreter-path", sys.executable),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_it_is_clean(command):
    done = run(*command)
    assert done.returncode == 0, done.stdout + done.stderr


def test_each_layer_knows_only_those_below_it():
    assert set(modules()) == set().union(*LAYERS)
    depth = {name: number for number, layer in enumerate(LAYERS) for name in layer}
    for name, file in modules().items():
        for known in imported(file.read_text(), depth.keys()):
            assert depth[known] > depth[name] or known == name, f"{name} imports {known}"


def imported(code: str, known: Collection[str]) -> Iterator[str]:
    """The modules of the service that a module's code imports, `known` naming all of them."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("parcels"):
            inner = node.module.removeprefix("parcels").removeprefix(".")
            yield from (inner if inner in known else f"{inner}.{alias.name}".strip(".") for alias in node.names)


def test_only_what_speaks_http_knows_fastapi():
    knows = {name for name, file in modules().items() if "fastapi" in file.read_text()}
    assert knows == {"main", "dependencies"} | {name for name in modules() if name.startswith("routers.")}


def test_the_example_names_settings_that_exist_and_holds_no_secret():
    named = re.findall(r"^PARCELS_(\w+)=([^#\n]*)", (SERVICE / ".env.example").read_text(), re.MULTILINE)
    source = (SERVICE / "parcels" / "settings.py").read_text()
    assert all(f"    {name.lower()}:" in source for name, _ in named)
    assert {name: value.strip() for name, value in named}["SECRET_KEY"] == ""


@pytest.mark.slow
def test_its_own_tests_pass(tmp_path):
    done = run(
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        f"--basetemp={tmp_path / 'scratch'}",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "before", "after", "noticed"),
    [
        ("routers/senders.py", "run_later(tasks.send_code, request.email)", "pass", "test_only_registered_addresses"),
        ("dependencies.py", "parcel.sender_id != sender.id", "False", "test_a_parcel_belongs_to_its_sender"),
        ("security.py", "row.expires > time.time()", "True", "test_a_code_expires"),
        ("routers/photos.py", '"JPEG", comment=b"")', '"PNG")', "test_a_photo_gets"),
        ("models.py", 'extra="forbid", ', "", "test_what_is_no_address_is_refused"),
    ],
)
def test_its_own_tests_notice_a_fault(tmp_path, file, before, after, noticed):
    for source in SERVICE.rglob("*"):
        if source.is_file() and source.suffix in (".py", ".toml"):
            target = tmp_path / "service" / source.relative_to(SERVICE)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(source.read_text())
    spoiled = tmp_path / "service" / "parcels" / file
    assert spoiled.read_text().count(before) == 1
    spoiled.write_text(spoiled.read_text().replace(before, after))
    done = run(
        "pytest",
        "-q",
        "-x",
        f"--basetemp={tmp_path / 'scratch'}",
        cwd=tmp_path / "service",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD="1",
    )
    assert done.returncode == 1 and noticed in done.stdout, done.stdout
