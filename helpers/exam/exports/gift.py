"""GIFT (docs.moodle.org: "GIFT format"): a text a question, which Moodle and others read."""

import re
from collections.abc import Callable

from helpers.exam.exports.shape import Shape


def written(shapes: list[Shape]) -> bytes:
    """The file: a category, then the questions, a blank line between two of them."""
    questions = [f"::{escaped(one.id)}::[html]{escaped(one.text)}{{\n{_FORMS[one.form](one)}}}\n" for one in shapes]
    return "\n".join(["$CATEGORY: $course$/After the Response\n", *questions]).encode()


def escaped(html: str) -> str:
    """HTML as GIFT takes it: its signs behind a backslash, and no line break, since a blank line ends a question."""
    return re.sub(r"([\\~=#{}:])", r"\\\1", html).replace("\n", "&#10;")


def _why(shape: Shape) -> str:
    return f"####{escaped(shape.why)}\n"


def _one(shape: Shape) -> str:
    lines = [f"{'=' if option.right else '~'}{_option(option.text, option.told)}" for option in shape.options]
    return "".join(lines) + _why(shape)


def _several(shape: Shape) -> str:
    right = sum(option.right for option in shape.options)
    gain, loss = 100 / right, -100 / (len(shape.options) - right)
    lines = [f"~%{gain if option.right else loss:.5g}%{_option(option.text, option.told)}" for option in shape.options]
    return "".join(lines) + _why(shape)


def _option(text: str, told: str) -> str:
    return f"{escaped(text)}#{escaped(told)}\n" if told else f"{escaped(text)}\n"


def _order(shape: Shape) -> str:
    pairs = [f"={escaped(event)} -> {place}\n" for place, event in enumerate(shape.order, start=1)]
    return "".join(pairs) + _why(shape)


def _number(shape: Shape) -> str:
    return f"#{shape.number:g}:{shape.tolerance:g}\n{_why(shape)}"


_FORMS: dict[str, Callable[[Shape], str]] = {
    "one": _one,
    "several": _several,
    "order": _order,
    "number": _number,
    "essay": _why,
}
