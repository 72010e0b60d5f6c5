"""What public texts claim about background tasks, and what is true: the data of `claims.toml`."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from helpers.course import CHAPTERS
from helpers.errors import CourseError, reading
from helpers.given import shown
from helpers.notes import Note, head

DATA = Path(__file__).with_name("claims.toml")
TAG = "claim-"
VERDICTS = ("true", "half-true", "false", "outdated", "opinion")
SOURCES = {"G": "a study guide", "A": "an article", "Q": "a question-and-answer page"}


@dataclass(frozen=True)
class Claim:
    """One claim: its id, the sections that settle it (none for an opinion), the verdict and what is true instead."""

    id: str
    sections: tuple[str, ...]
    verdict: str
    claim: str
    instead: str

    @property
    def source(self) -> str:
        """The kind of text it comes from."""
        return SOURCES[self.id[0]]

    @property
    def chapters(self) -> tuple[int, ...]:
        """The chapters that settle it, the first one first."""
        return tuple(dict.fromkeys(int(section.split(".")[0]) for section in self.sections))


@cache
def load() -> dict[str, Claim]:
    """All claims by id, in the order of the texts."""
    with reading(DATA), DATA.open("rb") as file:
        tables = tomllib.load(file)
        return {key: Claim(key, tuple(table.pop("sections")), **table) for key, table in tables.items()}


def of_chapter(chapter: int) -> list[Claim]:
    """The claims that a chapter settles, in the order of the texts."""
    return [claim for claim in load().values() if chapter in claim.chapters]


def myths(chapter: int) -> Note:
    """A chapter's claims with their verdicts, as the table of its myth check.

    `chapter` is its number, 1 to 10. The result is the same in every run. A CourseError names a chapter that is none.
    """
    if not isinstance(chapter, int) or not 1 <= chapter <= len(CHAPTERS):
        raise CourseError(f"there is no chapter {shown(chapter)}: myths() takes a number from 1 to {len(CHAPTERS)}.")
    claims = of_chapter(chapter)
    if not claims:
        return Note("No claim of the texts is settled in this chapter.")
    markdown = ["| Id | Some say | Verdict | What is true |", "|---|---|---|---|"]
    markdown += [
        f"| {claim.id} | {claim.claim} | {head(claim.verdict.upper())} | {claim.instead} |" for claim in claims
    ]
    text = [f"{claim.id} {claim.verdict}: {claim.claim} -> {claim.instead}" for claim in claims]
    return Note("\n".join(markdown), "\n".join(text))
