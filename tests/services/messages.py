"""What a mailbox is in the middle of."""

import asyncio

from helpers import Mailbox


def open_messages(mailbox: Mailbox) -> int:
    """How many messages wait for their answer: tasks inside the mailbox's own sleep."""
    loop = mailbox._stop.peek()[1].__self__._loop
    return sum("handle_DATA" in str(stack) for stack in map(_awaited, list(asyncio.all_tasks(loop))))


def _awaited(task: asyncio.Task) -> list[str]:
    coroutine, names = task.get_coro(), []
    while hasattr(coroutine, "cr_await"):
        names.append(coroutine.__qualname__)
        coroutine = coroutine.cr_await
    return names
