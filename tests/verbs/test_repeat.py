"""The repeated run: what it tells of a notebook that flakes, and that it leaves no busy loop behind."""

import contextlib
from pathlib import Path

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from helpers.authoring import refresh
from helpers.course import CHAPTERS, INDEX
from tests.verbs import repeat


@pytest.fixture
def notebook(tmp_path):
    """A function that writes a notebook whose one cell prints what `code` does, with "right" stored."""

    def write(code: str) -> str:
        output = new_output("stream", name="stdout", text="right\n")
        cells = [new_code_cell(code, outputs=[output], execution_count=1)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        nbformat.write(new_notebook(cells=cells, metadata=kernel), tmp_path / "one.ipynb")
        return str(tmp_path / "one.ipynb")

    return write


def test_a_cell_that_differs_is_named(notebook, tmp_path):
    _, [line] = repeat.run([notebook("print('wrong')")], tmp_path / "report.xml")
    assert line.endswith("cell 0: - right + wrong") or line.endswith("cell 0: - wrong + right")


def test_a_test_that_fails_is_named(tmp_path):
    (tmp_path / "test_one.py").write_text("def test_right(): ...\ndef test_wrong(): assert 1 == 2\n")
    _, [line] = repeat.run([str(tmp_path / "test_one.py")], tmp_path / "report.xml")
    assert "test_wrong: " in line and "1 == 2" in line


def test_runs_and_failures_are_counted(monkeypatch, capsys):
    outcomes = iter([(1.0, []), (1.0, ["one cell 0: outputs differ"]), (1.0, []), (1.0, [])])
    monkeypatch.setattr(repeat, "run", lambda notebooks, report: next(outcomes))
    monkeypatch.setattr(repeat, "busy", lambda loops: contextlib.nullcontext())
    assert repeat.main(["--times", "2"]) == 1
    said = capsys.readouterr().out
    assert "idle, run 2: 1 s, 1 failed" in said and "3 of 4 runs were green." in said
    assert said.rstrip().endswith("  1  one cell 0: outputs differ")
    monkeypatch.setattr(repeat, "run", lambda notebooks, report: (1.0, []))
    assert repeat.main(["--times", "1"]) == 0


def test_a_notebook_that_cannot_be_run_is_no_green_run(tmp_path):
    _, [line] = repeat.run([str(tmp_path / "gone.ipynb")], tmp_path / "report.xml")
    assert line.startswith("pytest ended with 4: ")


def test_notebooks_are_named_as_make_refresh_takes_them(capsys):
    chapter = str(refresh.NOTEBOOKS / CHAPTERS[0].file)
    assert repeat.meant([]) == [] and repeat.meant(["tests"]) == ["tests"]
    assert repeat.meant(["1"]) == repeat.meant([Path(chapter).stem]) == repeat.meant([f"notebooks/{CHAPTERS[0].file}"])
    assert repeat.meant(["1", "tests"]) == [chapter, "tests"]
    for wrong, why in (("12", "no notebook is meant by '12'"), (INDEX, "which is generated")):
        with pytest.raises(SystemExit):
            repeat.main([wrong, "--times", "1"])
        assert why in capsys.readouterr().err


def test_busy_loops_end():
    before = set(psutil.Process().children())
    with repeat.busy(2):
        assert len(set(psutil.Process().children()) - before) == 2
    assert set(psutil.Process().children()) == before
