"""What which FastAPI does: the answers that `make history` measured on many releases, and how they are told."""

import difflib
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from helpers.errors import CourseError, reading
from helpers.notes import Note
from helpers.wording import code, describe

DATA = Path(__file__).with_name("history.json")


class Release(BaseModel):
    """One release: the last day of its time, the packages that it was measured with, and each fact's answer by name."""

    model_config = ConfigDict(extra="forbid")

    day: str
    pins: list[str]
    answers: dict[str, str]


class History(BaseModel):
    """All releases that were measured, the oldest first, and each fact's question by its name."""

    model_config = ConfigDict(extra="forbid")

    python: str
    questions: dict[str, str]
    releases: dict[str, Release]

    @property
    def last(self) -> Release:
        """The newest release that was measured."""
        return list(self.releases.values())[-1]

    def spans(self, fact: str) -> list[tuple[str, str, str]]:
        """A fact's answers in the order of the releases: the first and the last release that gave one, and the answer."""
        found: list[tuple[str, str, str]] = []
        for name, release in self.releases.items():
            answer = release.answers[fact]
            if found and found[-1][2] == answer:
                found[-1] = (found[-1][0], name, answer)
            else:
                found.append((name, name, answer))
        return found


@cache
def load() -> History:
    """What is stored."""
    with reading(DATA):
        return History.model_validate_json(DATA.read_text(encoding="utf-8"))


def when(fact: str) -> Note:
    """A fact's question, and what the measured releases answered, oldest first: `when("session-closes")`.

    CourseError, naming the nearest facts, for one that was not measured.
    """
    history = load()
    spans = history.spans(_measured(fact, history))
    lines = [f"- {_span(first, last, spans)}: {told(answer)}" for first, last, answer in spans]
    return Note("\n".join([f"**{history.questions[fact]}**", "", *lines]))


def _measured(fact: object, history: History) -> str:
    """The name of a fact, as it was given; CourseError, naming the nearest, for one that was not measured."""
    known, name = history.questions, fact if isinstance(fact, str) else ""
    if name in known:
        return name
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.3) or list(known)[:3]
    raise CourseError(f"no fact is called {describe(fact)}. Nearest: {', '.join(map(code, near))}.")


def changes(facts: Sequence[str] | None = None) -> Note:
    """What changed, by the release that has it first, with the one measured before; `facts`, as `when` takes them, narrow it."""
    history = load()
    wanted = history.questions if facts is None else facts if isinstance(facts, list | tuple | set) else [facts]
    chosen = [_measured(fact, history) for fact in wanted]
    names = list(history.releases)
    lines = []
    for before, release in pairwise(names):
        old, new = history.releases[before].answers, history.releases[release].answers
        changed = [fact for fact in chosen if old[fact] != new[fact]]
        if changed:
            lines += ["", f"**{release}** (not yet in {before})", ""]
            lines += [f"- {history.questions[fact]} {told(old[fact])} → {told(new[fact])}" for fact in changed]
    return Note("\n".join(lines).strip())


def holds(release: str) -> Note:
    """What the newest measured release that is no newer than `release` answers to every fact: `holds("0.110")`.

    CourseError for what is no version, or older than all that were measured.
    """
    history = load()
    release = release.strip() if isinstance(release, str) else release
    wanted = _numbers(release)
    older = [name for name in history.releases if wanted and _numbers(name) <= wanted]
    if not older:
        raise CourseError(
            f"{describe(release)} is no release that was measured, or is older than all: name one from "
            f'{next(iter(history.releases))} on, as in `holds("0.110")`.'
        )
    answers = history.releases[older[-1]].answers
    rows = [f"| {history.questions[fact]} | {told(answer)} |" for fact, answer in answers.items()]
    title = (
        f"FastAPI {older[-1]}, the last that was measured up to {release}"
        if older[-1] != release
        else f"FastAPI {release}"
    )
    return Note("\n".join([f"**{title}**", "", "| fact | answer |", "|---|---|", *rows]))


def told(answer: str) -> str:
    """An answer as a reader is told it: an error's name means that the release cannot do this."""
    return f"not possible ({code(answer)})" if re.fullmatch(r"[A-Z]\w+", answer) else answer


def _span(first: str, last: str, spans: list[tuple[str, str, str]]) -> str:
    if (first, last) == (spans[0][0], spans[-1][1]):
        return f"{first} to {last}, all that were measured"
    if last == spans[-1][1]:
        return f"from {first} on"
    return first if first == last else f"{first} to {last}"


def _numbers(release: object) -> tuple[int, ...]:
    parts = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?", release) if isinstance(release, str) else None
    return tuple(int(part) if part else 10**6 for part in parts.groups()) if parts else ()
