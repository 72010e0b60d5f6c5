"""What learners pass to 2.1-stock."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import anyio
from fastapi import FastAPI, HTTPException

from helpers.chapters.ch02.exercises.stock import confirm, stock
from tests.chapters.answers import right, stub, wrong


def stock_app(take: Callable[..., Any]) -> tuple[FastAPI, dict[str, int]]:
    """The notebook's app with this path operation, and its stock."""
    app = FastAPI()
    app.post("/take")(take)
    return app, stock


@stub("2.1-stock")
def stock_shipped():
    async def take(count: int) -> int: ...

    return stock_app(take)


@wrong("2.1-stock", says="over what others had written")
def stock_without_a_lock():
    async def take(count: int) -> int:
        left = stock["labels"] - count
        if left < 0:
            raise HTTPException(409)
        await confirm()
        stock["labels"] = left
        return left

    return stock_app(take)


@wrong("2.1-stock", says="made once for all requests")
def stock_with_a_lock_each():
    async def take(count: int) -> int:
        async with asyncio.Lock():
            if stock["labels"] < count:
                raise HTTPException(409)
            await confirm()
            stock["labels"] -= count
            return stock["labels"]

    return stock_app(take)


@wrong("2.1-stock", says="What is awaited needs an `asyncio.Lock`")
def stock_with_a_thread_lock():
    lock = threading.Lock()

    async def take(count: int) -> int:
        with lock:
            left = stock["labels"] - count
            if left < 0:
                raise HTTPException(409)
            await confirm()
            stock["labels"] = left
            return left

    return stock_app(take)


@wrong("2.1-stock", says="409 should come, but 200 did")
def stock_below_nothing():
    lock = asyncio.Lock()

    async def take(count: int) -> int:
        async with lock:
            await confirm()
            stock["labels"] -= count
            return stock["labels"]

    return stock_app(take)


@wrong("2.1-stock", says="`take` should return what is left, 3, but returned 2")
def stock_returns_the_count():
    lock = asyncio.Lock()

    async def take(count: int) -> int:
        async with lock:
            if stock["labels"] < count:
                raise HTTPException(409)
            await confirm()
            stock["labels"] -= count
            return count

    return stock_app(take)


@wrong("2.1-stock", says="3 labels should be left in `stock`, but 1 are")
def stock_keeps_what_is_refused():
    lock = asyncio.Lock()

    async def take(count: int) -> int:
        async with lock:
            await confirm()
            left = stock["labels"] = stock["labels"] - count
            if left < 0:
                stock["labels"] = 1
                raise HTTPException(409)
            return left

    return stock_app(take)


@wrong("2.1-stock", says="your function `take` returned `None`")
def stock_returns_nothing():
    async def take(count: int) -> int:
        await confirm()
        stock["labels"] -= count

    return stock_app(take)


@wrong("2.1-stock", says="`confirm()` alone only makes a coroutine")
def stock_never_confirmed():
    async def take(count: int) -> int:
        confirm().close()
        if stock["labels"] < count:
            raise HTTPException(409)
        stock["labels"] -= count
        return stock["labels"]

    return stock_app(take)


@right("2.1-stock")
def stock_confirmed_first():
    async def take(count: int) -> int:
        await confirm()
        if stock["labels"] < count:
            raise HTTPException(409)
        stock["labels"] -= count
        return stock["labels"]

    return stock_app(take)


@right("2.1-stock")
def stock_with_anyio():
    lock = anyio.Lock()

    async def take(count: int) -> int:
        await lock.acquire()
        try:
            if count > stock["labels"]:
                raise HTTPException(status_code=409)
            await confirm()
            stock["labels"] -= count
        finally:
            lock.release()
        return stock["labels"]

    return stock_app(take)


@right("2.1-stock")
def stock_reserved_before():
    async def take(count: int) -> int:
        if stock["labels"] < count:
            raise HTTPException(409)
        stock["labels"] -= count
        left = stock["labels"]
        await confirm()
        return left

    return stock_app(take)


@right("2.1-stock")
def stock_in_threads():
    lock = threading.Lock()

    def take(count: int) -> int:
        with lock:
            if stock["labels"] < count:
                raise HTTPException(409)
            asyncio.run(confirm())
            stock["labels"] -= count
            return stock["labels"]

    return stock_app(take)


@wrong("2.1-stock", says="Is a lock held that nobody releases?")
def stock_with_a_lock_that_a_refusal_keeps():
    lock = asyncio.Lock()

    async def take(count: int) -> int:
        await lock.acquire()
        if stock["labels"] < count:
            raise HTTPException(409)
        await confirm()
        stock["labels"] -= count
        lock.release()
        return stock["labels"]

    return stock_app(take)


@wrong("2.1-stock", says="the loop of an earlier server or check")
def stock_with_a_lock_of_another_loop():
    lock = asyncio.Lock()

    async def wait_in_turn() -> None:
        async def hold() -> None:
            async with lock:
                await asyncio.sleep(0)

        await asyncio.gather(hold(), hold())

    asyncio.run(wait_in_turn())

    async def take(count: int) -> int:
        async with lock:
            if stock["labels"] < count:
                raise HTTPException(409)
            await confirm()
            stock["labels"] -= count
            return stock["labels"]

    return stock_app(take)
