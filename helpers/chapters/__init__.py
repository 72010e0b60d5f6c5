"""Finds the chapters' data: every `chapter_NN.py` beside this file, its exercises and predictions by their ids.

A chapter's file defines two lists, `PREDICTIONS` and `EXERCISES`. An id is the number of a section, a dash and a
short word, "1.1-inline", used once in the whole course. Files are imported when something in them is asked for;
the start page asks for all, so a file imports heavy packages (SQLAlchemy, Celery) inside the functions that need them.
"""

import difflib
import importlib
import pkgutil
import re
from collections import Counter
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, TypeVar

from helpers.errors import CourseError
from helpers.wording import describe, raised

if TYPE_CHECKING:
    from helpers.exercises import Exercise
    from helpers.predictions import Prediction

    Item = TypeVar("Item", Exercise, Prediction)


def numbers() -> list[int]:
    """The numbers of the chapters whose data file exists, ascending."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(int(name.removeprefix("chapter_")) for name in names if re.fullmatch(r"chapter_\d\d", name))


def load(number: int) -> ModuleType:
    """The data file of one chapter as a module. CourseError when it does not exist or fails to import."""
    if number not in numbers():
        raise CourseError(f"Chapter {number} has no exercises and no predictions yet.")
    try:
        return importlib.import_module(f"{__name__}.chapter_{number:02}")
    except Exception as error:
        raise CourseError(f"The exercises of chapter {number} could not be loaded: {raised(error)}.") from error


def exercises(number: int) -> Sequence["Exercise"]:
    """The exercises of one chapter, in the order of its file. CourseError as for `load`."""
    return getattr(load(number), "EXERCISES", ())


def predictions(number: int) -> Sequence["Prediction"]:
    """The predictions of one chapter, in the order of its file. CourseError as for `load`."""
    return getattr(load(number), "PREDICTIONS", ())


def exercise(wanted: object) -> "Exercise":
    """The exercise with this id. CourseError, naming the nearest ids, when there is none."""
    return _find(exercises, "exercise", wanted)


def prediction(wanted: object) -> "Prediction":
    """The prediction with this id. CourseError, naming the nearest ids, when there is none."""
    return _find(predictions, "prediction", wanted)


def ids() -> list[str]:
    """Every id of every chapter that loads: predictions before exercises, chapter by chapter."""
    return [*_known(predictions), *_known(exercises)]


def duplicates() -> list[str]:
    """Ids that stand for more than one exercise or prediction: there must be none, because progress is kept by id."""
    return sorted(name for name, count in Counter(ids()).items() if count > 1)


def _find(items: Callable[[int], Sequence["Item"]], what: str, wanted: object) -> "Item":
    name = wanted.strip() if isinstance(wanted, str) else ""
    chapter = re.match(r"\d{1,2}(?=\.)", name)
    if chapter and int(chapter[0]) in numbers():
        for item in items(int(chapter[0])):
            if item.id == name:
                return item
    known = _known(items)
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    near = near or [other for other in known if chapter and other.startswith(f"{chapter[0]}.")] or known[:5]
    listed = ", ".join(f"`{other}`" for other in near) or "none, because no chapter has any yet"
    raise CourseError(f"There is no {what} {describe(wanted)}. Nearest: {listed}.")


def _known(items: Callable[[int], Sequence["Item"]]) -> list[str]:
    known = []
    for number in numbers():
        try:
            known += [item.id for item in items(number)]
        except CourseError:  # a chapter that fails to load must not hide the others
            continue
    return known
