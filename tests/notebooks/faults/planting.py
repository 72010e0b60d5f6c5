"""How a fault gets into a kernel, and from there into every Python program that the kernel's cells start.

Such a program imports `sitecustomize` from a folder on its PYTHONPATH, and that plants the fault before the program has
begun. The folder is named in whatever environment a child is given: cells and helpers write some of their own, and
their own `sitecustomize` runs the next one. A child of a child inherits it; `python -I`, the guards' way, sees none.
"""

from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from tests.notebooks.faults.fault import Fault

CARRY = """
import os, subprocess
theirs = subprocess.Popen.__init__
def init(self, *args, env=None, **options):
    env = dict(os.environ if env is None else env)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [env.get("PYTHONPATH"), FOLDER]))
    theirs(self, *args, env=env, **options)
subprocess.Popen.__init__ = init
"""

IN_A_CHILD = """
import os, traceback
here = os.path.dirname(os.path.abspath(__file__))
said = ""
try:
    with open(os.path.join(here, "fault.txt"), encoding="utf-8") as code:
        exec(code.read(), {"__name__": "fault"})
except BaseException:
    said = traceback.format_exc()
with open(os.path.join(here, f"{os.getpid()}.planted"), "w", encoding="utf-8") as note:
    note.write(said)
"""


def plant(fault: Fault, folder: Path) -> NotebookNode:
    """A cell that plants the fault where it belongs and leaves no name behind, because a notebook binds its own.

    `folder` is empty, and what travels into children lies in it; each child that planted the fault notes it there.
    """
    parts = [fault.code] if fault.where != "children" else []
    if fault.where != "kernel":
        (folder / "sitecustomize.py").write_text(IN_A_CHILD, encoding="utf-8")
        (folder / "fault.txt").write_text(fault.code, encoding="utf-8")
        parts.append(CARRY.replace("FOLDER", repr(str(folder))))
    return new_code_cell("\n".join(f"exec({part!r}, {{'__name__': 'fault'}})" for part in parts))


def planted_in(folder: Path) -> list[str]:
    """For each child that tried to plant the fault: the error that came, or nothing."""
    return [note.read_text(encoding="utf-8") for note in sorted(folder.glob("*.planted"))]
