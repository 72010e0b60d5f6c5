"""Runs cells in a kernel of their own, beside the notebooks."""

import nbformat
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from helpers.authoring import refresh


def cells_of(chapter: int | str) -> list[NotebookNode]:
    """The cells of a chapter's notebook, 0 being the start page, or of an appendix by its file."""
    paths = sorted(refresh.NOTEBOOKS.glob(chapter if isinstance(chapter, str) else f"{chapter:02d}_*.ipynb"))
    assert len(paths) == 1, f"chapter {chapter} is written in {len(paths)} notebooks"
    return nbformat.read(paths[0], as_version=4).cells


def code_of(chapter: int | str) -> list[NotebookNode]:
    """The code cells of a chapter's notebook."""
    return [cell for cell in cells_of(chapter) if cell.cell_type == "code"]


def run(cells: list[NotebookNode]) -> list[NotebookNode]:
    """Runs copies of the cells in a kernel of their own, beside the notebooks, and returns them."""
    notebook = new_notebook(cells=[new_code_cell(cell.source, metadata=cell.metadata) for cell in cells])
    resources = {"metadata": {"path": str(refresh.NOTEBOOKS)}}
    quiet = ["--IPKernelApp.log_level=ERROR"]
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", allow_errors=True, resources=resources, extra_arguments=quiet
    )
    client.execute()
    return notebook.cells
