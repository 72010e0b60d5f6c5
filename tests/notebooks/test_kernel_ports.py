"""A kernel of the tests listens where no connection and no server on port 0 can come first."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
from jupyter_client.connect import LocalPortCache
from nbformat.v4 import new_code_cell

import make
from tests.notebooks.kernels import run

LOOPBACK = "127.0.0.1"
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")  # what Linux gives to connections and to servers on port 0


def test_the_ports_lie_below_those_that_the_system_gives():
    lowest = int(RANGE.read_text().split()[0]) if RANGE.exists() else 49152
    if lowest < 32_000:
        pytest.skip(f"this system was told to give ports from {lowest} on")
    ports = [LocalPortCache().find_available_port(LOOPBACK) for _ in range(50)]
    assert max(ports) < lowest and len(set(ports)) == 50


def test_no_other_process_has_a_port_of_this_ones_block():
    ask = "from tests import ports; print(*ports.OWN)"
    theirs = subprocess.check_output([sys.executable, "-c", ask], cwd=make.ROOT, text=True)
    ports = {LocalPortCache().find_available_port(LOOPBACK) for _ in range(50)}
    assert len(theirs.split()) > 100 and not ports & set(map(int, theirs.split()))


def test_a_kernel_gives_its_ports_back():
    cache = LocalPortCache.instance()
    before = set(cache.currently_used_ports)
    run([new_code_cell("7")])
    assert cache.currently_used_ports == before


def test_a_port_that_is_taken_is_passed_over():
    cache = LocalPortCache()
    port = cache.find_available_port(LOOPBACK)
    with socket.create_server((LOOPBACK, port + 1)):
        assert cache.find_available_port(LOOPBACK) != port + 1
