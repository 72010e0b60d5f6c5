"""The bank for other tools: Moodle XML, GIFT, QTI 1.2 and an Anki package, each question with its explanation and proof."""

from collections.abc import Callable, Iterable
from pathlib import Path

from helpers.errors import CourseError
from helpers.exam.exports import anki, gift, moodle, qti
from helpers.exam.exports.shape import Shape, shaped
from helpers.exam.model import Question
from helpers.learning import store
from helpers.notes import Note
from helpers.wording import counted, describe

__all__ = ["FORMATS", "write"]

FORMATS: dict[str, tuple[str, Callable[[list[Shape]], bytes]]] = {
    "moodle": ("bank.moodle.xml", moodle.written),
    "gift": ("bank.gift", gift.written),
    "qti": ("bank.qti.zip", qti.written),
    "anki": ("bank.apkg", anki.written),
}


def write(questions: Iterable[Question], folder: object, formats: object = None) -> Note:
    """Write a file for each format into the folder, and say which. CourseError for a format that there is not, for a
    package that is missing, and for what cannot be written."""
    wanted = _wanted(formats)
    if not isinstance(folder, str | Path):
        raise CourseError(f"`folder` takes the name of a folder; {describe(folder)} came.")
    shapes = [shaped(question) for question in questions]
    made = {FORMATS[name][0]: FORMATS[name][1](shapes) for name in wanted}
    try:
        place = Path(folder)
        place.mkdir(parents=True, exist_ok=True)
        for file, content in made.items():
            store.put(place / file, content)
    except (OSError, ValueError) as error:
        told = getattr(error, "strerror", None) or type(error).__name__
        raise CourseError(f"The bank could not be written: {told}.") from None
    listed = ", ".join(f"`{file}`" for file in made)
    return Note(
        f"Written: {listed}, {counted(len(shapes), 'question')}{' each' if len(made) > 1 else ''}. A drawn timeline is an essay there."
    )


def _wanted(formats: object) -> list[str]:
    listed = list(FORMATS) if formats is None else [formats] if isinstance(formats, str) else formats
    if (
        not isinstance(listed, list | tuple)
        or not listed
        or any(not isinstance(one, str) or one not in FORMATS for one in listed)
    ):
        raise CourseError(f"`formats` takes some of {', '.join(map(repr, FORMATS))}; {describe(formats)} came.")
    return [name for name in FORMATS if name in listed]
