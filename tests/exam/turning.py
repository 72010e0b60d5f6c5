"""A question with its key turned: what used to be wrong is called right."""

from dataclasses import replace

from helpers.exam import kinds
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
