"""Who is at the other end of a connection: another user of this machine is turned away before a byte is read.

A port on 127.0.0.1 is open to every user of the machine. Linux tells whose socket the other end of a loopback connection
is (sock_diag(7)), in some ten microseconds, so each server asks once a connection. Root and the server's own user are let in.

A client that has closed its socket before the server accepts the connection has no owner any more. It is turned away,
too: it can read no answer, but it could have sent a request that nobody should obey. Clients that are accepted and leave
later are served as ever. macOS and Windows do not tell, nor does a Linux without sock_diag: there everybody is let in.

This file also runs inside the programs that `process()` starts (helpers/services/startup): it imports nothing of the course,
and knows Pythons from 3.9 on.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Callable
from typing import Any

__all__ = ["Admitting", "admitted"]

NOBODY = -1  # the other end is closed
SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, NLMSG_ERROR = 4, 20, 1, 2  # linux/netlink.h, linux/sock_diag.h
ANY_STATE, ANY_COOKIE = 0xFFFFFFFF, b"\xff" * 8  # linux/inet_diag.h


def admitted(peer: Any, own: Any) -> bool:
    """Whether a connection may stay, by its two addresses as `getpeername` and `getsockname` give them.

    None for `peer` means that it is closed. What comes from another machine, or over a Unix socket, is not judged here.
    """
    if not hasattr(os, "geteuid"):
        return True
    return owner(peer, own) in (None, 0, os.geteuid())


def owner(peer: Any, own: Any) -> int | None:
    """The user id at the other end, `NOBODY` when that is closed already, None when the system does not tell."""
    if peer is None:
        return NOBODY
    if not isinstance(peer, tuple) or not peer[0].removeprefix("::ffff:").startswith(("127.", "::1")):
        return None
    try:
        found = _ask(peer, own)
        if found is None:  # no such socket; or nobody who could tell, who does not know our end of it either
            return NOBODY if _ask(own, peer) is not None else None
    except OSError:
        return None
    uid, inode = found
    return uid if inode else NOBODY


def _ask(local: tuple, remote: tuple) -> tuple[int, int] | None:
    """User id and inode of the TCP socket between two addresses; None if there is none. `OSError` without sock_diag."""
    ends = [address[0].removeprefix("::ffff:") for address in (local, remote)]
    family = socket.AF_INET6 if ":" in ends[0] else socket.AF_INET
    addresses = [socket.inet_pton(family, end).ljust(16, b"\0") for end in ends]
    wanted = struct.pack("=BBBxI", family, socket.IPPROTO_TCP, 0, ANY_STATE) + struct.pack(
        "!HH16s16s4x8s", local[1], remote[1], *addresses, ANY_COOKIE
    )
    with socket.socket(getattr(socket, "AF_NETLINK", -1), socket.SOCK_RAW, SOCK_DIAG) as kernel:
        kernel.settimeout(1.0)
        kernel.send(struct.pack("=IHHII", 16 + len(wanted), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0) + wanted)
        answer = kernel.recv(4096)
    if struct.unpack_from("=H", answer, 4)[0] != NLMSG_ERROR:
        return struct.unpack_from("=II", answer, 80)  # struct inet_diag_msg: idiag_uid and idiag_inode come last
    code = -struct.unpack_from("=i", answer, 16)[0]
    if code != errno.ENOENT:
        raise OSError(code, os.strerror(code))
    return None


class Admitting:
    """Takes the place of a server's protocol until the connection is made; whoever is not admitted never meets that.

    `factory` makes the protocol, as for `loop.create_server`. Both asyncio and uvloop make do without a base class.
    """

    def __init__(self, factory: Callable[[], Any]):
        self._factory = factory

    def connection_made(self, transport: Any) -> None:
        if admitted(transport.get_extra_info("peername"), transport.get_extra_info("sockname")):
            protocol = self._factory()
            transport.set_protocol(protocol)
            protocol.connection_made(transport)
        else:
            transport.abort()

    def data_received(self, data: bytes) -> None: ...
    def eof_received(self) -> None: ...
    def connection_lost(self, error: Exception | None) -> None: ...
