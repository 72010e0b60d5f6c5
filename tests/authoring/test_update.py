"""`make update`: whatever state a clone is in, the newest version comes and nothing that was written in it is lost."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

import make
from helpers.authoring.update import MARK, CannotUpdate, edited, update

DAY = "2026-11-25"
FIRST, SECOND, GONE = "notebooks/01_first.ipynb", "notebooks/02_second.ipynb", "notebooks/03_gone.ipynb"
SERVER, LOCK, PAGE = "helpers/server.py", "requirements.txt", "notebooks/01_first/page.txt"
PROGRESS = "notebooks/.progress.json"
SOMEONE = ("-c", "user.name=someone", "-c", "user.email=someone@example.com", "-c", "commit.gpgSign=false")


def git(folder: Path, *words: str) -> str:
    return subprocess.run(["git", *SOMEONE, *words], cwd=folder, check=True, capture_output=True, text=True).stdout


def notebook(*sources: str, outputs: tuple = ()) -> str:
    cells = [
        {"cell_type": "code", "id": f"cell-{number}", "metadata": {}, "source": source, "outputs": list(outputs), "execution_count": None}
        for number, source in enumerate(sources)
    ]  # fmt: skip
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1) + "\n"


def write(folder: Path, files: dict[str, str | None]) -> None:
    """Write files by path; None removes one."""
    for path, text in files.items():
        place = folder / path
        if text is None:
            place.unlink()
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode())


def commit(folder: Path, files: dict[str, str | None], words: str = "change") -> None:
    write(folder, files)
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "-m", words)


OLD: dict[str, str | None] = {
    FIRST: notebook("import time", "first = 1", "..."),
    SECOND: notebook("second = 1"),
    GONE: notebook("gone = 1"),
    SERVER: "def serve():\n    return 1\n\n\ndef halt():\n    return 2\n",
    LOCK: "fastapi==1\n",
    PAGE: "page 1\n",
    "make.py": "print(1)\n",
    ".gitignore": "notebooks/.progress.json*\n.ipynb_checkpoints/\n",
}
NEW: dict[str, str | None] = {
    FIRST: notebook("import time", "first = 2", "..."),
    GONE: None,
    "notebooks/03_renamed.ipynb": notebook("gone = 1", "and = 2"),
    "notebooks/04_added.ipynb": notebook("added = 2"),
    "notebooks/04_added/data.txt": "data 2\n",
    SERVER: "def serve():\n    return 3\n\n\ndef halt():\n    return 2\n",
    LOCK: "fastapi==2\n",
    PAGE: "page 2\n",
}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A clone of the old version, and the course that it came from, which has a newer one; to be copied."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "course").mkdir()
    git(folder / "course", "init", "--quiet", "--initial-branch=main")
    git(folder / "course", "config", "core.autocrlf", "false")
    commit(folder / "course", OLD)
    git(folder, "clone", "--quiet", "course", "clone")
    git(folder / "clone", "remote", "set-url", "origin", "../course")
    write(folder / "clone", {PROGRESS: '{"solved": ["1.1-mail"]}'})
    commit(folder / "course", NEW)
    return folder


@pytest.fixture
def clone(course, tmp_path):
    # Spaces and letters beyond ASCII, as in a home folder.
    shutil.copytree(course, tmp_path / "my köurse")
    return tmp_path / "my köurse" / "clone"


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a working tree by path."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


MINE = notebook("import time", "mine = 1", "solved = 1")


def edits(clone):
    write(clone, {FIRST: MINE})


def executed(clone):
    output = {"output_type": "stream", "name": "stdout", "text": ["it took 3 s"]}
    write(clone, {FIRST: notebook("import time", "first = 1", "...", outputs=(output,))})


def last_cell_run(clone):
    write(clone, {FIRST: notebook("import time", "first = 1", "...", "")})


def edits_elsewhere(clone):
    write(clone, {SECOND: notebook("mine = 2")})


def staged(clone):
    edits(clone)
    git(clone, "add", "--all")


def staged_and_changed_again(clone):
    staged(clone)
    write(clone, {FIRST: notebook("mine = 3")})


def staged_elsewhere_and_changed_again(clone):
    write(clone, {SECOND: notebook("mine = 2")})
    git(clone, "add", "--all")
    write(clone, {SECOND: notebook("mine = 3")})


def staged_new_file(clone):
    write(clone, {"notebooks/mine.ipynb": notebook("mine = 4")})
    git(clone, "add", "--all")


def untracked_that_came_upstream(clone):
    write(clone, {"notebooks/04_added.ipynb": notebook("mine = 4")})


def untracked_and_the_same(clone):
    write(clone, {"notebooks/04_added.ipynb": NEW["notebooks/04_added.ipynb"]})


def ignored_that_came_upstream(clone):
    (clone / ".git" / "info" / "exclude").write_text("04_added*\n")
    write(clone, {"notebooks/04_added.ipynb": notebook("mine = 4")})


def file_where_a_folder_came(clone):
    write(clone, {"notebooks/04_added": "mine = 5\n"})


def folder_where_a_file_came(clone):
    write(clone, {"notebooks/04_added.ipynb/notes.txt": "mine = 6\n"})


def link_where_a_folder_came(clone):
    (clone.parent / "elsewhere").mkdir()
    (clone.parent / "elsewhere" / "data.txt").write_text("mine = 7\n")
    (clone / "notebooks" / "04_added").symlink_to(clone.parent / "elsewhere")


def edits_of_what_was_renamed(clone):
    write(clone, {GONE: notebook("mine = 8")})


def deleted_here(clone):
    (clone / FIRST).unlink()


def deleted_and_staged(clone):
    git(clone, "rm", "--quiet", FIRST)


def helpers_edited(clone):
    write(clone, {SERVER: "def serve():\n    return 'mine = 9'\n"})


def lock_edited(clone):
    write(clone, {LOCK: "fastapi==1\nmine==10\n"})


def own_commit(clone):
    commit(clone, {"notebooks/mine.ipynb": notebook("mine = 11")})


def own_commit_in_a_helper(clone):
    commit(clone, {SERVER: f"{OLD[SERVER]}\n\ndef mine():\n    return 'mine = 12'\n"})


def own_commit_in_conflict(clone):
    commit(clone, {FIRST: MINE, SERVER: "def serve():\n    return 'mine = 13'\n", GONE: notebook("mine = 14")})


def own_commit_of_a_run(clone):
    executed(clone)
    git(clone, "commit", "--quiet", "-am", "ran it")


def own_commit_and_edits(clone):
    own_commit_in_conflict(clone)
    write(clone, {FIRST: notebook("mine = 15"), SECOND: notebook("mine = 16")})


def own_commit_and_staged(clone):
    own_commit(clone)
    write(clone, {SECOND: notebook("mine = 16")})
    git(clone, "add", "--all")


def own_commit_that_deletes(clone):
    commit(clone, {FIRST: None})


def own_commit_of_what_came_upstream(clone):
    commit(clone, {"notebooks/04_added.ipynb": notebook("mine = 17")})


def no_identity(clone):
    own_commit_in_conflict(clone)
    git(clone, "config", "user.useConfigOnly", "true")


def rewritten_upstream(clone):
    edits(clone)
    course = clone.parent / "course"
    git(course, "checkout", "--quiet", "--orphan", "anew")
    git(course, "commit", "--quiet", "-m", "anew")
    git(course, "branch", "--quiet", "-M", "main")


def shallow(clone):
    git(clone.parent, "clone", "--quiet", "--depth=1", f"file://{clone.parent}/course", "shallow")
    shutil.copy(clone / PROGRESS, clone.parent / "shallow" / PROGRESS)
    shutil.rmtree(clone)
    (clone.parent / "shallow").rename(clone)
    git(clone, "reset", "--quiet", "--hard")
    commit(clone.parent / "course", {FIRST: notebook("first = 4")})
    edits(clone)


def shallow_with_own_commit(clone):
    shallow(clone)
    git(clone, "commit", "--quiet", "-am", "mine")


def stash(clone):
    edits(clone)
    git(clone, "stash", "--quiet")
    write(clone, {FIRST: notebook("mine = 18")})


def unreadable(clone):
    write(clone, {FIRST: MINE[:-20]})


def emptied(clone):
    write(clone, {FIRST: ""})


def windows_line_ends(clone):
    write(clone, {path: str(OLD[path]).replace("\n", "\r\n") for path in (FIRST, SERVER)})


def windows_line_ends_and_edits(clone):
    write(clone, {FIRST: MINE.replace("\n", "\r\n")})


def read_only(clone):
    edits(clone)
    (clone / FIRST).chmod(stat.S_IREAD)


def other_mode(clone):
    (clone / SERVER).chmod(0o755)


def checkpoints(clone):
    edits(clone)
    write(clone, {"notebooks/.ipynb_checkpoints/01_first-checkpoint.ipynb": notebook("mine = 19")})


def hidden_from_git(clone):
    git(clone, "update-index", "--assume-unchanged", FIRST)
    git(clone, "update-index", "--skip-worktree", SERVER)
    edits(clone)
    helpers_edited(clone)


def another_copy_of_today(clone):
    edits(clone)
    write(clone, {f"notebooks/01_first (my edits of {DAY}).ipynb": notebook("mine = 20")})


def pasted_picture(clone):
    cells = json.loads(str(OLD[FIRST]))
    cells["cells"][0] |= {"cell_type": "markdown", "attachments": {"mine.png": {"image/png": "mine"}}}
    write(clone, {FIRST: json.dumps(cells)})


def all_at_once(clone):
    own_commit_in_conflict(clone)
    for state in (checkpoints, edits_elsewhere, untracked_that_came_upstream, file_where_a_folder_came, lock_edited):
        state(clone)
    write(clone, {FIRST: notebook("mine = 23")})
    git(clone, "add", FIRST)
    write(clone, {FIRST: notebook("mine = 3")})


@dataclass(frozen=True)
class State:
    """What was done to a clone before the update, and the files that keep it afterwards."""

    do: Callable[[Path], None]
    kept: tuple[str, ...] = ()


def mine(path: str, number: int = 1) -> str:
    stem, suffix = os.path.splitext(path)
    return f"{stem} (my edits of {DAY}{f', {number}' if number > 1 else ''}){suffix}"


ADDED, FOLDER = "notebooks/04_added.ipynb", "notebooks/04_added"
STATES = [
    State(lambda clone: None),
    State(edits, (mine(FIRST),)),
    State(executed),
    State(last_cell_run),
    State(edits_elsewhere),
    State(staged, (mine(FIRST),)),
    State(staged_and_changed_again, (mine(FIRST), mine(FIRST, 2))),
    State(staged_elsewhere_and_changed_again, (mine(SECOND),)),
    State(staged_new_file),
    State(untracked_that_came_upstream, (mine(ADDED),)),
    State(untracked_and_the_same),
    State(ignored_that_came_upstream, (mine(ADDED),)),
    State(file_where_a_folder_came, (mine(FOLDER),)),
    State(folder_where_a_file_came, (f"{mine(ADDED)}/notes.txt",)),
    State(edits_of_what_was_renamed, (mine(GONE),)),
    State(deleted_here),
    State(deleted_and_staged),
    State(helpers_edited, (mine(SERVER),)),
    State(lock_edited, (mine(LOCK),)),
    State(own_commit),
    State(own_commit_in_a_helper),
    State(own_commit_in_conflict, (mine(FIRST), mine(SERVER), mine(GONE))),
    State(own_commit_of_a_run),
    State(own_commit_and_edits, (mine(FIRST), mine(FIRST, 2), mine(SERVER), mine(GONE))),
    State(own_commit_and_staged),
    State(own_commit_that_deletes),
    State(own_commit_of_what_came_upstream, (mine(ADDED),)),
    State(no_identity, (mine(FIRST), mine(SERVER), mine(GONE))),
    State(rewritten_upstream, (mine(FIRST),)),
    State(shallow, (mine(FIRST),)),
    State(shallow_with_own_commit, (mine(FIRST),)),
    State(stash, (mine(FIRST),)),
    State(unreadable, (mine(FIRST),)),
    State(emptied),
    State(windows_line_ends),
    State(windows_line_ends_and_edits, (mine(FIRST),)),
    State(read_only, (mine(FIRST),)),
    State(checkpoints, (mine(FIRST),)),
    State(hidden_from_git, (mine(FIRST), mine(SERVER))),
    State(another_copy_of_today, (mine(FIRST), mine(FIRST, 2))),
    State(pasted_picture, (mine(FIRST),)),
    State(all_at_once, (mine(FIRST), mine(FIRST, 2), mine(FIRST, 3), mine(SERVER), mine(GONE), mine(ADDED), mine(FOLDER), mine(LOCK))),
]  # fmt: skip
if os.name != "nt":
    STATES += [State(other_mode), State(link_where_a_folder_came, (mine(FOLDER),))]


def words(contents: dict[str, bytes]) -> set[bytes]:
    """What the learner wrote, in any file: `mine = 7`."""
    return {found for content in contents.values() for found in re.findall(rb"mine(?: = |==)\d+|mine\.png", content)}


@pytest.mark.parametrize("state", STATES, ids=[state.do.__name__.strip("<>") for state in STATES])
def test_the_newest_version_comes_and_nothing_is_lost(clone, state):
    state.do(clone)
    wrote, progress = words(files(clone)), (clone / PROGRESS).read_bytes()
    staged = git(clone, "diff", "--cached")
    wrote |= words({"staged": staged.encode()}) if staged else set()
    before = set(files(clone))
    stashes = git(clone, "stash", "list")

    told = update(clone, DAY)

    after, course = files(clone), clone.parent / "course"
    assert wrote <= words(after)
    assert (clone / PROGRESS).read_bytes() == progress
    assert git(clone, "stash", "list") == stashes
    assert {path for path in after if MARK in path and path not in state.kept} == set()
    assert {path for path in state.kept if not os.path.lexists(clone / path)} == set()
    # Everything is as upstream has it, but for what was written where the new version changed nothing.
    mixed = {SERVER} if state.do is own_commit_in_a_helper else set()
    for path in {*git(course, "ls-files").splitlines()} - {SECOND} - mixed:
        assert after[path] == (course / path).read_bytes(), path
    assert GONE not in after
    assert git(clone, "merge-base", "HEAD", "origin/main") == git(course, "rev-parse", "HEAD")
    assert git(clone, "ls-files", "--unmerged") == ""
    said = [path for path in state.kept if path in told]
    assert told.startswith("Updated to the newest version: ") and "\n" not in told
    assert len(said) == len([path for path in state.kept if path not in before and not path.endswith("notes.txt")])

    assert update(clone, DAY) == "This is the newest version already: nothing was changed."
    assert files(clone) == after


def test_edits_of_a_text_that_merge_are_merged_with_the_new(clone):
    own_commit_in_a_helper(clone)
    update(clone, DAY)
    assert "return 3" in (clone / SERVER).read_text() and "mine = 12" in (clone / SERVER).read_text()


def test_a_second_update_keeps_the_first_copies(clone):
    edits(clone)
    update(clone, DAY)
    commit(clone.parent / "course", {FIRST: notebook("first = 5")})
    write(clone, {FIRST: notebook("mine = 21")})
    update(clone, DAY)
    assert words(files(clone)) == {b"mine = 1", b"mine = 21"}
    assert (clone / mine(FIRST, 2)).exists()


# ---- where an update cannot be: one sentence, and nothing changes


def offline(clone):
    edits(clone)
    (clone.parent / "course").rename(clone.parent / "far away")


def no_such_host(clone):
    git(clone, "remote", "set-url", "origin", "https://nowhere.invalid/course.git")


def asks_for_a_password(clone):
    git(clone, "remote", "set-url", "origin", "ssh://nobody@127.0.0.1:9/course.git")


def detached(clone):
    edits(clone)
    git(clone, "checkout", "--quiet", "--detach")


def unpacked_from_a_zip(clone):
    edits(clone)
    shutil.rmtree(clone / ".git")


def zip_inside_another_clone(clone):
    unpacked_from_a_zip(clone)
    git(clone.parent, "init", "--quiet")


def follows_nothing(clone):
    git(clone, "branch", "--unset-upstream")


def no_commit(clone):
    shutil.rmtree(clone / ".git")
    git(clone, "init", "--quiet")


def in_the_middle_of_a_merge(clone):
    own_commit_in_conflict(clone)
    git(clone, "fetch", "--quiet")
    subprocess.run(["git", *SOMEONE, "merge", "origin/main"], cwd=clone, capture_output=True)


def in_the_middle_of_a_rebase(clone):
    own_commit_in_conflict(clone)
    git(clone, "fetch", "--quiet")
    subprocess.run(["git", *SOMEONE, "rebase", "origin/main"], cwd=clone, capture_output=True)


def stash_in_conflict(clone):
    edits(clone)
    git(clone, "stash", "--quiet")
    commit(clone, {FIRST: notebook("mine = 22")})
    subprocess.run(["git", *SOMEONE, "stash", "pop"], cwd=clone, capture_output=True)


def git_is_at_work(clone):
    edits(clone)
    (clone / ".git" / "index.lock").touch()


def branch_gone_upstream(clone):
    edits(clone)
    git(clone.parent / "course", "branch", "--quiet", "-m", "other")


def damaged_repository(clone):
    (clone / ".git" / "HEAD").write_text("nothing")


def unrelated(clone):
    own_commit(clone)
    course = clone.parent / "course"
    git(course, "checkout", "--quiet", "--orphan", "anew")
    git(course, "commit", "--quiet", "-m", "anew")
    git(course, "branch", "--quiet", "-M", "main")


REFUSED = [
    (offline, "No newer version could be fetched, nothing was changed: fatal: .*"),
    (no_such_host, "No newer version could be fetched, nothing was changed: fatal: .*"),
    (asks_for_a_password, "No newer version could be fetched, nothing was changed: .*"),
    (branch_gone_upstream, "No newer version could be fetched, nothing was changed: fatal: .*"),
    (detached, r"Nothing was changed: no branch is checked out here\. `git switch main` changes to one"),
    (unpacked_from_a_zip, r"This folder is no git clone: download the newest version .*"),
    (zip_inside_another_clone, r"This folder is no git clone: download the newest version .*"),
    (follows_nothing, r"Nothing was changed: the branch main follows none\. `git branch --set-upstream-to=.*"),
    (no_commit, "Nothing was changed: this clone has no commit yet"),
    (in_the_middle_of_a_merge, "Nothing was changed: a merge stopped halfway here.*"),
    (in_the_middle_of_a_rebase, "Nothing was changed: a rebase stopped halfway here.*"),
    (stash_in_conflict, "Nothing was changed: a merge stopped halfway here.*"),
    (git_is_at_work, "Nothing was changed, because git said: fatal: Unable to create .*"),
    (damaged_repository, "Nothing was changed, because git said: fatal: .*"),
    (unrelated, "Nothing was changed: the new version shares no history with your commits; clone it anew"),
]


@pytest.mark.parametrize(("state", "sentence"), REFUSED, ids=[state.__name__ for state, _ in REFUSED])
def test_what_stands_in_the_way_gets_one_sentence_and_nothing_changes(clone, state, sentence):
    state(clone)
    before = files(clone)
    with pytest.raises(CannotUpdate) as caught:
        update(clone, DAY)
    assert re.fullmatch(rf"{sentence}\.", str(caught.value)), str(caught.value)
    assert files(clone) == before


def test_a_machine_without_git_gets_one_sentence(clone, monkeypatch):
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(CannotUpdate, match="^Updating needs git, and there is none on this machine.$"):
        update(clone, DAY)


@pytest.mark.parametrize("state", [edits, own_commit_and_edits, folder_where_a_file_came, untracked_that_came_upstream])
@pytest.mark.parametrize("failing", ["reset", "merge", "commit", "checkout-index"])
def test_what_fails_halfway_is_put_back(clone, monkeypatch, state, failing):
    state(clone)
    before, head = files(clone), git(clone, "rev-parse", "HEAD")
    real = subprocess.run

    def full(command, **options):
        if failing in command and "--abort" not in command:
            return subprocess.CompletedProcess(command, 128, b"", b"fatal: no space left on device\n")
        return real(command, **options)

    monkeypatch.setattr(subprocess, "run", full)
    try:
        update(clone, DAY)
    except CannotUpdate as error:
        assert str(error) == "Nothing was changed, because git said: fatal: no space left on device."
        assert (files(clone), git(clone, "rev-parse", "HEAD")) == (before, head)
        assert not (clone / ".git" / "MERGE_HEAD").exists()
    else:
        assert failing in ({"merge", "commit"} if state is not own_commit_and_edits else {"reset"})


@pytest.mark.parametrize(
    ("content", "differs"),
    [
        (notebook("a = 1"), False),
        (notebook("a = 1", ""), False),
        (notebook("a = 1").replace("a = 1", "a = 2"), True),
        (notebook("a = 1").replace('"code"', '"markdown"'), True),
        (notebook("a = 1").replace('"a = 1"', '["a = 1"]'), False),
        (notebook("a = 1", "b = 1"), True),
        (notebook(), True),
        ('{"cells": 5}', True),
        ('{"cells": [5]}', True),
        ("[]", True),
        ("", False),
    ],
)
def test_a_notebook_is_compared_by_what_a_person_writes(content, differs):
    assert edited("a.ipynb", content.encode(), notebook("a = 1").encode()) is differs


# ---- the verb


def test_the_verb_says_in_a_line_what_it_did(clone):
    for name in (
        "make.py",
        "pyproject.toml",
        "helpers/__init__.py",
        "helpers/surroundings.py",
        "helpers/authoring/__init__.py",
    ):
        write(clone, {name: (make.ROOT / name).read_text(encoding="utf-8")})
    shutil.copy(make.ROOT / "helpers" / "authoring" / "update.py", clone / "helpers" / "authoring")
    edits(clone)
    command = [sys.executable, "-S", "make.py", "update"]
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")
    [line] = done.stdout.splitlines()
    assert re.fullmatch(
        r"Updated to the newest version: .* notebooks/01_first \(my edits of .*\)\.ipynb\. Your .*", line
    )
    offline(clone)
    done = subprocess.run(command, cwd=clone, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 1 and done.stdout == "" and len(done.stderr.splitlines()) == 1
