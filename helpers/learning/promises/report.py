"""What was measured, for a cell, for a terminal, and as a certificate to show."""

import hashlib
import platform
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from fnmatch import fnmatch
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from helpers.learning.promises.bench import LEFT_OUT, python
from helpers.learning.promises.model import Verdict
from helpers.learning.promises.plan import read
from helpers.notes import Note
from helpers.wording import scrub
from helpers.wording import sentence as as_markdown

__all__ = ["Report", "line"]

PACKAGES = ("fastapi", "starlette", "pydantic", "uvicorn")


class Report(Note):
    """The verdicts on a service, each a line with what was measured and a link to the cell that teaches it.

    `verdicts` in the order of the promises; `all_kept` says whether there are twelve and each is kept.
    """

    def __init__(self, folder: Path, verdicts: Sequence[Verdict], whole: int):
        self.folder, self.verdicts = folder, list(verdicts)
        self._now, self._files = datetime.now(UTC), digest(folder, read(folder).health.database)
        kept = sum(verdict.kept for verdict in verdicts)
        self.all_kept = kept == len(verdicts) == whole
        end = f"{kept} of {len(verdicts)} promises are kept."
        if len(verdicts) < whole and kept == len(verdicts):
            end += f" There are {whole}."
        rows = [f"- {_markdown(verdict)}" for verdict in verdicts]
        lines = [line(verdict) for verdict in verdicts]
        super().__init__("\n".join(rows) + f"\n\n{end}", "\n".join([*lines, end]))

    def certificate(self) -> str:
        """What was measured, when, with which releases, and of which files: a text to keep and to show.

        It certifies nothing but the measuring: whoever has the folder can measure again and compare the digest.
        """
        title = "After the Response: what was measured of a service"
        if not self.all_kept:
            some = all(verdict.kept for verdict in self.verdicts)
            title = "Not all promises were measured" if some else "Not all promises are kept"
        lines = [
            title,
            "",
            f"folder   {self.folder.name}",
            f"measured {self._now:%Y-%m-%d %H:%M UTC}",
            f"files    sha256 {self._files}",
        ]
        lines += [f"with     {versions(self.folder)}", "", *(line(verdict) for verdict in self.verdicts)]
        return "\n".join([*lines, "", self.text.splitlines()[-1]]) + "\n"


def line(verdict: Verdict) -> str:
    """A verdict as a terminal shows it."""
    promise, state = verdict.promise, "kept    " if verdict.kept else "NOT KEPT"
    return f"{state} {promise.name}: {promise.says} {scrub(verdict.measured)} ({promise.link})"


def _markdown(verdict: Verdict) -> str:
    promise = verdict.promise
    state = "kept" if verdict.kept else "**NOT KEPT**"
    measured = as_markdown(scrub(verdict.measured))
    return f"{state} · [{promise.name}]({promise.link}): {promise.says} {measured}"


def digest(folder: Path, database: str = "") -> str:
    """One number for the names and contents of all files that are measured; a database that lies there is not."""
    left_out = [*LEFT_OUT, *([f"{Path(database).name}*"] if database else [])]
    whole = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        parts = file.relative_to(folder)
        hidden = any(fnmatch(part, pattern) for part in parts.parts for pattern in left_out)
        if not hidden and file.is_file():
            whole.update(f"{parts.as_posix()}\0{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()[:16]


def versions(folder: Path) -> str:
    """Python and the packages that the service runs with, in the folder's own environment if it has one."""
    program = python(folder)
    if program == "python":
        found = [f"{name} {version(name)}" for name in PACKAGES if _installed(name)]
        return ", ".join([f"Python {platform.python_version()}", *found])
    code = "import platform, sys\nfrom importlib.metadata import version\nprint('Python', platform.python_version(), end='')\n"
    code += "for name in sys.argv[1:]:\n    print(f', {name} {version(name)}', end='')"
    done = subprocess.run([program, "-c", code, *PACKAGES], capture_output=True, text=True, timeout=60)
    return done.stdout or f"Python of its own ({sys.platform})"


def _installed(name: str) -> bool:
    try:
        version(name)
    except PackageNotFoundError:
        return False
    return True
