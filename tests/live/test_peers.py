"""Who is at the other end of a connection, as the system tells; that strangers are turned away is in `test_strangers.py`."""

import os
import socket
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from helpers.live import peers


@pytest.fixture
def pair() -> Iterator[tuple[socket.socket, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        served, _ = listener.accept()
        with client, served:
            yield client, served


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells")


@linux
def test_the_owner_of_the_other_end(pair):
    client, served = pair
    peer, own = served.getpeername(), served.getsockname()
    assert peers.owner(peer, own) == os.getuid() and peers.admitted(peer, own)
    client.shutdown(socket.SHUT_WR)
    assert peers.owner(peer, own) == os.getuid(), "it has said all, and still listens"
    client.close()
    assert peers.owner(peer, own) == peers.NOBODY and not peers.admitted(peer, own)


@linux
def test_a_client_that_was_reset_has_no_owner(pair):
    client, served = pair
    peer, own = served.getpeername(), served.getsockname()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    assert peers.owner(peer, own) == peers.NOBODY and peers.owner(None, own) == peers.NOBODY


@linux
@pytest.mark.parametrize("dual", [False, True])
def test_the_owner_over_ip6(dual):
    if not socket.has_ipv6 or (dual and not socket.has_dualstack_ipv6()):
        pytest.skip("no IPv6 here")
    try:
        listener = socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=dual)
    except OSError:
        pytest.skip("no IPv6 here")
    with listener, socket.create_connection(("127.0.0.1" if dual else "::1", listener.getsockname()[1])):
        served, address = listener.accept()
        with served:
            assert peers.owner(address, served.getsockname()) == os.getuid()


@pytest.mark.parametrize("answer", [OSError("no such protocol"), None])
def test_where_the_system_does_not_tell_everybody_is_let_in(monkeypatch, answer):
    def ask(local: object, remote: object) -> None:
        if answer:
            raise answer

    monkeypatch.setattr(peers, "_ask", ask)
    peer, own = ("127.0.0.1", 50_000), ("127.0.0.1", 50_001)
    assert peers.owner(peer, own) is None and peers.admitted(peer, own)


@pytest.mark.parametrize("peer", ["", "/run/some.sock", ("192.0.2.7", 4000), ("2001:db8::7", 4000, 0, 0)])
def test_what_is_not_of_this_machine_is_not_judged(peer):
    assert peers.owner(peer, ("127.0.0.1", 80)) is None


@pytest.mark.parametrize(("uid", "let_in"), [(0, True), (4710, True), (4711, False), (peers.NOBODY, False)])
def test_root_and_oneself_are_let_in(monkeypatch, uid, let_in):
    monkeypatch.setattr(os, "geteuid", lambda: 4710, raising=False)
    monkeypatch.setattr(peers, "owner", lambda peer, own: uid)
    assert peers.admitted(("127.0.0.1", 1), ("127.0.0.1", 2)) == let_in


def test_where_there_are_no_users_everybody_is_let_in(monkeypatch):
    monkeypatch.setattr(peers, "os", SimpleNamespace())
    assert peers.admitted(None, ("127.0.0.1", 80)) is True
