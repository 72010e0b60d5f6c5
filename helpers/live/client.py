"""The client in the cells: httpx's own, whose exchanges a `record()` observes."""

import sys
from importlib import import_module
from typing import Any

import httpx

from helpers.live.spans import client_span

__all__ = ["LIMITS", "AsyncClient", "Client", "came"]

# httpx's own, but for the last. uvicorn closes a connection that has been idle for 5 s, as does httpx: where a busy
# machine delays one of them, a request is on its way over a connection that is being closed, and is lost.
LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=1.0)


class Client(httpx.Client):
    """`httpx.Client`; while a recording is open, each exchange is a span from the call to the last byte of its answer.

    A streamed answer (`client.stream(...)`) counts until its headers, because httpx returns then.
    """

    def __init__(self, *, limits: httpx.Limits = LIMITS, **options: Any):
        _load_httpcore()
        super().__init__(limits=limits, **options)

    def hang_up(self) -> None:
        """Close the kept connections; the client stays usable and connects again when it is next asked."""
        self._transport.close()

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with client_span(request) as finished:
            return finished(super().send(request, **options))


class AsyncClient(httpx.AsyncClient):
    """`httpx.AsyncClient`, observed in the same way."""

    def __init__(self, *, limits: httpx.Limits = LIMITS, **options: Any):
        _load_httpcore()
        super().__init__(limits=limits, **options)

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with client_span(request) as finished:
            return finished(await super().send(request, **options))


def came(error: httpx.HTTPError) -> str:
    """What came instead of a good answer: "404", "401, so it asks for a log-in", or the kind of the error."""
    if not isinstance(error, httpx.HTTPStatusError):
        return type(error).__name__
    answer = error.response
    if answer.is_redirect:
        return f"{answer.status_code}, a redirect to {answer.headers.get('location', 'nowhere')}"
    log_in = ", so it asks for a log-in"
    why = {401: log_in, 403: log_in, 429: ", so it limits how often it is asked"}
    return f"{answer.status_code}{why.get(answer.status_code, '')}"


def _load_httpcore() -> None:
    """Load what httpx connects with, but not HTTP/2, which would be a fifth of the first `serve()`.

    httpcore loads `h2` wherever it finds it (`httpcore/_sync/__init__.py`), and Hypercorn brings it. A client that is
    made with `http2=True` loads it when it speaks HTTP/2.
    """
    if "httpcore" in sys.modules or "h2" in sys.modules:
        return
    sys.modules["h2"] = None  # type: ignore[assignment]  # so that its import fails
    try:
        import_module("httpcore")
    finally:
        sys.modules.pop("h2", None)
