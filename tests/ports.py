"""Ports for kernels that nothing else takes."""

import contextlib
import itertools
import os
import socket

from jupyter_client.connect import LocalPortCache

# The ports of a kernel are chosen a second before it listens on them. Jupyter takes those that the system gives to
# every connection and to every server on port 0, of which the tests open thousands: so now and then one was taken, and
# the kernel died. These lie below (Linux gives 32768 and higher, others 49152), and each process has a block of its own.
BLOCKS = [range(first, first + 200) for first in range(10_000, 32_000, 200)]


def own_block() -> tuple[socket.socket, range]:
    """A block of ports that no other process that imports this file has: it listens on the first as long as it lives."""
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
