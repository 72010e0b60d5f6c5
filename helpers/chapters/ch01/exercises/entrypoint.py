"""Exercise 1.4-entrypoint: what `fastapi dev` shall serve."""

import contextlib
import re
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

from helpers.errors import CourseError
from helpers.learning.model import Exercise
from helpers.services.process import Process, process
from helpers.wording import code

APP = """
from fastapi import FastAPI

{name} = FastAPI()

@{name}.get("/")
def read_root() -> dict[str, str]:
    return {{"depot": "{depot}"}}
"""
OLD = APP.format(name="app", depot="an old main.py")


def _check_entrypoint(pyproject: str) -> str:
    assert isinstance(pyproject, str), "the content of pyproject.toml is a text: put it between triple quotes."
    try:
        tables = tomllib.loads(pyproject)
    except tomllib.TOMLDecodeError as error:
        raise AssertionError(
            f"this is no TOML: {str(error)[:80]}. A table's name stands in brackets, and a text in double quotes."
        ) from None
    for depot in ("north", "south"):
        with _started(pyproject, depot) as started:
            served = started.client.get("/").json().get("depot")
        if served == "an old main.py":
            raise AssertionError(_why_old(tables))
        assert served == depot, "another app than `service` was served."
    return "Without a path, `fastapi` found `service` in `depot/web.py`, and passed the old `main.py` by."


def _why_old(tables: dict) -> str:
    if "fastapi" in tables:
        return (
            "the old `main.py` was served: other tools' settings stand below `tool`, so the table is `[tool.fastapi]`."
        )
    if "fastapi" not in tables.get("tool", {}):
        return "the old `main.py` was served: without a table `[tool.fastapi]` a file called main.py is taken."
    if tables["tool"]["fastapi"].get("entrypoint") == "":
        return "the old `main.py` was served, because the entrypoint is empty."
    if tables["tool"]["fastapi"].get("entrypoint"):
        return "the old `main.py` was served, because the entrypoint names it: `service` stands in `depot/web.py`."
    return f"the old `main.py` was served: the key is `entrypoint`, and yours has {', '.join(map(code, tables['tool']['fastapi'])) or 'none'}."


@contextlib.contextmanager
def _started(pyproject: str, depot: str) -> Iterator[Process]:
    """`fastapi run` in a project of its own, serving; AssertionError that says why it does not."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "depot").mkdir()
        files = {
            "pyproject.toml": pyproject,
            "main.py": OLD,
            "depot/__init__.py": "",
            "depot/web.py": APP.format(name="service", depot=depot),
        }
        for name, text in files.items():
            (place / name).write_text(text, encoding="utf-8")
        try:
            started = process(
                "fastapi run --host 127.0.0.1 --port {port}".split(), cwd=place, ready_path="/", name="fastapi run"
            )
        except CourseError as error:
            raise AssertionError(_why_not(str(error), pyproject)) from None
        with started:
            yield started


def _why_not(said: str, pyproject: str) -> str:
    said = " ".join(re.sub(r"\x1b\[[0-9;]*m|[│╭╮╰╯─]", " ", said).split())
    if re.search(r"Could not import module|No module named", said):
        return (
            "`fastapi run` found no such module. A module is named as in an `import`, from the project's folder on: with a "
            "dot for each folder, without `.py`."
        )
    if re.search(r"Attribute .* not found|not found in module", said):
        if re.search(r"depot:service\b", pyproject):
            return (
                "`depot` is only the folder, and holds no `service`: in front of the colon stands the module of the file "
                "`depot/web.py`."
            )
        return "the module was found, and it holds no app of that name: behind the colon stands the variable's name."
    if "format" in said:
        return "`fastapi run` wants `module:variable`: a colon and the name of the variable are missing."
    return f"`fastapi run` did not serve. It ended with: {said[-160:]}"


def _solve_entrypoint() -> str:
    pyproject = """
[project]
name = "parcels"
version = "1.0"

[tool.fastapi]
entrypoint = "depot.web:service"
"""
    return pyproject


EXERCISE = Exercise(
    id="1.4-entrypoint",
    title="what fastapi dev shall serve",
    task="With this `pyproject.toml`, `fastapi dev` and `fastapi run` should serve the app `service` of the file `depot/web.py` "
    "without being given a path.",
    check=_check_entrypoint,
    hints=(
        "Under which table did this section's pyproject.toml name its app?",
        "In front of the colon stands what you would write behind `import`. How is a file in a folder imported?",
    ),
    solution=_solve_entrypoint,
    wants="value",
)
