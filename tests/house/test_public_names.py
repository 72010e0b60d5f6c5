"""What notebooks import from `helpers`: found by Tab, known to a type checker, and nothing else."""

import ast
import subprocess
import sys
from pathlib import Path

import helpers

HERE = Path(helpers.__file__).parent


def stubbed() -> set[str]:
    tree = ast.parse((HERE / "__init__.pyi").read_text(encoding="utf-8"))
    return {name.asname for node in tree.body if isinstance(node, ast.ImportFrom) for name in node.names}


def test_the_stub_gives_types_to_every_public_name():
    assert stubbed() == set(helpers.__all__) == set(dir(helpers))


def test_every_public_name_is_there():
    for name in helpers.__all__:
        assert getattr(helpers, name) is not None


def test_tab_offers_the_public_names():
    """In a fresh interpreter, as a learner's first cell is. IPython adds what stands in the folder: the rooms."""
    program = (
        "from IPython.core.interactiveshell import InteractiveShell as Shell\n"
        "shell = Shell.instance()\n"
        "text, found = shell.complete('', 'from helpers import ', len('from helpers import '))\n"
        "import json; print(json.dumps(found))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, cwd=HERE.parent)
    offered = set(ast.literal_eval(done.stdout))
    rooms = {path.stem for path in HERE.iterdir()}
    assert set(helpers.__all__) <= offered <= set(helpers.__all__) | rooms, done.stderr


def test_a_type_checker_knows_what_they_give(tmp_path):
    slips = ("server.url = 7", "text: str = timeline.waited", "text = answer.status_code", "serve(timeout='x')")
    (tmp_path / "cell.py").write_text(
        "from fastapi import FastAPI\n\nfrom helpers import record, serve\n\nserver = serve(FastAPI())\n"
        "with record() as timeline:\n    answer = server.client.get('/')\n" + "\n".join(slips) + "\n"
    )
    command = [
        sys.executable,
        "-m",
        "pyrefly",
        "check",
        "--summary=none",
        "--output-format=min-text",
        "--preset=default",
    ]
    command += [f"--search-path={HERE.parent}", f"--python-interpreter-path={sys.executable}"]
    said = subprocess.run([*command, tmp_path / "cell.py"], capture_output=True, text=True, cwd=HERE.parent).stdout
    lines = [line for line in said.splitlines() if "ERROR" in line]
    assert {int(line.split("cell.py:")[1].split(":")[0]) for line in lines} == {8, 9, 10, 11}, said
