"""How `process()` starts a command: where it is found, on which port, in which environment, and where its output goes."""

import contextlib
import errno
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from helpers.errors import CourseError
from helpers.given import shown
from helpers.services import guard
from helpers.services.scratch import temporary_files
from helpers.services.waiting import until

POSIX = os.name == "posix"
PORT = "{port}"
STARTUP = Path(__file__).with_name("startup")  # what every Python program that is started imports first
PORT_TAKEN = re.compile(
    r"(address|port) (is )?already in use|errno (48|98|10048)\b|(port \d+ is|connection) in use", re.IGNORECASE
)
# ipykernel asks every program for colours (ipykernel/zmqshell.py, init_environment); a log that is compared has none.
_COLOURS = ("FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "PY_COLORS")


class Log:
    """What a process and its children write to stdout and stderr.

    A file and not a pipe: a kernel that is busy with a cell would leave a pipe unread, and a full pipe makes the server
    wait inside its logging. On Linux and macOS the file has no name from the start, so nothing can be left behind.
    """

    def __init__(self) -> None:
        with temporary_files():
            number, self._path = tempfile.mkstemp(prefix="process-", suffix=".log")
            try:
                # A full disk has room for a name and for nothing else: nobody shall wait for that.
                os.write(number, b"?")
                os.ftruncate(number, 0)
            except OSError:
                os.unlink(self._path)
                raise
            finally:
                os.close(number)
        self.writer = open(self._path, "ab")  # appending: several processes write it
        self._reader = open(self._path, "rb")
        if POSIX:
            os.unlink(self._path)
        self._bytes = b""
        self._lock = threading.Lock()

    @property
    def text(self) -> str:
        """Everything written so far; after `close()`, until then."""
        with self._lock:
            if not self._reader.closed:
                self._bytes += self._reader.read()
            return self._bytes.decode("utf-8", "replace").replace("\r\n", "\n")

    def close(self) -> None:
        """Read what is left, and give up the file."""
        _ = self.text
        self._reader.close()
        if not POSIX:
            Path(self._path).unlink(missing_ok=True)


@dataclass(frozen=True)
class Launch:
    """A command that is ready to run: `{port}` filled in, its program found, its environment complete."""

    arguments: list[str]
    environment: dict[str, str]
    cwd: str
    port: int | None
    mark: str

    def start(self, log: Log) -> tuple[subprocess.Popen, "Command | subprocess.Popen"]:
        """Start guard and command and return both; an `OSError` leaves nothing behind."""
        import psutil  # ipykernel has loaded it; a script that imports this module need not wait for it

        packages = str(Path(psutil.__file__).parents[1])
        guarding = [sys.executable, "-I", "-S", guard.__file__, self.mark, str(os.getpid()), packages]
        # Without the mark: where kernels are started like this themselves, the end of one must not end its guards.
        environment = {name: value for name, value in self.environment.items() if name != guard.VARIABLE}
        watcher = None
        try:
            if POSIX:
                with _signals_blocked():
                    watcher = subprocess.Popen(
                        [*guarding, *self.arguments],
                        bufsize=0,
                        stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=log.writer,
                        cwd=self.cwd,
                        env=environment,
                        process_group=0,
                    )
                return watcher, Command(watcher)
            quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            watcher = subprocess.Popen(guarding, stdin=subprocess.PIPE, env=environment, **quiet)
            command = subprocess.Popen(
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log.writer,
                stderr=subprocess.STDOUT,
                cwd=self.cwd,
                env=self.environment,
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),  # what Ctrl-Break needs
            )
            return watcher, command
        except BaseException:
            if watcher is not None:
                end(watcher, self.mark)
            raise
        finally:
            log.writer.close()


class Command:
    """A command that its guard has started and waits for: as much of a `subprocess.Popen` as a `Process` uses."""

    def __init__(self, watcher: subprocess.Popen) -> None:
        """Read the command's id from its guard; raises the `OSError` with which the system refused to start it."""
        report: Any = watcher.stdout
        self._report = report
        self._lock = threading.Lock()
        self._text = b""
        self._code: int | None = None
        while not self._text.endswith(b"\n") and (more := self._report.read(64)):
            self._text += more
        first, _, self._text = self._text.partition(b"\n")
        self.pid = int(first or -errno.ECHILD)
        if self.pid < 0:
            raise OSError(-self.pid, os.strerror(-self.pid))
        os.set_blocking(self._report.fileno(), False)

    def poll(self) -> int | None:
        """The exit code, negative for a signal, or None while the command runs."""
        with self._lock:
            if self._code is None and not self._report.closed:
                more = self._report.read(64)
                self._text += more or b""
                if self._text.endswith(b"\n"):
                    self._code = int(self._text)
                elif (
                    more == b""
                ):  # the guard was killed, and the kernel asks for nobody's exit code but its own children's
                    self._code = -signal.SIGKILL
            return self._code

    def send_signal(self, number: int) -> None:
        """Send a signal to the command, if it has not ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):  # ended a moment ago
                os.kill(self.pid, number)


@contextlib.contextmanager
def _signals_blocked() -> Iterator[None]:
    """What starts in this block can only be killed: an entrypoint's `kill 0` means its own group, not the guard in it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def end(watcher: subprocess.Popen, mark: str, command: "Command | subprocess.Popen | None" = None) -> None:
    """Kill everything that a command started, the command included, and then its guard, which has told how it ended."""
    guarded = POSIX and watcher.poll() is None  # else the guard's number may be somebody else's by now
    guard.end_family(mark, watcher.pid if guarded else None)
    if isinstance(command, subprocess.Popen):
        command.kill()
        command.wait()
    elif command is not None:
        until(lambda: command.poll() is not None, 1.0)
    watcher.kill()
    watcher.wait()
    for pipe in (watcher.stdin, watcher.stdout):
        if pipe is not None:
            pipe.close()


def prepare(
    command: Sequence[str | os.PathLike[str]],
    cwd: str | os.PathLike[str] | None,
    env: Mapping[str, str | os.PathLike[str]] | None,
) -> Launch:
    """Check what `process()` was given and fill it in; raises `CourseError`."""
    if isinstance(command, (str, bytes)) or not isinstance(command, Sequence) or not command:
        raise CourseError('process() expects a list of arguments, such as ["uvicorn", "main:app", "--port", "{port}"].')
    try:
        arguments = [_text(argument) for argument in command]
        extra = {_text(name): _text(value) for name, value in ({} if env is None else env).items()}
        folder = os.path.abspath(_text(cwd) if cwd is not None else os.curdir)
    except Exception:  # also what a stranger's __fspath__ or items() raises
        raise CourseError(
            "process() expects every argument, cwd, and every name and value of env to be a text or a path "
            "that the system can take."
        ) from None
    if not os.path.isdir(folder):
        raise CourseError(f"process() cannot run in {shown(os.path.basename(folder))}: there is no such folder.")
    port = free_port() if any(PORT in text for text in [*arguments, *extra.values()]) else None
    arguments = [argument.replace(PORT, str(port)) for argument in arguments]
    mark = uuid.uuid4().hex
    environment = {name: value for name, value in os.environ.items() if name not in _COLOURS}
    environment |= {"PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8", "NO_COLOR": "1", "TERM": "dumb"}
    # A shell that is started so finds the environment's programs too.
    environment["PATH"] = os.pathsep.join([*_scripts(), environment.get("PATH", os.defpath)])
    environment |= {name: value.replace(PORT, str(port)) for name, value in extra.items()}
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(STARTUP), environment.get("PYTHONPATH")]))
    environment[guard.VARIABLE] = mark
    return Launch([*_program(arguments[0], folder), *arguments[1:]], environment, folder, port, mark)


def _text(value: object) -> str:
    """A text or a path as the system takes it; TypeError or ValueError for anything else."""
    if not isinstance(value, str | os.PathLike):
        raise TypeError
    text = os.fspath(value)
    if not isinstance(text, str) or "\0" in text:
        raise TypeError
    os.fsencode(text)  # raises UnicodeEncodeError, a ValueError, for half a character
    return text


def free_port() -> int:
    """A free port on loopback.

    Another program may take it before the command does: then the command ends with "address already in use", and
    `process()` starts it once more on another port.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def last_lines(log: Log, cwd: str, count: int = 4) -> str:
    """How a log ends, for an error's message: without the folders of this machine."""
    lines = [line.rstrip() for line in log.text.splitlines() if line.strip()][-count:]
    text = "\n".join(lines)
    for folder in sorted({cwd, os.getcwd(), sys.prefix, sys.base_prefix, str(Path.home())}, key=len, reverse=True):
        text = text.replace(folder.rstrip(os.sep) + os.sep, "")
    return f"Its log ends:\n{text}" if text else "Its log is empty."


def _scripts() -> list[str]:
    return list(dict.fromkeys([os.path.dirname(sys.executable), sysconfig.get_path("scripts")]))


def _program(name: str, folder: str) -> list[str]:
    """The first argument as it is run: this Python for "python" and "-m", a script of this environment, or on the PATH."""
    if name == "python":
        return [sys.executable]
    if name == "-m":
        return [sys.executable, "-m"]
    if os.path.dirname(name):
        found = os.path.join(folder, name)
        found = found if os.path.exists(found) else None
    else:
        found = shutil.which(name, path=os.pathsep.join(_scripts())) or shutil.which(name)
    if found is None:
        raise CourseError(f"process() found no program named {shown(os.path.basename(name))} in this environment.")
    return [found]
