"""Starts a command and ends it, with everything that it started, when the kernel that asked for it is gone.

`process()` runs this file as a program for each command: `python -I -S guard.py MARK KERNEL PACKAGES COMMAND...`. Its
standard input is a pipe whose other end only the kernel holds, so the pipe closes however the kernel ends, SIGKILL
included. Linux's PR_SET_PDEATHSIG would not do: it fires when the starting thread ends, and does not reach grandchildren
(prctl(2)). On standard output it tells the command's process id and, later, its exit code.

What belongs to a command is found in three ways. On Linux the guard is a subreaper: whoever outlives its parent becomes
the guard's child, so all of them descend from it, whatever they do. On macOS too the guard leads the process group in
which the command runs; the number of that group cannot be given away as long as the guard lives. And everything that
descends from the command carries the mark in its environment, also when it has left the group, as an RQ work horse does,
unless it overwrites that, as setproctitle does. On Windows the kernel starts the command, and the guard has the mark.
"""

# What the start needs comes first: each import here is a wait for every process.
import os
import sys
import time

VARIABLE = "COURSE_PROCESS"  # the environment variable that holds the mark
SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER (linux/prctl.h)


def start(command: list[str], mark: str) -> int:
    """Start `command` with the guard's environment, folder and log; tell its id, or why not, and return the id."""
    # Python ignores these two, and would hand that down. `signal` itself takes 4 ms.
    from _signal import SIGPIPE, SIGXFSZ  # pyrefly: ignore[missing-import]

    # Input from nowhere; output into the log, which is the guard's own standard error.
    files = [(os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0), (os.POSIX_SPAWN_DUP2, 2, 1)]
    environment = {**os.environ, VARIABLE: mark}
    try:
        pid = os.posix_spawn(
            command[0], command, environment, file_actions=files, setsigmask=(), setsigdef=(SIGPIPE, SIGXFSZ)
        )
    except OSError as error:
        os.write(1, b"%d\n" % -(error.errno or 1))
        sys.exit(1)
    os.write(1, b"%d\n" % pid)
    return pid


def adopt() -> None:
    """Become the parent of every descendant whose own parent ends (Linux 4.12 and later also of those that run already)."""
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(SUBREAPER, 1, 0, 0, 0)


def reap(command: int) -> None:
    """Wait for whatever ends, until nothing is left, and tell the exit code of `command`: negative for a signal."""
    while True:
        try:
            pid, status = os.wait()
        except ChildProcessError:
            return
        if pid == command:
            os.write(1, b"%d\n" % os.waitstatus_to_exitcode(status))


def descendants(leader: int | None) -> list:
    """The processes that descend from the guard `leader`; none without one, and none but on Linux."""
    import contextlib

    import psutil

    with contextlib.suppress(psutil.Error):
        if leader is not None and sys.platform == "linux":
            return psutil.Process(leader).children(recursive=True)
    return []


def family(mark: str, leader: int | None) -> list:
    """The living processes that carry `mark`, and those that are in the group of the guard `leader` or descend from it."""
    import contextlib

    import psutil

    below, found = {child.pid for child in descendants(leader)}, []
    for candidate in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # gone meanwhile, or somebody else's
            ours = candidate.pid in below
            ours = ours or leader is not None and candidate.pid != leader and os.getpgid(candidate.pid) == leader
            if (ours or candidate.environ().get(VARIABLE) == mark) and candidate.status() != psutil.STATUS_ZOMBIE:
                found.append(candidate)
    return found


def kill(members: list) -> None:
    """Kill these processes, and do not mind who has gone meanwhile."""
    for member in members:
        try:
            member.kill()
        except Exception:
            pass


def end_family(mark: str, leader: int | None, patience: float = 5.0) -> None:
    """Kill the family of `mark` and `leader` until nobody is left, for at most `patience` seconds from the first kill.

    A look at all processes is slow where many guards look at once, so the descendants, quickly found, go first, and the
    time that the first look takes does not count.
    """
    kill(descendants(leader))
    deadline = None
    while members := family(mark, leader):
        kill(members)
        deadline = deadline or time.monotonic() + patience
        if time.monotonic() >= deadline:
            return
        time.sleep(0.005)


def wait_for_end_of(kernel: int) -> None:
    """Return when the pipe on standard input is closed or the parent is no longer `kernel`."""
    if os.name == "nt":
        sys.stdin.buffer.read()
        return
    import select

    # A child that the kernel forked without exec (a process pool) holds the pipe too, therefore the look at the parent.
    while os.getppid() == kernel and not select.select([0], [], [], 0.5)[0]:
        pass


if __name__ == "__main__":
    _mark, _kernel, _packages, *_command = sys.argv[1:]
    if _command:
        import _thread

        _pid = start(_command, _mark)
        adopt()
        _thread.start_new_thread(reap, (_pid,))
    wait_for_end_of(int(_kernel))
    sys.path.append(_packages)
    end_family(_mark, os.getpid() if os.name == "posix" else None)
