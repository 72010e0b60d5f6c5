"""How long an event loop is held: a thread beside it asks for a sign of life again and again."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Iterator

__all__ = ["Hold", "holding"]


class Hold:
    """`longest`: the longest time in seconds that the loop let a call wait; final when the `with` block has ended."""

    def __init__(self) -> None:
        self.longest = 0.0


@contextlib.contextmanager
def holding(loop: asyncio.AbstractEventLoop, every: float = 0.005) -> Iterator[Hold]:
    """Ask the running `loop` of another thread for a sign of life, for the length of a `with` block.

    `every`: seconds of rest after each sign. A busy machine makes a loop wait, too: compare with a known delay, and
    judge by the shortest of several blocks.
    """
    hold, done = Hold(), threading.Event()

    def ask() -> None:
        while not done.wait(every):
            asked, answered = time.perf_counter(), threading.Event()
            try:
                loop.call_soon_threadsafe(answered.set)
            except RuntimeError:  # the loop has ended
                return
            while not answered.wait(0.05) and not loop.is_closed():
                pass
            hold.longest = max(hold.longest, time.perf_counter() - asked)

    thread = threading.Thread(target=ask, name="holding", daemon=True)
    thread.start()
    try:
        yield hold
    finally:
        done.set()
        thread.join(5.0)
