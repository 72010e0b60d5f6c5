"""A process that the kernel started: its log, its signals, and its end with everything that it started."""

import contextlib
import os
import re
import signal
import subprocess
import weakref
from collections.abc import Iterator
from typing import TYPE_CHECKING

from helpers import given, launch
from helpers.errors import CourseError, Interrupted
from helpers.readiness import holds, quoted, until

if TYPE_CHECKING:
    from helpers.client import Client

__all__ = ["Process"]

BREAK = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGINT)  # Windows only


class Process:
    """A running command; made by `helpers.processes.process`.

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
            from helpers.client import Client

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
        return signal.Signals(-code).name if code < 0 else f"exit {code}"

    def children(self) -> list[int]:
        """The ids of all living processes that descend from the command (multiprocessing adds its resource tracker)."""
        import psutil

        with contextlib.suppress(psutil.NoSuchProcess):
            found = psutil.Process(self.pid).children(recursive=True) if self.running else []
            return [child.pid for child in found if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
        return []

    def wait_for(self, text: str | re.Pattern[str], timeout: float = 10.0) -> None:
        """Wait until the log holds `text`, or what a compiled pattern finds, for at most `timeout` seconds.

        Raises `CourseError` when that has not come in time or cannot come because the process has ended.
        """
        timeout = given.seconds("wait_for(timeout=...)", timeout)
        if not isinstance(text, str | re.Pattern):
            raise CourseError(f"wait_for() expects a text or a compiled pattern, but got {given.shown(text)}.")
        with self._interruptible("waiting for its log"):
            until(lambda: holds(self.log, text) or not self.running, timeout)
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

    def wait(self, timeout: float = 10.0) -> str:
        """Wait until the command has ended and return how, as `ended` does; `CourseError` after `timeout` seconds."""
        timeout = given.seconds("wait(timeout=...)", timeout)
        with self._interruptible("waiting for its end"):
            if not until(lambda: not self.running, timeout):
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
                until(lambda: not self.running, timeout)
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


def _end(command: subprocess.Popen, watcher: subprocess.Popen, mark: str, log: launch.Log, owner: int) -> None:
    """Kill the command with everything that it started, then its guard; called once, also by the kernel's exit."""
    if os.getpid() != owner:  # a child that the kernel forked ends: the process is not its own
        return
    launch.end(watcher, mark)
    command.kill()
    command.wait()
    log.close()
