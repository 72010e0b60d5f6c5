"""Runs what a learner wrote, whatever it does: within a deadline, without prints, every failure as one sentence.

No sentence holds a path, a port or an object's address, so that it reads the same in every run.
"""

import ctypes
import io
import linecache
import os
import sysconfig
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from helpers.errors import CourseError, Interrupted
from helpers.wording import message, raised, scrub

DEADLINE = 10.0  # seconds
_INTERRUPTED = "Interrupted while your code was being checked."

_HERE = f"{Path(__file__).parents[1]}{os.sep}"  # the helpers
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


class TookTooLong(CourseError):
    """The code was still running when its time was up."""


class _Stop(BaseException):
    """Raised inside a thread whose time is up; no `except Exception` of a learner catches it."""


class _Nowhere(io.TextIOBase):
    """Takes what is printed and keeps nothing. Never closed, because a logger may hold on to it."""

    def write(self, text: str) -> int:
        return len(text)


@contextmanager
def quiet() -> Iterator[None]:
    """What is printed to stdout and stderr meanwhile, by whichever thread, goes nowhere."""
    with redirect_stdout(_Nowhere()), redirect_stderr(_Nowhere()):
        yield


def run(function: Callable[..., Any], *arguments: Any) -> tuple[Any, BaseException | None]:
    """Call the function in a thread; give its result and the exception it ended with, one of them None.

    After `DEADLINE` seconds the exception is TookTooLong, and the thread is told to stop, so that an endless loop does
    not slow every later measurement. Interrupted, a KeyboardInterrupt, when the cell is interrupted meanwhile.
    """
    outcome: dict[str, Any] = {}
    # Not `join` and `is_alive`: an interrupted join makes Python 3.11 take a living thread for an ended one.
    ended = threading.Event()

    def attempt() -> None:
        try:
            outcome["result"] = function(*arguments)
        except BaseException as problem:
            outcome["error"] = problem
        finally:
            ended.set()

    thread = threading.Thread(target=attempt, name="check", daemon=True)
    thread.start()
    try:
        end = time.monotonic() + DEADLINE
        while not ended.wait(0.1) and time.monotonic() < end:  # short, because Windows does not interrupt a longer wait
            pass
        late = not ended.is_set()
    except KeyboardInterrupt:
        raise Interrupted(_INTERRUPTED) from None
    finally:
        _stop(thread, ended)
    # Out of the dict, which the traceback's frame holds: a cycle would keep what the learner made alive for long.
    error = outcome.pop("error", None)
    if late:
        error = TookTooLong(f"Your code did not finish within {DEADLINE:g} s.")
    if isinstance(error, KeyboardInterrupt):
        raise Interrupted(_INTERRUPTED) from None
    return outcome.get("result"), error


def _stop(thread: threading.Thread, ended: threading.Event) -> None:
    if not ended.is_set():
        # The one way to end a thread from outside: docs.python.org/3/c-api/init.html, PyThreadState_SetAsyncExc.
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Stop))
        ended.wait(0.5)


def explain(error: BaseException, checker: str) -> str:
    """One sentence on why an attempt failed. `checker` is the file of the check.

    A check says what is wrong by an AssertionError; one raised in the learner's own code is a failure like any other.
    """
    error = _innermost(error)
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    by_learner = bool(frames) and is_own(frames[-1].filename, checker)
    if isinstance(error, CourseError) or (isinstance(error, AssertionError) and not by_learner and message(error)):
        return scrub(message(error))
    who = "Your code" if own_lines(error, checker) else "Checking your code"
    return f"{who} raised {raised(error)}."


def own_lines(error: BaseException, checker: str) -> list[str]:
    """The traceback of the learner's own code alone, a line per call, without a file's name."""
    frames = traceback.walk_tb(_innermost(error).__traceback__)
    calls = [(frame.f_code, line) for frame, line in frames if is_own(frame.f_code.co_filename, checker)]
    source = [linecache.getline(code.co_filename, line).strip() for code, line in calls]
    return [f"line {line}, in {code.co_name}: {text}" for (code, line), text in zip(calls, source)]


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error


def is_own(file: str, checker: str) -> bool:
    return file != checker and not file.startswith((_HERE, "<frozen", *_LIBRARIES))
