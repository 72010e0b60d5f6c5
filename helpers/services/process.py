"""`process()`: a server or worker as a real process, started until it is ready, with its log, its signals and its end.

Nothing is left behind: what the command started ends with it, and all of it ends with the kernel.
"""

import contextlib
import os
import re
import signal
import subprocess
import threading
import time
import weakref
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from helpers import given
from helpers.errors import CourseError, Interrupted
from helpers.live.log import quote
from helpers.services import launch
from helpers.services.waiting import answers, any_listens, holds, quoted, until

if TYPE_CHECKING:
    from helpers.live.client import Client

__all__ = ["Process", "process"]

BREAK = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)  # Windows only


class Process:
    """A running command; made by `helpers.services.process.process`.

    Attributes: `name`; `pid`, that of the command itself (on Windows that of its launcher, if it has one); `port`, the
    number that replaced {port}, or None. It ends with `stop()`, at the end of a `with` block, when nothing refers to it
    any more, and with the kernel, however that ends; everything that the command started ends with it.
    """

    def __init__(self, name: str, start: launch.Launch):
        self.name = name
        self.port = start.port
        self._cwd = start.cwd
        self._client: Client | None = None
        self._log = launch.Log()
        try:
            watcher, self._command = start.start(self._log)
        except BaseException as error:
            self._log.close()
            if isinstance(error, OSError):
                raise CourseError(f"{name} cannot be started: {error.strerror or 'the system refused it'}.") from None
            raise
        self.pid = self._command.pid
        quote(self)
        self._end = weakref.finalize(self, _end, self._command, watcher, start.mark, self._log, os.getpid())

    def __repr__(self) -> str:
        return f"{self.name}, running" if self.running else f"{self.name}, ended: {self.ended}"

    @property
    def url(self) -> str:
        """The address of the server, such as http://127.0.0.1:PORT."""
        if self.port is None:
            raise CourseError(f"{self.name} has no address: no argument and no value of env contains {launch.PORT}.")
        return f"http://127.0.0.1:{self.port}"

    @property
    def client(self) -> "Client":
        """A ready `httpx.Client` for `url`, observed by a `record()`; it is closed by `stop()`."""
        if self._client is None:
            from helpers.live.client import Client

            self._client = Client(base_url=self.url, trust_env=False, verify=False, timeout=30.0)
        return self._client

    @property
    def log(self) -> str:
        """What the process and its children wrote to stdout and stderr so far."""
        return self._log.text

    @property
    def running(self) -> bool:
        """True until the command itself has ended."""
        return self._command.poll() is None

    @property
    def ended(self) -> str | None:
        """How the command ended: the signal that ended it ("SIGKILL") or its exit code ("exit 0"); None while it runs."""
        code = self._command.poll()
        if code is None:
            return None
        return _signal_name(-code) if code < 0 else f"exit {code}"

    def children(self) -> list[int]:
        """The ids of all living processes that descend from the command (multiprocessing adds its resource tracker)."""
        import psutil

        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.pid).children(recursive=True) if self.running else []
            return [child.pid for child in found if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        return []

    def wait_for(self, text: str | re.Pattern[str], timeout: float = 30.0) -> None:
        """Wait until the log holds `text`, or what a compiled pattern finds, for at most `timeout` seconds.

        Raises `CourseError` when that has not come in time or cannot come because the process has ended.
        """
        timeout = given.seconds("wait_for(timeout=...)", timeout)
        if not isinstance(text, str | re.Pattern):
            raise CourseError(f"wait_for() expects a text or a compiled pattern, but got {given.shown(text)}.")
        with self._interruptible("waiting for its log"):
            until(lambda: holds(self.log, text) or not self.running, timeout, f"{self.name} to log {quoted(text)}")
        if not holds(self.log, text):
            why = f"ended ({self.ended})" if not self.running else f"ran for {timeout:g} s"
            raise CourseError(f"{self.name} {why} without {quoted(text)} in its log. {self.last_lines()}")

    def signal(self, name: str) -> None:
        """Send a signal, such as "SIGTERM", "SIGINT" or "SIGKILL", to the command itself, and only to it.

        Windows has neither SIGTERM nor SIGKILL; there "SIGINT" is sent as Ctrl-Break, the one console event that a
        single process can get (docs.python.org/3/library/subprocess.html, `Popen.send_signal`).
        """
        number = getattr(signal, name, None) if isinstance(name, str) else name
        if not launch.POSIX:
            if name != "SIGINT":
                raise CourseError(f"Windows has no {name}: stop() ends {self.name}.")
            number = BREAK
        if not isinstance(number, signal.Signals):
            raise CourseError(f"{given.shown(name)} is not a signal of this system: use a name such as 'SIGTERM'.")
        if not self.running:
            raise CourseError(f"{self.name} has ended already ({self.ended}) and gets no more signals.")
        self._command.send_signal(number)

    def wait(self, timeout: float = 30.0) -> str:
        """Wait until the command has ended and return how, as `ended` does; `CourseError` after `timeout` seconds."""
        timeout = given.seconds("wait(timeout=...)", timeout)
        with self._interruptible("waiting for its end"):
            if not until(lambda: not self.running, timeout, f"{self.name} to end"):
                raise CourseError(f"{self.name} still runs after {timeout:g} s.")
        return self.ended or ""

    def stop(self, timeout: float = 5.0) -> None:
        """End the process: SIGTERM, and after at most `timeout` seconds SIGKILL for it and everything that it started.

        On Windows Ctrl-Break takes the place of SIGTERM. Stopping twice does nothing.
        """
        timeout = given.seconds("stop(timeout=...)", timeout)
        try:
            if self._end.alive and self.running:
                with contextlib.suppress(OSError):  # a Windows without a console, or ended meanwhile
                    self._command.send_signal(signal.SIGTERM if launch.POSIX else BREAK)
                until(lambda: not self.running, timeout, f"{self.name} to stop")
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted while {self.name} was stopping: it was killed.") from None
        finally:
            self.kill()

    def kill(self) -> None:
        """End the process and everything that it started at once, by SIGKILL."""
        self._end()
        if self._client is not None:
            self._client.close()

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    @contextlib.contextmanager
    def _interruptible(self, doing: str) -> Iterator[None]:
        try:
            yield
        except KeyboardInterrupt:
            raise Interrupted(f"Interrupted while {doing} ({self!r}).") from None

    def last_lines(self) -> str:
        """How the log ends, for a message."""
        return launch.last_lines(self._log, self._cwd)


def _signal_name(number: int) -> str:
    """ "SIGTERM", or "SIGRTMIN+1" for one of Linux's real-time signals, of which only the first and last have names."""
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    first = getattr(signal, "SIGRTMIN", number)
    return f"SIGRTMIN+{number - first}" if number > first else f"signal {number}"


def _end(
    command: launch.Command | subprocess.Popen, watcher: subprocess.Popen, mark: str, log: launch.Log, owner: int
) -> None:
    """Kill the command with everything that it started, then its guard; called once, also by the kernel's exit."""
    if os.getpid() != owner:  # a child that the kernel forked ends: the process is not its own
        return
    launch.end(watcher, mark, command)
    log.close()


def process(
    command: Sequence[str | os.PathLike[str]],
    *,
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str | os.PathLike[str]] | None = None,
    ready_path: str | None = None,
    ready_text: str | re.Pattern[str] | None = None,
    name: str | None = None,
    timeout: float = 60.0,
) -> Process:
    """Start `command`, a list of arguments, as a process of its own and return its `Process` when it is ready.

    "python", or "-m" as the first argument, means the Python of this kernel; other programs are looked for beside it
    first. "{port}" in an argument or in a value of `env` becomes a free port on loopback. Ready means: it listens on
    that port, or gives any HTTP answer to `ready_path`, such as "/"; and its log holds `ready_text`, a text or a
    compiled pattern. Without any of these, having started is enough. `env` is added to the kernel's environment,
    `name` stands in messages, `timeout` is in seconds.

    On Linux another user of the machine is turned away by every Python program that is started so
    (helpers/live/peers.py); a program in another language has to see to that itself.

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


starting: dict[int, Process] = {}  # thread -> the process for which it waits until that is ready


def _start_once(
    name: str, start: launch.Launch, path: str | None, text: str | re.Pattern[str] | None, timeout: float
) -> Process | None:
    """A `Process` that is ready, or None when another program had taken its port."""
    started = None
    try:
        starting[threading.get_ident()] = started = Process(name, start)
        ready = (start.port is None and text is None) or _wait_until_ready(started, path, text, timeout)
    except BaseException as error:
        if started is not None:
            started.kill()
        if isinstance(error, KeyboardInterrupt):
            raise Interrupted(f"Interrupted while {name} was starting: it was ended.") from None
        raise
    finally:
        starting.pop(threading.get_ident(), None)
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

    settled = until(lambda: not started.running or ready(), timeout, f"{started.name} to be ready")
    if started.running and settled:
        return True
    if started.running:
        late = f"{started.name} was not ready within {timeout:g} s"
        raise CourseError(
            f"{late}: {_awaited(path, None if text and holds(started.log, text) else text)}. {started.last_lines()}"
        )
    if started.port is not None and launch.PORT_TAKEN.search(started.log):
        return False
    raise CourseError(f"{started.name} ended ({started.ended}) before it was ready. {started.last_lines()}")


def _awaited(path: str | None, text: str | re.Pattern[str] | None) -> str:
    """What has not come of a process that is not ready."""
    if text:
        return f"no {quoted(text)} in its log"
    return f"no answer to {path}" if path else "its port is closed"


def _name_of(command: Sequence[str | os.PathLike[str]]) -> str:
    """What a reader calls the command: "uvicorn" for `python -m uvicorn main:app`, "worker.py" for `python worker.py`."""
    words = [os.path.basename(word) for word in command if isinstance(word, (str, os.PathLike))]
    named = [word for word in words if word not in ("python", "-m")][:1]
    return named[0] if named and not named[0].startswith("-") else "python"
