"""A kernel of the tests listens where no connection and no server on port 0 can come first."""

import socket
from pathlib import Path

import pytest
from jupyter_client.connect import LocalPortCache

LOOPBACK = "127.0.0.1"
RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")  # what Linux gives to connections and to servers on port 0


def test_the_ports_lie_below_those_that_the_system_gives():
    lowest = int(RANGE.read_text().split()[0]) if RANGE.exists() else 49152
    if lowest < 32_000:
        pytest.skip(f"this system was told to give ports from {lowest} on")
    ports = [LocalPortCache().find_available_port(LOOPBACK) for _ in range(50)]
    assert max(ports) < lowest and len(set(ports)) == 50


def test_a_port_that_is_taken_is_passed_over():
    cache = LocalPortCache()
    port = cache.find_available_port(LOOPBACK)
    with socket.create_server((LOOPBACK, port + 1)):
        assert cache.find_available_port(LOOPBACK) != port + 1
