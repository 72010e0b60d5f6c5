"""What every function that speaks to a learner does: a slip becomes a sentence, and what befell a file is told."""

from collections.abc import Callable
from copy import copy
from functools import wraps
from typing import ParamSpec, TypeVar

from helpers.errors import CourseError
from helpers.learning import store
from helpers.notes import Note, plain

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def speaks(function: Callable[Parameters, Result]) -> Callable[Parameters, Result | Note]:
    """The function with its CourseError as a Note, and below its Note the sentences of `store.news`, if there are any."""

    @wraps(function)
    def told(*arguments: Parameters.args, **options: Parameters.kwargs) -> Result | Note:
        try:
            result = function(*arguments, **options)
        except CourseError as error:
            result = Note(str(error))
        if isinstance(result, Note) and (news := store.news()):
            text, result = f"{result.text}\n\n{plain(news)}", copy(result)
            result.markdown, result.text = f"{result.markdown}\n\n{news}", text
        return result

    return told
