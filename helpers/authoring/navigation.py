"""Previous, contents, next, and the rules of background tasks: the lines above and below every notebook, generated."""

from collections.abc import Collection

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from helpers.course import APPENDICES, CHAPTERS, START, TASKS

TAG = "navigation"
TITLES = {
    START: "Start here",
    **{chapter.file: f"{chapter.number} {chapter.title}" for chapter in CHAPTERS},
    **APPENDICES,
}


def line(file: str, existing: Collection[str]) -> str:
    """The navigation of the notebook `file` as Markdown; a notebook not in `existing` is named without a link."""

    def named(target: str, text: str) -> str:
        return f"[{text}]({target})" if target in existing else text

    order = list(TITLES)
    place = order.index(file)
    parts = []
    if place > 0:
        previous = order[place - 1]
        parts += [f"← {named(previous, TITLES[previous])}", named(START, "Contents")]
    if place + 1 < len(order):
        following = order[place + 1]
        parts.append(f"{named(following, TITLES[following])} →")
    if TASKS not in order[max(place - 1, 0) : place + 2]:
        parts.append(named(TASKS, TITLES[TASKS]))
    return " · ".join(parts)


def navigate(notebook: NotebookNode, file: str, existing: Collection[str]) -> NotebookNode:
    """Sets the notebook's navigation, in place, as its first and last cell, and returns it.

    A notebook that is no part of the course is left without.
    """
    cells = [cell for cell in notebook.cells if TAG not in cell.metadata.get("tags", [])]
    if file in TITLES:
        cells = [_cell("top", file, existing), *cells, _cell("end", file, existing)]
    notebook.cells = cells
    return notebook


def _cell(place: str, file: str, existing: Collection[str]) -> NotebookNode:
    return new_markdown_cell(line(file, existing), id=f"{TAG}-{place}", metadata={"tags": [TAG]})
