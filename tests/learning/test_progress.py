"""Progress is kept, carried over and shown; and nothing that happens to its file breaks a cell or loses what was solved."""

import errno
import json
import os
import random
import re
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from helpers import check, compare, exam, predict, progress
from helpers.course import CHAPTERS
from helpers.learning import catalogue, minutes, spacing, store, tokens
from tests.learning.demo_course import DEMO, chapters_in

NOTEBOOK = CHAPTERS[0].file


@pytest.fixture
def folder(demo):
    (demo / NOTEBOOK).touch()
    return demo


def saved(folder):
    return json.loads((folder / ".progress.json").read_text())


# The file


def test_states_are_merged_and_solved_stays(folder):
    assert store.recorded() == {}
    assert store.record({"1.1-mail": "attempted", "1.1-inline": "a"})
    assert store.record({"1.1-mail": "solved", "1.1-inline": "b"})
    assert store.record({"1.1-mail": "attempted"})
    assert store.record({"1.1-inline": "c", "1.2-order": "attempted"}, over=False)
    expected = {"1.1-inline": "b", "1.1-mail": "solved", "1.2-order": "attempted"}
    assert saved(folder) == store.recorded() == expected
    assert sorted(os.listdir(folder)) == sorted([".progress.json", ".progress.json.lock", NOTEBOOK])


def test_an_unchanged_state_is_not_written_again(folder, monkeypatch):
    store.record({"1.1-mail": "solved"})
    monkeypatch.setattr(store, "_write", None)
    assert store.record({"1.1-mail": "attempted"})


DAMAGES = [
    b"",
    b'{"1.1-mail": "sol',
    b"null",
    b"[]",
    b'"solved"',
    b"\xff\xfe\x00",
    b"[" * 100_000,
    b'{"1.1-mail": "solved"} {}',
    b"<<<<<<< HEAD",
]


@pytest.mark.parametrize("content", DAMAGES, ids=range(len(DAMAGES)))
def test_a_damaged_file_is_put_aside(folder, content):
    (folder / ".progress.json").write_bytes(content)
    told = progress.show(1)
    assert told.text.startswith("Predictions: 0 of 2 made.") and told.text.endswith(ASIDE.format(""))
    assert "damaged" not in progress.show(1).text, "it is told once"
    assert (folder / ".progress.json.damaged").read_bytes() == content
    assert store.record({"1.1-mail": "solved"})
    assert saved(folder) == {"1.1-mail": "solved"}


ASIDE = (
    "The file .progress.json was damaged, so nothing counts as recorded; "
    "it lies beside the notebooks as .progress.json.damaged{}."
)
SPEAKING = {
    "predict": lambda: predict("1.1-inline", "a"),
    "asked": lambda: predict("1.1-inline", ...),
    "compare": lambda: compare("1.1-inline"),
    "check": lambda: check("1.1-mail", 1),
    "show": progress.show,
    "export": progress.export,
    "restore": lambda: progress.restore(tokens.encode({"1.1-mail": "solved"})),
    "plan": exam.plan,
}


@pytest.mark.parametrize("speak", SPEAKING.values(), ids=SPEAKING)
def test_whoever_meets_a_damaged_file_says_where_it_lies(folder, speak):
    (folder / ".progress.json.damaged").write_text("an older one")
    (folder / ".progress.json").write_text("{")
    note = speak()
    assert note.text.endswith(ASIDE.format("-2")) and "`.progress.json.damaged-2`" in note.markdown
    assert (folder / ".progress.json.damaged").read_text() == "an older one"
    assert (folder / ".progress.json.damaged-2").read_text() == "{" and "damaged" not in speak().text


def test_a_damaged_file_that_cannot_be_moved_is_told_once_and_stays(folder, monkeypatch):
    (folder / ".progress.json").write_text("{")

    def refused(*_):
        raise PermissionError(errno.EACCES, "no")

    monkeypatch.setattr(os, "replace", refused)
    told = [progress.show(1).text, predict("1.1-inline", "a").text]
    assert "is damaged, so nothing counts as recorded. This folder cannot be written to, so it stays" in told[0]
    assert "Kept, but not saved: a." in told[1] and "is damaged" not in told[1]
    assert (folder / ".progress.json").read_text() == "{" and store.recorded() == {"1.1-inline": "a"}


SAVING = {
    "predict": (lambda: predict("1.1-inline", "a"), "Kept, but not saved: a. Run the next cells and compare."),
    "check": (lambda: check("1.1-mail", 1), "NOT YET"),
    "show": (lambda: progress.show(1), "Predictions: 1 of 2 made"),
    "restore": (lambda: progress.restore(tokens.encode({"1.1-mail": "solved"})), "Restored, but not saved: 1"),
}


@pytest.mark.parametrize(("code", "reason"), [(errno.ENOSPC, "The disk is full"), (errno.EROFS, "This folder cannot")])
@pytest.mark.parametrize("what", SAVING)
def test_what_is_not_saved_is_not_called_recorded(folder, monkeypatch, what, code, reason):
    def refused(*_, **__):
        raise OSError(code, "no")

    monkeypatch.setattr(os, "replace", refused)
    store.record({"1.1-inline": "b"})
    speak, says = SAVING[what]
    note = speak()
    assert says in note.text and "Recorded" not in note.text
    assert f"{reason}" in note.text and "is kept until the kernel ends; export() saves it." in note.text
    monkeypatch.undo()


def test_a_file_that_cannot_be_removed_is_not_forgotten(folder, monkeypatch):
    (folder / ".progress.json").mkdir()
    assert "cannot be removed" in progress.reset(progress.CONFIRM).text


def test_states_of_the_wrong_type_are_dropped_and_unknown_ids_kept(folder):
    content = {
        "1.1-mail": 1,
        "1.1-inline": None,
        "1.2-order": ["solved"],
        "9.9-later": "solved",
        "": "x",
        "1.1-wait": "b",
    }
    (folder / ".progress.json").write_text(json.dumps(content))
    assert "Predictions: 0 of 2 made. Exercises: 0 of 2 solved." in progress.show(1).text
    store.record({"1.1-inline": "b"})
    assert saved(folder) == {"9.9-later": "solved", "": "x", "1.1-wait": "b", "1.1-inline": "b"}


def test_a_folder_that_cannot_be_written_keeps_everything_until_it_can(folder, monkeypatch):
    monkeypatch.setattr(store, "FOLDER", folder / NOTEBOOK)  # a file: nothing can be written into it
    assert not store.record({"1.1-mail": "solved"})
    assert not store.record({"1.1-mail": "attempted", "1.1-inline": "a"})
    assert not store.record({"1.1-inline": "b"})
    assert not store.record({"1.1-inline": "c", "1.2-order": "attempted"}, over=False)
    expected = {"1.1-mail": "solved", "1.1-inline": "b", "1.2-order": "attempted"}
    assert store.recorded() == expected
    assert "This folder cannot be written to" in progress.show().text
    assert "This folder cannot be written to" in progress.restore(tokens.encode({"1.1-wait": "1"})).text
    monkeypatch.setattr(store, "FOLDER", folder)
    assert store.record({"1.1-inline": "b"})
    assert saved(folder) == {**expected, "1.1-wait": "1"}
    assert "cannot be written" not in progress.show().text


def test_a_write_that_fails_halfway_leaves_the_file_as_it_was(folder, monkeypatch):
    store.record({"1.1-mail": "solved"})

    def full(*_, **__):
        raise OSError("disk full")

    with monkeypatch.context() as patched:
        patched.setattr(os, "replace", full)
        assert not store.record({"1.2-order": "solved"})
    assert saved(folder) == {"1.1-mail": "solved"}
    assert not [name for name in os.listdir(folder) if name not in (".progress.json", ".progress.json.lock", NOTEBOOK)]
    assert store.recorded() == {"1.1-mail": "solved", "1.2-order": "solved"}


def test_a_file_that_cannot_be_read_is_not_overwritten(folder):
    (folder / ".progress.json").mkdir()
    assert store.recorded() == {}
    assert not store.record({"1.1-mail": "solved"})
    assert store.recorded() == {"1.1-mail": "solved"}
    assert (folder / ".progress.json").is_dir()


def test_a_lock_that_is_never_freed_does_not_stop_anybody(folder, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 0.05)
    with store.alone():
        assert store.record({"1.1-mail": "solved"})
    assert saved(folder) == {"1.1-mail": "solved"}


def test_threads_lose_nothing(folder, monkeypatch):
    monkeypatch.setattr(store, "PATIENCE", 30)  # a busy machine is no stuck one

    def work(number):
        for step in range(10):
            store.record({f"{number}.{step}-x": "solved", "1.1-mail": random.choice(["attempted", "solved"])})

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(saved(folder)) == 81 and set(saved(folder).values()) <= {"solved", "attempted"}
    assert sum(state == "solved" for state in saved(folder).values()) >= 80


def test_kernels_lose_nothing(folder):
    script = """if True:
        import sys
        from helpers.learning import store
        store.PATIENCE = 30
        for step in range(25):
            assert store.record({f"{sys.argv[1]}.{step}-x": "solved", "1.1-mail": sys.argv[2]})
    """
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_RUN"}
    arguments = [("1", "solved"), ("2", "attempted"), ("3", "attempted"), ("4", "attempted")]
    kernels = [
        subprocess.Popen([sys.executable, "-c", script, *pair], cwd=folder, env=environment) for pair in arguments
    ]
    assert [kernel.wait(60) for kernel in kernels] == [0, 0, 0, 0]
    assert len(saved(folder)) == 101 and set(saved(folder).values()) == {"solved"}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
def test_a_disk_that_fills_up_while_writing_leaves_nothing_behind(folder):
    """A real one: the system refuses to let a file grow beyond 40 bytes."""
    script = """if True:
        import resource
        from helpers import exam
        from helpers.authoring import refresh
        from helpers.learning import store
        store.record({"1.1-wait": "1"})
        resource.setrlimit(resource.RLIMIT_FSIZE, (40, resource.RLIM_INFINITY))
        assert not store.record({f"{step}.1-x": "solved" for step in range(99)})
        assert "cannot be written to" in exam.start(seed=7).text
        assert "could not be written" in exam.paper(seed=7).save(".").text
        try:
            refresh.write(store.FOLDER / "a.ipynb", "x" * 99)
        except OSError:
            print("refused")
    """
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_RUN"}
    run = subprocess.run([sys.executable, "-c", script], cwd=folder, env=environment, capture_output=True, text=True)
    assert run.stdout == "refused\n", run.stderr
    assert sorted(os.listdir(folder)) == sorted([".progress.json", ".progress.json.lock", NOTEBOOK])
    assert saved(folder) == {"1.1-wait": "1"}


def test_it_stays_beside_the_notebooks_when_a_cell_changes_directory_before_it_imports(folder, tmp_path):
    code = f"import os; os.chdir({str(tmp_path)!r}); from helpers import exam; exam.start(7)"
    code += "\nfrom helpers.learning import store; store.record({'1.1-wait': '1'})"
    environment = {name: value for name, value in os.environ.items() if name != "COURSE_RUN"}
    environment["IPYTHONDIR"] = str(tmp_path / "ipython")
    command = [sys.executable, "-m", "IPython", "--no-banner", "-c", code]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    assert saved(folder) == {"1.1-wait": "1"} and (folder / ".progress.json.exam").exists()
    assert os.listdir(tmp_path) == ["ipython"]


def test_it_stays_beside_the_notebook_that_vs_code_runs(folder, monkeypatch):
    class Shell:
        user_ns = {"__vsc_ipynb_file__": str(folder / NOTEBOOK)}
        starting_dir = "/nowhere"

    monkeypatch.setattr("IPython.get_ipython", Shell)
    assert store._folder() == folder


def test_it_stays_beside_the_notebooks_when_a_cell_changes_directory(folder, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    store.record({"1.1-mail": "solved"})
    assert os.listdir() == [] and saved(folder) == {"1.1-mail": "solved"}


def test_ci_neither_reads_nor_writes(folder, monkeypatch):
    store.record({"1.1-mail": "solved"})
    token = tokens.encode({"1.2-order": "solved"})
    monkeypatch.setenv("COURSE_RUN", "ci")
    for _ in range(2):
        assert store.record({"1.2-order": "solved"})
        assert store.recorded() == {}
        assert "Exercises: 0 of 2 solved" in progress.show(1).text
        assert progress.export().text.startswith("Nothing is recorded yet")
        assert progress.restore(token).text == "Restored: 1 exercise solved, 0 tried, 0 predictions."
        assert progress.reset(progress.CONFIRM).text.startswith("Forgotten")
    monkeypatch.delenv("COURSE_RUN")
    assert store.recorded() == {"1.1-mail": "solved"}


# The map of the course


def test_the_map(folder):
    before = progress.show()
    assert before.markdown.startswith(
        "| | Chapter | Takes | Predictions made | Exercises solved | Done |\n|---|---|---|---|---|---|\n"
    )
    row = "| {} | [1 Introduction to FastAPI](01_introduction_to_fastapi.ipynb) |  | {} of 2 | {} of 2 | {} |"
    assert row.format("→", 0, 0, "○" * 10) in before.markdown
    assert "| | 2 Core Concepts |  | not yet written | | |" in before.markdown
    assert before.markdown.endswith(
        "Next: [1 Introduction to FastAPI](01_introduction_to_fastapi.ipynb), 4 still to do, from 1.1-inline on."
    )
    assert before.text.startswith(
        f"1 Introduction to FastAPI: predictions 0 of 2, exercises 0 of 2 {'○' * 10}\n2 Core Concepts: not yet written\n"
    )
    assert before.text.endswith(
        "Next: 1 Introduction to FastAPI (01_introduction_to_fastapi.ipynb), 4 still to do, from 1.1-inline on."
    )
    store.record({"1.1-inline": "a", "1.1-mail": "solved", "1.2-order": "attempted"})
    assert row.format("→", 1, 1, "●●●●●○○○○○") in progress.show().markdown
    store.record({"1.1-wait": "1", "1.2-order": "solved"})
    assert row.format("●", 2, 2, "●" * 10) in progress.show().markdown
    assert progress.show().text.endswith("Nothing is left to do in the chapters that are here.")


def timed(folder: Path, *lines: str) -> None:
    source = "\n\n".join(lines)
    (folder / NOTEBOOK).write_text(json.dumps({"cells": [{"cell_type": "markdown", "source": [source]}]}))


def test_the_map_tells_how_long_the_rest_takes(folder):
    timed(folder, "# 1 Title", "*About 2 h.*", "## 1.1 One", minutes.state(80, 3), "## 1.2 Two", minutes.state(40))
    before = progress.show()
    assert "| 2 h | 0 of 2 |" in before.markdown and before.text.endswith("What is left takes about 2 h.")
    store.record({"1.1-inline": "a", "1.1-mail": "solved"})
    assert progress.show().text.endswith("What is left takes about 1 h.")
    store.record({"1.1-wait": "1", "1.2-order": "solved"})
    assert "takes about" not in progress.show().text


def test_each_sentence_below_the_map_is_a_paragraph(folder, monkeypatch):
    timed(folder, "# 1 Title", "*About 2 h.*", "## 1.1 One", minutes.state(80, 3), "## 1.2 Two", minutes.state(40))
    monkeypatch.setattr(spacing, "count_due", lambda now, prompts: 4)
    _, following, *told = progress.show().markdown.split("\n\n")
    assert [text[:12] for text in told] == ["What is left", "Due for revi"] and following.startswith("Next: ")


@pytest.mark.parametrize(
    ("recorded", "says"),
    [
        ({"1.1-inline": "b", "1.1-wait": "0.8@3"}, "As measured, by how sure you were: certain 1 of 1."),
        ({"1.1-inline": "c@1", "1.1-wait": "9@1"}, "As measured, by how sure you were: a guess 0 of 2."),
        ({"1.1-inline": "zz@2", "1.1-wait": "0.8"}, ""),
    ],
)
def test_the_map_tells_how_many_came_as_measured_by_how_sure_one_was(folder, recorded, says):
    store.record(recorded)
    text = progress.show().text
    assert says in text and ("how sure" in text) == bool(says)


@pytest.mark.parametrize(("due", "says"), [(0, ""), (4, "Due for review today: 4. exam.review() asks them")])
def test_the_map_tells_what_is_due_for_review(folder, monkeypatch, due, says):
    monkeypatch.setattr(spacing, "count_due", lambda now, prompts: due)
    assert says in progress.show().text and ("review" in progress.show().text) == bool(due)


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 minutes"), (1, "1 minute"), (60, "1 h"), (61, "1 h 1 minute"), (125, "2 h 5 minutes")]
)
def test_minutes_are_read_as_they_are_said(tmp_path, number, said):
    assert minutes.spoken(number) == said
    for exercises in (0, 1, 2):
        cell = {"cell_type": "markdown", "source": ["## A section\n", "\n", minutes.state(number, exercises)]}
        file = tmp_path / f"{exercises}.ipynb"
        file.write_text(json.dumps({"cells": [cell]}))
        assert minutes.stated(file) == {"A section": number}


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"cells": [{}]}', "\0"])
def test_a_file_that_is_no_notebook_states_no_minutes(tmp_path, content):
    (tmp_path / "x.ipynb").write_text(content)
    assert minutes.stated(tmp_path / "x.ipynb") == {} == minutes.stated(tmp_path / "none.ipynb")


def test_one_chapter_in_short(folder):
    assert progress.show(chapter=1).text == (
        "Predictions: 0 of 2 made. Exercises: 0 of 2 solved. Not yet: 1.1-inline, 1.1-wait, 1.1-mail, 1.2-order."
    )
    store.record({"1.1-inline": "a", "1.1-wait": "1", "1.1-mail": "solved", "1.2-order": "attempted"})
    assert progress.show(1).text == (
        "Predictions: 2 of 2 made, 1 as measured. Exercises: 1 of 2 solved. Not yet: 1.2-order."
    )
    store.record({"1.2-order": "solved"})
    assert progress.show(1).text.endswith("Exercises: 2 of 2 solved. Nothing is left to do in this chapter.")
    assert progress.show(2).text == "Chapter 2, Core Concepts: not yet written."
    (folder / "02_core_concepts.ipynb").write_text('{"cells": []}')
    assert progress.show(2).text == (
        "Predictions: 0 of 0 made. Exercises: 0 of 0 solved. Nothing is left to do in this chapter."
    )


def test_a_copy_in_another_folder_shows_the_same_but_for_the_link(folder):
    text, short = progress.show().text, progress.show(1).text
    (folder / NOTEBOOK).unlink()
    assert progress.show().text == text.replace(f" ({NOTEBOOK})", "") and progress.show(1).text == short
    assert "| 1 Introduction to FastAPI |  | 0 of 2 |" in progress.show().markdown


@pytest.mark.parametrize("chapter", [0, 11, -1, 1.0, True, "1", [], "x" * 999, ...])
def test_a_chapter_that_does_not_exist(folder, chapter):
    assert progress.show(chapter).text.startswith("show(chapter=...) takes a number from 1 to 10; ")


def test_chapters_without_data_and_with_broken_data(folder, tmp_path_factory, monkeypatch):
    (folder / CHAPTERS[1].file).touch()
    (folder / CHAPTERS[2].file).touch()
    broken = tmp_path_factory.mktemp("chapters")
    for number, code in ((2, "EXERCISES = []"), (3, "1 / 0")):
        (broken / f"ch{number:02}").mkdir()
        (broken / f"ch{number:02}" / "exercises.py").write_text(code)
    chapters_in(monkeypatch, DEMO, broken)
    assert f"2 Core Concepts: predictions 0 of 0, exercises 0 of 0 {'○' * 10}" in progress.show().text
    assert "3 Building APIs with FastAPI: its exercises cannot be loaded here" in progress.show().text
    assert progress.show(2).text.endswith("Nothing is left to do in this chapter.")
    assert progress.show(3).text.endswith("its exercises cannot be loaded here.")


# The token


def course(predictions: int, exercises: int, numbers: int = 0) -> dict[str, str]:
    sections = [section for chapter in CHAPTERS for section in chapter.sections]
    states = {f"{sections[i]}-guess": "abcd"[i % 4] if i >= numbers else f"{0.1 + i:.3g}" for i in range(predictions)}
    return states | {f"{sections[i]}-work": "solved" if i % 5 else "attempted" for i in range(exercises)}


def token_in(note) -> str:
    return re.search(r"```text\n(\S+)\n```", note.markdown)[1]


def test_a_token_carries_everything(folder):
    states = {"1.1-inline": "b", "1.1-wait": "0.8", "1.1-mail": "solved", "1.2-order": "attempted"}
    store.record(states)
    note = progress.export()
    token = token_in(note)
    assert token.startswith("ATR1-") and token in note.text and token == token_in(progress.export())
    progress.reset(progress.CONFIRM)
    assert store.recorded() == {}
    assert progress.restore(token).text == "Restored: 1 exercise solved, 1 tried, 2 predictions."
    assert store.recorded() == states


def test_a_full_course_fits_under_300_characters():
    for states in (course(40, 40), course(40, 40, numbers=5), course(48, 45)):
        token = tokens.encode(states)
        assert len(token) < 300 and tokens.decode(token, states) == (states, 0)


def test_restoring_loses_nothing(folder):
    store.record({"1.1-inline": "a", "1.1-mail": "solved", "1.2-order": "attempted"})
    token = tokens.encode(
        {"1.1-inline": "c", "1.1-wait": "2", "1.1-mail": "attempted", "1.2-order": "solved", "7.1-x": "a"}
    )
    assert progress.restore(token).text == (
        "Restored: 1 exercise solved, 1 tried, 2 predictions. "
        "1 more belong to another version of the course and were left out."
    )
    expected = {"1.1-inline": "a", "1.1-wait": "2", "1.1-mail": "solved", "1.2-order": "solved"}
    assert store.recorded() == expected


def test_copying_may_add_spaces_line_breaks_and_quotes(folder):
    token = tokens.encode(course(10, 10) | {"1.1-mail": "solved"})
    broken = "\n  ".join(token[start : start + 20] for start in range(0, len(token), 20))
    for copied in (f" {token}\n", broken, f"`{token}`", f'"{token}"', token.replace("-", "- "), f"\u00a0{token}\r\n"):
        assert progress.restore(copied).text.startswith("Restored: 1 exercise solved")


@pytest.mark.parametrize("token", [None, "", "  ", "hello", 5, b"ATR1-", ["ATR1-"], "ATR2-AAAA", "atr1-AAAA", ...])
def test_what_is_no_token(folder, token):
    said = progress.restore(token).text
    assert said.startswith("restore takes the token that export() showed, a text that begins with ATR1-; ")
    assert said.endswith(" came. Nothing was changed.")
    assert progress.restore().text == progress.restore("").text


def test_a_mangled_token_changes_nothing(folder):
    store.record({"1.1-inline": "a"})
    token, chance = tokens.encode(course(10, 10)), random.Random(7)
    mangled = [token[:cut] for cut in range(5, len(token))] + [
        token + "A",
        token + token,
        token[:-1] + "é",
        token.lower()[5:],
    ]
    for _ in range(200):
        at = chance.randrange(5, len(token))
        other = chance.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=*")
        mangled.append(token[:at] + other + token[at + 1 :])
        mangled.append("ATR1-" + "".join(chance.choices(token[5:], k=chance.randrange(60))))
    for text in set(mangled) - {token}:
        said = progress.restore(text).text
        assert said.endswith("Nothing was changed."), text
    assert store.recorded() == {"1.1-inline": "a"}


def test_a_forged_token_raises_nothing(folder):
    import base64
    import struct
    import zlib

    chance = random.Random(3)
    for length in range(60):
        payload = chance.randbytes(length)
        packed = struct.pack(">I", zlib.crc32(payload)) + payload
        progress.restore("ATR1-" + base64.urlsafe_b64encode(packed).decode().rstrip("="))
    payload = b"\x06solved\x00\x02" + tokens.code("1.2-order")  # two codes are told, one has come
    packed = struct.pack(">I", zlib.crc32(payload)) + payload
    said = progress.restore("ATR1-" + base64.urlsafe_b64encode(packed).decode().rstrip("=")).text
    assert said.startswith("This token is not complete") and store.recorded() == {}
    assert progress.show(1).text.startswith("Predictions: 0 of 2 made.")


def test_strange_states_can_be_exported(folder):
    store.record({"1.1-mail": "solved", "x" * 999: "\ud800" * 999, "é": ""})
    token = token_in(progress.export())
    progress.reset(progress.CONFIRM)
    said = progress.restore(token).text
    assert said.startswith("Restored: 1 exercise solved, 0 tried, 0 predictions. 2 more belong to another version")
    assert store.recorded() == {"1.1-mail": "solved"}


def test_half_a_character_is_written_as_a_question_mark():
    assert tokens.decode(tokens.encode({"\ud800": "\ud800"}), ["?"]) == ({"?": "?"}, 0)


def test_no_two_ids_share_a_code():
    ids = set(catalogue.ids())
    assert len({tokens.code(id) for id in ids}) == len(ids)


# Forgetting


@pytest.mark.parametrize("confirm", [None, "", "yes", True, "FORGET EVERYTHING", ["forget everything"]])
def test_reset_needs_its_words(folder, confirm):
    store.record({"1.1-mail": "solved"})
    assert progress.reset(confirm).text.startswith('Nothing was changed. progress.reset("forget everything")')
    assert store.recorded() == {"1.1-mail": "solved"}


def test_reset(folder):
    store.record({"1.1-mail": "solved"})
    for _ in range(2):
        assert progress.reset("forget everything").text.startswith("Forgotten")
        assert store.recorded() == {}


def test_a_chapter_without_anything_to_do_counts_as_open():
    empty, half = progress.Counts(0, 0, 0, 0, 0, []), progress.Counts(2, 1, 1, 2, 1, ["1.1-mail", "1.2-order"])
    assert (empty.open, empty.bar) == (1.0, "○" * 10)
    assert (half.open, half.bar) == (0.5, "●●●●●○○○○○")
