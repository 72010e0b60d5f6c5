"""The index of rules says what the cells say, and each rule of the appendix runs alone."""

import ast
import builtins

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.authoring.cells import syntax, tags
from helpers.authoring.refresh import NOTEBOOKS
from helpers.authoring.rules import INDEX, TAG, Rule, bare, carded, every, index, rules, stated, write_index
from helpers.course import CHAPTERS, TASKS
from helpers.notes import head
from tests.notebooks.needs import names

CORE = "04_advanced_features.ipynb"
GROUPS = (
    *("Starts", "Order", "Waits", "Threads", "Errors", "Responses", "Dependencies", "Streams"),
    *("Clients that leave", "Shutdown", "Limits", "Other tools"),
)


def ruled(id: str, source: str, *more: str) -> NotebookNode:
    return new_markdown_cell(source, id=id, metadata={"tags": [TAG, *more]})


def chapter() -> NotebookNode:
    return new_notebook(
        cells=[
            new_markdown_cell("## 4.3 Background Tasks\n\n#### 1. Starts when?", id="asks"),
            ruled(
                "says", "Then.\n\n> § RULE 1 · **When it is sent.**\n\n#### 2. Received?", "group-clients-that-leave"
            ),
            ruled("also", "So **bold**:\n\n> § RULE 2 · **Not `*` so.**\n\nAnd more.", "group-waits"),
            new_markdown_cell("> § RULE · **One of no index.**", id="plain"),
        ]
    )


def appendix() -> NotebookNode:
    return new_notebook(
        cells=[
            new_markdown_cell("stale", id="top", metadata={"tags": [INDEX]}),
            new_markdown_cell("## Waits", id="group"),
            ruled("ask-one", "### Who waits?\n\n> § RULE · **Nobody.**"),
        ]
    )


def test_a_rule_is_read_with_the_question_above_it_and_its_group():
    assert rules(chapter(), CORE) == [
        Rule("Starts when?", "When it is sent.", "Clients that leave", CORE, "says"),
        Rule("Received?", "Not `*` so.", "Waits", CORE, "also"),
    ]
    assert rules(appendix(), TASKS) == [Rule("Who waits?", "Nobody.", "Waits", TASKS, "ask-one")]


def test_every_rule_is_read_with_its_word():
    assert list(stated(chapter().cells)) == [
        ("RULE 1", "When it is sent."),
        ("RULE 2", "Not `*` so."),
        ("RULE", "One of no index."),
    ]
    code = new_code_cell('"""\n> § RULE · **Stands in no code.**\n"""')
    near = (
        "> **RULE** · Told.",
        "> § RULE **Without a dot.**",
        "§ RULE · **Not quoted.**",
        "> § RULE · **Two** or **more.**",
    )
    assert list(stated([code, *map(new_markdown_cell, near)])) == []


def test_a_rule_is_a_card_where_the_page_is_the_courses_own():
    shown = carded("Then.\n\n> § RULE 3 · **One after the other.**\n\n**Bold.**")
    assert shown == f"Then.\n\n> {head('RULE 3')} · **One after the other.**\n\n**Bold.**"


def test_only_what_a_rule_says_is_counted():
    assert bare("> § RULE 3 · **One after the other.**").split() == "3 One after the other.".split()
    assert bare("**One** after > the other.") == "**One** after > the other."


def test_the_index_has_the_groups_of_the_appendix_and_the_core_first():
    page = write_index(appendix(), TASKS, {CORE: chapter()})
    assert page.cells[0].source == (
        "## The index\n\n3 rules; 2 of them stand in chapter 4.\n\n"
        f"**Waits**\n\n- [Received?]({CORE}#cell-id=also) Not `*` so.\n- [Who waits?]({TASKS}#cell-id=ask-one) Nobody.\n\n"
        f"**Clients that leave**\n\n- [Starts when?]({CORE}#cell-id=says) When it is sent."
    )


STORED = {path.name: nbformat.read(path, as_version=4) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}


def test_the_stored_rules_are_complete():
    known = every(STORED)
    assert len(known) >= 73
    assert sum(len(list(stated(STORED[chapter.file].cells))) for chapter in CHAPTERS) >= 195
    assert [rule.cell for rule in known if rule.file == CORE][:10] == [
        f"core-{word}-says"
        for word in "start received three group threads blocking forty failure on-failure next".split()
    ]
    assert tuple(dict.fromkeys(rule.group for rule in known if rule.file == TASKS)) == GROUPS
    assert {rule.group for rule in known} == set(GROUPS)
    assert len({rule.question for rule in known}) == len(known), "a question is asked twice"
    assert index(STORED) in {cell.source for cell in STORED[TASKS].cells}


def test_every_notebook_leads_to_the_rules():
    files = [chapter.file for chapter in CHAPTERS]
    assert [file for file in files if f"({TASKS})" not in STORED[file].cells[0].source] == []


def proofs() -> dict[str, list[str]]:
    """The code of each rule's cells, by the rule's cell; under "" that of the cells before the first."""
    found: dict[str, list[str]] = {}
    rule = ""
    for cell in STORED[TASKS].cells:
        if TAG in tags(cell):
            rule = cell.id
        elif cell.cell_type == "code":
            found.setdefault(rule, []).append(cell.source)
    return found


def missing(first: list[str], own: list[str]) -> set[str]:
    """The names that a rule's cells use and neither they, the first cells nor IPython bind."""
    nodes = [node for source in own for node in ast.walk(syntax(source))]
    inner = {node.name for node in nodes if getattr(node, "name", None)}
    inner |= {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    bound = {*dir(builtins), "display"} | inner | {name for source in [*first, *own] for name in names(source).bound}
    return {name for source in own for name in names(source).read | names(source).later} - bound


@pytest.mark.parametrize("rule", [rule for rule in proofs() if rule])
def test_a_rule_needs_the_first_two_cells_and_its_own(rule: str):
    assert len(proofs()[""]) == 2
    assert missing(proofs()[""], proofs()[rule]) == set()


def test_what_a_cell_lacks_is_seen():
    first = ["import time\nran = []"]
    assert missing(first, ["def f():\n    def g(): ...\n    return g", "print(f(), ran, time)"]) == set()
    assert missing(first, ["print(server)", "def f():\n    return events"]) == {"server", "events"}


def test_every_rule_is_proved():
    assert {cell.id for cell in STORED[TASKS].cells if TAG in tags(cell)} == set(proofs()) - {""}
