"""The depot's board of section 4.4 for several processes: what one of them is told, the broker tells all."""

import asyncio
import os
from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Annotated

import anyio
from fastapi import Depends, FastAPI, Request, WebSocket, WebSocketDisconnect
from fastapi.sse import EventSourceResponse
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

CHANNEL = "depot-news"


class Hub:
    """The followers of this process; one that does not keep up loses the oldest news."""

    def __init__(self) -> None:
        self.followers: set[asyncio.Queue[str]] = set()

    def publish(self, news: str) -> None:
        for queue in self.followers:
            if queue.full():
                queue.get_nowait()  # who does not keep up loses the oldest
            queue.put_nowait(news)


hub = Hub()


async def follow() -> AsyncIterator[asyncio.Queue[str]]:
    """A dependency, as its end is certain: the `finally` of a stream may wait for the garbage collector."""
    queue: asyncio.Queue[str] = asyncio.Queue(maxsize=3)
    queue.put_nowait("welcome")
    hub.followers.add(queue)
    try:
        yield queue
    finally:
        hub.followers.discard(queue)


NewsDep = Annotated[asyncio.Queue[str], Depends(follow)]


async def pass_on(pubsub: PubSub) -> None:
    while True:
        with suppress(RedisError):  # the broker is away; what is told meanwhile is lost
            async for message in pubsub.listen():
                if message["type"] == "message":
                    hub.publish(message["data"])
        await asyncio.sleep(0.5)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with Redis.from_url(os.environ["REDIS_URL"], decode_responses=True) as redis, redis.pubsub() as pubsub:
        app.state.redis = redis
        await pubsub.subscribe(CHANNEL)
        listener = asyncio.create_task(pass_on(pubsub))
        yield
        listener.cancel()


app = FastAPI(lifespan=lifespan)


@app.post("/news", status_code=202)
async def tell(news: str, request: Request) -> None:
    await request.app.state.redis.publish(CHANNEL, news)


async def send_news(websocket: WebSocket, news: asyncio.Queue[str]) -> None:
    with suppress(WebSocketDisconnect):  # the client left while news was on its way
        while True:
            await websocket.send_text(await news.get())


@app.websocket("/board")
async def follow_board(websocket: WebSocket, news: NewsDep) -> None:
    await websocket.accept()
    async with anyio.create_task_group() as both:
        both.start_soon(send_news, websocket, news)
        async for _ in websocket.iter_text():
            pass  # until the client leaves
        both.cancel_scope.cancel()


@app.get("/events", response_class=EventSourceResponse)
async def follow_events(news: NewsDep) -> AsyncIterable[str]:
    while True:
        yield await news.get()
