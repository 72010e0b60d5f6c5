"""Runs what a learner wrote, whatever it does: within a deadline, without prints, every failure as one sentence.

No sentence holds a path, a port or an object's address, so that it reads the same in every run.
"""

import io
import linecache
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import Any

from helpers.errors import CourseError, Interrupted
from helpers.live import ending
from helpers.live.frames import is_own
from helpers.live.server import Server, condemn, live, set_aside, threads_of
from helpers.services.mailbox import Mailbox
from helpers.wording import message, raised, scrub

DEADLINE = 10.0  # seconds
_INTERRUPTED = "Interrupted while your code was being checked."


class TookTooLong(CourseError):
    """The code was still running when its time was up."""


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

    After `DEADLINE` seconds the exception is TookTooLong. What still runs then, and what an attempt in time has left
    running, is ended or set aside, so that the next attempt finds the kernel as this one did. Interrupted, a
    KeyboardInterrupt, when the cell is interrupted meanwhile.
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

    found = _Found(arguments)
    thread = threading.Thread(target=attempt, name="check", daemon=True)
    try:
        thread.start()
        end = time.monotonic() + DEADLINE
        while not ended.wait(0.1) and time.monotonic() < end:  # short, because Windows does not interrupt a longer wait
            pass
        late = not ended.is_set()
    except KeyboardInterrupt:
        raise Interrupted(_INTERRUPTED) from None
    finally:
        found.restore(thread, ended)
    # Out of the dict, which the traceback's frame holds: a cycle would keep what the learner made alive for long.
    error = outcome.pop("error", None)
    if late:
        error = TookTooLong(f"Your code did not finish within {DEADLINE:g} s.")
    if isinstance(error, KeyboardInterrupt):
        raise Interrupted(_INTERRUPTED) from None
    return outcome.get("result"), error


class _Found:
    """What the kernel ran before an attempt, and how its mailboxes were set: all else is the attempt's."""

    def __init__(self, arguments: Iterable[Any]):
        self.threads = set(threading.enumerate())
        self.servers = live()
        self.next_blow = 0.0  # at the thread of the check
        given = [part for argument in arguments for part in (argument if isinstance(argument, tuple) else (argument,))]
        self.settings = [
            (part, name, getattr(part, name))
            for part in given
            if isinstance(part, Mailbox)
            for name in ("delay", "fail_with", "fail_times")
        ]

    def new_servers(self) -> list[Server]:
        return [server for server in live() if server not in self.servers]

    def new_threads(self) -> list[threading.Thread]:
        kept = self.threads.union(*(threads_of(server) for server in self.servers))
        return [thread for thread in threading.enumerate() if thread not in kept]

    def is_over(self, check: threading.Thread, ended: threading.Event) -> bool:
        """Whether nothing of the attempt runs any more; what still does gets another blow."""
        if ended.is_set() and not self.new_servers() and not ending.own_threads(self.new_threads()):
            return True
        for server in self.new_servers():
            condemn(server)
        if not ended.is_set() and time.monotonic() >= self.next_blow:
            # Again, because code on the way out may use one up; seldom, because its `finally` shall come to its end.
            self.next_blow = time.monotonic() + 0.25
            ending.raise_in(check)
        return False

    def restore(self, check: threading.Thread, ended: threading.Event) -> None:
        """End what the attempt has left running, within a second; what sleeps in a system call is set aside."""
        ending.end(
            lambda: [thread for thread in self.new_threads() if thread is not check],
            lambda: self.is_over(check, ended),
            1.0,
        )
        for server in self.new_servers():
            set_aside(server)
        ending.set_aside(self.new_threads())
        if not ended.is_set():  # its `finally` has not run
            for mailbox, name, value in self.settings:
                setattr(mailbox, name, value)


def explain(error: BaseException, checker: str) -> str:
    """One sentence on why an attempt failed. `checker` is the file of the check.

    A check says what is wrong by an AssertionError; one raised in the learner's own code is a failure like any other.
    """
    error = _innermost(error)
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    by_learner = bool(frames) and frames[-1].filename != checker and is_own(frames[-1].filename)
    if isinstance(error, CourseError) or (isinstance(error, AssertionError) and not by_learner and message(error)):
        return scrub(message(error))
    who = "Your code" if own_lines(error, checker) else "Checking your code"
    return f"{who} raised {raised(error)}."


def own_lines(error: BaseException, checker: str) -> list[str]:
    """The traceback of the learner's own code alone, a line per call, without a file's name."""
    frames = traceback.walk_tb(_innermost(error).__traceback__)
    calls = [(frame.f_code, line) for frame, line in frames if frame.f_code.co_filename != checker]
    calls = [(code, line) for code, line in calls if is_own(code.co_filename)]
    source = [linecache.getline(code.co_filename, line).strip() for code, line in calls]
    return [f"line {line}, in {code.co_name}: {text}" for (code, line), text in zip(calls, source)]


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
