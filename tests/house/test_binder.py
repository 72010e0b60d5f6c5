"""Binder: repo2docker builds this repository as it is, with the one lock and a Python that the course supports."""

import json
import os
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

import make
from helpers.authoring import compare


def test_binder_holds_no_second_list_of_versions():
    folder = make.ROOT / "binder"
    assert {path.name for path in folder.iterdir()} == {"requirements.txt", "runtime.txt", "postBuild", "badge.svg"}
    assert (folder / "requirements.txt").read_text() == "-r ../requirements.txt\n"
    major, minor = re.fullmatch(r"python-(\d+)\.(\d+)\n", (folder / "runtime.txt").read_text()).groups()
    assert make.OLDEST <= (int(major), int(minor)) <= make.NEWEST


def test_nothing_beside_binder_takes_its_place():
    # repo2docker prefers any of these, or refuses to choose.
    assert not [
        name for name in (".binder", "Dockerfile", "environment.yml", "runtime.txt") if (make.ROOT / name).exists()
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="repo2docker does not run on Windows")
def test_repo2docker_takes_the_lock_and_the_python(tmp_path):
    # Its own copy of what counts, so that it need not walk through `.venv`.
    for name in (
        "binder/requirements.txt",
        "binder/runtime.txt",
        "binder/postBuild",
        "requirements.txt",
        "pyproject.toml",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text((make.ROOT / name).read_text())
    command = [
        sys.executable,
        "-m",
        "repo2docker",
        "--no-build",
        "--debug",
        "--user-id=1000",
        "--user-name=jovyan",
        tmp_path,
    ]
    recipe = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    runtime = (make.ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert recipe.lstrip().startswith("FROM docker.io/library/buildpack-deps:")
    assert re.search(rf"environment-2epy-2d{runtime.replace('.', '-2e')}-2d", recipe), (
        "the environment of another Python"
    )
    assert re.search(r"^RUN \./binder/postBuild$", recipe, re.MULTILINE)
    assert re.search(r'^RUN .*/bin/pip install --no-cache-dir -r "binder/requirements.txt"$', recipe, re.MULTILINE)


@pytest.mark.skipif(sys.platform == "win32", reason="Binder's images run Linux")
def test_the_last_step_switches_the_news_off(tmp_path):
    venv.create(tmp_path / "image", symlinks=True)
    step = make.ROOT / "binder" / "postBuild"
    assert os.access(step, os.X_OK)
    path = f"{tmp_path / 'image' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    subprocess.run([step], cwd=make.ROOT, env={**os.environ, "PATH": path}, check=True)
    [settings] = (tmp_path / "image").rglob("overrides.json")
    assert settings.relative_to(tmp_path / "image").as_posix() == "share/jupyter/lab/settings/overrides.json"
    assert json.loads(settings.read_text())["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Binder's images run Linux")
def test_pip_alone_and_the_steps_of_the_image_make_an_environment_that_runs_the_start_page(tmp_path):
    copy = tmp_path / "repository"
    subprocess.run(["git", "clone", "--quiet", make.ROOT, copy], check=True)
    venv.create(tmp_path / "image", with_pip=True)
    python = tmp_path / "image" / "bin" / "python"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("VIRTUAL_ENV", "PYTHON"))}
    environment["PATH"] = f"{python.parent}{os.pathsep}{environment['PATH']}"
    here = f"import helpers; from helpers import serve; assert helpers.__file__.startswith({str(copy)!r})"
    for step in (
        [python, "-m", "pip", "install", "--quiet", "--no-cache-dir", "-r", "binder/requirements.txt"],
        [python, "-I", "-c", here],
        ["./binder/postBuild"],
        compare.command(python, make.START.as_posix(), extra=()),
    ):
        done = subprocess.run(step, cwd=copy, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_badge_opens_the_start_page_of_the_repository_that_pyproject_names():
    """The one setting is `Repository` in pyproject.toml; OWNER stands there until the repository is hosted."""
    project = tomllib.loads((make.ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    owner, name = re.fullmatch(r"https://github\.com/([\w.-]+)/([\w.-]+)", project["urls"]["Repository"]).groups()
    readme = (make.ROOT / "README.md").read_text(encoding="utf-8")
    address = f"https://mybinder.org/v2/gh/{owner}/{name}/main?urlpath=lab/tree/{make.START.as_posix()}"
    assert f"(binder/badge.svg)]({address})" in readme
    assert (make.ROOT / make.START).exists()


def test_a_codespace_is_set_up_by_the_same_verb():
    container = json.loads((make.ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    assert container["postCreateCommand"] == "python3 make.py setup" and "setup" in make.VERBS
    major, minor = re.search(r"python:(\d+)\.(\d+)", container["image"]).groups()
    assert make.OLDEST <= (int(major), int(minor)) <= make.NEWEST
    interpreter = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert interpreter == "${containerWorkspaceFolder}/.venv/bin/python"


IMAGE = make.ROOT / ".devcontainer" / "Dockerfile"


def lint(recipe: Path) -> str:
    """What hadolint says against a recipe; nothing when it is right."""
    done = subprocess.run(
        [Path(sys.executable).with_name("hadolint"), "--no-color", recipe], capture_output=True, text=True
    )
    return done.stdout + done.stderr if done.returncode else ""


def test_the_image_for_a_hub_is_right_and_slips_are_noticed(tmp_path):
    assert lint(IMAGE) == ""
    text = IMAGE.read_text(encoding="utf-8")
    major, minor = re.search(r"^FROM python:(\d+)\.(\d+)-", text, re.M).groups()
    assert make.OLDEST <= (int(major), int(minor)) <= make.NEWEST
    verbs = re.findall(r"make\.py (\w+)", text) + re.findall(r'make\.py", "(\w+)"', text)
    assert verbs == ["setup", "lab"] and set(verbs) <= set(make.VERBS)
    assert "nbgitpuller" in text, "the link that the page for teachers gives asks for it"
    assert not re.search(r"^FROM .*-slim", text, re.M), "nbgitpuller calls git, which a slim image lacks"
    course = re.search(r"^COPY .*\n", text, re.M).start()
    assert re.findall(r"^WORKDIR (.+)$", text[:course], re.M) == ["/srv/after-the-response"], "a hub hides the home"
    for right, wrong, code in (("bookworm", "latest", "DL3007"), ("CMD [", "CMD python && [", "DL3025")):
        assert right in text
        (tmp_path / "Dockerfile").write_text(text.replace(right, wrong).replace("3.12-latest", "latest"))
        assert code in lint(tmp_path / "Dockerfile"), code
