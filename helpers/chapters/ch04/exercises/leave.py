"""Exercise 4.4-leave: a follower that leaves is noticed at once."""

import asyncio
from collections.abc import Callable
from typing import Any

import anyio
import httpx
from fastapi import FastAPI, WebSocket
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.services.waiting import until
from helpers.wording import logged_error

PATIENCE = 3.0  # seconds for what takes milliseconds


def _check_leave(follow: Callable[..., Any]) -> str:
    _try(follow, ["label printed", "on its way"])
    _try(follow, ["weighed", "paid", "delivered"])
    return "News go out while the follower may speak, and when it leaves, the route is over at once and takes no more news."


def _try(follow: Callable[..., Any], texts: list[str]) -> None:
    news: list[asyncio.Queue[str]] = []
    ended: list[str] = []
    app = FastAPI()

    @app.websocket("/follow")
    async def served(websocket: WebSocket) -> None:
        news.append(asyncio.Queue())
        try:
            await follow(websocket, news[-1])
        finally:
            ended.append("ended")

    @app.get("/ping")
    async def ping() -> None: ...

    @app.post("/tell")
    async def tell(text: str) -> int:
        news[-1].put_nowait(text)
        await asyncio.sleep(0.05)
        return news[-1].qsize()

    with running(app) as server:
        try:
            with connect(
                f"{server.url.replace('http', 'ws')}/follow", open_timeout=PATIENCE, close_timeout=0.2
            ) as follower:
                _follow(server, follower, texts)
        except InvalidStatus as refused:
            status = refused.response.status_code
            raise AssertionError(
                f"the WebSocket was refused with {status}{_logged(server)}: `await websocket.accept()` comes first."
            ) from None
        except TimeoutError:
            raise AssertionError("the WebSocket was never accepted: `await websocket.accept()` comes first.") from None
        assert until(lambda: bool(ended), PATIENCE), (
            "the follower has left, and the route still waits for news. Only receiving notices a closed connection: "
            "listen beside the sending."
        )
        left = server.client.post("/tell", params={"text": "too late"}).json()
        assert left == 1, (
            "the route is over, but a task of it still waits at the queue and took the news that came later: cancel it."
        )
        until(lambda: bool(logged_error(server.log)), 0.1)
    assert not logged_error(server.log), f"leaving is no error, but the log holds {logged_error(server.log)}."


def _follow(server: Server, follower: ClientConnection, texts: list[str]) -> None:
    for number, text in enumerate(texts):
        try:
            server.client.get("/ping", timeout=PATIENCE)
        except httpx.ReadTimeout:
            raise AssertionError("your code held the event loop: nobody else was answered.") from None
        server.client.post("/tell", params={"text": text})
        try:
            came = follower.recv(timeout=PATIENCE)
        except TimeoutError:
            assert number == 0, (
                "after the follower had said a word, no more news came: go on listening, and send beside it."
            )
            raise AssertionError(
                f"no news came, though the queue held some{_logged(server)}. Send without waiting for the follower's word."
            ) from None
        except ConnectionClosed:
            raise AssertionError(
                f"the connection was closed after {number} news{_logged(server)}, though the follower had not left."
            ) from None
        assert came == text, f"the text {text!r} should be sent as it is, but {came!r} came."
        follower.send(b"thank you" if number == len(texts) - 2 else "thank you")


def _logged(server: Server) -> str:
    until(lambda: bool(logged_error(server.log)), 0.2)
    error = logged_error(server.log)
    return f" ({error})" if error else ""


def _solve_leave() -> Callable[..., Any]:
    async def follow(websocket: WebSocket, news: asyncio.Queue[str]) -> None:
        async def send_news() -> None:
            while True:
                await websocket.send_text(await news.get())

        await websocket.accept()
        async with anyio.create_task_group() as both:
            both.start_soon(send_news)
            while (await websocket.receive())["type"] != "websocket.disconnect":
                pass  # text or bytes, whatever the follower says
            both.cancel_scope.cancel()

    return follow


EXERCISE = Exercise(
    id="4.4-leave",
    title="the follower that left",
    task="`follow(websocket, news)` should accept, send each text that the queue `news` gives, let the follower say what "
    "it wants, and be over as soon as the follower has left, without an error, also while the queue is silent.",
    check=_check_leave,
    hints=(
        "Two things wait at the same time: the queue for news, and the connection for a word or its end.",
        "A task group holds both. `await websocket.receive()` takes text and bytes; its `type` is `websocket.disconnect` when the follower has left.",
        "Then `cancel_scope.cancel()` ends the task that waits for news.",
    ),
    solution=_solve_leave,
    wants="function",
)
