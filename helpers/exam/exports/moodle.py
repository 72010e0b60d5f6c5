"""Moodle XML (docs.moodle.org: "Moodle XML format"): multichoice, matching for an order, numerical, essay."""

from collections.abc import Callable
from xml.etree import ElementTree as Tree

from helpers.exam.exports.shape import Shape

TYPES = {"one": "multichoice", "several": "multichoice", "order": "matching", "number": "numerical", "essay": "essay"}


def written(shapes: list[Shape]) -> bytes:
    """The file: a category, then the questions."""
    quiz = Tree.Element("quiz")
    category = Tree.SubElement(Tree.SubElement(quiz, "question", type="category"), "category")
    Tree.SubElement(category, "text").text = "$course$/After the Response"
    for shape in shapes:
        question = Tree.SubElement(quiz, "question", type=TYPES[shape.form])
        Tree.SubElement(Tree.SubElement(question, "name"), "text").text = shape.id
        _html(question, "questiontext", shape.text)
        _html(question, "generalfeedback", shape.why)
        Tree.SubElement(question, "defaultgrade").text = "1"
        _FORMS[shape.form](question, shape)
        tags = Tree.SubElement(question, "tags")
        for tag in filter(None, shape.tags):
            Tree.SubElement(Tree.SubElement(tags, "tag"), "text").text = tag
    Tree.indent(quiz, " ")
    return Tree.tostring(quiz, encoding="utf-8", xml_declaration=True)


def _html(parent: Tree.Element, name: str, text: str, **attributes: str) -> Tree.Element:
    element = Tree.SubElement(parent, name, {"format": "html", **attributes})
    Tree.SubElement(element, "text").text = text
    return element


def _choice(question: Tree.Element, shape: Shape) -> None:
    right = sum(option.right for option in shape.options)
    wrong = len(shape.options) - right
    Tree.SubElement(question, "single").text = str(shape.form == "one").lower()
    Tree.SubElement(question, "shuffleanswers").text = "true"
    for option in shape.options:
        # Of a multiple choice, what is wrong takes away as much as what is right gives: ticking all is worth nothing.
        lost = 0.0 if shape.form == "one" else -100 / wrong
        fraction = f"{100 / right if option.right else lost:.5g}"
        answer = _html(question, "answer", option.text, fraction=fraction)
        _html(answer, "feedback", option.told)


def _order(question: Tree.Element, shape: Shape) -> None:
    """Each event is matched with its place."""
    Tree.SubElement(question, "shuffleanswers").text = "true"
    for place, event in enumerate(shape.order, start=1):
        pair = _html(question, "subquestion", event)
        Tree.SubElement(Tree.SubElement(pair, "answer"), "text").text = str(place)


def _number(question: Tree.Element, shape: Shape) -> None:
    answer = Tree.SubElement(question, "answer", fraction="100")
    Tree.SubElement(answer, "text").text = f"{shape.number:g}"
    Tree.SubElement(answer, "tolerance").text = f"{shape.tolerance:g}"


def _essay(question: Tree.Element, shape: Shape) -> None:
    Tree.SubElement(question, "responseformat").text = "plain"
    _html(question, "graderinfo", shape.key)


_FORMS: dict[str, Callable[[Tree.Element, Shape], None]] = {
    "one": _choice,
    "several": _choice,
    "order": _order,
    "number": _number,
    "essay": _essay,
}
