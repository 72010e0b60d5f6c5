"""What a promise is, and how its measuring ends."""

from collections.abc import Callable
from dataclasses import dataclass

from helpers.learning.promises.bench import Bench

__all__ = ["Promise", "Verdict"]


@dataclass(frozen=True)
class Promise:
    """A sentence about a service, the cell that teaches it, and how it is measured.

    `measure` returns what was measured, as a sentence, or raises `Broken` with the one that says how it is not kept.
    """

    name: str
    says: str
    notebook: str
    cell: str
    measure: Callable[[Bench], str]

    @property
    def link(self) -> str:
        """Where it is taught, relative to the notebooks."""
        return f"{self.notebook}#cell-id={self.cell}"


@dataclass(frozen=True)
class Verdict:
    """A promise, whether it is kept, and what was measured."""

    promise: Promise
    kept: bool
    measured: str
