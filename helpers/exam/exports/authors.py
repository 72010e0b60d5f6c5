"""Packages of the authors' lock, `tests/requirements.txt`: a learner's environment does without them."""

from importlib import import_module
from typing import Any

from helpers.errors import CourseError


def package(name: str) -> Any:
    """The module of that name. CourseError, in a sentence, where it is not installed."""
    try:
        return import_module(name)
    except ImportError:
        raise CourseError(
            f"This format needs the package `{name.partition('.')[0]}`, which stands in `tests/requirements.txt` for who "
            "makes courses: `pip install -r tests/requirements.txt`."
        ) from None
