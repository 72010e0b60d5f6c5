"""Exercise 6.4-onward: the request id goes on to the next service."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import httpx
from fastapi import BackgroundTasks, FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from helpers.chapters.asking import logged
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running

request_id: ContextVar[str] = ContextVar("request_id", default="none")


def _check_onward(onward: Callable[..., Any], request_id: ContextVar[str]) -> str:
    seen: list[tuple[str, list[str], str]] = []
    printer = FastAPI()

    @printer.api_route("/{path:path}", methods=["GET", "POST"])
    async def note(path: str, request: Request) -> None:
        seen.append((path, request.headers.getlist("x-request-id"), request.headers.get("x-depot", "")))

    class Identify:
        def __init__(self, app: ASGIApp) -> None:
            self.app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "http":
                request_id.set(dict(scope["headers"]).get(b"x-request-id", b"none").decode("ascii", "ignore"))
            await self.app(scope, receive, send)

    clients: list[Any] = []

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        clients.append(onward(other.url))
        yield
        if isinstance(clients[0], httpx.AsyncClient):
            await clients[0].aclose()

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Identify)
    both_in = threading.Barrier(2)

    async def order(number: int) -> None:
        async with clients[0].stream("POST", f"/task/{number}", headers={"X-Depot": "north"}):
            pass

    @app.post("/parcels/{number}")
    async def hand_in(number: int, background_tasks: BackgroundTasks) -> None:
        await asyncio.to_thread(both_in.wait, 5)
        await clients[0].get(f"/request/{number}")
        background_tasks.add_task(order, number)

    with running(printer) as other, running(app) as server:
        assert isinstance(clients[0], httpx.AsyncClient), (
            f"`onward` should return an `httpx.AsyncClient`, but a {type(clients[0]).__name__} came."
        )
        with record(), ThreadPoolExecutor() as pool:
            list(pool.map(lambda number: _hand_in(server, number), (7, 8)))
    _judge(seen)
    return "Both requests and both tasks took their own id along, with one client for all."


def _hand_in(server: Server, number: int) -> None:
    with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=10) as client:
        code = client.post(f"/parcels/{number}", headers={"X-Request-ID": f"r-{number}"}).status_code
    error = logged(server)
    assert code == 200 and not error, f"asking the next service failed: {error or code}"


def _judge(seen: list[tuple[str, list[str], str]]) -> None:
    assert len(seen) == 4, f"two path operations and two tasks asked the next service, which got {len(seen)} requests."
    for path, ids, depot in seen:
        where, number = path.split("/")
        who = {"request": f"the path operation for parcel {number}", "task": f"the task for parcel {number}"}[where]
        assert ids, f"{who} asked the next service without an `X-Request-ID`."
        assert len(ids) == 1, f"{who} sent {len(ids)} headers `X-Request-ID`: one is enough."
        assert ids != ["none"], (
            f"{who} sent `none`: the client is made once, before any request. Read the id when a request is sent."
        )
        assert ids[0] in ("r-7", "r-8"), (
            f"{who} sent `{ids[0]}`, but its request came with `r-{number}`: hand on what came."
        )
        assert ids == [f"r-{number}"], (
            f"{who} sent `{ids[0]}`, the id of the other request: two go through one client at the same time, "
            "so the id belongs to what is sent, not to the client."
        )
        assert where == "request" or depot == "north", f"{who} sent a header `X-Depot` of its own, which got lost."


def _solve_onward() -> tuple[Callable[..., Any], ContextVar[str]]:
    async def add_id(request: httpx.Request) -> None:
        request.headers["X-Request-ID"] = request_id.get()

    def onward(url: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=url, event_hooks={"request": [add_id]})

    return onward, request_id


EXERCISE = Exercise(
    id="6.4-onward",
    title="the id goes on",
    task="`onward` should return a client for `url` that sends the current `request_id` as `X-Request-ID` with each request.",
    check=_check_onward,
    hints=(
        "The client is made once, in the lifespan. When is the id known that a request shall carry?",
        "httpx calls a client's [event hooks](https://www.python-httpx.org/advanced/event-hooks/) for each request, in its context.",
        '`event_hooks={"request": [add_id]}`, where `async def add_id(request)` sets `request.headers["X-Request-ID"]`.',
    ),
    solution=_solve_onward,
    wants=("function", "value"),
)
