"""A question with its key turned: what used to be wrong is called right."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from helpers.exam import kinds, proof
from helpers.exam.model import Question

TURNED = "It was right before somebody turned the key."


def turned(q: Question) -> Question:
    """The same question with another key, such as a slip in a file would leave it."""
    kind = kinds.of(q)
    if isinstance(kind, kinds.Timeline):
        return replace(q, bars={name: (start + 1, end + 1) for name, (start, end) in q.bars.items()})
    if q.order:
        return replace(q, order=(q.order[1], q.order[0], *q.order[2:]))
    if not q.right:
        return replace(q, seconds=float(next(iter(q.wrong))))
    first = next(iter(q.wrong))
    others = {text: message for text, message in q.wrong.items() if text != first}
    return replace(q, right=(first, *q.right[1:]), wrong=others | {q.right[0]: TURNED})


class Recorded:
    """A bench that runs a proof once and then gives the same results again, for the question with its key turned."""

    def __init__(self, question: Question):
        self.bench = proof.Run(question)
        self.results: list[Any] = []
        self.replays: Iterator[Any] | None = None

    def _once(self, work: Callable[[], Any]) -> Any:
        if self.replays is not None:
            return next(self.replays)
        self.results.append(work())
        return self.results[-1]

    @property
    def found(self) -> Any:
        return self.bench.found

    def run(self, source: str) -> str:
        return self._once(lambda: self.bench.run(source))

    def measured(self, question: Question) -> Any:
        return self._once(lambda: self.bench.measured(question))


def fault(q: Question) -> str:
    """What is wrong with a question's proof: it does not hold, or it would hold for another key as well."""
    bench = Recorded(q)
    if told := proof.prove(q, bench):
        return told
    repeats = (
        3 if isinstance(kinds.of(q), kinds.Timeline | kinds.Wait) else 1
    )  # a time is measured again when it is off
    bench.replays = iter(bench.results * repeats)
    return "" if proof.prove(turned(q), bench) else f"{q.id}: its proof holds for another key as well"
