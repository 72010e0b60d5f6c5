"""The project whose files a notebook's cells write: pytest is run on it as in a terminal, and its copies are faulty."""

import pytest
from IPython.core.interactiveshell import InteractiveShell

from helpers import CourseError, Project

GREEN = "from main import add\n\n\ndef test_add():\n    assert add(1, 2) == 3\n"
MAIN = "def add(a, b):\n    return a + b\n"


@pytest.fixture
def project() -> Project:
    project = Project()
    project.write("pyproject.toml", '[tool.pytest]\npythonpath = ["."]\n')
    project.write("main.py", MAIN)
    project.write("test_add.py", GREEN)
    return project


def test_it_reports_each_test_and_counts_them(project):
    assert project.tests("test_add.py") == ["PASSED test_add.py::test_add", "1 passed"]


def test_a_copy_has_the_fault_and_the_project_does_not(project):
    (outcome, counted) = project.broken("main.py", "a + b", "a - b").tests()
    assert outcome.startswith("FAILED test_add.py::test_add") and counted == "1 failed"
    assert project.tests()[-1] == "1 passed"


def test_a_file_that_cannot_be_imported_is_an_error(project):
    project.write("main.py", "import nothing_of_that_name\n")
    assert project.tests()[0].startswith("ERROR test_add.py")


def test_it_runs_any_module(project):
    assert project.run("this")[0] == "The Zen of Python, by Tim Peters"


def test_what_cannot_be_done_is_told(project):
    with pytest.raises(CourseError, match="main.py does not hold"):
        project.broken("main.py", "a * b", "a")
    with pytest.raises(CourseError, match="no file other.py: run the cell"):
        project.read("other.py")
    with pytest.raises(CourseError, match="plain name"):
        project.write("../main.py", MAIN)


@pytest.fixture
def shell(project, monkeypatch):
    shell = InteractiveShell.instance()
    shell.register_magic_function(project._cell, "cell", "project")
    yield shell
    InteractiveShell.clear_instance()


def test_a_cell_writes_a_file_and_runs_tests_at_once(project, shell, capsys):
    shell.run_cell_magic("project", "more.py", "x = 1\n")
    assert project.read("more.py") == "x = 1\n" and capsys.readouterr().out == ""
    shell.run_cell_magic("project", "test_more.py", GREEN)
    assert capsys.readouterr().out == "PASSED test_more.py::test_add\n1 passed\n"


@pytest.mark.parametrize("text", [GREEN.replace("3", "4"), "import nothing_of_that_name\n", "x = 1\n"])
def test_a_cell_with_a_test_that_fails_fails(shell, text):
    with pytest.raises(CourseError, match="not every test of test_more.py passes"):
        shell.run_cell_magic("project", "test_more.py", text)


NEITHER = """import pytest


@pytest.mark.skip(reason="no database here")
def test_skipped():
    assert False


@pytest.mark.xfail(reason="not written yet")
def test_expected():
    assert False
"""


def test_what_is_skipped_or_expected_to_fail_is_told_and_fails_no_cell(shell, capsys):
    shell.run_cell_magic("project", "test_more.py", NEITHER)
    *outcomes, counted = capsys.readouterr().out.splitlines()
    assert counted == "1 skipped, 1 xfailed"
    assert sorted(outcomes) == [
        "SKIPPED [1] test_more.py:4: no database here",
        "XFAIL test_more.py::test_expected - not written yet",
    ]


def test_a_cells_tests_run_however_many_spaces_stand_before_its_name(shell, capsys):
    shell.run_cell_magic("project", " test_more.py ", GREEN)
    assert capsys.readouterr().out == "PASSED test_more.py::test_add\n1 passed\n"


def test_what_is_no_text_is_told_and_the_older_file_stays(project):
    for name in (None, 7, b"main.py", "a\0b", "\ud800", ""):
        for call in (project.read, lambda name: project.write(name, MAIN)):
            with pytest.raises(CourseError, match="^a file of the project has a plain name, such as main.py, but got "):
                call(name)
    for text in (None, b"x", "\ud800"):
        with pytest.raises(CourseError, match=r"^write\(name, text\) expects a text, but got "):
            project.write("main.py", text)
        with pytest.raises(CourseError, match=r"^broken\(name, old, new\) expects a text, but got "):
            project.broken("main.py", "a + b", text)
    assert project.read("main.py") == MAIN


def test_a_file_that_cannot_be_read_is_told(project):
    (project.folder / "folder").mkdir()
    (project.folder / "picture").write_bytes(b"\xff")
    for name, why in {
        "folder": "Is a directory",
        "picture": "it is no text in UTF-8",
        300 * "x": "File name too long",
    }.items():
        with pytest.raises(CourseError, match=f"^{name[:100]} cannot be read: {why}.$"):
            project.read(name)
