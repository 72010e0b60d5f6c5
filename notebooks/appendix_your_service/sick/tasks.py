"""What the service does behind its answers."""

import asyncio
import time

from storage import Session


async def write_ledger(session: Session, order: int) -> None:
    session.add(order)


def print_label(order: int) -> None:
    time.sleep(0.4)


async def call_carrier(sender: str) -> None:
    if sender == "Grace":
        raise ConnectionError("the carrier does not answer")


async def archive(order: int) -> None:
    await asyncio.sleep(0.05)


async def compress(order: int) -> None:
    time.sleep(0.3)


async def follow(order: int) -> None:
    await asyncio.sleep(30)
