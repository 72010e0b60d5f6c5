"""The exercises and predictions of all chapters, found by id.

Each chapter has a folder `helpers/chapters/chNN`: `exercises.py` holds a list `EXERCISES`, `predictions.toml` a table
for each prediction. An id is the number of a section, a dash and a short word, "1.1-inline", used once in the whole
course. Folders are read when something in them is asked for; the start page asks for all, so `exercises.py` imports
heavy packages (SQLAlchemy, Celery) inside the functions that need them.
"""

import difflib
import importlib
import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter

from helpers.errors import CourseError
from helpers.learning.model import Exercise, Prediction
from helpers.wording import describe, raised

PACKAGE = "helpers.chapters"  # named here and imported when asked for: the chapters stand above this module

Item = TypeVar("Item", Exercise, Prediction)


def folders() -> dict[int, Path]:
    """The folder of each chapter's data by the chapter's number, ascending."""
    places = [Path(place) for place in importlib.import_module(PACKAGE).__path__]
    found = sorted(folder for place in places for folder in place.glob("ch[0-9][0-9]"))
    return {int(folder.name.removeprefix("ch")): folder for folder in found}


def numbers() -> list[int]:
    """The numbers of the chapters that have a folder, ascending."""
    return list(folders())


def folder(number: int) -> Path:
    """The folder of one chapter's data. CourseError when it does not exist."""
    found = folders().get(number)
    if found is None:
        raise CourseError(f"Chapter {number} has no exercises and no predictions yet.")
    return found


def exercises(number: int) -> Sequence[Exercise]:
    """The exercises of one chapter, in the order of its file. CourseError when they do not exist or fail to import."""
    folder(number)
    try:
        return importlib.import_module(f"{PACKAGE}.ch{number:02}.exercises").EXERCISES
    except Exception as error:
        raise CourseError(f"The exercises of chapter {number} could not be loaded: {raised(error)}.") from error


def predictions(number: int) -> Sequence[Prediction]:
    """The predictions of one chapter, in the order of its file. CourseError when they do not exist or cannot be read."""
    file = folder(number) / "predictions.toml"
    try:
        return _read(file) if file.exists() else ()
    except Exception as error:
        raise CourseError(f"The predictions of chapter {number} could not be loaded: {raised(error)}.") from error


@cache
def _read(file: Path) -> Sequence[Prediction]:
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    valid = TypeAdapter(list[Prediction])
    return tuple(valid.validate_python([{"id": id, **table} for id, table in tables.items()]))


def exercise(wanted: object) -> Exercise:
    """The exercise with this id. CourseError, naming the nearest ids, when there is none."""
    return _find(exercises, "exercise", wanted)


def prediction(wanted: object) -> Prediction:
    """The prediction with this id. CourseError, naming the nearest ids, when there is none."""
    return _find(predictions, "prediction", wanted)


def ids() -> list[str]:
    """Every id of every chapter that loads: predictions before exercises, chapter by chapter."""
    return [*_known(predictions), *_known(exercises)]


def _find(items: Callable[[int], Sequence[Item]], what: str, wanted: object) -> Item:
    name = wanted.strip() if isinstance(wanted, str) else ""
    chapter = re.match(r"\d{1,2}(?=\.)", name)
    if chapter and int(chapter[0]) in numbers():
        for item in items(int(chapter[0])):
            if item.id == name:
                return item
    known = _known(items)
    if not name:
        such = f", such as `{known[0]}`" if known else ""
        raise CourseError(f"Name the {what} by its id, in quotes{such}; {describe(wanted)} came.")
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    near = near or [other for other in known if chapter and other.startswith(f"{chapter[0]}.")] or known[:5]
    listed = ", ".join(f"`{other}`" for other in near) or "none, because no chapter has any yet"
    raise CourseError(f"There is no {what} {describe(wanted)}. Nearest: {listed}.")


def _known(items: Callable[[int], Sequence[Item]]) -> list[str]:
    known = []
    for number in numbers():
        try:
            known += [item.id for item in items(number)]
        except CourseError:  # a chapter that fails to load must not hide the others
            continue
    return known
