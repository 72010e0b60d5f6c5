"""`find("cookie")`: the topics, rules and questions of the course that speak of something, each with a link to its cell."""

import difflib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from helpers.course import TASKS
from helpers.errors import CourseError
from helpers.given import shown
from helpers.learning import asked, topics
from helpers.learning.topics import TAG
from helpers.notes import Note
from helpers.wording import code, describe

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
MOST = 10  # of each kind; whoever asks for "task" wants no page of three hundred lines
RULES = "rules-index"  # the tag of the cell that lists them
_RULE = re.compile(r"^- \[(?P<question>.+?)\]\((?P<link>[\w.]+#cell-id=[\w-]+)\) (?P<rule>.+)$", re.MULTILINE)
_WORD = re.compile(r"[\w'-]{4,}")

Cells = Mapping[str, Sequence[dict[str, Any]]]


@dataclass(frozen=True)
class Found:
    """One entry: its kind, its name, the link to its cell, the sentence beside it, and further words that lead to it."""

    kind: str
    name: str
    link: str
    says: str = ""
    words: str = ""

    @property
    def line(self) -> str:
        """It as a line of Markdown."""
        return f"- [{self.name}]({self.link}) {self.says}".rstrip()

    def rank(self, wanted: Iterable[str]) -> int:
        """0 where its name has all the words, 1 where only all of it together has them, 2 where one is missing."""
        name, whole = _joined(self.name), _joined(f"{self.name} {self.says} {self.words}")
        return next(
            (rank for rank, text in enumerate((name, whole)) if all(_joined(word) in text for word in wanted)), 2
        )


def _joined(text: str) -> str:
    """A text to compare: "Log-out" is found as "logout", too."""
    return text.casefold().replace("-", "")


def link(file: str, cell: str) -> str:
    """The address of a cell. JupyterLab opens a notebook at it by this fragment."""
    return f"{file}#cell-id={cell}"


def places(cells: Cells) -> dict[str, tuple[str, str]]:
    """Where each topic is shown, as file and cell id by the topic's id: its first code cell, else its first text."""
    tagged: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for file, content in cells.items():
        for cell in content:
            for tag in cell["metadata"].get("tags", []):
                tagged.setdefault((file, tag), []).append(cell)
    found = {}
    for topic in topics.load():
        shown = [(file, cell) for file in topic.notebooks for cell in tagged.get((file, TAG + topic.id), [])]
        shown.sort(key=lambda place: place[1]["cell_type"] != "code")
        if shown:
            found[topic.id] = (shown[0][0], shown[0][1]["id"])
    return found


def entries(cells: Cells) -> list[Found]:
    """Everything that can be found in the notebooks, by file name: topics, rules of background tasks, questions."""
    where = places(cells)
    found = [
        Found("Topics", topic.title, link(*where[topic.id]), f"({topic.section})", " ".join(topic.index))
        for topic in topics.load()
        if topic.id in where
    ]
    found += [Found("Rules of background tasks", *rule) for rule in rules(cells.get(TASKS, []))]
    for one in asked.every():
        found.append(Found("Questions", one.question, link(one.file, one.id), one.answer, " ".join(one.words)))
    return found


def rules(cells: Sequence[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """The rules of background tasks as the cells of their appendix list them: each one's question, link and sentence."""
    indexes = ["".join(cell["source"]) for cell in cells if RULES in cell["metadata"].get("tags", [])]
    return _RULE.findall("\n".join(indexes))


def search(text: str, known: list[Found]) -> Note:
    """The entries that have all words of a text, as a note: those first whose name has them."""
    wanted = [word if len(word) < 4 else word.removesuffix("s") for word in text.casefold().split()]
    ranked = sorted((entry for entry in known if entry.rank(wanted) < 2), key=lambda entry: entry.rank(wanted))
    if not ranked:
        return Note(f"The course has nothing under {describe(text)}.{_nearest(wanted, known)}")
    by_kind: dict[str, list[Found]] = {entry.kind: [] for entry in known}
    for entry in ranked:
        by_kind[entry.kind].append(entry)
    return Note("\n\n".join(_listed(kind, mine) for kind, mine in by_kind.items() if mine))


def _listed(kind: str, mine: list[Found]) -> str:
    """The first entries of one kind below its name, and how many more there are."""
    more = [f"- and {len(mine) - MOST} more: add a word"] if len(mine) > MOST else []
    return "\n".join([f"**{kind}**", "", *(entry.line for entry in mine[:MOST]), *more])


def _nearest(wanted: list[str], known: list[Found]) -> str:
    words = {word for entry in known for word in _WORD.findall(f"{entry.name} {entry.words}".casefold())}
    near = dict.fromkeys(other for word in wanted for other in difflib.get_close_matches(word, sorted(words), n=3))
    return f" Near to it: {', '.join(code(word) for word in near)}." if near else ""


@cache
def _known() -> list[Found]:
    """The entries of the course's own notebooks; a damaged one is left out, for its reader has other worries."""
    cells = {}
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        try:
            cells[path.name] = json.loads(path.read_text(encoding="utf-8"))["cells"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return entries(cells)


def find(text: str) -> Note:
    """What the course says of something: topics, rules and questions, each with a link that opens its cell.

    `text` is a word or a few, "cookie" or "session closed"; all of them must occur, in any order, in capitals or not.
    At most ten of each kind are told. A CourseError says what `find` takes when it was given something else.
    """
    if not isinstance(text, str) or not text.strip():
        raise CourseError(f'find() takes a word or a few, such as find("cookie"), and not {shown(text)}.')
    return search(text, _known())
