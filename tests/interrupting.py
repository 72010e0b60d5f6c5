"""An interrupt that comes when it is meant to: once a thread is where the test wants it, and not after so many seconds."""

import _thread
import contextlib
import threading
from collections.abc import Callable, Iterator

from helpers.live.frames import innermost, outward
from helpers.services.waiting import until


def inside(function: Callable) -> set[int]:
    """The other threads that are inside a call of `function`, by their numbers."""
    frames = innermost()
    frames.pop(threading.get_ident(), None)  # this very frame would keep itself alive
    return {
        thread for thread, frame in frames.items() if any(one.f_code is function.__code__ for one in outward(frame))
    }


def main_is_inside(function: Callable) -> bool:
    """Whether the main thread is inside a call of `function`; for another thread to ask."""
    return threading.main_thread().ident in inside(function)


@contextlib.contextmanager
def interrupted_when(condition: Callable[[], object]) -> Iterator[None]:
    """What a notebook's stop button does, as soon as `condition()` holds."""
    waiter = threading.Thread(target=lambda: until(condition, 20) and _thread.interrupt_main())
    waiter.start()
    try:
        yield
    finally:
        waiter.join()
