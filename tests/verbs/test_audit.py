"""The check for known vulnerabilities: it asks about every pinned package, and tells what comes."""

import re

import pytest

from tests.verbs import audit

SOUND = {"name": "fastapi", "version": "0.165.0", "vulns": []}
ILL = {"name": "pillow", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"], "aliases": []}]}
SKIPPED = {"name": "httpx", "skip_reason": "Dependency not found on PyPI"}


def test_every_package_of_both_locks_is_asked_about():
    names = re.findall(r"^([\w.-]+)", audit.pinned(), re.MULTILINE)
    assert {"fastapi", "uvicorn", "celery", "playwright", "sphinx-book-theme"} <= set(names)
    assert len(names) > 200 and all("==" in line for line in audit.pinned().splitlines())


@pytest.mark.parametrize(
    ("packages", "code", "says"),
    [
        ([SOUND], 0, "No vulnerability is known of any of 1 packages."),
        ([SOUND, SKIPPED], 2, "Could not be asked about: httpx."),
        ([SOUND, ILL], 1, "pillow 1.0: PYSEC-1, fixed in 1.1"),
        ([SKIPPED], 2, "nothing was checked"),
        ([], 2, "nothing was checked"),
    ],
)
def test_what_is_known_is_told(monkeypatch, capsys, packages, code, says):
    monkeypatch.setattr(audit, "asked", lambda: {"dependencies": packages})
    assert audit.main() == code
    assert says in capsys.readouterr().out
