"""A question as other tools know questions: HTML texts and one of five forms, whatever its kind in this course."""

from dataclasses import dataclass
from html import escape

from helpers.exam import draw, kinds, links
from helpers.exam.bank import LEVELS
from helpers.exam.model import Question
from helpers.notes import html

FORMS = {
    "single": "one",
    "prints": "one",
    "fault": "one",
    "multiple": "several",
    "order": "order",
    "wait": "number",
    "timeline": "essay",
}


@dataclass(frozen=True)
class Option:
    """An option as HTML, whether it is right, and what is told to whoever chose it."""

    text: str
    right: bool
    told: str = ""


@dataclass(frozen=True)
class Shape:
    """A question: its id, its form ("one", "several", "order", "number" or "essay"), its text and explanation as HTML.

    `options` are those of a choice, `order` the events in the right order, `mixed` the same in another, `number` seconds within `tolerance`, `key` what
    is right in words. `tags`: its chapter, section and level.
    """

    id: str
    form: str
    text: str
    why: str
    key: str
    options: tuple[Option, ...] = ()
    order: tuple[str, ...] = ()
    mixed: tuple[str, ...] = ()
    number: float = 0.0
    tolerance: float = 0.0
    tags: tuple[str, ...] = ()


def shaped(q: Question) -> Shape:
    """A question of the bank in its form. Options stand in an order of chance, the same each time."""
    item, kind = draw.item(q, "export"), kinds.of(q)
    options = tuple(
        Option(html(kind.option(text)), text in q.right, html(q.wrong.get(text, "")))
        for text in item.options.values()
        if q.right
    )
    form = FORMS[q.kind]
    asks = f"<p>Answer with {html(kind.takes(item))}.</p>" if form in ("number", "essay") else ""
    requests = (
        f"<p>Requests: {', '.join(f'<code>{escape(one)}</code>' for one in q.requests)}.</p>" if q.requests else ""
    )
    code = f"<pre><code>{escape(q.code)}</code></pre>" if q.code else ""
    return Shape(
        id=q.id,
        form=form,
        text=f"<p>{html(q.question)}</p>{code}{requests}{asks}",
        why=f"<p>{html(q.explanation)}</p><p>{html(links.proof(item))}</p>",
        key=html(kind.should(item)),
        options=options,
        order=tuple(html(event) for event in q.order),
        mixed=tuple(html(event) for event in item.options.values() if q.order),
        number=q.seconds,
        tolerance=kinds.tolerance(q.seconds) if form == "number" else 0.0,
        tags=(f"chapter-{q.chapter}", f"section-{q.section}", LEVELS.get(q.level, "")),
    )
