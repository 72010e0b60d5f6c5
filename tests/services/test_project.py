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
