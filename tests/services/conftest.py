"""A reverse proxy that the tests of several services start."""

import ssl
from pathlib import Path

import pytest
import trustme

from helpers.services.reverse_proxy import ReverseProxy
from helpers.services.scratch import scratch_folder

CONF = Path(__file__).parents[2] / "notebooks" / "07_deployment" / "nginx.conf"


def certified(folder: Path) -> ssl.SSLContext:
    """A certificate and its key in `folder`, as `nginx.conf` names them; returns what trusts it."""
    authority = trustme.CA()
    own = authority.issue_cert("127.0.0.1")
    (folder / "key.pem").touch(mode=0o600)
    own.private_key_pem.write_to_path(folder / "key.pem")
    own.cert_chain_pems[0].write_to_path(folder / "certificate.pem")
    knowing = ssl.create_default_context()
    authority.configure_trust(knowing)
    return knowing


class Front(ReverseProxy):
    """A reverse proxy with a certificate of its own."""

    def __init__(self, port: int, conf: Path = CONF):
        folder = scratch_folder()
        self.knowing = certified(folder)
        super().__init__(conf, port, folder)

    def visitor(self):
        return self.client(trusts=self.knowing)


@pytest.fixture
def front():
    return Front
