"""`python -m helpers.authoring.refresh`: what it stores, what it leaves alone, and what it says."""

import json
import re
import socket
from fnmatch import fnmatch
from pathlib import Path

import pytest
from jupyter_client.provisioning.local_provisioner import LocalPortCache
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

import conftest
from helpers.authoring import refresh
from helpers.authoring.cells import answers, headings, syntax
from helpers.authoring.navigation import line
from helpers.authoring.stored import Sanitiser, dumps, keep_unchanged, loads, normalise, same_outputs
from helpers.authoring.update import MARK
from helpers.course import CLAIMS, INDEX, SERVICE, TASKS, VERSIONS
from helpers.errors import CourseError
from helpers.live.picture import describe, draw

START, FIRST, SECOND, THIRD, FOURTH = (
    "00_start_here.ipynb",
    "01_introduction_to_fastapi.ipynb",
    "02_core_concepts.ipynb",
    "03_building_apis.ipynb",
    "04_advanced_features.ipynb",
)


def save(path: Path, *cells: NotebookNode) -> Path:
    path.write_text(dumps(new_notebook(cells=list(cells))), encoding="utf-8")
    return path


def load(path: Path) -> dict[str, NotebookNode]:
    """The notebook's cells by id."""
    return {cell.id: cell for cell in loads(path.read_text(encoding="utf-8")).cells}


def markdown(id: str, source: str) -> NotebookNode:
    return new_markdown_cell(source, id=id)


def code(id: str, source: str, *outputs: NotebookNode, count: int | None = None, **metadata) -> NotebookNode:
    return new_code_cell(source, id=id, outputs=list(outputs), execution_count=count, metadata=metadata)


def printed(text: str, name: str = "stdout") -> NotebookNode:
    return new_output("stream", name=name, text=text)


# With kernels: one folder, refreshed once for all tests that only look.

MEASURE = "import time\n\nprint(f'took {time.perf_counter():.6f} ms')"
STREAMS = "import sys, time\n\nfor n in range(3):\n    print(n, flush=True)\n    time.sleep(0.01)\nprint('err', file=sys.stderr)\nprint(3)"


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, bytes], str, int]:
    """A folder of notebooks after one refresh: the folder, the files before, what was printed, the exit code."""
    folder = tmp_path_factory.mktemp("notebooks")
    save(
        folder / START,
        markdown("title", "# Start here"),
        code("where", "import os\n\nos.environ['COURSE_RUN'], os.path.exists('00_start_here.ipynb')"),
        markdown("one", "## One"),
        code("measure-one", MEASURE, slideshow={"slide_type": ""}, tags=["b", "a"]),
        markdown("two", "## Two"),
        code("measure-two", MEASURE),
    )
    save(
        folder / FIRST,
        code("ask", "def predict(*_): return 'a or b?'\npredict('1.1-wait', ...)"),
        code("set-up", "answer = 'b'"),
        code("streams", STREAMS),
        code("settle", "def compare(_): return answer\ncompare('1.1-wait')"),
        code("on-purpose", "1 / 0", tags=["raises-exception"]),
    )
    save(folder / SECOND, code("fine", "1"), code("wrong", "raise LookupError('no parcel\\nmore')"))
    save(folder / THIRD, code("dies", "import os\n\nos._exit(3)"))
    save(folder / FOURTH, code("edits", f"with open('{FOURTH}', 'a') as file:\n    print(file=file)"))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.MonkeyPatch.context() as patch:
        lines: list[str] = []
        patch.setattr("builtins.print", lambda *words, **_: lines.append(" ".join(map(str, words))))
        code_ = refresh.main([], folder)
    return folder, before, "\n".join(lines), code_


def test_one_line_a_notebook_says_what_became_of_it(refreshed):
    _, _, said, exit_code = refreshed
    assert exit_code == 1
    assert re.search(r"00_start_here +\d+\.\d s  new outputs: cell 1, 2, 3", said)
    assert re.search(r"01_introduction_to_fastapi +\d+\.\d s  new outputs: cell 1, 2, 3, 4, 5", said)
    assert "kept as it was: cell 2 (wrong) failed: LookupError: no parcel\n" in said + "\n"
    assert "kept as it was: cell 1 (dies) failed: the kernel died" in said
    assert "kept as it was: somebody changed the file while it ran" in said
    assert "appendix_claims  written" in said and "appendix_index  written" in said
    assert len(said.splitlines()) == 7


def test_a_failed_notebook_keeps_its_file(refreshed):
    folder, before, _, _ = refreshed
    assert {name for name in before if (folder / name).read_bytes() == before[name]} == {SECOND, THIRD}
    assert not list(folder.glob(".*")), "no temporary file is left"


def test_cells_run_in_their_folder_and_know_that_they_are_checked(refreshed):
    cell = load(refreshed[0] / START)["where"]
    assert cell.outputs[0].data["text/plain"] == "('ci', True)"


def test_the_stored_form_is_canonical(refreshed):
    text = (refreshed[0] / START).read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    cells = load(refreshed[0] / START)
    assert [cell.get("execution_count") for cell in cells.values() if cell.cell_type == "code"] == [1, 2, 3]
    assert cells["measure-one"].metadata == {"tags": ["a", "b"]}
    assert "version" not in json.loads(text)["metadata"]["language_info"]


def test_streams_are_merged_as_nbval_merges_them(refreshed):
    outputs = load(refreshed[0] / FIRST)["streams"].outputs
    assert [(output.name, output.text) for output in outputs] == [("stdout", "0\n1\n2\n3\n"), ("stderr", "err\n")]


def test_answers_to_a_prediction_are_folded_where_they_show_something(refreshed):
    cells = load(refreshed[0] / FIRST)
    folded = {id for id, cell in cells.items() if cell.metadata.get("jupyter", {}).get("outputs_hidden")}
    assert folded == {"streams", "settle", "on-purpose"}


def test_a_second_run_changes_nothing_but_what_is_forced(refreshed, capsys):
    folder = refreshed[0]
    stored = (folder / START).read_bytes()
    assert refresh.main(["0"], folder) == 0
    assert (folder / START).read_bytes() == stored
    assert "unchanged" in capsys.readouterr().out

    assert refresh.main(["00_start_here", "--force"], folder) == 0
    forced = (folder / START).read_bytes()
    assert forced != stored
    assert Sanitiser()(forced.decode()) == Sanitiser()(stored.decode())


def test_a_cell_that_takes_too_long_is_named(tmp_path):
    path = save(tmp_path / START, code("slow", "import time\n\ntime.sleep(30)"))
    outcome = refresh.refresh(path, Sanitiser(), timeout=1)
    assert not outcome.ran
    assert outcome.sentence == "kept as it was: cell 1 (slow) failed: it took longer than 1 s"


# Without kernels


def test_an_unknown_chapter_is_told_the_known_ones(tmp_path, capsys):
    save(tmp_path / FIRST)
    assert refresh.main(["12"], tmp_path) == 2
    assert "'12'" in (said := capsys.readouterr().err) and "01_introduction_to_fastapi" in said
    assert refresh.chosen(["1", "01_introduction_to_fastapi", f"notebooks/{FIRST}"], tmp_path) == [tmp_path / FIRST]


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"cells": 3}', "<<<<<<< HEAD"])
def test_a_file_that_is_no_notebook_gets_a_sentence(tmp_path, text, capsys):
    (tmp_path / FIRST).write_text(text)
    with pytest.raises(CourseError, match="01_introduction_to_fastapi.ipynb cannot be read"):
        refresh.read(tmp_path / FIRST)
    assert refresh.main(["--check"], tmp_path) == 2
    assert "cannot be read" in capsys.readouterr().err


def test_check_tells_what_is_stale_and_touches_nothing(tmp_path, capsys):
    save(tmp_path / START, markdown("title", "# Start here"))
    before = (tmp_path / START).read_bytes()
    assert refresh.main(["--check"], tmp_path) == 1
    said = capsys.readouterr().out
    assert START in said and CLAIMS in said and INDEX in said
    assert (tmp_path / START).read_bytes() == before and not (tmp_path / CLAIMS).exists()

    assert refresh.main(["appendix_claims"], tmp_path) == 0
    assert refresh.main(["--check"], tmp_path) == 0


def test_what_an_update_kept_of_a_readers_own_is_left_alone(tmp_path):
    names = [FIRST, FIRST.replace(".ipynb", f" {MARK}2026-11-25).ipynb"), CLAIMS, INDEX]
    for name in names:
        save(tmp_path / name, markdown("a", "# A"))
    assert refresh.files(tmp_path) == [tmp_path / FIRST]
    assert refresh.stored(tmp_path) == [tmp_path / FIRST, tmp_path / CLAIMS, tmp_path / INDEX]
    never = [*conftest.collect_ignore_glob, *(refresh.NOTEBOOKS.parent / ".gitignore").read_text().splitlines()]
    assert sum(fnmatch(f"notebooks/{names[1]}", pattern) for pattern in never) == 2
    assert not any(fnmatch(f"notebooks/{FIRST}", pattern) for pattern in never)


def test_navigation_links_what_exists_and_names_what_does_not():
    assert line(FIRST, {START, FIRST}) == (
        f"← [Start here]({START}) · [Contents]({START}) · 2 Core Concepts → · Background tasks: every rule"
    )  # fmt: skip
    rules = f"[Background tasks: every rule]({TASKS})"
    assert line(START, {START, FIRST, TASKS}) == f"[1 Introduction to FastAPI]({FIRST}) → · {rules}"
    assert line(VERSIONS, {START, TASKS}) == f"← {rules} · [Contents]({START}) · Which queue does what →"
    assert line(CLAIMS, {START, SERVICE}) == (
        f"← [Your own service]({SERVICE}) · [Contents]({START}) · Index and questions → · Background tasks: every rule"
    )
    assert line(TASKS, {START, VERSIONS}) == (
        f"← 10 Exam Preparation · [Contents]({START}) · [Which version does what]({VERSIONS}) →"
    )


def test_a_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / START
    path.write_text("before")

    def full(*_):
        raise OSError("no space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(OSError, match="no space"):
        refresh.write(path, "after")
    assert [file.name for file in tmp_path.iterdir()] == [START] and path.read_text() == "before"


def section(heading: str, *outputs: str) -> list[NotebookNode]:
    cells = [code(f"{heading}-{n}", "1", printed(text), count=1) for n, text in enumerate(outputs)]
    return [markdown(heading, f"## {heading}"), *cells]


def test_a_section_keeps_all_of_its_outputs_or_none():
    stored = normalise(new_notebook(cells=[*section("A", "1 ms", "2 ms"), *section("B", "late", "4 ms")]))
    fresh = normalise(new_notebook(cells=[*section("A", "5 ms", "6 ms"), *section("B", "early", "8 ms")]))
    assert keep_unchanged(stored, fresh, Sanitiser()) == [3]
    assert [cell.outputs[0].text for cell in fresh.cells if cell.cell_type == "code"] == [
        "1 ms",
        "2 ms",
        "early",
        "8 ms",
    ]


def test_cleared_and_new_cells_get_their_fresh_outputs():
    stored = normalise(new_notebook(cells=section("A", "1 ms")))
    stored.cells[1].execution_count = None
    fresh = normalise(new_notebook(cells=section("A", "2 ms", "new")))
    assert keep_unchanged(stored, fresh, Sanitiser()) == [1, 2]
    assert fresh.cells[1].outputs[0].text == "2 ms"


def shown(end: float, svg: str = "") -> NotebookNode:
    bar = {"name": "GET /", "kind": "client", "start": 0.0, "end": end, "sent": None, "error": None, "running": False}
    data = {"length": end, "bars": [bar]}
    metadata = {"timeline": data, "image/svg+xml": {"alt": describe(data)}}
    picture = {"image/svg+xml": svg or draw(data), "text/plain": describe(data)}
    return code("picture", "timeline", new_output("display_data", data=picture, metadata=metadata), count=1)


def test_a_picture_is_the_same_with_other_numbers_unless_it_is_drawn_differently_today():
    assert same_outputs(shown(5.0), shown(9.0), Sanitiser())
    assert not same_outputs(shown(5.0, svg="<svg>drawn last year</svg>"), shown(5.0), Sanitiser())


def test_what_nbval_does_not_compare_is_no_difference():
    def widget(id: str) -> NotebookNode:
        data = {"application/vnd.jupyter.widget-view+json": {"model_id": id}, "text/plain": "a question"}
        return code("widget", "exam", new_output("display_data", data=data), count=1)

    assert same_outputs(widget("1"), widget("2"), Sanitiser())
    assert not same_outputs(
        code("a", "", printed("x"), count=1), code("a", "", printed("x", "stderr"), count=1), Sanitiser()
    )
    assert not same_outputs(code("a", "", printed("x"), count=1), code("a", "", count=1), Sanitiser())


def ids(cells: list[NotebookNode]) -> list[str]:
    return [cell.id for cell in cells]


PREDICT, OTHER = "predict('p', ...)", "predict('q', ...)"
SETTLED = {
    "by compare": (["setup", "compare('q')", "with record(): ...", "compare('p')"], [1, 2, 3, 4]),
    "by its tag": (["setup", "*print('tagged')", "# prose", "with record(): ..."], [1, 2]),
    "by the first recording": (
        ["setup", "# prose", "with lab.record() as t: ...", "t", "# prose", "t.order"],
        [1, 3, 4],
    ),
    "together with another": ([OTHER, "compare('p'); compare('q')"], [2]),
    "not in another section": (["setup", "## Next", "compare('p')"], []),
    "not at all": (["setup", "recorded = 'record()'"], []),
}


@pytest.mark.parametrize("sources, expected", SETTLED.values(), ids=SETTLED.keys())
def test_the_answers_to_a_prediction_are_found(sources, expected):
    cells = [code("0", PREDICT)]
    for n, source in enumerate(sources, start=1):
        tags = ["answers-prediction"] if source.startswith("*") else []
        cells.append(markdown(str(n), source) if source.startswith("#") else code(str(n), source.strip("*"), tags=tags))
    assert ids(answers(cells, 0)) == [str(n) for n in expected]


def test_cells_are_read_as_ipython_runs_them():
    assert all(
        syntax(source) is not None for source in ("%time 1", "!ls", "await f()", "x = !ls", "%%writefile a\nb c")
    )
    assert syntax("def f(:") is None


def test_headings_in_code_blocks_are_none():
    assert list(headings(markdown("a", "# A\n```python\n# no\n```\n### B  \n####no"))) == [(1, "A"), (3, "B")]


def test_a_port_that_is_taken_meanwhile_costs_one_more_start(tmp_path, monkeypatch):
    notebook = new_notebook(cells=[new_code_cell("6 * 7")])
    free = LocalPortCache.find_available_port
    with socket.create_server(("127.0.0.1", 0)) as other:
        ports = iter([other.getsockname()[1]])
        monkeypatch.setattr(
            LocalPortCache, "find_available_port", lambda cache, ip: next(ports, None) or free(cache, ip)
        )
        refresh.execute(notebook, tmp_path)
    assert notebook.cells[0].outputs[0].data["text/plain"] == "42"
    assert next(ports, None) is None, "the taken port was tried"


def test_a_notebook_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CourseError, match=r"^none\.ipynb cannot be read: "):
        refresh.read(tmp_path / "none.ipynb")
