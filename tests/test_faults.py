"""Teeth: when the framework behaves otherwise, chapter 4 fails. Each fault is planted in a kernel of its own.

A fault names the cells that must catch it; only these and what they need are run, in the order of the notebook.
"""

import nbformat
import pytest
from nbclient import NotebookClient

import make
from helpers.course import CHAPTERS

NOTEBOOKS = make.ROOT / "notebooks"
CHAPTER = nbformat.read(NOTEBOOKS / CHAPTERS[3].file, as_version=4)
IMPORTS = "adv-imports"
# What a cell needs before it, besides the imports.
NEEDS = {
    "rule-start": [],
    "rule-order": ["rule-start", "core-three"],
    "rule-threads": ["core-threads-app"],
    "rule-blocking": ["core-blocking-app"],
    "rule-forty": ["core-forty-app"],
    "rule-failure": ["rule-start"],
}

LOOP = """
from fastapi import background
async def run_all(self):
    {body}
background.BackgroundTasks.__call__ = run_all
"""
ONE = "with background._operation(name='background_task', function=task.func): await task()"
FAULTS = {
    "tasks in reverse order": (
        LOOP.format(body=f"for task in reversed(self.tasks):\n        {ONE}"),
        ["rule-order", "rule-failure"],
    ),
    "an exception swallowed": (
        LOOP.format(
            body=f"for task in self.tasks:\n        try:\n            {ONE}\n        except Exception:\n            pass"
        ),
        ["rule-failure"],
    ),
    "tasks side by side": (
        LOOP.format(
            body=f"async def one(task):\n        {ONE}\n    import asyncio\n"
            "    await asyncio.gather(*(one(task) for task in self.tasks))"
        ),
        ["rule-order", "rule-failure"],
    ),
    "tasks before the response": (
        """
from starlette.responses import Response
async def respond(self, scope, receive, send):
    if self.background is not None:
        await self.background()
    await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
    await send({"type": "http.response.body", "body": self.body})
Response.__call__ = respond
""",
        ["rule-start", "rule-blocking"],
    ),
    "def tasks on the event loop": (
        """
from starlette.background import BackgroundTask
async def run_here(self):
    result = self.func(*self.args, **self.kwargs)
    if self.is_async:
        await result
BackgroundTask.__call__ = run_here
""",
        ["rule-threads", "rule-blocking"],
    ),
    "a pool of 400": (
        """
import weakref
from anyio._backends._asyncio import AsyncIOBackend
theirs, seen = AsyncIOBackend.current_default_thread_limiter.__func__, weakref.WeakSet()
def limiter(cls):
    found = theirs(cls)
    if found not in seen:
        seen.add(found)
        found.total_tokens = 400
    return found
AsyncIOBackend.current_default_thread_limiter = classmethod(limiter)
""",
        ["rule-forty"],
    ),
}
QUICK = ("tasks in reverse order", "tasks before the response", "def tasks on the event loop")


def failing(fault: str, catching: list[str]) -> list[str]:
    """The cells among `catching` that fail in a kernel in which `fault` was planted."""
    wanted = {IMPORTS, *catching, *(needed for cell in catching for needed in NEEDS[cell])}
    cells = [cell for cell in CHAPTER.cells if cell.id in wanted]
    assert len(cells) == len(wanted), "a cell was renamed"
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(fault), *map(nbformat.from_dict, cells)])
    client = NotebookClient(
        notebook, timeout=60, kernel_name="python3", allow_errors=True, resources={"metadata": {"path": str(NOTEBOOKS)}}
    )
    client.execute()
    failed = [cell.id for cell in notebook.cells if any(out.output_type == "error" for out in cell.outputs)]
    assert notebook.cells[0].id not in failed, "the fault itself could not be planted"
    return [cell for cell in catching if cell in failed]


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in FAULTS]
)
def test_a_planted_fault_is_caught(name):
    fault, catching = FAULTS[name]
    caught = failing(fault, catching)
    print(f"{name}: caught by {', '.join(caught)}")
    assert caught == catching


def test_without_a_fault_nothing_fails():
    assert failing("", list(NEEDS)) == []
