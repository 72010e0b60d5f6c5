"""Fixtures for the tests of your own service: `pytest_plugins = ["helpers.services.testing"]` in its `conftest.py`.

`served` is the app in a process of its own, started once for all tests; `timeline("POST /orders", json=...)` sends it one
request and gives that request's timeline. Which app, the ini option `served_app` says ("main:app"), and `served_folder`
where, from pytest's rootdir on; `served_python` names an interpreter, and without it the tests' own is taken.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest

from helpers.services.observed import ObservedTimeline, Service, observe

__all__ = ["AsksFor", "served", "timeline"]


class AsksFor(Protocol):
    """What the fixture `timeline` gives: `Service.ask`."""

    def __call__(self, request: str, **options: Any) -> ObservedTimeline: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("served_app", "module and name of the app that `served` observes", default="main:app")
    parser.addini("served_folder", "the folder in which it runs, from the rootdir on", default=".")
    parser.addini("served_python", "the interpreter that has its packages; the tests' own by default", default="")


@pytest.fixture(scope="session")
def served(pytestconfig: pytest.Config) -> Iterator[Service]:
    """The app in a process of its own, as `observe()` gives it."""
    folder = Path(pytestconfig.rootpath, pytestconfig.getini("served_folder"))
    python = pytestconfig.getini("served_python") or sys.executable
    with observe(folder, pytestconfig.getini("served_app"), python=python) as service:
        yield service


@pytest.fixture
def timeline(served: Service) -> AsksFor:
    """Send a request, such as "POST /orders", and get its timeline when its last task has ended."""
    return served.ask
