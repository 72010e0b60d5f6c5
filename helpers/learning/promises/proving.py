"""Two promises on what belongs to a service: tests that can fail, and documentation that tells all."""

import itertools
import json
import os
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from helpers.learning.promises import mutant
from helpers.learning.promises.bench import Bench, Broken
from helpers.learning.promises.facing import described, send
from helpers.learning.promises.generating import calls, operations
from helpers.services.process import process

LONG = 120.0  # seconds that a run of the tests may take
SIDE_BY_SIDE = 2
CALLS = 10  # of each operation, whose answers must be documented
CALM = {"PYTEST_ADDOPTS": "", "COLUMNS": "200", "CI": "", "PYTHONDONTWRITEBYTECODE": "1"}


def tests(bench: Bench) -> str:
    """The tests are green, and each of four changes of what the service answers turns them red."""
    ended, told, _ = _run(bench, None)
    if ended != "exit 0":
        raise Broken(f"The tests end with {ended}: {told}")
    mutants = _mutants(bench)
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        runs = dict(zip(mutants, pool.map(lambda change: _run(bench, change), mutants.values())))
    for what, (ended, _, met) in runs.items():
        if ended == "exit 0":
            raise Broken(f"The tests stay green although {what}{'' if met else ': none of them asks for it'}.")
    return f"The tests are green, and each of {len(mutants)} changes turned them red: {'; '.join(mutants)}."


def _mutants(bench: Bench) -> dict[str, dict[str, Any]]:
    """What is changed, in words and as `mutant.py` reads it."""
    work, state = bench.plan.work.path, bench.plan.state.path
    asked = {"method": work.partition(" ")[0], "path": _pattern(work)}
    shown = {"method": state.partition(" ")[0], "path": _pattern(state)}
    return {
        f"{work} answers 500": {**asked, "code": 0, "to": 500, "body": None},
        f"{work} answers another 2xx": {**asked, "code": 0, "to": 299, "body": None},
        f"{state} answers {{}}": {**shown, "code": 0, "to": 0, "body": "{}"},
        "whoever should get a 401 gets a 200": {"method": "*", "path": ".*", "code": 401, "to": 200, "body": None},
    }


def _pattern(operation: str) -> str:
    """The paths that an operation such as "GET /labels/{id}" stands for, wherever the application is mounted."""
    parts = re.split(r"\{\w+\}", operation.partition(" ")[2].partition("?")[0])
    return ".*" + "[^/]+".join(map(re.escape, parts))


def _run(bench: Bench, change: dict[str, Any] | None) -> tuple[str, str, bool]:
    """How the tests end, the last line that they write, and whether they met the change."""
    with bench.copy() as folder:
        env, noted = {**bench.plan.env, **CALM}, folder / "changed.txt"
        arguments = list(bench.plan.tests)
        if change is not None:
            startup = folder / ".startup"
            startup.mkdir()
            shutil.copy(mutant.__file__, startup / "sitecustomize.py")
            places = [str(startup), env.get("PYTHONPATH") or os.environ.get("PYTHONPATH", "")]
            env |= {"PYTHONPATH": os.pathsep.join(filter(None, places)), "PROMISES_MUTANT": json.dumps(change)}
            env["PROMISES_NOTED"] = str(noted)
            arguments += ["-x"] if "pytest" in arguments else []
        with process([bench.python, *arguments], cwd=folder, env=env, name="the tests") as run:
            ended = run.wait(LONG)
            lines = [line for line in run.log.splitlines() if line.strip()]
        return ended, _clean(lines, folder), noted.exists()


def _clean(lines: list[str], folder: Path) -> str:
    return (lines[-1] if lines else "they write nothing").replace(str(folder), "…")[:200]


def docs(bench: Bench) -> str:
    """Every operation says what it does and gives, and no answer is a surprise."""
    service = bench.calm()
    document = described(service)
    found = dict(operations(document))
    if not found or document.get("info", {}).get("title") in ("", None, "FastAPI"):
        raise Broken("/openapi.json has no title of its own." if found else "/openapi.json describes no operation.")
    for name, operation in found.items():
        _tells_all(name, operation)
    headers = service.headers(service.users[0])
    for call in itertools.islice(calls(document), CALLS * len(found)):
        for sent in ({}, headers):
            code = str(send(service, call, sent).status_code)
            if code[0] != "5" and not {code, f"{code[0]}XX", "default"} & set(
                found[call.operation].get("responses", {})
            ):
                raise Broken(f"{call.operation} answered {code}, which its documentation does not tell.")
    return f"All {len(found)} operations say what they do and give, and when they were asked, each code below 500 was one of theirs."


def _tells_all(name: str, operation: dict[str, Any]) -> None:
    """An operation has all its words, and a model for what each success answers."""
    if missing := [word for word in ("summary", "description", "tags") if not operation.get(word)]:
        raise Broken(f"{name} is documented without {missing[0]}.")
    for code, answer in operation.get("responses", {}).items():
        media = answer.get("content", {}).get("application/json")
        if code.startswith("2") and media is not None and not media.get("schema"):
            raise Broken(f"{name} does not say what its {code} holds: it has no response model.")
