"""QTI 1.2 as Canvas and others read it, by text2qti (BSD), which the authors' lock holds.

Its input is Markdown with formulas; HTML without line breaks, dollars and backslashes passes it as it is.
"""

from collections.abc import Callable

from helpers.exam.exports.authors import package
from helpers.exam.exports.shape import Shape

LETTERS = "abcdefgh"


def written(shapes: list[Shape]) -> bytes:
    """The zip file of the quiz."""
    config, qti, quiz = (package(f"text2qti.{name}") for name in ("config", "qti", "quiz"))
    text = "Quiz title: After the Response\n\n" + "\n".join(_question(shape) for shape in shapes)
    read = quiz.Quiz(text, config=config.Config(run_code_blocks=False), source_name="the bank")
    return qti.QTI(read).zip_bytes()


def _question(shape: Shape) -> str:
    asked, answers = _FORMS[shape.form](shape)
    return f"Title: {shape.id}\n1. {_block(shape.text + asked)}\n... {_block(shape.why)}\n{answers}\n"


def _block(html: str) -> str:
    """One line of HTML that no rule of Markdown, and none for formulas, looks into."""
    kept = {"\\": "&#92;", "$": "&#36;", "\n": "&#10;"}
    for sign, entity in kept.items():
        html = html.replace(sign, entity)
    return f"<div>{html}</div>"


def _choice(right: str, wrong: str) -> Callable[[Shape], tuple[str, str]]:
    def made(shape: Shape) -> tuple[str, str]:
        lines = []
        for letter, option in zip(LETTERS, shape.options):
            lines.append(f"{(right if option.right else wrong).format(letter)} {_block(option.text)}")
            lines += [f"... {_block(option.told)}"] if option.told else []
        return "", "\n".join(lines) + "\n"

    return made


def _order(shape: Shape) -> tuple[str, str]:
    """QTI 1.2 has no order that all tools read: the events bear letters, and the letters are written down."""
    letters = dict(zip(shape.mixed, LETTERS))
    listed = "".join(f"<li>{letter}) {event}</li>" for event, letter in letters.items())
    asked = f"<ul>{listed}</ul><p>Write the letters in the order of the events, without spaces.</p>"
    return asked, f"*   {''.join(letters[event] for event in shape.order)}\n"


def _number(shape: Shape) -> tuple[str, str]:
    return "", f"=   {shape.number:g} +- {shape.tolerance:g}\n"


def _essay(shape: Shape) -> tuple[str, str]:
    return "", "____\n"


_FORMS: dict[str, Callable[[Shape], tuple[str, str]]] = {
    "one": _choice("*{})", "{})"),
    "several": _choice("[*]", "[ ]"),
    "order": _order,
    "number": _number,
    "essay": _essay,
}
