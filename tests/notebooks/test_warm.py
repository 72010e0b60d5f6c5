"""A forked kernel is a kernel of its own: it has what was imported before, and nothing that another did."""

import os
import signal
import sys

import pytest
from nbformat.v4 import new_code_cell

from helpers.services.waiting import until
from tests.notebooks import warm
from tests.notebooks.kernels import run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere, kernels are started as Jupyter does")


def said(*lines: str) -> list[str]:
    """What cells print in a forked kernel, a cell a line."""
    cells = run([new_code_cell(line) for line in lines])
    return ["".join(output.get("text", output.get("ename", "")) for output in cell.outputs).strip() for cell in cells]


def test_what_one_does_no_other_sees():
    ask = "import fastapi; print(hasattr(fastapi, 'planted')); fastapi.planted = 1; import os; os.environ['PLANTED'] = '1'"
    assert said(ask, "print(os.environ['PLANTED'])") == ["False", "1"]
    assert said(ask, "print(len(os.environ['PLANTED']))") == ["False", "1"]
    assert said("import os; print('PLANTED' in os.environ)") == ["False"]


def test_it_begins_where_jupyter_would_let_it():
    found = said(
        "import os, pathlib, signal, sys; print(os.getpid() == os.getsid(0), pathlib.Path.cwd().name)",
        "print([name for name in sys.modules if name.partition('.')[0] in ('helpers', 'tests')], 'fastapi' in sys.modules)",
        "print(signal.getsignal(signal.SIGCHLD) == signal.SIG_DFL, os.system('exit 7') >> 8)",
        "print([path for path in sys.path if 'tests' in path], await __import__('asyncio').sleep(0, 'awaited'))",
    )
    assert found == ["True notebooks", "[] True", "True 7", "[] awaited"]


def test_a_kernel_that_a_cell_starts_has_ports_that_nobody_else_is_given():
    ask = "from jupyter_client.connect import LocalPortCache; cache = LocalPortCache.instance()"
    [_, ports] = said(ask, "print([cache.find_available_port('127.0.0.1') < 32_000 for _ in range(5)])")
    assert ports == "[True, True, True, True, True]"


def test_one_that_is_killed_is_gone():
    one = warm.Forked(["-f", "/no/such/folder/kernel.json"])
    assert one.pid != os.getpid() and os.getsid(one.pid) == one.pid
    one.send_signal(signal.SIGKILL)
    assert until(lambda: one.poll() == -signal.SIGKILL, 10)
    one.kill()  # says nothing of one that is gone
