"""The comparison on other versions: a difference is explained by the named cells of the named release, and by nothing else."""

import nbformat
import pytest

import make
from tests.verbs import versions


@pytest.mark.parametrize("row", versions.LACKING)
def test_the_cells_that_a_release_cannot_run_exist(row):
    for cells in versions.LACKING[row].values():
        for notebook, ids in cells.items():
            stored = nbformat.read(make.ROOT / "notebooks" / f"{notebook}.ipynb", 4).cells
            assert set(ids.split()) <= {cell.id for cell in stored if cell.cell_type == "code"}


def line_of(id: str) -> str:
    code = [
        cell.id
        for cell in nbformat.read(make.ROOT / "notebooks" / "03_building_apis.ipynb", 4).cells
        if "outputs" in cell
    ]
    return f"03_building_apis cell {code.index(id)}: TypeError"


def test_a_difference_is_explained_where_the_release_lacks_something():
    old, new = "FastAPI 0.142.0", "FastAPI 0.164.0"
    assert versions.explained(old, line_of("upload-store-app")) == "`max_body_size` came with 0.164"
    assert (
        versions.explained(old, line_of("upload-checks")) == "" == versions.explained(new, line_of("upload-store-app"))
    )
    assert versions.explained(old, "pytest ended with 2") == ""


@pytest.mark.parametrize(("unknown", "code"), [([], 0), (["03_building_apis cell 0: AssertionError"], 1)])
def test_only_what_is_not_explained_fails(monkeypatch, capsys, unknown, code):
    monkeypatch.setattr(versions, "interpreter", lambda python: "python")
    monkeypatch.setattr(versions, "verify", lambda *_: ("3.11.7", [line_of("upload-store-app"), *unknown]))
    assert versions.main(["FastAPI 0.142.0"]) == code
    said = capsys.readouterr().out
    assert f"{1 + len(unknown)} cells differ, {len(unknown)} without a known reason" in said
    assert "`max_body_size` came with 0.164: 1 cells" in said


def test_a_python_that_is_not_here_is_told(monkeypatch, capsys):
    monkeypatch.setattr(versions, "interpreter", lambda python: None)
    assert versions.main(["lock on 3.12"]) == 0
    assert "there is no Python 3.12 on this machine" in capsys.readouterr().out
