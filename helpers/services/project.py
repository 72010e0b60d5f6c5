"""`Project()`: a folder with a learner's files, on which pytest and other tools are run as in a terminal."""

import re
import shutil
from pathlib import Path

from helpers.errors import CourseError
from helpers.given import shown
from helpers.services.process import process
from helpers.services.scratch import scratch_folder
from helpers.wording import LONGEST

__all__ = ["Project"]

# No plugin of this course's own, none of pytest's extras on a CI machine, and a report that no terminal's width changes.
CALM = {
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    "PYTEST_PLUGINS": "anyio.pytest_plugin",
    "PYTEST_ADDOPTS": "",
    "COLUMNS": "200",
    "CI": "",
    "BUILD_NUMBER": "",
}
OUTCOMES = ("PASSED", "FAILED", "ERROR", "SKIPPED", "XFAIL", "XPASS")
_PATIENCE = 60.0  # seconds that a run may take
_MOST = 100  # letters of a file's name in a message


class Project:
    """Files in a temporary folder, which is removed when the kernel ends.

    A cell that begins with `%%project NAME` is the file NAME of the newest project. A file of tests, `test_...`, is run at
    once, and the cell fails when a test does. Attribute: `folder`.
    """

    def __init__(self) -> None:
        self.folder = scratch_folder()
        if shell := _notebook():
            shell.register_magic_function(self._cell, "cell", "project")

    def __repr__(self) -> str:
        return f"Project of {', '.join(sorted(path.name for path in self.folder.iterdir() if path.is_file())) or 'no file'}"

    def read(self, name: str) -> str:
        """The text of a file; `CourseError` when the project has none of that name, or what it has is no text."""
        path = self._path(name)
        try:
            return path.read_text(encoding="utf-8")
        except FileNotFoundError:
            raise CourseError(
                f"the project has no file {name}: run the cell that begins with %%project {name}."
            ) from None
        except OSError as error:
            raise CourseError(f"{name[:_MOST]} cannot be read: {error.strerror}.") from None
        except UnicodeDecodeError:
            raise CourseError(f"{name} cannot be read: it is no text in UTF-8.") from None

    def write(self, name: str, text: str) -> None:
        """Write a file, in place of an older one of that name; `CourseError` where the system refuses to."""
        path = self._path(name)
        _check_text("write(name, text)", text)
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise CourseError(f"{name[:_MOST]} cannot be written: {error.strerror}.") from None

    def run(self, *arguments: str) -> list[str]:
        """The lines that `python -m ...` writes in the project's folder, to stdout and stderr."""
        return self._run(*arguments)[1]

    def tests(self, *arguments: str) -> list[str]:
        """Run pytest, on files or with options, and return what is the same in every run.

        A line for each test, as `-rA` reports it ("PASSED test_units.py::test_weight"; what is skipped at one place is one
        line), and the last one, which counts them ("1 failed, 4 passed"), without the time.
        """
        ended, lines = self._run("pytest", "-q", "--tb=no", "-rpfEsxX", *arguments)
        outcomes = [line for line in lines if line.startswith(OUTCOMES)]
        return [*outcomes, lines[-1].partition(" in ")[0] if lines else ended]

    def broken(self, name: str, old: str, new: str) -> "Project":
        """A copy of the project with a fault: in the file `name`, `new` stands where `old` stood."""
        source = self.read(name)
        _check_text("broken(name, old, new)", old)
        _check_text("broken(name, old, new)", new)
        if old not in source:
            raise CourseError(f"{name} does not hold what should be replaced: {old.strip()[:LONGEST]}")
        copy = Project.__new__(Project)  # which leaves %%project to this one
        copy.folder = scratch_folder()
        shutil.copytree(
            self.folder, copy.folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*")
        )
        copy.write(name, source.replace(old, new))
        return copy

    def _path(self, name: str) -> Path:
        try:
            path = (self.folder / name).resolve() if isinstance(name, str) else None
        except ValueError:  # half a character, or a null
            path = None
        if path is None or path.parent != self.folder.resolve():
            raise CourseError(f"a file of the project has a plain name, such as main.py, but got {shown(name)}.")
        return path

    def _run(self, *arguments: str) -> tuple[str, list[str]]:
        with process(["-m", *arguments], cwd=self.folder, env=CALM) as run:
            return run.wait(_PATIENCE), run.log.splitlines()

    def _cell(self, name: str, text: str) -> None:
        name = name.strip()
        self.write(name, text)
        if name.startswith("test_"):
            *outcomes, counted = self.tests(name)
            print(*outcomes, counted, sep="\n")
            if any(line.startswith(("FAILED", "ERROR")) for line in outcomes) or not outcomes:
                raise CourseError(f"not every test of {name} passes: {counted}.")


def _check_text(what: str, text: object) -> None:
    """`CourseError` for what is no text, or holds half a character, before an older file is emptied for it."""
    if not isinstance(text, str) or re.search("[\ud800-\udfff]", text):
        raise CourseError(f"{what} expects a text, but got {shown(text)}.")


def _notebook():
    """The IPython that runs this, if one does."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    return get_ipython()
