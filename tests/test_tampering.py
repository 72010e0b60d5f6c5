"""What is stored cannot be changed unnoticed: strict nbval finds every changed fact, and only facts."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import contract
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers import refresh
from helpers.cells import tags
from helpers.course import CHAPTERS
from helpers.stored import SANITIZE, Sanitiser, dumps, loads, normalise

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
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-sanitize-with", str(SANITIZE), "--nbval-cell-timeout=60"]
        + ["--rootdir=.", "-rA", "--tb=no", "--color=no", "-p", "no:cacheprovider", *(path.name for path in paths)],
        cwd=paths[0].parent,
        env={**os.environ, "COURSE_RUN": "ci"},
        capture_output=True,
        text=True,
    )
    results = re.findall(r"^(PASSED|FAILED|SKIPPED)\b.*?([\w.]+\.ipynb)::Cell (\d+)", done.stdout, re.MULTILINE)
    ran = {
        path.name: len([c for c in loads(path.read_text(encoding="utf-8")).cells if c.cell_type == "code"])
        for path in paths
    }
    assert len(results) == sum(ran.values()), done.stdout[-2000:] + done.stderr[-2000:]
    return {
        name: {int(cell) + 1 for outcome, file, cell in results if file == name and outcome == "FAILED"} for name in ran
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


def with_code() -> list[str]:
    paths = sorted(refresh.NOTEBOOKS.glob("*.ipynb"))
    return [path.name for path in paths if '"cell_type": "code"' in path.read_text(encoding="utf-8")]


@pytest.mark.slow
@pytest.mark.parametrize("file", with_code())
def test_every_cell_of_the_course_that_stores_a_fact_fails_when_it_is_changed(file: str, tmp_path: Path):
    path = copied(tmp_path) / file
    notebook = loads(path.read_text(encoding="utf-8"))
    tampered = {cell.execution_count for cell in notebook.cells if cell.cell_type == "code" and tamper(cell)}
    path.write_text(dumps(notebook), encoding="utf-8")
    assert tampered and nbval(path) == {path.name: tampered}
