"""Waiting in a cell: nothing is left half done by an interrupt, and whoever waits is told for what.

Python raises KeyboardInterrupt in the main thread only, between any two steps, inside `Thread.start()` and while a lock of
`logging` is held, too. What starts and stops servers is therefore done in a thread beside; the cell only waits for it.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from helpers.surroundings import checked

__all__ = ["SLICE", "Hurry", "Patience", "aside"]

SLICE = 0.05  # seconds: a longer wait is not interrupted on Windows, nor by an exception from another thread
Result = TypeVar("Result")


class Hurry(threading.Event):
    """Set when the cell was interrupted: come to an end. `doing` says what is awaited meanwhile."""

    doing = ""


class Patience:
    """Says once, after `after` seconds, what a cell waits for; where the course is checked (COURSE_RUN=ci) it is silent."""

    after = 2.0

    def __init__(self) -> None:
        self._since = time.monotonic()
        self._told = checked()

    def tell(self, doing: str | Callable[[], str]) -> None:
        """To be called again and again while waiting."""
        if not self._told and time.monotonic() - self._since > self.after:
            self._told = True
            print(f"Waiting {doing if isinstance(doing, str) else doing()} ...")


def aside(work: Callable[[Hurry], Result]) -> Result:
    """Do `work` in a thread beside; give what it returns, or raise what it raises.

    Interrupted meanwhile, this sets the `Hurry` that `work` got, waits until it has come to its end, which shall take less
    than 2 s, and passes the interrupt on, unless `work` raised a sentence of its own. A second interrupt waits no longer.
    """
    hurry, begun, ended = Hurry(), threading.Event(), threading.Event()
    outcome: dict[str, Result] = {}
    failure: list[BaseException] = []

    def run() -> None:
        begun.set()
        try:
            outcome["result"] = work(hurry)
        except BaseException as error:
            failure.append(error)
        finally:
            ended.set()

    patience = Patience()
    try:
        threading.Thread(target=run, name="serve", daemon=True).start()
        while not ended.wait(SLICE):
            if hurry.doing:
                patience.tell(hurry.doing)
    except BaseException:
        hurry.set()
        if begun.wait(SLICE):  # or the interrupt came before the thread
            while not ended.wait(SLICE):
                pass
        if not failure:
            raise
    if failure:
        # Out of the list, which the traceback's frame holds: a cycle would keep what the learner made alive for long.
        raise failure.pop()
    return outcome["result"]
