"""What is stored cannot be changed unnoticed: strict nbval finds every changed fact, and only facts."""

import base64
import copy
import random
import re
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbval.plugin import IPyNbCell, nocolors

from helpers.authoring import compare, refresh
from helpers.authoring.cells import tags
from helpers.authoring.stored import UNCOMPARED, Sanitiser, coalesce_streams, dumps, loads, normalise
from helpers.course import CHAPTERS, GENERATED
from helpers.live.picture import draw
from tests.notebooks import contract

sanitise = Sanitiser()

# What is equal after sanitising, and what must not be.

MEASURED = {
    "time": ("the client waited 870 ms", "the client waited 1,203.55 ms"),
    "seconds": ("took 0.81 s.", "took 12 s."),
    "rate": ("1,234 requests/s", "987 requests/s"),
    "size": ("peak 12.3 MB, sent 4 kB", "peak 9 MB, sent 16 kB"),
    "ratio": ("37 times as long, 2 times faster", "41.5 times as long, 11 times faster"),
    "range": ("task: 2.1 ms to 803 ms", "task: 3.0 ms to 799.2 ms"),
    "padded left": ("|    12.3 ms | 3 tasks", "|   112.3 ms | 3 tasks"),
    "padded right": ("| 12.3 ms    | 3 tasks", "| 112.3 ms   | 3 tasks"),
    "emphasised": ("**870 ms** against `1.2 ms`", "**871 ms** against `1.4 ms`"),
    "version": ("fastapi 0.165.0, redis 8.1.0", "fastapi 0.166.1rc1, redis 9.10.11.post2"),
    "version by the word": ("Python version 3.11", "Python version 3.13"),
    "process": ("pid 4711 answered", "pid 12 answered"),
    "picture": ('<svg a="1">\n<text>9</text></svg> x', "<svg><b/>\n</svg> x"),
    "image address": ("![c](data:image/svg+xml;base64,PHN2Zz4=)", "![c](data:image/svg+xml;base64,AAAA)"),
}
FACTS = {
    "threads": ("40 threads", "41 threads"),
    "tasks": ("3 tasks", "4 tasks"),
    "status": ("HTTP 200", "HTTP 500"),
    "how often": ("ran 3 times", "ran 4 times"),
    "more often": ("sent 3 times, then gave up", "sent 2 times, then gave up"),
    "truth": ("after the response: True", "after the response: False"),
    "kind of thread": ("ran in AnyIO worker thread", "ran in MainThread"),
    "order": ("answer 2 ms, task 5 ms", "task 2 ms, answer 5 ms"),
    "unit": ("870 ms", "870 s"),
    "bare number": ("counter 21", "counter 26"),
    "spelled unit": ("3 seconds", "4 seconds"),
    "plural": ("2 steps", "3 steps"),
    "number of a task": ("send_email#2 started", "send_email#3 started"),
    "number before a range": ("0.106 to 0.117", "0.106 to 0.118"),
    "share": ("done: 40 %", "done: 60 %"),
    "address": ("127.0.0.1", "127.0.0.2"),
    "beside a number": ("mail: 12 ms (sent)", "mail: 12 ms (lost)"),
    "between pictures": ("<svg>1</svg> kept <svg>2</svg>", "<svg>1</svg> lost <svg>2</svg>"),
    "alt text": (
        "![nobody waited](data:image/svg+xml;base64,AAAA)",
        "![one waited](data:image/svg+xml;base64,AAAA)",
    ),
    "one number less": ("1.2 ms 3.4 ms", "1.2 ms"),
}


@pytest.mark.parametrize("one, other", MEASURED.values(), ids=MEASURED.keys())
def test_measured_numbers_are_not_compared(one: str, other: str):
    assert sanitise(one) == sanitise(other)


@pytest.mark.parametrize("one, other", FACTS.values(), ids=FACTS.keys())
def test_facts_are_compared(one: str, other: str):
    assert sanitise(one) != sanitise(other)


# Tampering


def changed(text: str) -> str | None:
    """The text with its first word changed that is not sanitised, or None if there is none."""
    for word in re.finditer(r"\w+", text):
        if word[0].isdecimal():
            other = str(int(word[0]) + 1)
        else:
            other = {"True": "False", "False": "True"}.get(word[0], word[0].swapcase())
        new = text[: word.start()] + other + text[word.end() :]
        if sanitise(new) != sanitise(text):
            return new
    return None


def tamper(cell: NotebookNode) -> bool:
    """Changes the first fact that a code cell stores, in place; False if it stores none that nbval compares."""
    if contract.UNCOMPARED_TAGS.intersection(tags(cell)):
        return False
    for output in cell.outputs:
        holder = output.get("data", output)
        for key in ("text", "text/plain", "text/markdown", "text/html", "evalue"):
            if key in holder and (new := changed(holder[key])):
                holder[key] = new
                return True
    return False


def nbval(*paths: Path) -> dict[str, set[int]]:
    """Runs strict nbval as `make test` does; gives the numbers of the failing code cells by file, from 1."""
    report = paths[0].parent / "report.xml"
    named = [path.name for path in paths]
    command = compare.command(sys.executable, *named, report=report, extra=["--rootdir=.", "--tb=short"])
    done = compare.run(command, cwd=paths[0].parent)
    cells = compare.cells(report)
    written = [cell for path in paths for cell in loads(path.read_text(encoding="utf-8")).cells]
    assert len(cells) == len([cell for cell in written if cell.cell_type == "code"]), done.stdout[-2000:]
    return {
        path.name: {cell.number + 1 for cell in cells if cell.notebook == path.stem and cell.failure} for path in paths
    }


CHAPTER = refresh.NOTEBOOKS / CHAPTERS[0].file

# A small notebook, stored by the refresh command's own code, and a copy with a change in almost every cell.

CELLS = {
    "fact": "print('40 threads')",
    "measured": "import time\n\nprint(f'took {time.perf_counter():.3f} ms')",
    "asserted": "took = time.perf_counter()\nassert took > 0\nprint('positive')",
    "value": "[1, 2, 3]",
    "markdown": "from IPython.display import Markdown\n\nMarkdown('**nobody** waited')",
    "unit": "print('12 ms')",
    "removed": "print('here')",
    "added": "None",
    "stderr": "import sys\n\nprint('old warning', file=sys.stderr)",
    "error": "raise LookupError('no parcel 7')",
    "picture": "from IPython.display import SVG\n\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>')",
    "cleared": "print('seen')",
}
MUST_FAIL = {"fact", "value", "markdown", "unit", "removed", "added", "stderr", "error"}


def doctored(notebook: NotebookNode) -> NotebookNode:
    cells = {cell.id: cell for cell in notebook.cells}
    cells["fact"].outputs[0].text = "41 threads\n"
    cells["measured"].outputs[0].text = "took 999,999.5 ms\n"
    cells["value"].outputs[0].data["text/plain"] = "[1, 3, 2]"
    cells["markdown"].outputs[0].data["text/markdown"] = "**one** waited"
    cells["unit"].outputs[0].text = "12 s\n"
    cells["removed"].outputs = []
    cells["added"].outputs = [new_output("stream", name="stdout", text="more\n")]
    cells["stderr"].outputs[0].text = "older warning\n"
    cells["error"].outputs[0].evalue = "no parcel 8"
    cells["picture"].outputs[0].data["image/svg+xml"] = "<svg>another</svg>"
    cells["cleared"].update(outputs=[], execution_count=None)
    return notebook


def copied(folder: Path) -> Path:
    """A copy of the notebooks' folder, because notebooks read files beside them."""
    return Path(shutil.copytree(refresh.NOTEBOOKS, folder / "notebooks", ignore=shutil.ignore_patterns(".*")))


def first_tampered(path: Path) -> NotebookNode:
    """The notebook up to its first cell that stores a fact, and that fact changed."""
    notebook = loads(path.read_text(encoding="utf-8"))
    place = next(n for n, cell in enumerate(notebook.cells) if cell.cell_type == "code" and tamper(cell))
    notebook.cells = notebook.cells[: place + 1]
    return notebook


@pytest.fixture(scope="module")
def failing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, set[int]]]:
    """A folder with both small notebooks and a tampered chapter, and which cells fail in each, all in one run."""
    folder = copied(tmp_path_factory.mktemp("tampering"))
    cells = [
        new_code_cell(source, id=id, metadata={"tags": ["raises-exception"]} if id == "error" else {})
        for id, source in CELLS.items()
    ]
    notebook = normalise(new_notebook(cells=cells))
    refresh.execute(notebook, folder)
    texts = {"true.ipynb": dumps(normalise(notebook)), "tampered.ipynb": dumps(doctored(notebook))}
    texts[CHAPTER.name] = dumps(first_tampered(CHAPTER))
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    return folder, nbval(*(folder / file for file in texts))


def test_what_refresh_stores_passes(failing):
    assert failing[1]["true.ipynb"] == set()


def test_every_changed_fact_fails_and_no_changed_number_does(failing):
    ids = list(CELLS)
    assert {ids[count - 1] for count in failing[1]["tampered.ipynb"]} == MUST_FAIL


def test_the_first_changed_fact_of_a_chapter_fails(failing):
    count = len(contract.Notebook.of(failing[0] / CHAPTER.name).code)
    assert failing[1][CHAPTER.name] == {count}


def test_what_nbval_lets_pass_the_contract_finds(failing):
    book = contract.Notebook.of(failing[0] / "tampered.ipynb")
    assert "(cleared)" in contract.is_counted(book)[0]
    assert any("(picture)" in sentence for sentence in contract.redraws_its_pictures(book))
    assert any("(stderr)" in sentence for sentence in contract.is_silent_on_stderr(book))


def test_tampering_changes_facts_only():
    assert changed("0.165.0") is None
    assert changed("12.3 ms") == "12.3 MS", "the unit is a fact"
    assert changed("pid 12: True") == "PID 12: True" and changed("0.165.0: True") == "0.165.0: False"
    assert changed("40 threads") == "41 threads"
    assert not tamper(new_code_cell("1", outputs=[new_output("stream", text="0.165.0\n")]))
    assert not tamper(new_code_cell("1", outputs=[new_output("stream", text="x")], metadata={"tags": ["nbval-skip"]}))


# Drawn over every notebook that stores something. nbval's own code compares, without running: what a cell shows when it
# runs is, as `make test` proves, what is stored, but for numbers that the comparison hides.

NBVAL = SimpleNamespace(
    parent=SimpleNamespace(
        sanitize_patterns=sanitise.rules,
        # nbval/plugin.py, IPyNbFile.__init__
        skip_compare={"metadata", "traceback", "prompt_number", "output_type", "name", "execution_count", *UNCOMPARED},
    ),
    colors=nocolors,
    format_output_compare=lambda *_: None,
)
NBVAL.sanitize = partial(IPyNbCell.sanitize, NBVAL)


def noticed(shown: NotebookNode, stored: NotebookNode) -> bool:
    """Whether strict nbval fails a cell that shows the one outputs where the other are stored."""
    outputs = [coalesce_streams(copy.deepcopy(cell.outputs)) for cell in (shown, stored)]
    return not IPyNbCell.compare_outputs(NBVAL, *outputs)


@dataclass(frozen=True)
class Change:
    """A way to change what a cell stores: `make()` does it, in place, to a copy of the cell and returns that."""

    kind: str
    cell: NotebookNode
    what: str
    make: Callable[[], NotebookNode]


UNITS = "ms|s|kB|MB|requests/s"
# A number that is no measured one: no unit behind it, no part of a version or of a longer number.
NUMBER = rf"(?<![\w.,])(?<!version )(?<!pid )\d+(?![\w.]|,\d| (?:{UNITS}|times)\b)"
PICTURE = re.compile(r"(?s)<svg\b.*?</svg>|data:image/[^)\s]*")
# What is found, and what it becomes.
FOUND: dict[str, tuple[str, Callable[[str], str]]] = {
    "a word": (r"(?<![\w#/])[A-Za-z]{3,}(?!\w)", lambda word: word[::-1] if word != word[::-1] else f"{word}s"),
    "a count": (NUMBER, lambda number: str(int(number) + 1)),
    "a status code": (rf"(?<![\w.])[2345]\d\d(?![\w.]| (?:{UNITS}|times)\b)", lambda c: "404" if c != "404" else "200"),
    "a verdict": (r"\b(?:True|False)\b", lambda verdict: str(verdict == "False")),
    "a thread": (
        r"AnyIO worker thread|MainThread|\bserver\b",
        lambda name: "MainThread" if name == "server" else "server",
    ),
    "an exception": (
        r"\b[A-Z]\w+(?:Error|Exception)\b",
        lambda name: "LookupError" if name != "LookupError" else "OSError",
    ),
    "a verb denied": (r"\b(?:is|are|was|ran|runs|read|works|waited|starts)\b", lambda verb: f"{verb} not"),
    "a unit": (rf"(?<=\d )(?:{UNITS})(?![\w/])", lambda unit: "s" if unit != "s" else "ms"),
    "a function": (r"\b[a-z]+_[a-z_]+\b", lambda name: name.replace("_", "", 1)),
    "a mark": (r"[:=,]", lambda mark: ";"),
}
MEASURED_NUMBERS = {
    "a measured number": rf"(?<![\w.])\d[\d,]*(?:\.\d+)?(?= (?:{UNITS})(?![\w/]))",
    "a version": r"(?<![\w.])\d+\.\d+\.\d+(?![\w.])",
}


def holders(outputs: list[NotebookNode]) -> Iterator[tuple[int, str]]:
    """Where an output keeps a text that is compared: its number, and the key in it or in its data."""
    for number, output in enumerate(outputs):
        for key in ("text", "ename", "evalue"):
            if key in output:
                yield number, key
        for key in output.get("data", {}):
            if key.startswith("text/"):
                yield number, key


def text_of(output: NotebookNode, key: str) -> str:
    return output.get("data", {}).get(key) or output[key]


def rewritten(cell: NotebookNode, number: int, key: str, text: str) -> NotebookNode:
    """A copy of the cell with another text in one place."""
    cell = copy.deepcopy(cell)
    output = cell.outputs[number]
    (output.data if key in output.get("data", {}) else output)[key] = text
    return cell


def in_text(cell: NotebookNode, kind: str, pattern: str, become: Callable[[str], str]) -> Iterator[Change]:
    """Each place in a cell's outputs, outside of pictures, where the pattern is found."""
    for number, key in holders(cell.outputs):
        text = text_of(cell.outputs[number], key)
        pictures = [range(*picture.span()) for picture in PICTURE.finditer(text)]
        for found in re.finditer(pattern, text):
            if any(found.start() in picture for picture in pictures):
                continue
            new = text[: found.start()] + become(found[0]) + text[found.end() :]
            line = text[: found.start()].count("\n")
            what = f"{found[0]!r} -> {become(found[0])!r} in {text.splitlines()[line][:60]!r}"
            yield Change(kind, cell, what, partial(rewritten, cell, number, key, new))


def in_lines(cell: NotebookNode) -> Iterator[Change]:
    """A line left out, said twice, or exchanged with the next."""
    for number, key in holders(cell.outputs):
        text = text_of(cell.outputs[number], key)
        lines = text.splitlines(keepends=True)
        if PICTURE.search(text) or len(lines) < 2:
            continue
        # The last line of all may lack its end, and an empty one says nothing.
        for n in (n for n, line in enumerate(lines[:-1]) if line.strip()):
            for kind, new in _ways(lines, n):
                yield Change(kind, cell, repr(lines[n][:60]), partial(rewritten, cell, number, key, "".join(new)))


def _ways(lines: list[str], n: int) -> Iterator[tuple[str, list[str]]]:
    """What can become of a line that is not the last one: the kind of the change, and all lines after it."""
    line, after = lines[n], lines[n + 1]
    yield "a line missing", lines[:n] + lines[n + 1 :]
    yield "a line twice", [*lines[: n + 1], *lines[n:]]
    if after.endswith("\n") and re.sub(r"[\d\W]", "", line) != re.sub(r"[\d\W]", "", after):
        yield "two lines exchanged", [*lines[:n], after, line, *lines[n + 2 :]]


def in_outputs(cell: NotebookNode) -> Iterator[Change]:
    """An output left out, shown twice, sent elsewhere, or of another kind; and one that never was."""

    def changed_by(do: Callable[[list[NotebookNode]], Any]) -> NotebookNode:
        tampered = copy.deepcopy(cell)
        do(tampered.outputs)
        return tampered

    def renamed(number: int, old: str, new: str, outputs: list[NotebookNode]) -> None:
        outputs[number].data[new] = outputs[number].data.pop(old)

    for number, output in enumerate(cell.outputs):
        yield Change("an output missing", cell, f"output {number}", partial(changed_by, lambda o, n=number: o.pop(n)))
        if output.output_type == "stream":
            yield Change(
                "stdout as stderr",
                cell,
                f"output {number}",
                partial(changed_by, lambda o, n=number: o[n].update(name="stderr")),
            )
            continue
        twice = partial(changed_by, lambda o, n=number: o.append(copy.deepcopy(o[n])))
        yield Change("an output twice", cell, f"output {number}", twice)
        for old in set(output.get("data", {})) - UNCOMPARED:
            new = "text/html" if old != "text/html" else "text/plain"
            yield Change(
                "another mimetype", cell, f"{old} -> {new}", partial(changed_by, partial(renamed, number, old, new))
            )
    for said in ("and more", "True"):
        more = new_output("stream", name="stdout", text=f"{said}\n")
        yield Change(
            "an additional output", cell, said, partial(changed_by, lambda o, more=more: o.append(copy.deepcopy(more)))
        )


def changes(cell: NotebookNode) -> Iterator[Change]:
    """Every change of facts that can be made to what a cell stores."""
    for kind, (pattern, become) in FOUND.items():
        yield from in_text(cell, kind, pattern, become)
    yield from in_lines(cell)
    yield from in_outputs(cell)


def compared(file: str) -> list[NotebookNode]:
    """The code cells of a notebook that nbval compares."""
    cells = loads((refresh.NOTEBOOKS / file).read_text(encoding="utf-8")).cells
    return [
        cell for cell in cells if cell.cell_type == "code" and not contract.UNCOMPARED_TAGS.intersection(tags(cell))
    ]


def drawn(all_of_them: list[Change], of_each_kind: int, seed: str) -> list[Change]:
    """Some changes of each kind, always the same for the same notebook."""
    chance = random.Random(seed)
    kinds: dict[str, list[Change]] = {}
    for change in all_of_them:
        kinds.setdefault(change.kind, []).append(change)
    return [
        change for kind in sorted(kinds) for change in chance.sample(kinds[kind], min(of_each_kind, len(kinds[kind])))
    ]


@cache
def planted(file: str) -> list[Change]:
    """The changes of facts that are made to a notebook."""
    return drawn([change for cell in compared(file) for change in changes(cell)], of_each_kind=2, seed=file)


def told(file: str, some: list[Change]) -> str:
    """The changes, as a message."""
    return "\n".join(f"{file}, cell {change.cell.id}, {change.kind}: {change.what}" for change in some)


def with_code() -> list[str]:
    paths = refresh.stored()
    return [path.name for path in paths if '"cell_type": "code"' in path.read_text(encoding="utf-8")]


@pytest.mark.parametrize("file", with_code())
def test_every_change_that_is_drawn_is_noticed(file: str):
    missed = [change for change in planted(file) if not noticed(change.cell, change.make())]
    assert not missed, f"changed without being noticed:\n{told(file, missed)}"


@pytest.mark.parametrize("file", with_code())
def test_a_measured_number_may_change(file: str):
    kinds = MEASURED_NUMBERS.items()
    every = [
        change
        for cell in compared(file)
        for kind in kinds
        for change in in_text(cell, *kind, lambda old: re.sub(r"\d", "7", old))
    ]
    found = [change for change in drawn(every, of_each_kind=10, seed=file) if noticed(change.cell, change.make())]
    assert not found, f"a number that differs from run to run is compared:\n{told(file, found)}"
    assert not any(noticed(cell, cell) for cell in compared(file))


@pytest.mark.slow
@pytest.mark.parametrize("file", with_code())
def test_every_changed_word_count_and_order_is_noticed(file: str):
    """Some 80,000 changes of facts, each made alone: the comparison hides numbers with their units, and nothing else."""
    made = [change for cell in compared(file) for change in changes(cell)]
    missed = [change for change in made if not noticed(change.cell, change.make())]
    assert made and not missed, f"changed without being noticed:\n{told(file, missed)}"


def test_no_notebook_with_code_is_left_out():
    left = {path.name for path in refresh.stored()} - set(with_code())
    assert left <= set(GENERATED), f"what is stored in {left} can be changed unnoticed"


def test_the_draw_is_wide_and_always_the_same():
    by_file = {file: planted(file) for file in with_code()}
    assert sum(map(len, by_file.values())) >= 50 and min(map(len, by_file.values())) >= 10
    kinds = {change.kind for some in by_file.values() for change in some}
    assert kinds >= {
        *FOUND,
        "a line missing",
        "a line twice",
        "two lines exchanged",
        "another mimetype",
        "stdout as stderr",
    }
    assert kinds >= {"an output missing", "an output twice", "an additional output"}
    first = with_code()[0]
    again = planted.__wrapped__(first)
    assert [(c.kind, c.cell.id, c.what) for c in again] == [(c.kind, c.cell.id, c.what) for c in planted(first)]


def test_comparing_without_running_says_what_nbval_says(failing):
    true, tampered = (contract.Notebook.of(failing[0] / file).code for file in ("true.ipynb", "tampered.ipynb"))
    # nbval compares nothing where no count is stored.
    found = {one.id for one, other in zip(true, tampered) if other.execution_count and noticed(one, other)}
    assert found == MUST_FAIL


# Pictures: nbval hides them, so they are drawn again.

PICTURES = {
    "a number": lambda svg: re.sub(r'(?<= x=")\d+', lambda x: str(int(x[0]) + 1), svg, count=1),
    "a colour": lambda svg: svg.replace("#b34700", "#0b5cad", 1),
    "a name": lambda svg: re.sub(r"(?<=</tspan> )\w", "X", svg, count=1),
    "an element less": lambda svg: re.sub(r"<rect [^>]*rx=\"3\"[^>]*/>", "", svg, count=1),
    "an element more": lambda svg: svg.replace("</svg>", '<text x="1" y="1">faster</text></svg>'),
    "the title": lambda svg: re.sub(r'(?<=<title id="title">)', "Nobody waited. ", svg),
}


def pictured() -> list[tuple[str, NotebookNode, int]]:
    """Every stored picture: the notebook's file, the cell and the number of its output."""
    return [
        (file, cell, number)
        for file in with_code()
        for cell in compared(file)
        for number, output in enumerate(cell.outputs)
        if "timeline" in output.get("metadata", {})
    ]


def objected(cell: NotebookNode) -> list[str]:
    """What the contract says of a cell's pictures."""
    return contract.redraws_its_pictures(contract.Notebook(Path("one.ipynb"), dumps(new_notebook(cells=[cell]))))


@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_that_was_altered_is_found_by_drawing_it_again(kind: str):
    altered = 0
    for file, cell, number in pictured():
        svg = cell.outputs[number].data["image/svg+xml"]
        new = PICTURES[kind](svg)
        if new == svg:
            continue  # nothing like it in this picture
        altered += 1
        tampered = rewritten(cell, number, "image/svg+xml", new)
        assert objected(tampered), f"{file}, cell {cell.id}: {kind} of the picture was changed without being noticed"
        assert not noticed(cell, tampered), "nbval finds it too: then this test may go"
        image = cell.outputs[number].data["text/markdown"].replace(encoded(svg), encoded(new))
        only_the_image = rewritten(cell, number, "text/markdown", image)
        assert objected(only_the_image), f"{file}, cell {cell.id}: {kind} of the Markdown image was changed unnoticed"
    assert altered >= 5


def encoded(svg: str) -> str:
    return base64.b64encode(svg.encode()).decode()


def test_data_that_draws_another_picture_is_found():
    for file, cell, number in pictured():
        assert not objected(cell), f"{file}, cell {cell.id}: as it is stored"
        tampered = copy.deepcopy(cell)
        bars = tampered.outputs[number].metadata.timeline.bars
        bars[-1].start += 1
        bars[-1].end += 1
        assert objected(tampered), f"{file}, cell {cell.id}: the data was changed without being noticed"
        # Drawn anew and in agreement with its data, it still says in words who waited: those are compared.
        forged = copy.deepcopy(cell)
        data = forged.outputs[number].metadata.timeline
        data.bars[0].name = "GET /forged"
        tell(forged.outputs[number], data)
        assert not objected(forged) and noticed(cell, forged), (
            f"{file}, cell {cell.id}: a forged picture goes unnoticed"
        )


def tell(output: NotebookNode, data: NotebookNode) -> None:
    """Makes an output's picture, its Markdown image and its alternative text say what the data says."""
    svg, alt = draw(data), contract.describe(data)
    output.data["image/svg+xml"] = svg
    output.data["text/markdown"] = f"![{alt}](data:image/svg+xml;base64,{encoded(svg)})"
    output.metadata["image/svg+xml"] = {"alt": alt}


@pytest.mark.slow
@pytest.mark.parametrize("file", with_code())
def test_every_cell_of_the_course_that_stores_something_fails_when_that_is_changed(file: str, tmp_path: Path):
    path = copied(tmp_path) / file
    notebook, chance = loads(path.read_text(encoding="utf-8")), random.Random(file)
    made: dict[int, Change] = {}
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.outputs and not contract.UNCOMPARED_TAGS.intersection(tags(cell)):
            every = list(changes(cell))
            chance.shuffle(every)
            kinds = {change.kind: change for change in every}
            made[cell.execution_count] = change = kinds[chance.choice(sorted(kinds))]
            notebook.cells[place] = change.make()
    path.write_text(dumps(notebook), encoding="utf-8")
    failed = nbval(path)[path.name]
    missed = [change for count, change in made.items() if count not in failed]
    assert made and failed == set(made), f"failed: {failed}; changed without being noticed:\n{told(file, missed)}"
