"""Ends threads that hold a learner's code whose time is up: an endless loop, a wait for what never comes.

Python can end no thread from outside, but it can raise an exception in one (docs.python.org/3/c-api/init.html,
PyThreadState_SetAsyncExc), at its next step. Three things stand in the way, each with its answer here: code that catches
everything, a thread that waits for a lock, and one that sleeps in a system call, which is set aside and ends when it wakes.
"""

import concurrent.futures.thread
import contextlib
import ctypes
import random
import sys
import threading
import time
from collections.abc import Callable, Iterable
from types import FrameType
from typing import Any

from helpers.live.frames import has_own, innermost, is_own, outward

__all__ = ["Stop", "alive", "end", "own_threads", "raise_in", "set_aside"]

AGAIN = 0.02  # seconds between two blows: code that catches everything in several layers needs several


class Stop(BaseException):
    """Raised inside a thread whose time is up; no `except Exception` of a learner catches it.

    It is made in that thread, so it can arm a trace there: where `except BaseException` catches it, a line of the
    learner's code raises it again, until none of that code is left on the stack. Frames of the helpers and of libraries
    are left alone, so their `finally` runs.
    """

    def __init__(self, *arguments: object):
        super().__init__(*arguments)
        _arm(sys._getframe().f_back)  # none, where a thread is at its very end


def _arm(frame: FrameType | None) -> None:
    own = [one for one in outward(frame) if is_own(one.f_code.co_filename)]
    for one in own:
        one.f_trace = _raise_at_lines
    if own:
        sys.settrace(_trace_own)
        sys.setprofile(_arm_again)


def _trace_own(frame: FrameType, event: str, argument: object) -> Any:
    return _raise_at_lines if is_own(frame.f_code.co_filename) else None


def _raise_at_lines(frame: FrameType, event: str, argument: object) -> Any:
    # Not at each line: in the end one falls where nothing around it catches.
    if event == "line" and random.random() < 0.5:
        raise Stop
    return _raise_at_lines


def _arm_again(frame: FrameType, event: str, argument: object) -> None:
    """Python takes the trace off a thread where the trace raises; a profile stays, until no own code is left."""
    left = event == "return" and is_own(frame.f_code.co_filename) and not has_own(frame.f_back)
    if left:
        sys.setprofile(None)
        sys.settrace(None)
    elif sys.gettrace() is None:
        _arm(frame)


class _Unraisable:
    """Python says nothing of a `Stop` that no code can take: one that met a thread at its very start, or a destructor."""

    def __init__(self, told: Callable[[Any], object]):
        self._told = told

    def __call__(self, ignored: Any) -> None:
        if not issubclass(ignored.exc_type, Stop):
            self._told(ignored)


def raise_in(thread: threading.Thread) -> None:
    """Raise `Stop` in a thread at its next step, and wake it when it waits for an event, a queue or a future."""
    if not isinstance(sys.unraisablehook, _Unraisable):
        sys.unraisablehook = _Unraisable(sys.unraisablehook)
    with contextlib.suppress(AttributeError):
        # pyrefly: ignore[missing-attribute]
        thread._invoke_excepthook = lambda *_: None  # or `threading` prints the traceback into some later cell
    number, waiter = ctypes.c_ulong(thread.ident or 0), None
    for frame in outward(innermost().get(thread.ident or 0)):
        if frame.f_code is threading.Condition.wait.__code__:
            waiter = frame.f_locals.get("waiter")
            break
    # No call of Python's between the two: until the other thread takes the exception, Python 3.11 does not come past the
    # start of any function that is traced, by a debugger or by coverage (ceval.c, `DO_TRACING`).
    ctypes.pythonapi.PyThreadState_SetAsyncExc(number, ctypes.py_object(Stop))
    try:
        # The lock that `notify` would release (threading.py, `Condition.wait`): such a wait ignores exceptions.
        waiter.release()  # pyrefly: ignore[missing-attribute]
    except (RuntimeError, AttributeError):  # it was released meanwhile, or there is none
        pass


def alive(thread: threading.Thread) -> bool:
    """Whether a thread has started and not ended.

    Not `Thread.is_alive` and `join`: an interrupt inside them makes Python 3.11 take a living thread for an ended one.
    """
    # By its object, too: the system soon gives the number of an ended thread to another one.
    return thread.ident in innermost() and threading._active.get(thread.ident) is thread  # pyrefly: ignore[missing-attribute]


def own_threads(threads: Iterable[threading.Thread]) -> list[threading.Thread]:
    """Those in which the learner's own code stands on the stack now."""
    frames = innermost()
    frames.pop(threading.get_ident(), None)  # this very frame: a cycle would keep what the learner made alive for long
    return [thread for thread in threads if has_own(frames.get(thread.ident or 0))]


def end(threads: Callable[[], Iterable[threading.Thread]], over: Callable[[], bool], within: float) -> None:
    """Strike those of `threads()` that hold own code, again and again, until `over()` or for `within` seconds."""
    deadline = time.monotonic() + within
    while not over() and time.monotonic() < deadline:
        for thread in own_threads(threads()):
            raise_in(thread)
        time.sleep(AGAIN)


def set_aside(threads: Iterable[threading.Thread]) -> None:
    """Forget threads that cannot be woken: nobody waits for them any more, Python's exit included."""
    for thread in threads:
        # concurrent.futures joins its workers when Python ends (concurrent/futures/thread.py, `_python_exit`).
        # pyrefly: ignore[missing-attribute]
        concurrent.futures.thread._threads_queues.pop(thread, None)
