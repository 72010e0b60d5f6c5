"""Binder: repo2docker builds this repository as it is, with the one lock and a Python that the course supports."""

import re
import subprocess
import sys

import pytest

import make


def test_binder_holds_no_second_list_of_versions():
    folder = make.ROOT / "binder"
    assert {path.name for path in folder.iterdir()} == {"requirements.txt", "runtime.txt"}
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
    for name in ("binder/requirements.txt", "binder/runtime.txt", "requirements.txt", "pyproject.toml"):
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
    assert re.search(r'^RUN .*/bin/pip install --no-cache-dir -r "binder/requirements.txt"$', recipe, re.MULTILINE)
