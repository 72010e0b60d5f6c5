"""What the service does behind its answers."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, ParamSpec

from storage import open_session

logger = logging.getLogger(__name__)
P = ParamSpec("P")


def safe(task: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, Coroutine[Any, Any, None]]:
    """A task whose failure is logged, and costs neither the tasks behind it nor the connection."""

    @wraps(task)
    async def carefully(*arguments: P.args, **options: P.kwargs) -> None:
        try:
            await task(*arguments, **options)
        except Exception:
            logger.exception("%s failed", task.__name__)

    return carefully


@safe
async def write_ledger(order: int) -> None:
    with open_session() as session:
        session.add(order)


@safe
async def print_label(order: int) -> None:
    await asyncio.sleep(0.4)


@safe
async def call_carrier(sender: str) -> None:
    if sender == "Grace":
        raise ConnectionError("the carrier does not answer")


@safe
async def archive(order: int) -> None:
    await asyncio.sleep(0.05)


@safe
async def follow(order: int) -> None:
    await asyncio.sleep(1.0)
