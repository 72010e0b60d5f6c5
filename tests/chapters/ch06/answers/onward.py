"""What learners pass to 6.4-onward."""

from contextvars import ContextVar
from uuid import uuid4

import httpx

from tests.chapters.answers import right, stub, wrong

request_id: ContextVar[str] = ContextVar("request_id", default="none")


@stub("6.4-onward")
def onward_shipped():
    def onward(url) -> httpx.AsyncClient: ...

    return onward, request_id


@wrong("6.4-onward", says="without an `X-Request-ID`")
def onward_plain():
    return lambda url: httpx.AsyncClient(base_url=url), request_id


@wrong("6.4-onward", says="Read the id when a request is sent")
def onward_when_made():
    def onward(url):
        return httpx.AsyncClient(base_url=url, headers={"X-Request-ID": request_id.get()})

    return onward, request_id


@wrong("6.4-onward", says="hand on what came")
def onward_a_new_one():
    async def add_id(request):
        request.headers["X-Request-ID"] = f"r-{uuid4().hex}"

    return lambda url: httpx.AsyncClient(base_url=url, event_hooks={"request": [add_id]}), request_id


@wrong("6.4-onward", says="the id of the other request")
def onward_the_first_one():
    first = []

    async def add_id(request):
        first.append(request_id.get())
        request.headers["X-Request-ID"] = first[0]

    return lambda url: httpx.AsyncClient(base_url=url, event_hooks={"request": [add_id]}), request_id


@wrong("6.4-onward", says="which got lost")
def onward_nothing_else():
    async def add_id(request):
        request.headers.pop("X-Depot", None)
        request.headers["X-Request-ID"] = request_id.get()

    return lambda url: httpx.AsyncClient(base_url=url, event_hooks={"request": [add_id]}), request_id


@wrong("6.4-onward", says="one is enough")
def onward_twice():
    async def add_id(request):
        request.headers = httpx.Headers([*request.headers.multi_items(), *[("X-Request-ID", request_id.get())] * 2])

    return lambda url: httpx.AsyncClient(base_url=url, event_hooks={"request": [add_id]}), request_id


@wrong("6.4-onward", says="should return an `httpx.AsyncClient`")
def onward_blocking():
    return lambda url: httpx.Client(base_url=url), request_id


@wrong("6.4-onward", says="asking the next service failed")
def onward_hook_of_a_blocking_client():
    def add_id(request):
        request.headers["X-Request-ID"] = request_id.get()

    return lambda url: httpx.AsyncClient(base_url=url, event_hooks={"request": [add_id]}), request_id


@right("6.4-onward")
def onward_by_auth():
    class Id(httpx.Auth):
        def auth_flow(self, request):
            request.headers["X-Request-ID"] = request_id.get()
            yield request

    return lambda url: httpx.AsyncClient(base_url=url, auth=Id()), request_id


@right("6.4-onward")
def onward_by_a_subclass():
    class Onward(httpx.AsyncClient):
        async def send(self, request, **options):
            request.headers["X-Request-ID"] = request_id.get()
            return await super().send(request, **options)

    return lambda url: Onward(base_url=url), request_id


@right("6.4-onward")
def onward_by_a_transport():
    class Transport(httpx.AsyncHTTPTransport):
        async def handle_async_request(self, request):
            request.headers["X-Request-ID"] = request_id.get()
            return await super().handle_async_request(request)

    return lambda url: httpx.AsyncClient(base_url=url, transport=Transport()), request_id


@wrong("6.4-onward", says="asked the next service without an `X-Request-ID`")
def onward_by_one_method():
    class Onward(httpx.AsyncClient):
        async def request(self, method, url, **options):
            headers = {**(options.pop("headers", None) or {}), "X-Request-ID": request_id.get()}
            return await super().request(method, url, headers=headers, **options)

    return lambda url: Onward(base_url=url), request_id
