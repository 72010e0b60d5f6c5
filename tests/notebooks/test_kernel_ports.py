"""A kernel of the tests listens where no connection and no server on port 0 can come first."""

import socket

from jupyter_client.connect import LocalPortCache

LOOPBACK = "127.0.0.1"


def test_the_ports_lie_below_those_that_the_system_gives():
    ports = [LocalPortCache().find_available_port(LOOPBACK) for _ in range(50)]
    with socket.create_server((LOOPBACK, 0)) as given:
        assert max(ports) < 32_000 < given.getsockname()[1]
    assert len(set(ports)) == 50


def test_a_port_that_is_taken_is_passed_over():
    cache = LocalPortCache()
    port = cache.find_available_port(LOOPBACK)
    with socket.create_server((LOOPBACK, port + 1)):
        assert cache.find_available_port(LOOPBACK) != port + 1
