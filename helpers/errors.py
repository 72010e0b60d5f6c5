"""The course's own errors: one clear sentence in the notebook instead of a page of traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


class OneSentence:
    """Mixin for exceptions that a reader meets through their own slip.

    IPython asks an exception for `_render_traceback_` before it formats a traceback
    (IPython.core.interactiveshell.InteractiveShell.showtraceback), so the cell shows the sentence alone.
    The cell still counts as failed, and in a plain script the exception is an ordinary one.
    """

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


class CourseError(OneSentence, Exception):
    """A call that cannot work: its message says what was expected and what came."""


class NotInTimeline(OneSentence, LookupError):
    """A timeline was asked for a name that it does not hold: the message lists the names it has."""


class NoSuchMessage(OneSentence, IndexError):
    """A mailbox was asked for a message that has not come; an IndexError, so that the mailbox reads like a list."""


class Interrupted(OneSentence, KeyboardInterrupt):
    """A cell was interrupted inside a helper: the message says what is still running."""


@contextmanager
def reading(file: Path) -> Iterator[None]:
    """In this block a file that the course ships is read: one that is missing, cut or edited wrongly gets a sentence.

    Readers of JSON, TOML and models raise ValueError or one of its children for such files; the other errors come where a
    value is of another kind than it should be.
    """
    try:
        yield
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        name = file.relative_to(ROOT).as_posix() if file.is_relative_to(ROOT) else file.name
        raise CourseError(
            f"The course's file {name} is missing or damaged ({type(error).__name__}): `git checkout -- {name}` in the "
            "course's folder brings it back."
        ) from None
