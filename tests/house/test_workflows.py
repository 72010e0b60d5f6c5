"""The workflows for whoever hosts the course: right by their schema, and without the known slips of security."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import make

FOLDER = make.ROOT / ".github"
WORKFLOWS = sorted((FOLDER / "workflows").glob("*.yml"))
ZIZMOR = shutil.which("zizmor", path=str(Path(sys.executable).parent))


def complaints(*workflows: Path) -> str:
    """What the schema and zizmor say against workflows; nothing when they are right."""
    schema = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    zizmor = [ZIZMOR, "--offline", "--no-progress", "--quiet", "--config", FOLDER / "zizmor.yml"]
    runs = [subprocess.run([*tool, *workflows], capture_output=True, text=True) for tool in (schema, zizmor)]
    return "".join(run.stdout + run.stderr for run in runs if run.returncode)


def test_the_workflows_are_right():
    assert len(WORKFLOWS) == 3
    assert complaints(*WORKFLOWS) == ""


SLIPS = {
    "persist-credentials: false": ("fetch-depth: 1", "artipacked"),
    "actions/setup-python@v6": ("someone/setup-python@v6", "unpinned-uses"),
    "permissions:\n      contents: read": ("permissions: write-all", "excessive-permissions"),
    "run: python make.py test": ("run: echo ${{ github.head_ref }}", "template-injection"),
}


def test_slips_in_a_workflow_are_noticed(tmp_path):
    text = (FOLDER / "workflows" / "test.yml").read_text()
    misspelt, insecure = tmp_path / "a.yml", tmp_path / ".github" / "workflows" / "b.yml"
    insecure.parent.mkdir(parents=True)
    misspelt.write_text(text.replace("runs-on:", "run-on:", 1))
    for right, (wrong, _) in SLIPS.items():
        assert right in text
        text = text.replace(right, wrong, 1)
    insecure.write_text(text)
    assert "'runs-on' is a required property" in complaints(misspelt)
    told = complaints(insecure)
    assert [name for _, name in SLIPS.values() if f"[{name}]" not in told] == []


def test_they_run_every_supported_python_and_only_the_verbs():
    text = "".join(path.read_text() for path in WORKFLOWS)
    [pythons] = re.findall(r'python: \[("3\.\d+"(?:, "3\.\d+")+)\]\n', (FOLDER / "workflows" / "test.yml").read_text())
    assert pythons == ", ".join(f'"3.{minor}"' for minor in range(make.OLDEST[1], make.NEWEST[1] + 1))
    commands = set(re.findall(r"run: (.*)", text)) - {"git diff requirements.txt tests/requirements.txt"}
    verbs = {re.fullmatch(r"python make.py (\w+)(?: --(?:upgrade|newest))?", command)[1] for command in commands}
    assert verbs <= set(make.VERBS)
