"""The page on which a reader finds a question, a rule, a claim or a topic by its words: a line each, with an address.

It is written from what the notebooks hold and from the data of questions, claims and topics, so nothing on it can go stale. The
script `finder.js` lists those first that fit a search best; without it, all of them can be read.
"""

import html
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby

from nbformat import NotebookNode

from helpers.authoring import rules
from helpers.authoring.appendix import proofs
from helpers.course import CLAIMS
from helpers.learning import asked, claims, topics
from helpers.learning.finding import places
from helpers.notes import head

__all__ = ["Line", "lines", "page"]

SEARCH = """\
<div class="finder" role="search">
<label for="finder-words">Words to look for</label>
<input id="finder-words" type="search" autocomplete="off" spellcheck="false">
<output for="finder-words" aria-live="polite"></output>
</div>
<ol class="found"></ol>
<p class="finder-onward" hidden><a href="search.html">Look for it in the text of all pages</a></p>"""
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{3,}")
COMMON = 40  # a name in the code of more lines than that leads to none of them


@dataclass(frozen=True)
class Line:
    """One line: the heading that it stands under, its address on the page, what it says, and the cell that shows it.

    `words` are further ones by which people look for it, `code` the names in the code that it leads to: the search reads
    them, the page does not show them.
    `cell` is empty for an opinion, which no cell can settle: its line leads to the appendix of claims.
    """

    kind: str
    anchor: str
    text: str
    detail: str
    cell: str
    words: str = ""
    code: str = ""

    @property
    def markdown(self) -> str:
        """The line as the page holds it. `#cell-...` is the anchor that the site sets before a cell."""
        detail = f" {self.detail}" if self.detail else ""
        target = f"#cell-{self.cell}" if self.cell else CLAIMS
        read = "".join(
            f' data-{name}="{html.escape(value)}"'
            for name, value in (("words", self.words), ("code", self.code))
            if value
        )
        return f'- <span id="{html.escape(self.anchor)}"{read}></span>[{self.text}]({target}){detail}'


def lines(notebooks: Mapping[str, NotebookNode]) -> list[Line]:
    """The lines of the page, from the notebooks by file name: questions, rules, claims, topics.

    A topic that no cell shows has no line.
    """
    return named([*_questions(), *_rules(notebooks), *_claims(notebooks), *_topics(notebooks)], notebooks)


def named(found: list[Line], notebooks: Mapping[str, NotebookNode]) -> list[Line]:
    """The lines with the names in their cells' code, but for those that stand in many: people search for an API by name."""
    sources = {cell.id: cell for notebook in notebooks.values() for cell in notebook.cells}
    names = []
    for line in found:
        cell = sources.get(line.cell)
        names.append(set(_NAME.findall(cell.source)) if cell is not None and cell.cell_type == "code" else set())
    counted = Counter(name for some in names for name in some)
    return [
        replace(line, code=" ".join(sorted(name for name in some if counted[name] <= COMMON)))
        for line, some in zip(found, names)
    ]


def page(found: Iterable[Line]) -> str:
    """The page as Markdown."""
    parts = ["# Find a question, a rule, a claim, a topic", "", SEARCH]
    for kind, group in groupby(found, key=lambda line: line.kind):
        parts += ["", f"## {kind}", "", *(line.markdown for line in group)]
    return "\n".join(parts) + "\n"


def _questions() -> Iterator[Line]:
    seen: Counter[str] = Counter()
    for one in asked.every():
        name = re.sub("[^a-z0-9]+", "-", one.source)
        seen[name] += 1
        anchor = f"question-{name}" if seen[name] == 1 else f"question-{name}-{seen[name]}"
        yield Line("Questions people ask", anchor, one.question, one.answer, one.id, " ".join(one.words))


def _rules(notebooks: Mapping[str, NotebookNode]) -> Iterator[Line]:
    for rule in rules.every(notebooks):
        yield Line("Rules of background tasks", f"rule-{rule.cell}", rule.question, f"**{rule.rule}**", rule.cell)


def _claims(notebooks: Mapping[str, NotebookNode]) -> Iterator[Line]:
    settled = proofs(notebooks)
    for claim in claims.load().values():
        cell = next((proof.cell for proof in settled.get(claim.id, [])), "")
        yield Line("Claims and their verdicts", f"claim-{claim.id}", claim.claim, head(claim.verdict.upper()), cell)


def _topics(notebooks: Mapping[str, NotebookNode]) -> Iterator[Line]:
    where = places({file: notebook.cells for file, notebook in notebooks.items()})
    for topic in topics.load():
        if topic.id in where:
            _, cell = where[topic.id]
            yield Line(
                "Topics",
                f"topic-{topic.id.replace('.', '-')}",
                topic.title,
                f"({topic.section})",
                cell,
                " ".join(topic.index),
            )
