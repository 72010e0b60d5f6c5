"""What the course teaches, topic by topic, as somebody would look it up: the data of the files `topics.toml`.

Each chapter has one in its folder, a title for each id: `"3.5-list" = "query parameter several times, as a list"`. The
one beside this module holds what belongs to no chapter; there an id begins with its appendix's word, "versions-live".
A cell that shows a topic carries the tag `topic-3.5-list`.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import TypeAdapter

from helpers.course import CHAPTERS, QUEUES, TASKS
from helpers.learning import catalogue

DATA = "topics.toml"
TAG = "topic-"
# The appendix in which a chapter's topics may be shown, too: the rules of 4.3 above all, and the other queues of 7.1.
APPENDIX_OF = {4: TASKS, 7: QUEUES}


@dataclass(frozen=True)
class Topic:
    """One topic: its id, its title, and the chapter in whose folder it stands, None for an appendix's own."""

    id: str
    title: str
    chapter: int | None

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


def read(file: Path, chapter: int | None) -> list[Topic]:
    """The topics of one file, in its order; none where there is no file. `chapter` is the one it belongs to.

    pydantic.ValidationError for what is no title, such as an id without its quotes: its dot would begin a table.
    """
    titles = tomllib.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return [Topic(id, title, chapter) for id, title in TypeAdapter(dict[str, str]).validate_python(titles).items()]


@cache
def load() -> tuple[Topic, ...]:
    """All topics, chapter by chapter in the order of the files, then those of the appendices."""
    own = read(Path(__file__).with_name(DATA), None)
    return (*(topic for n, place in catalogue.folders().items() for topic in read(place / DATA, n)), *own)


def of_notebook(file: str) -> list[Topic]:
    """The topics that the cells of a notebook may show, by the notebook's file name."""
    return [topic for topic in load() if file in topic.notebooks]
