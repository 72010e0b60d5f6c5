"""What an exam is made of: a question as the bank holds it, an item as one exam asks it, and the verdict on an answer."""

import re
from dataclasses import dataclass, field
from functools import cached_property

from pydantic import ConfigDict, with_config

__all__ = ["MADE", "PROOF", "Item", "Question", "Verdict"]

MADE = "~"  # in an id, between a template's and the number of its instance
PROOF = re.compile(r"(?:cell (?:(\d+)/)?([\w-]+)|claim ([GAQ]\d+))")


@with_config(ConfigDict(str_strip_whitespace=True))
@dataclass(frozen=True)
class Question:
    """One question, as a chapter's file holds it.

    `wrong` gives each wrong option the message that names the misconception behind it. Its keys are the options' texts
    (single, prints, fault, multiple), "2 before 1" (order: the numbers count the right order), seconds (wait) or a bar's
    name (timeline; `never` names what has no bar because it does not run). `proof` names the cell that shows the answer, `prove` is code that runs after `code` and asserts it;
    a question of the kind prints is proved by running its code. `facts` name what it tests, where another question tests it too:
    two that share a fact are never asked in one exam. `read` is the section that teaches it, where that is not its own. The id of what a template made is the template's, `MADE` and a seed.
    """

    id: str
    kind: str
    level: int
    question: str
    explanation: str
    wrong: dict[str, str]
    code: str = ""
    right: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    seconds: float = 0.0
    bars: dict[str, tuple[float, float]] = field(default_factory=dict)
    never: tuple[str, ...] = ()
    requests: tuple[str, ...] = ()
    proof: str = ""
    prove: str = ""
    facts: tuple[str, ...] = ()
    read: str = ""

    @property
    def origin(self) -> str:
        """The id under which it is counted: its template's, if one made it, else its own."""
        return self.id.partition(MADE)[0]

    @property
    def is_made(self) -> bool:
        """Whether a template has made it."""
        return MADE in self.id

    @property
    def section(self) -> str:
        """The number of its section, "4.3"."""
        return self.id.partition("-")[0]

    @property
    def taught(self) -> str:
        """The section to read again: the exam's own chapter asks what others teach."""
        return self.read or self.section

    @property
    def chapter(self) -> int:
        """The number of its chapter."""
        return int(self.section.partition(".")[0])

    @property
    def options(self) -> tuple[str, ...]:
        """What is put in an order by the draw, the right ones first: options of a choice, events to be ordered."""
        return self.order or (self.right + tuple(self.wrong) if self.right else ())

    @property
    def place(self) -> tuple[int, str] | None:
        """Chapter and cell id, or chapter and claim tag, of the cell that proves it; None when code does."""
        found = PROOF.fullmatch(self.proof)
        if found is None:
            return None
        return int(found[1] or self.chapter), found[2] or f"claim-{found[3]}"


@dataclass(frozen=True)
class Item:
    """A question as one exam asks it: its number and its options by letter."""

    number: int
    question: Question
    options: dict[str, str]

    @cached_property
    def letters(self) -> dict[str, str]:
        """The letter of each option, by its text."""
        return {text: letter for letter, text in self.options.items()}

    @cached_property
    def right(self) -> str:
        """The letters of the right answer, as an answer is recorded; nothing for kinds without options."""
        q = self.question
        return "".join(self.letters[text] for text in q.order) or "".join(sorted(self.letters[t] for t in q.right))


@dataclass(frozen=True)
class Verdict:
    """One judged answer: what was said and what is right, both in words, and the misconceptions behind what is wrong.

    `parts`: how many of how many parts of it are right. A point takes all of them.
    """

    right: bool
    said: str
    should: str
    messages: tuple[str, ...] = ()
    parts: tuple[int, int] = (0, 1)

    @property
    def credit(self) -> float:
        """The part of a point that it would be worth if parts counted."""
        return self.parts[0] / self.parts[1]
