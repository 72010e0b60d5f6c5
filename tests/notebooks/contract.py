"""The contract of a notebook: one function a rule, each giving a sentence for everything that is wrong.

`tests/notebooks/test_contract.py` runs them over all notebooks, and shows for each rule a doctored notebook that breaks it.
"""

import ast
import base64
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from helpers.authoring import refresh
from helpers.authoring.appendix import tagged
from helpers.authoring.cells import answers, called, calls, folded, headings, predicted, syntax, tags
from helpers.authoring.navigation import TAG as NAVIGATION
from helpers.authoring.navigation import navigate
from helpers.authoring.rules import FORM, INDEX, TAG, rules, stated
from helpers.authoring.stored import KERNELSPEC, LANGUAGE, drawn_from_its_data, dumps, loads, normalise
from helpers.authoring.teaching import sections
from helpers.course import APPENDICES, CHAPTERS, CLAIMS, GENERATED, START, TASKS, Chapter
from helpers.learning import topics
from helpers.learning.claims import load, of_chapter
from helpers.learning.topics import Topic
from helpers.live.picture import describe

LIMIT = 250_000  # bytes
PROVED_IN_APPENDIX = CHAPTERS[3].file  # section 4.3 is proved in the appendix on background tasks, too
LONGEST_TRACEBACK = 15  # lines; an error that teaches is short
UNCOMPARED_TAGS = {"nbval-ignore-output", "nbval-skip"}
NBVAL_COMMENT = re.compile(r"^\s*#\s*(?:NBVAL_\w+|PYTEST_VALIDATE_IGNORE_OUTPUT)\s*$", re.MULTILINE)
HTTP_METHODS = {"get", "post", "put", "patch", "delete", "head", "options", "trace"}
SERVED = HTTP_METHODS | {"api_route", "route", "websocket", "middleware", "exception_handler"}

CLOCKS = ("monotonic", "perf_counter")
# Topics that a text tells, because nothing of them can be run. Every other one is shown by a code cell.
TOLD = {
    "1.3-benchmarks", "1.3-choose", "1.3-history", "1.4-template", "3.1-methods", "6.2-settings", "6.3-editor", "6.3-print",
}  # fmt: skip
# Cells with a bold sentence that opens what follows, and is no rule.
LEADS = {
    "gain-checks", "gain-describes-says", "gain-waits", "crowd-says", "debug-stack-says", "dep-same-says", "10_e-012", "10_e-013",
}  # fmt: skip
BOLD = re.compile(r"\*\*((?:[^*]|\*(?!\*))+)\*\*")
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)

PATHS = re.compile(
    r"(?<![\w.:/])/(?:home|Users|root|tmp|private|mnt)/\S+|\b[A-Za-z]:\\\\?\w+|\S*(?:site-packages|\.venv)[/\\]\S*"
)
PORTS = re.compile(r"(?:\b\d{1,3}(?:\.\d{1,3}){3}|localhost|\[::1?\]):\d+|\bport[ =:]+\d{2,5}\b", re.IGNORECASE)
ADDRESSES = re.compile(r"\b0x[0-9a-fA-F]{6,}\b")
MARKUP = re.compile(r"[`*|<>\[\]\n]|__|\.$|^\s|\s$")
COLOURS = re.compile(r"\x1b\[[0-9;]*m")
MARKDOWN_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)\s]*)")
HTML_IMAGE = re.compile(r"<(?:img|svg)\b[^>]*>", re.IGNORECASE)
HTML_ALT = re.compile(r"\b(?:alt|aria-label|aria-labelledby)\s*=\s*[\"'][^\"']*\S", re.IGNORECASE)
LINK = re.compile(r"\]\(([\w.-]+\.ipynb)#cell-id=([\w-]+)\)")


@dataclass(frozen=True)
class Notebook:
    """A stored notebook with what the rules ask of it."""

    path: Path
    text: str

    @classmethod
    def of(cls, path: Path) -> "Notebook":
        return cls(path, path.read_text(encoding="utf-8"))

    @cached_property
    def content(self) -> NotebookNode:
        return loads(self.text)

    @property
    def cells(self) -> list[NotebookNode]:
        return self.content.cells

    @cached_property
    def code(self) -> list[NotebookNode]:
        return [cell for cell in self.cells if cell.cell_type == "code"]

    @cached_property
    def chapter(self) -> Chapter | None:
        """The chapter it is, None for the start page and the appendices."""
        return next((chapter for chapter in CHAPTERS if chapter.file == self.path.name), None)

    @cached_property
    def headings(self) -> list[tuple[int, str]]:
        return [heading for cell in self.cells for heading in headings(cell)]

    def named(self, cell: NotebookNode) -> str:
        """How a sentence names a cell: code cells as nbval does not, from 1 as the reader sees them, and the id."""
        kind = f"code cell {self.code.index(cell) + 1}" if cell.cell_type == "code" else "the Markdown cell"
        return f"{kind} ({cell.id})"

    def outputs(self) -> Iterator[tuple[NotebookNode, NotebookNode]]:
        """Each output with its cell."""
        for cell in self.code:
            for output in cell.outputs:
                yield cell, output


Rule = Callable[[Notebook], list[str]]


def texts(output: NotebookNode) -> Iterator[str]:
    """Every text that an output shows, without colours; pictures in base64 are not text."""
    if output.output_type == "stream":
        yield COLOURS.sub("", output.text)
    elif output.output_type == "error":
        yield COLOURS.sub("", "\n".join([f"{output.ename}: {output.evalue}", *output.traceback]))
    else:
        for mime, value in output.data.items():
            if not mime.startswith("image/") or mime == "image/svg+xml":
                yield COLOURS.sub("", str(value))


# The file


def is_valid(book: Notebook) -> list[str]:
    """It is a valid notebook, and no two cells share an id."""
    wrong = []
    try:
        nbformat.validate(book.content)
    except nbformat.ValidationError as error:
        wrong.append(f"it is not a valid notebook: {error.message}")
    # Read from the file itself, because nbformat quietly gives a second cell of the same id another one.
    ids = [cell.get("id") for cell in json.loads(book.text)["cells"]]
    wrong += ["a cell has no id"] if None in ids else []
    wrong += [f"the id {id!r} stands on more than one cell" for id in dict.fromkeys(ids) if id and ids.count(id) > 1]
    return wrong


def has_plain_metadata(book: Notebook) -> list[str]:
    """Kernel `python3`, a language without its version, no widget state, and nothing else."""
    metadata = book.content.metadata
    wrong = []
    if metadata.get("kernelspec") != KERNELSPEC:
        wrong.append(f"its kernelspec is {metadata.get('kernelspec')}, not python3")
    if metadata.get("language_info") != LANGUAGE:
        wrong.append("its language_info differs from the course's: a version stands in it, or it is missing")
    wrong += [f"it stores {key}" for key in sorted(set(metadata) - {"kernelspec", "language_info"})]
    return wrong


def is_canonical(book: Notebook) -> list[str]:
    """The file is byte for byte what `python -m helpers.authoring.refresh` writes for this content."""
    canonical = dumps(normalise(loads(book.text)))
    return (
        [] if canonical == book.text else ["its stored form is out of date: run `python -m helpers.authoring.refresh`"]
    )


def has_navigation(book: Notebook) -> list[str]:
    """Its first and last cell are today's navigation."""
    existing = {*GENERATED, *(path.name for path in refresh.files(book.path.parent))}
    current = navigate(loads(book.text), book.path.name, existing)
    marked = [cell for cell in book.cells if NAVIGATION in tags(cell)]
    if [cell.source for cell in current.cells] != [cell.source for cell in book.cells] or len(marked) != 2:
        return ["its navigation is out of date: run `python -m helpers.authoring.refresh`"]
    return []


def is_small(book: Notebook) -> list[str]:
    """It stays under 250 kB."""
    size = len(book.text.encode("utf-8"))
    return [f"it has {size:,} bytes, more than {LIMIT:,}"] if size > LIMIT else []


# The text


def has_title_and_sections(book: Notebook) -> list[str]:
    """One title in the first cell, and exactly the study guide's sections as `## N.M Title`, in order."""
    titles = [text for level, text in book.headings if level == 1]
    first = next((cell for cell in book.cells if NAVIGATION not in tags(cell)), None)
    wrong = []
    if first is None or next(headings(first), (0, ""))[0] != 1 or not first.source.startswith("# "):
        wrong.append("its first cell does not begin with the title")
    if len(titles) != 1:
        wrong.append(f"it has {len(titles)} titles")
    return wrong + (_unlike_the_guide(titles, book) if book.chapter else [])


def _unlike_the_guide(titles: list[str], book: Notebook) -> list[str]:
    """Where a chapter's title and sections are not the study guide's."""
    expected = f"{book.chapter.number} {book.chapter.title}"
    wrong = [f"its title is {titles[:1]}, not {expected!r}"] if titles[:1] != [expected] else []
    sections = [text for level, text in book.headings if level == 2 and re.match(r"\d+\.\d+", text)]
    wanted = [f"{number} {title}" for number, title in book.chapter.sections.items()]
    wrong += [f"the section {text!r} is missing" for text in wanted if text not in sections]
    wrong += [f"the section {text!r} is none of the study guide's" for text in sections if text not in wanted]
    if set(sections) == set(wanted) and sections != wanted:
        wrong.append(f"its sections stand in another order: {sections}")
    return wrong


def skips_no_heading_level(book: Notebook) -> list[str]:
    """A heading is at most one level below the one before it."""
    wrong, before = [], 0
    for level, text in book.headings:
        if level > before + 1:
            wrong.append(f"the heading {text!r} has level {level} below level {before}")
        before = level
    return wrong


def has_no_empty_cell(book: Notebook) -> list[str]:
    """Every cell says something, and every code cell is Python as IPython runs it."""
    wrong = [f"{book.named(cell)} is empty" for cell in book.cells if not cell.source.strip()]
    return wrong + [f"{book.named(cell)} is not valid Python" for cell in book.code if syntax(cell.source) is None]


def has_alt_texts(book: Notebook) -> list[str]:
    """Every picture, stored or in the prose, says in words what it shows."""
    wrong = [
        f"{book.named(cell)} shows {image}" for cell, output in book.outputs() for image in _shown_without_alt(output)
    ]
    for cell in book.cells:
        if cell.cell_type == "markdown":
            wrong += [f"{book.named(cell)} holds {image} without alt text" for image in _without_alt(cell.source)]
    return wrong


def _shown_without_alt(output: NotebookNode) -> Iterator[str]:
    """Each picture of an output that says nothing in words, with what is missing."""
    for mime, value in output.get("data", {}).items():
        if mime.startswith("image/") and not str(output.metadata.get(mime, {}).get("alt", "")).strip():
            yield f'{mime} without alt text in its metadata ("{mime}": "alt")'
        if mime in ("text/markdown", "text/html"):
            yield from (f"{image} without alt text" for image in _without_alt(value))


def _without_alt(text: str) -> list[str]:
    markdown = [f"the image {target[:40]}" for alt, target in MARKDOWN_IMAGE.findall(text) if not alt.strip()]
    return markdown + [tag[:40] for tag in HTML_IMAGE.findall(text) if not HTML_ALT.search(tag)]


# What is stored of a run


def is_counted(book: Notebook) -> list[str]:
    """It was run from top to bottom: code cells are counted 1 to n. nbval compares no cell without a count."""
    for count, cell in enumerate(book.code, start=1):
        if cell.execution_count != count:
            return [f"{book.named(cell)} is counted {cell.execution_count}: run `python -m helpers.authoring.refresh`"]
    return []


def shows_something(book: Notebook) -> list[str]:
    """Its outputs are stored."""
    return ["none of its code cells has an output"] if book.code and not any(c.outputs for c in book.code) else []


def shows_no_object(book: Notebook) -> list[str]:
    """No cell ends in a value that tells a reader nothing, such as what a decorator gives back."""
    wrong = []
    for cell in book.code:
        for output in cell.outputs:
            if re.match(r"<(function|bound method|coroutine|class) ", output.get("data", {}).get("text/plain", "")):
                wrong.append(f"{book.named(cell)} shows {output.data['text/plain'][:40]}")
    return wrong


def fails_only_on_purpose(book: Notebook) -> list[str]:
    """Errors stand only in cells tagged `raises-exception`, such a cell does fail, and its error is short."""
    wrong = []
    for cell in book.code:
        errors = [output for output in cell.outputs if output.output_type == "error"]
        if "raises-exception" not in tags(cell):
            wrong += [f"{book.named(cell)} fails with {error.ename}" for error in errors]
        elif not errors:
            wrong.append(f"{book.named(cell)} is tagged raises-exception and raises none")
        if any(len("\n".join(error.traceback).splitlines()) > LONGEST_TRACEBACK for error in errors):
            wrong.append(f"{book.named(cell)} shows a traceback of more than {LONGEST_TRACEBACK} lines")
    return wrong


def ends_its_loops(book: Notebook) -> list[str]:
    """Every `while` looks at a clock, in its condition or in an `assert` or `if` inside, so that no change lets it hang.

    One that awaits inside an `async def` holds up no cell: it ends with the server that runs it. One that reads a socket
    ends with the patience that every socket is given.
    """
    waiting = [
        f"{book.named(cell)} waits without a deadline"
        for cell in book.code
        for loop in _waiting(_tree(cell))
        if not any(called(loop.test, "recv")) and not _looks_at_a_clock(loop, _deadlines(_tree(cell)))
    ]
    return waiting + [
        f"{book.named(cell)} opens a socket that waits without a deadline"
        for cell in book.code
        for call in called(_tree(cell), "create_connection")
        if "timeout" not in {keyword.arg for keyword in call.keywords}
    ]


def _deadlines(tree: ast.AST) -> set[str]:
    """The names that are bound to what a clock shows, or to a sum with it."""
    read = [node for node in ast.walk(tree) if isinstance(node, ast.Assign) and any(called(node.value, *CLOCKS))]
    return {target.id for node in read for target in node.targets if isinstance(target, ast.Name)}


def _waiting(tree: ast.AST) -> list[ast.While]:
    """The loops that hold up whoever runs them."""
    awaiting = _awaiting(tree)
    return [node for node in ast.walk(tree) if isinstance(node, ast.While) and node not in awaiting]


def _looks_at_a_clock(loop: ast.While, deadlines: set[str]) -> bool:
    """Whether a loop's condition, or an `assert` or `if` of its body, reads a clock or names a deadline."""
    looks = [loop.test, *(part.test for part in loop.body if isinstance(part, ast.Assert | ast.If))]
    names = {node.id for look in looks for node in ast.walk(look) if isinstance(node, ast.Name)}
    return bool(names & deadlines) or any(any(called(look, *CLOCKS)) for look in looks)


def _awaiting(tree: ast.AST) -> list[ast.While]:
    """The loops of `async def` functions that give the event loop back in each round."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.AsyncFunctionDef)]
    loops = [loop for function in functions for loop in ast.walk(function) if isinstance(loop, ast.While)]
    return [loop for loop in loops if any(isinstance(node, ast.Await | ast.AsyncFor) for node in ast.walk(loop))]


def says_what_it_did_not_find(book: Notebook) -> list[str]:
    """No `next(... for ...)` without a default: where nothing fits, a bare StopIteration hides what was looked for."""
    return [
        f"{book.named(cell)} ends in a StopIteration when nothing fits"
        for cell in book.code
        for call in called(_tree(cell), "next")
        if len(call.args) == 1 and isinstance(call.args[0], ast.GeneratorExp)
    ]


def _tree(cell: NotebookNode) -> ast.AST:
    """The syntax tree of a code cell; of a cell magic, that of what stands below it, where that is Python."""
    magic, _, below = cell.source.partition("\n")
    return syntax(below if magic.startswith("%%") else cell.source) or ast.Module([], [])


def is_silent_on_stderr(book: Notebook) -> list[str]:
    """Nothing was written to stderr: no warning, no log."""
    return [
        f"{book.named(cell)} wrote to stderr: {output.text.strip().splitlines()[-1:]}"
        for cell, output in book.outputs()
        if output.output_type == "stream" and output.name == "stderr"
    ]


def names_no_machine(book: Notebook) -> list[str]:
    """No absolute path in outputs and code, and in outputs no port and no memory address."""
    wrong = [
        f"{book.named(cell)} shows a {told}"
        for cell, output in book.outputs()
        for text in texts(output)
        for told in _of_one_machine(text)
    ]
    for cell in book.code:
        if found := PATHS.search(cell.source):
            wrong.append(f"{book.named(cell)} is written with a path of one machine: {found[0][:60]}")
    return wrong


def _of_one_machine(text: str) -> Iterator[str]:
    """What a text shows that another machine, or another run, would not."""
    for what, pattern in (("path", PATHS), ("port", PORTS), ("memory address", ADDRESSES)):
        if found := pattern.search(text):
            yield f"{what}: {found[0][:60]}"
    yield from (f"path of this machine: {path}" for path in _places() if path in text)


def _places() -> list[str]:
    """The folders of the machine that runs this, each with its separator, where it is more than the root."""
    found = {Path.home(), Path(tempfile.gettempdir()), Path(sys.prefix), refresh.NOTEBOOKS.parent}
    return [f"{place}/" for place in sorted(map(str, found)) if len(place) > 1]


def redraws_its_pictures(book: Notebook) -> list[str]:
    """A stored picture is what its data draws today, in both formats, and its alt text is what they say."""
    pictures = [(cell, output) for cell, output in book.outputs() if "image/svg+xml" in output.get("data", {})]
    return [f"{book.named(cell)} shows {fault}" for cell, output in pictures for fault in _drawn_otherwise(output)]


def _drawn_otherwise(output: NotebookNode) -> Iterator[str]:
    """What is wrong with a picture, as its data and its two formats say."""
    data = output.metadata.get("timeline")
    if data is None:
        yield 'a picture without the data it was drawn from (metadata "timeline")'
        return
    if not drawn_from_its_data(output):
        yield "a picture that its data does not draw"
    if output.metadata.get("image/svg+xml", {}).get("alt") != describe(data):
        yield "a picture whose alt text is not what its data says"
    for _, target in MARKDOWN_IMAGE.findall(output.data.get("text/markdown", "")):
        encoded = target.removeprefix("data:image/svg+xml;base64,")
        if encoded != target and base64.b64decode(encoded).decode("utf-8") != output.data["image/svg+xml"]:
            yield "two different pictures in its two formats"


# What the chapter does


def serves_and_records(book: Notebook) -> list[str]:
    """A chapter starts a server in its kernel and records an exchange with it."""
    if book.chapter is None:
        return []
    return [
        f"no cell calls {name}(...): {why}"
        for name, why in (
            ("serve", "a chapter talks to a real server"),
            ("record", "a chapter times a background task"),
        )
        if not any(any(calls(cell, name)) for cell in book.code)
    ]


def folds_its_answers(book: Notebook) -> list[str]:
    """A prediction is settled in its section, and what gives its answer away stays folded until it is run."""
    wrong = [
        f"{book.named(cell)} asks for a prediction that its section does not settle: call compare({predicted(cell)!r}) "
        "in the measured cell, or tag that cell answers-prediction"
        for position, cell in enumerate(book.cells)
        if predicted(cell) is not None and not answers(book.cells, position)
    ]
    away = folded(book.cells)
    return wrong + [
        f"{book.named(cell)} gives a prediction's answer away: its outputs are not folded"
        for cell in book.code
        if cell.id in away and cell.metadata.get("jupyter", {}).get("outputs_hidden") is not True
    ]


def compares_unless_told_why(book: Notebook) -> list[str]:
    """A cell that nbval skips or does not compare says why in its metadata, {"nbval": {"reason": "..."}}."""
    wrong = []
    for cell in book.code:
        reason = cell.metadata.get("nbval", {}).get("reason", "")
        uncompared = sorted(UNCOMPARED_TAGS.intersection(tags(cell)))
        if uncompared and not str(reason).strip():
            wrong.append(f'{book.named(cell)} is tagged {uncompared[0]} without a reason (metadata "nbval": "reason")')
        if reason and not uncompared:
            wrong.append(f"{book.named(cell)} gives a reason for not being compared, and is compared")
        if NBVAL_COMMENT.search(cell.source):
            wrong.append(f"{book.named(cell)} steers nbval by a comment that the reader sees: use a tag")
    return wrong


def prints_nowhere_served(book: Notebook) -> list[str]:
    """No path operation, handler or task prints: what they print lands in whichever cell runs by then."""
    trees = [(cell, tree) for cell in book.code if (tree := syntax(cell.source)) is not None]
    tasks = {
        argument.id
        for _, tree in trees
        for call in called(tree, "add_task", "BackgroundTask")
        for argument in call.args[:1]
        if isinstance(argument, ast.Name)
    }

    def is_served(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        marks = ast.Tuple(elts=function.decorator_list)
        return function.name in tasks or any(called(marks, *SERVED))

    return [
        f"{book.named(cell)} prints inside {function.name}(), which the server runs"
        for cell, tree in trees
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        and is_served(function)
        and any(called(function, "print"))
    ]


def reads_the_same_everywhere(book: Notebook) -> list[str]:
    """A cell that reads or writes text without naming an encoding meets ASCII alone, which every system reads alike."""
    plain = [
        cell
        for cell in book.code
        for call in called(syntax(cell.source), "read_text", "write_text")
        if not any(keyword.arg == "encoding" for keyword in call.keywords)
    ]
    own = book.path.name[:2]  # a chapter's files stand in a folder that begins with its number
    beside = [path for folder in book.path.parent.glob(f"{own}_*/") for path in folder.rglob("*") if path.is_file()]
    wrong = [f"{book.named(cell)} names no encoding, and is not ASCII" for cell in plain if not cell.source.isascii()]
    wrong += [
        f"{path.name} is not ASCII, and {book.named(plain[0])} names no encoding"
        for path in beside
        if plain and not any(part.startswith((".", "__")) for part in path.parts) and not path.read_bytes().isascii()
    ]
    return wrong


# The claims


def settles_its_claims(book: Notebook) -> list[str]:
    """Tags name known claims, and each claim of the chapter is settled by a code cell of it."""
    found = {claim for claim, _ in tagged(book.content)}
    if book.chapter and book.path.name == PROVED_IN_APPENDIX and (appendix := book.path.with_name(TASKS)).exists():
        found |= {claim for claim, _ in tagged(Notebook.of(appendix).content)}
    wrong = [f"a cell is tagged claim-{claim}, which is no known claim" for claim in sorted(found - set(load()))]
    if book.chapter:
        wrong += [
            f"no code cell is tagged claim-{claim.id}: {claim.claim}"
            for claim in of_chapter(book.chapter.number)
            if claim.id not in found
        ]
    return wrong


def links_to_proofs(book: Notebook) -> list[str]:
    """A generated notebook is today's, and each link of the appendix of claims leads to a code cell that is there."""
    if book.path.name not in GENERATED:
        return []
    wrong = []
    if book.text != refresh.generated(book.path.name, book.path.parent):
        wrong.append("what is generated is out of date: run `python -m helpers.authoring.refresh`")
    if book.path.name != CLAIMS:
        return wrong
    cells = {path.name: {cell.id for cell in Notebook.of(path).code} for path in refresh.files(book.path.parent)}
    wrong += [
        f"the appendix links to {file}#cell-id={id}, which is not there"
        for cell in book.cells
        for file, id in LINK.findall(cell.source)
        if id not in cells.get(file, ())
    ]
    return wrong


def links_to_cells(book: Notebook) -> list[str]:
    """Each link to a cell, in the prose or in what a cell shows, leads to a cell that is there."""
    shown = [output.data["text/markdown"] for _, output in book.outputs() if "text/markdown" in output.get("data", {})]
    texts = [cell.source for cell in book.cells if cell.cell_type == "markdown"] + shown
    links = dict.fromkeys(link for text in texts for link in LINK.findall(text))
    paths = {file: book.path.with_name(file) for file, _ in links}
    there = {file: {cell.id for cell in Notebook.of(path).cells} for file, path in paths.items() if path.exists()}
    return [
        f"it links to {file}#cell-id={id}, which is not there" for file, id in links if id not in there.get(file, ())
    ]


def has_its_index(book: Notebook) -> list[str]:
    """Where a cell is the index of rules, it holds today's rules."""
    marked = [cell.source for cell in book.cells if INDEX in tags(cell)]
    current = [cell.source for cell in refresh.prepared(book.path).cells if INDEX in tags(cell)]
    if book.path.name == TASKS and len(marked) != 1:
        return [f"{len(marked)} cells are tagged {INDEX}, not one"]
    return [] if marked == current else ["its index of rules is out of date: run `python -m helpers.authoring.refresh`"]


def states_its_rules(book: Notebook) -> list[str]:
    """A rule has the one form of `helpers/authoring/rules.py`, and each section one; of background tasks, a question and a group.

    What is quoted is a rule, and so is a bold sentence, but for what LEADS names.
    """
    wrong = [
        f"the cell {rule.cell} is tagged rule, but its {name} is missing"
        for rule in rules(book.content, book.path.name)
        for name in ("question", "rule", "group")
        if not getattr(rule, name)
    ]
    for cell in book.cells:
        if cell.cell_type == "markdown":
            wrong += _stated_otherwise(book, cell) + _rules_in_disguise(book, cell)
    if book.chapter:
        silent = [number for number, cells in sections(book.content).items() if not any(stated(cells))]
        wrong += [f"section {number} states no rule" for number in silent]
    return wrong


def _stated_otherwise(book: Notebook, cell: NotebookNode) -> list[str]:
    """Where a Markdown cell states rules, but not one rule a tag, each a sentence."""
    said = [text for _, text in stated([cell])]
    wrong = [f"the rule {text!r} is no whole sentence" for text in said if not text.endswith((".", "?"))]
    if TAG in tags(cell) and len(said) > 1:
        wrong.append(f"{book.named(cell)} states {len(said)} rules under one tag")
    return wrong


def _rules_in_disguise(book: Notebook, cell: NotebookNode) -> list[str]:
    """What a Markdown cell quotes or says in bold, as only a rule may."""
    rest = FORM.sub("", FENCE.sub("", cell.source))
    wrong = [f"{book.named(cell)} quotes {line!r}, not as a rule is" for line in rest.split("\n") if line[:1] == ">"]
    if cell.id in LEADS or book.path.name in GENERATED:
        return wrong
    bold = [text for text in BOLD.findall(rest) if text.endswith(".") and len(text.split()) > 4]
    return wrong + [
        f"{book.named(cell)} holds the bold sentence {text!r}: a rule is written `> § RULE · **...**`" for text in bold
    ]


def is_known(book: Notebook) -> list[str]:
    """It is the start page, a chapter or an appendix."""
    known = book.chapter is not None or book.path.name in (START, *APPENDICES)
    return [] if known else ["it is no part of the course: helpers/course.py does not name it"]


# The topics


def shows_its_topics(book: Notebook) -> list[str]:
    """Tags name known topics of this notebook, and each of its topics is shown by a code cell, or told if it is TOLD.

    What is chapter 4's may be shown in the appendix on background tasks in place of the chapter, and what is chapter 7's
    in the one on queues.
    """
    known = {topic.id: topic for topic in topics.load()}
    shown, told = _topics(book)
    wrong = []
    for id in sorted(shown | told):
        if id not in known:
            wrong.append(f"a cell is tagged topic-{id}, which is no known topic")
        elif book.path.name not in known[id].notebooks:
            wrong.append(f"a cell is tagged topic-{id}, which belongs to {known[id].notebooks[0]}")
    number = book.chapter.number if book.chapter else 0
    if number in topics.APPENDIX_OF and (appendix := book.path.with_name(topics.APPENDIX_OF[number])).exists():
        shown |= _topics(Notebook.of(appendix))[0]
    there = shown | (told & TOLD)
    return wrong + [
        f"no code cell is tagged topic-{topic.id}: {topic.title}"
        for topic in own_topics(book.path.name)
        if topic.id not in there
    ]


def own_topics(file: str) -> list[Topic]:
    """The topics that a notebook has to show, itself or by an appendix of its own."""
    return [topic for topic in topics.load() if topic.notebooks[0] == file]


def _topics(book: Notebook) -> tuple[set[str], set[str]]:
    """The ids of the topics that its code cells and its Markdown cells are tagged with."""
    found: dict[str, set[str]] = {"code": set(), "markdown": set()}
    for cell in book.cells:
        ids = {tag.removeprefix(topics.TAG) for tag in tags(cell) if tag.startswith(topics.TAG)}
        found.setdefault(cell.cell_type, set()).update(ids)
    return found["code"], found["markdown"]


def shared_ids(notebooks: Iterable[Notebook]) -> set[str]:
    """The ids that cells of two notebooks share, but for those of the navigation: questions, links and the site go by id."""
    seen: Counter[str] = Counter(cell.id for book in notebooks for cell in book.cells)
    return {id for id, times in seen.items() if times > 1 and not id.startswith("navigation")}


def misnamed(data: Iterable[Topic]) -> list[str]:
    """Each topic's id names a section of its chapter, or its appendix, and each title is a few plain words of its own."""
    wrong, seen = [], {}
    for topic in data:
        if topic.chapter is None and topic.notebooks[0] not in APPENDICES:
            wrong.append(f"the topic {topic.id} stands beside no chapter, and {topic.section!r} is no appendix")
        whole = f"{topic.chapter}.x"  # what belongs to a chapter and to none of its sections
        if topic.chapter is not None and topic.section not in (whole, *CHAPTERS[topic.chapter - 1].sections):
            wrong.append(f"the topic {topic.id} stands with chapter {topic.chapter}, which has no {topic.section}")
        if not 3 <= len(topic.title.split()) <= 12:
            wrong.append(f"the title of {topic.id} is not 3 to 12 words long: {topic.title}")
        if MARKUP.search(topic.title) or topic.title.split()[:1] in (["a"], ["an"], ["the"]):
            wrong.append(f"the title of {topic.id} is not plain words that can be sorted: {topic.title}")
        if (other := seen.setdefault(topic.title.casefold(), topic.id)) != topic.id:
            wrong.append(f"the topics {other} and {topic.id} have one title: {topic.title}")
    return wrong


RULES: tuple[Rule, ...] = (
    is_known,
    is_valid,
    has_plain_metadata,
    is_canonical,
    has_navigation,
    is_small,
    has_title_and_sections,
    skips_no_heading_level,
    has_no_empty_cell,
    has_alt_texts,
    is_counted,
    shows_something,
    shows_no_object,
    fails_only_on_purpose,
    ends_its_loops,
    says_what_it_did_not_find,
    is_silent_on_stderr,
    names_no_machine,
    redraws_its_pictures,
    serves_and_records,
    folds_its_answers,
    compares_unless_told_why,
    prints_nowhere_served,
    reads_the_same_everywhere,
    settles_its_claims,
    links_to_proofs,
    links_to_cells,
    states_its_rules,
    has_its_index,
    shows_its_topics,
)
