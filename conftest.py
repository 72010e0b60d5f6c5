"""For every test and every notebook that pytest runs, wherever it is started: workers and kernels inherit it."""

import contextlib
import gc
import itertools
import os
import socket
import sys
from collections.abc import Iterator

import pytest
from jupyter_client.connect import LocalPortCache

# Where the environment forbids it, each worker would compile every helper and rewrite the asserts of every test anew.
sys.dont_write_bytecode = False

# The course is being checked, not studied: the reader's progress is neither read nor written.
os.environ["COURSE_RUN"] = "ci"

# Files of a chapter belong to its lesson; chapter 8's tests run in its notebook, in their own environment. What
# `make update` kept of a reader's own is no part of the course.
collect_ignore_glob = ["notebooks/*/*", "notebooks/* (my edits of *"]

PROOF = "::test_is_proved_in_both_directions["  # of an exercise, by its stub, wrong answers and right ones

# The ports of a kernel are chosen a second before it listens on them. Jupyter takes those that the system gives to
# every connection and to every server on port 0, of which the tests open thousands: so now and then one was taken, and
# the kernel died. These lie below (Linux gives 32768 and higher, others 49152), and each process has a block of its own.
BLOCKS = [range(first, first + 200) for first in range(10_000, 32_000, 200)]


def own_block() -> tuple[socket.socket, range]:
    """A block of ports that no other process that runs this file has: it listens on the first as long as it lives."""
    begin = os.getpid() % len(BLOCKS)
    for block in itertools.cycle([*BLOCKS[begin:], *BLOCKS[:begin]]):
        claim = socket.socket()
        with contextlib.suppress(OSError):
            claim.bind(("127.0.0.1", block[0]))
            claim.listen()
            return claim, block[1:]
        claim.close()
    raise AssertionError("a cycle has no end")


CLAIM, OWN = own_block()
PORTS = itertools.cycle(OWN)


def find_free_port(cache: LocalPortCache, ip: str) -> int:
    """The next port of the block on which nobody listens, and that no kernel of this process has."""
    for port in itertools.islice(PORTS, len(OWN)):
        with socket.socket() as tried, contextlib.suppress(OSError):
            if os.name == "posix":  # or a port is taken for a minute after its kernel, and 40 kernels take a block
                tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tried.bind((ip, port))
            if port not in cache.currently_used_ports:
                cache.currently_used_ports.add(port)
                return port
    raise RuntimeError(f"No port of {OWN} is free.")


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
