"""The index of the rules on background tasks: read from the cells that hold them, so that it cannot go stale.

A rule is a Markdown cell with the tag `rule`. Its question is the nearest heading below level 2 before it, its rule the
first bold sentence, its group the tag `group-waits` or, without one, the `## ` heading above it. The core stands in chapter 4, all
others in the appendix, whose cell tagged `rules-index` is written anew from both.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from helpers.authoring.cells import headings, tags
from helpers.course import TASKS

TAG = "rule"
INDEX = "rules-index"
_GROUP = "group-"
_BOLD = re.compile(r"\*\*(?:\d+\.\s+)?(.+?)\*\*", re.DOTALL)


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
        bold = _BOLD.search(cell.source) if TAG in tags(cell) else None
        split = bold.start() if bold else len(cell.source)
        group, question = _below(cell, cell.source[:split], group, question)
        if TAG in tags(cell):
            named = next((tag.removeprefix(_GROUP) for tag in tags(cell) if tag.startswith(_GROUP)), "")
            rule = " ".join(bold[1].split()) if bold else ""
            found.append(Rule(question, rule, named.replace("-", " ").capitalize() or group, file, cell.id))
        group, question = _below(cell, cell.source[split:], group, question)
    return found


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
