"""An Anki package by genanki (MIT), which the authors' lock holds: a card a question, the answer with its reasons behind."""

import tempfile
from pathlib import Path

from helpers.exam.exports.authors import package
from helpers.exam.exports.shape import Shape

DECK, MODEL = 1_794_200_001, 1_794_200_002  # whoever imports again updates what is there
STYLE = ".card{font:16px system-ui,sans-serif;text-align:left}pre{overflow:auto}"
FRONT, BACK = "{{Question}}", "{{FrontSide}}<hr id=answer>{{Answer}}"


def written(shapes: list[Shape]) -> bytes:
    """The package."""
    genanki = package("genanki")

    model = genanki.Model(
        MODEL,
        "After the Response",
        fields=[{"name": "Id"}, {"name": "Question"}, {"name": "Answer"}],
        templates=[{"name": "Card", "qfmt": FRONT, "afmt": BACK}],
        css=STYLE,
    )
    deck = genanki.Deck(DECK, "After the Response")
    for shape in shapes:
        guid, tags = genanki.guid_for("after-the-response", shape.id), [tag for tag in shape.tags if tag]
        deck.add_note(genanki.Note(model, fields=[shape.id, _front(shape), _back(shape)], guid=guid, tags=tags))
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "bank.apkg")
        genanki.Package(deck).write_to_file(str(file), timestamp=0.0)
        return file.read_bytes()


def _front(shape: Shape) -> str:
    texts = [option.text for option in shape.options] or shape.mixed
    return shape.text + ("<ul>" + "".join(f"<li>{text}</li>" for text in texts) + "</ul>" if texts else "")


def _back(shape: Shape) -> str:
    rights = [option.text for option in shape.options if option.right] or list(shape.order) or [shape.key]
    told = "".join(f"<li>{option.text}: {option.told}</li>" for option in shape.options if option.told)
    return "<ol>" + "".join(f"<li><b>{text}</b></li>" for text in rights) + f"</ol>{shape.why}<ul>{told}</ul>"
