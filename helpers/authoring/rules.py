"""The rules that the text states, and the index of those on background tasks: read from the cells, so that it cannot go stale.

A rule is a quotation of one line, `> § RULE · **One sentence.**`; nothing else is quoted. It reads as a card where no HTML and no
style sheet is heeded; `carded` makes its word the head of one for the pages that are the course's own.

Of background tasks, a rule's cell has the tag `rule`. Its question is the nearest heading below level 2 before it, its group
the tag `group-waits` or, without one, the `## ` heading above it. The core stands in chapter 4, all others in the appendix,
whose cell tagged `rules-index` is written anew from both.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from helpers.authoring.cells import headings, tags
from helpers.course import TASKS
from helpers.learning.finding import RULES as INDEX
from helpers.notes import CARDS, head

TAG = "rule"
WORD = "RULE"
SIGN = CARDS[WORD][0]
# The ten of section 4.3 carry their number: `> § RULE 3 · **One sentence.**`
FORM = re.compile(rf"^> {SIGN} ({WORD}(?: \d+)?) · \*\*((?:[^*\n]|\*(?!\*))+)\*\*$", re.MULTILINE)
_GROUP = "group-"


def stated(cells: Iterable[NotebookNode]) -> Iterator[tuple[str, str]]:
    """Of each rule that Markdown cells state, in their order: its word, "RULE" or "RULE 3", and its sentence."""
    for cell in cells:
        if cell.cell_type == "markdown":
            yield from FORM.findall(cell.source)


def carded(source: str) -> str:
    """Markdown whose rules have the head of a card, for a page that shows its HTML."""
    return FORM.sub(lambda rule: f"> {head(rule[1])} · **{rule[2]}**", source)


def bare(line: str) -> str:
    """A line without what makes a rule of it, so that only what it says is counted."""
    return FORM.sub(lambda rule: f"{rule[1].removeprefix(WORD)} {rule[2]}", line)


@dataclass(frozen=True)
class Rule:
    """One rule: what people ask, what holds, its group, and the cell that says so."""

    question: str
    rule: str
    group: str
    file: str
    cell: str

    @property
    def line(self) -> str:
        """Its line in the index; JupyterLab opens a notebook at a cell by such a link."""
        return f"- [{self.question}]({self.file}#cell-id={self.cell}) {self.rule}"


def rules(notebook: NotebookNode, file: str) -> list[Rule]:
    """The rules of one notebook, in its order."""
    found, group, question = [], "", ""
    for cell in notebook.cells:
        said = FORM.search(cell.source) if TAG in tags(cell) else None
        split = said.start() if said else len(cell.source)
        group, question = _below(cell, cell.source[:split], group, question)
        if TAG in tags(cell):
            found.append(Rule(question, said[2] if said else "", _tagged_group(cell) or group, file, cell.id))
        group, question = _below(cell, cell.source[split:], group, question)
    return found


def _tagged_group(cell: NotebookNode) -> str:
    """The group that a cell's tag names, as words; nothing without one."""
    named = next((tag.removeprefix(_GROUP) for tag in tags(cell) if tag.startswith(_GROUP)), "")
    return named.replace("-", " ").capitalize()


def _below(cell: NotebookNode, source: str, group: str, question: str) -> tuple[str, str]:
    """Group and question after the headings of a part of a cell: what follows a rule asks for the next one."""
    part = NotebookNode(cell_type=cell.cell_type, source=source)
    for level, text in headings(part):
        if level == 2:
            group = text
        elif level > 2:
            question = re.sub(r"^\d+\. ", "", text)
    return group, question


def every(notebooks: Mapping[str, NotebookNode]) -> list[Rule]:
    """All rules of the notebooks by file name, chapters first."""
    return [rule for file in sorted(notebooks) for rule in rules(notebooks[file], file)]


def index(notebooks: Mapping[str, NotebookNode]) -> str:
    """The index as Markdown: each group of the appendix with its rules, the core's first."""
    known = every(notebooks)
    groups = dict.fromkeys(rule.group for rule in sorted(known, key=lambda rule: rule.file != TASKS))
    core = sum(rule.file != TASKS for rule in known)
    lines = ["## The index", "", f"{len(known)} rules; {core} of them stand in chapter 4."]
    for group in groups:
        lines += ["", f"**{group}**", "", *(rule.line for rule in known if rule.group == group)]
    return "\n".join(lines)


def write_index(notebook: NotebookNode, file: str, notebooks: Mapping[str, NotebookNode]) -> NotebookNode:
    """Sets the index in the notebook's cell tagged `rules-index`, in place, and returns the notebook."""
    for cell in notebook.cells:
        if INDEX in tags(cell):
            cell.source = index({**notebooks, file: notebook})
    return notebook
