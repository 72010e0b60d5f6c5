"""The repeated run: what it tells of a notebook that flakes, and that it leaves no busy loop behind."""

import nbformat
import psutil
import pytest
import repeat
from nbformat.v4 import new_code_cell, new_notebook, new_output


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


def test_a_cell_that_differs_is_named_and_counted(notebook, capsys):
    assert repeat.main(["--times", "1", "--loops", "1", notebook("print('wrong')")]) == 1
    said = capsys.readouterr().out
    assert "0 of 2 runs were green." in said and "  2  " in said and "Cell 0" in said


def test_a_notebook_that_holds_is_green(notebook, capsys):
    assert repeat.main(["--times", "1", "--loops", "1", notebook("print('right')")]) == 0
    assert "2 of 2 runs were green." in capsys.readouterr().out


def test_busy_loops_end():
    before = set(psutil.Process().children())
    with repeat.busy(2):
        assert len(set(psutil.Process().children()) - before) == 2
    assert set(psutil.Process().children()) == before
