"""The client in the cells: httpx's own, whose exchanges a `record()` observes."""

from typing import Any

import httpx

from helpers.live.spans import client_span

__all__ = ["AsyncClient", "Client"]


class Client(httpx.Client):
    """`httpx.Client`; while a recording is open, each exchange is a span from the call to the last byte of its answer.

    A streamed answer (`client.stream(...)`) counts until its headers, because httpx returns then.
    """

    def hang_up(self) -> None:
        """Close the kept connections; the client stays usable and connects again when it is next asked."""
        self._transport.close()

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with client_span(request) as finished:
            return finished(super().send(request, **options))


class AsyncClient(httpx.AsyncClient):
    """`httpx.AsyncClient`, observed in the same way."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        with client_span(request) as finished:
            return finished(await super().send(request, **options))
