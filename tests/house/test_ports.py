"""The ports that kernels of tests are given: none that is listened on, and each again as soon as its kernel has ended."""

import itertools
import socket
import sys

import pytest
from jupyter_client.connect import LocalPortCache

LOOPBACK = "127.0.0.1"


def ended_here() -> int:
    """A port on which a connection was ended by the side that listened, which the system remembers for a minute."""
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((LOOPBACK, port)) as client:
            listener.accept()[0].close()
            assert client.recv(1) == b""
    return port


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a system remembers otherwise")
def test_a_port_is_free_when_its_kernel_has_ended_and_not_before(monkeypatch):
    find, port = LocalPortCache.find_available_port, ended_here()
    monkeypatch.setitem(find.__globals__, "OWN", range(port, port + 1))
    monkeypatch.setitem(find.__globals__, "PORTS", itertools.repeat(port))
    with socket.socket() as bare, pytest.raises(OSError, match="in use"):
        bare.bind((LOOPBACK, port))
    assert find(LocalPortCache(), LOOPBACK) == port
    with socket.socket() as kernel:
        kernel.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        kernel.bind((LOOPBACK, port))
        kernel.listen()
        with pytest.raises(RuntimeError, match="is free"):
            find(LocalPortCache(), LOOPBACK)
    taken = LocalPortCache()
    taken.currently_used_ports = {port}
    with pytest.raises(RuntimeError, match="is free"):
        find(taken, LOOPBACK)
