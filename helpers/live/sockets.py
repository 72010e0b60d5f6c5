"""Listening sockets of the servers in this kernel."""

import socket

HOST = "127.0.0.1"


def listen(port: int = 0) -> socket.socket:
    """A socket that listens on loopback only, at a free port for 0, and says that it is TCP. Raises OSError.

    `socket.create_server` leaves the protocol at 0, and asyncio switches off the 40 ms delay of small packets only for
    sockets that name theirs (asyncio/base_events.py, `_set_nodelay`), as those of a uvicorn process do.
    """
    listener = socket.create_server((HOST, port))
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, fileno=listener.detach())
