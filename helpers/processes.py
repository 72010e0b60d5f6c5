"""`process()`: a server or worker as a real process, started until it is ready and never left behind."""

import os
import re
import time
from collections.abc import Mapping, Sequence

from helpers import given, launch
from helpers.child import Process
from helpers.errors import CourseError, Interrupted
from helpers.readiness import answers, any_listens, holds, quoted, until

__all__ = ["Process", "process"]


def process(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str | os.PathLike[str]] | None = None,
    ready_path: str | None = None,
    ready_text: str | re.Pattern[str] | None = None,
    name: str | None = None,
    timeout: float = 40.0,
) -> Process:
    """Start `command`, a list of arguments, as a process of its own and return its `Process` when it is ready.

    "python", or "-m" as the first argument, means the Python of this kernel; other programs are looked for beside it
    first. "{port}" in an argument or in a value of `env` becomes a free port on loopback. Ready means: it listens on
    that port, or gives any HTTP answer to `ready_path`, such as "/"; and its log holds `ready_text`, a text or a
    compiled pattern. Without any of these, having started is enough. `env` is added to the kernel's environment,
    `name` stands in messages, `timeout` is in seconds.

    Raises `CourseError`, with the end of the log, for a command that does not exist, ends before it is ready or is not
    ready in time; nothing is left behind then.
    """
    timeout = given.seconds("process(timeout=...)", timeout)
    if not isinstance(name, str | None) or not isinstance(ready_text, str | re.Pattern | None):
        raise CourseError("process() expects name as a text, and ready_text as a text or a compiled pattern.")
    for _ in range(2):  # the port that was free may be taken before the command binds it: once more, then
        start = launch.prepare(command, cwd, env)
        name = name or _name_of(command)
        if ready_path is not None and start.port is None:
            raise CourseError("ready_path needs {port} in an argument or in env.")
        path = None if ready_path is None else given.path("process(ready_path=...)", ready_path)
        if started := _start_once(name, start, path, ready_text, timeout):
            return started
    raise CourseError(f"{name} found its port taken by another program, twice.")


def _start_once(
    name: str, start: launch.Launch, path: str | None, text: str | re.Pattern[str] | None, timeout: float
) -> Process | None:
    """A `Process` that is ready, or None when another program had taken its port."""
    started = None
    try:
        started = Process(name, start)
        ready = (start.port is None and text is None) or _wait_until_ready(started, path, text, timeout)
    except BaseException as error:
        if started is not None:
            started.kill()
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"Interrupted while {name} was starting: it was ended.") from None
        raise
    if not ready:
        started.kill()
    return started if ready else None


def _wait_until_ready(started: Process, path: str | None, text: str | re.Pattern[str] | None, timeout: float) -> bool:
    """True when ready; False when the command has ended because its port was taken."""
    deadline = time.monotonic() + timeout

    def ready() -> bool:
        if text is not None and not holds(started.log, text):
            return False
        if started.port is None:
            return True
        # Only then is it this process that answers, and not a stranger who took the port.
        return answers(started.port, path, deadline - time.monotonic()) and any_listens(
            [started.pid, *started.children()], started.port
        )

    settled = until(lambda: not started.running or ready(), timeout)
    if started.running:
        if settled:
            return True
        awaited = f"no {quoted(text)} in its log" if text else f"no answer to {path}" if path else "its port is closed"
        raise CourseError(f"{started.name} was not ready within {timeout:g} s: {awaited}. {started.last_lines()}")
    if started.port is not None and launch.PORT_TAKEN.search(started.log):
        return False
    raise CourseError(f"{started.name} ended ({started.ended}) before it was ready. {started.last_lines()}")


def _name_of(command: Sequence[str | os.PathLike[str]]) -> str:
    """What a reader calls the command: "uvicorn" for `python -m uvicorn main:app`, "worker.py" for `python worker.py`."""
    words = [os.path.basename(word) for word in command if isinstance(word, (str, os.PathLike))]
    named = [word for word in words if word not in ("python", "-m")][:1]
    return named[0] if named and not named[0].startswith("-") else "python"
