"""Runs cells in a kernel of their own, beside the notebooks, and finds what a kernel has started.

Everything that a kernel starts bears its mark in the environment, however it was started, so that it can be counted.
"""

import sys
from contextlib import suppress

import nbformat
import psutil
from nbclient import NotebookClient
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook

from helpers.authoring import refresh
from helpers.services.waiting import until
from tests.notebooks import warm

MARK = "COURSE_MARK"
QUIET = ["--IPKernelApp.log_level=ERROR"]  # ipykernel warns that it listens on loopback without encryption


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
    forking = {"kernel_manager_class": warm.manager()} if sys.platform == "linux" else {}
    client = NotebookClient(
        notebook,
        timeout=120,
        kernel_name="python3",
        allow_errors=True,
        resources=resources,
        extra_arguments=QUIET,
        **forking,
    )
    client.execute()
    return notebook.cells


def shown(cell: NotebookNode) -> str:
    """What a cell that was run shows as text, so far as a report has room for it."""
    texts = (out.get("text") or out.get("evalue") or out.get("data", {}).get("text/plain", "") for out in cell.outputs)
    return "\n".join(texts)[:400]


def marked(mark: str) -> list[psutil.Process]:
    """The processes that live and bear the mark."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get(MARK) == mark and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def listening(processes: list[psutil.Process]) -> set[str]:
    """The addresses on which these processes wait for connections or datagrams."""
    found = set()
    for process in processes:
        with suppress(psutil.Error):
            for socket in process.net_connections("inet"):
                if socket.status == psutil.CONN_LISTEN or (socket.laddr and not socket.raddr and not socket.status):
                    found.add(socket.laddr.ip)
    return found


def all_gone(mark: str) -> bool:
    return until(lambda: not marked(mark), 15)
