"""How the checks of this chapter ask, and what they read in the log."""

import time
from typing import Any

import httpx

from helpers.live.server import Server
from helpers.wording import logged_error


def logged(server: Server) -> str:
    """The error that the first traceback in a server's log ends with, or nothing."""
    until = time.monotonic() + 0.5
    while server.busy and time.monotonic() < until:  # uvicorn logs it after the 500 is out
        time.sleep(0.002)
    return logged_error(server.log)


def ask(server: Server, method: str, path: str, **request: Any) -> httpx.Response:
    """A request on a connection of its own: uvicorn closes the connection of a request whose task fails."""
    server.client.hang_up()
    return server.client.request(method, path, **request)
