"""For every test and every notebook that pytest runs, wherever it is started: workers and kernels inherit it."""

import gc
import os
import sys
from collections.abc import Iterator

import pytest
from jupyter_client.connect import LocalPortCache

from tests.ports import find_free_port

# Where the environment forbids it, each worker would compile every helper and rewrite the asserts of every test anew.
sys.dont_write_bytecode = False

# The course is being checked, not studied: the reader's progress is neither read nor written.
os.environ["COURSE_RUN"] = "ci"

# Files of a chapter belong to its lesson; chapter 8's tests run in its notebook, in their own environment. What
# `make update` kept of a reader's own is no part of the course.
collect_ignore_glob = ["notebooks/*/*", "notebooks/* (my edits of *"]

PROOF = "::test_is_proved_in_both_directions["  # of an exercise, by its stub, wrong answers and right ones

# One that the system gives to everybody may be taken before the kernel listens on it.
LocalPortCache.find_available_port = find_free_port


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for no garbage while tests are collected, nor later among what was: all of it stays, and in each worker the
    search took a quarter of the time that collecting takes."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.hookimpl(optionalhook=True)  # without pytest-xdist nobody asks
def pytest_xdist_make_scheduler(config: pytest.Config, log):
    """A file a worker, as `--dist loadfile` says; but the proof of an exercise, which mostly waits, is work of its own."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ProofsApart(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return nodeid if PROOF in nodeid else super()._split_scope(nodeid)

        def _assign_work_unit(self, node) -> None:
            # Notebooks are the longest and begin. Proofs wait and the rest computes: one worker of three takes proofs
            # from the start, so that neither is left alone at the end.
            proves = self.nodes.index(node) % 3 == 2
            first = min(self.workqueue, key=lambda scope: ((PROOF in scope) != proves, not scope.endswith(".ipynb")))
            self.workqueue.move_to_end(first, last=False)
            super()._assign_work_unit(node)

    return ProofsApart(config, log)
