"""What the course teaches, topic by topic, as somebody would look it up: the data of the files `topics.toml`.

Each chapter has one in its folder, a title for each id: `"3.5-list" = "query parameter several times, as a list"`. A
topic that is looked up by other words than its title begins with names these, too, for the index by letter:
`"3.5-list" = { title = "query parameter several times, as a list", index = ["list in a query"] }`. The one beside this
module holds what belongs to no chapter; there an id begins with its appendix's word, "versions-live". A cell that shows
a topic carries the tag `topic-3.5-list`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, TypeAdapter

from helpers.course import CHAPTERS, QUEUES, TASKS
from helpers.errors import reading
from helpers.learning import catalogue

DATA = "topics.toml"
TAG = "topic-"
# The appendix in which a chapter's topics may be shown, too: the rules of 4.3 above all, and the other queues of 7.1.
APPENDIX_OF = {4: TASKS, 7: QUEUES}


@dataclass(frozen=True)
class Topic:
    """One topic: its id, its title, the chapter in whose folder it stands, None for an appendix's own, and other words
    by which the index by letter has it.
    """

    id: str
    title: str
    chapter: int | None
    index: tuple[str, ...] = ()

    @property
    def section(self) -> str:
        """The section that its id names, "3.5", or the word of an appendix, "versions"."""
        return self.id.partition("-")[0]

    @property
    def notebooks(self) -> tuple[str, ...]:
        """The files whose cells may show it, its own first."""
        if self.chapter is None:
            return (f"appendix_{self.section}.ipynb",)
        own = CHAPTERS[self.chapter - 1].file
        return (own, APPENDIX_OF[self.chapter]) if self.chapter in APPENDIX_OF else (own,)


class Entry(BaseModel):
    """What a file says of a topic that has more than a title."""

    model_config = ConfigDict(extra="forbid")

    title: str
    index: tuple[str, ...] = ()


def read(file: Path, chapter: int | None) -> list[Topic]:
    """The topics of one file, in its order; none where there is no file. `chapter` is the one it belongs to.

    pydantic.ValidationError for what is no title, such as an id without its quotes: its dot would begin a table.
    """
    tables = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    found = []
    for id, said in TypeAdapter(dict[str, str | Entry]).validate_python(tables).items():
        entry = Entry(title=said) if isinstance(said, str) else said
        found.append(Topic(id, entry.title, chapter, entry.index))
    return found


@cache
def load() -> tuple[Topic, ...]:
    """All topics, chapter by chapter in the order of the files, then those of the appendices."""
    files = [(place / DATA, number) for number, place in catalogue.folders().items()]
    found: list[Topic] = []
    for file, number in [*files, (Path(__file__).with_name(DATA), None)]:
        with reading(file):
            found += read(file, number)
    return tuple(found)
