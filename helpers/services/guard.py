"""Ends a process, with everything that it started, when the kernel that started it is gone.

`process()` runs this file as a program beside each process: `python -I -S guard.py MARK KERNEL PACKAGES`. Its standard
input is a pipe whose other end only the kernel holds, so the pipe closes however the kernel ends, SIGKILL included.
Linux's PR_SET_PDEATHSIG would not do: it fires when the starting thread ends, and does not reach grandchildren (prctl(2)).

What belongs to a process is found in two ways. On Linux and macOS the guard leads a process group that the command joins
before it runs; the number of that group cannot be given away as long as the guard lives. And everything that descends
from the command carries the mark in its environment, also when it has left the group, as an RQ work horse does.
"""

import contextlib
import os
import sys
import time

VARIABLE = "COURSE_PROCESS"  # the environment variable that holds the mark


def family(mark: str, group: int | None) -> list:
    """The living processes that carry `mark` or are in `group` (but not its leader), as `psutil.Process`es."""
    import psutil  # here, because a guard needs it only at its end

    found = []
    for candidate in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):  # gone meanwhile, or somebody else's
            grouped = group is not None and candidate.pid != group and os.getpgid(candidate.pid) == group
            if grouped or candidate.environ().get(VARIABLE) == mark:
                if candidate.status() != psutil.STATUS_ZOMBIE:
                    found.append(candidate)
    return found


def end_family(mark: str, group: int | None, patience: float = 5.0) -> None:
    """Kill the family of `mark` and `group` until nobody is left, for at most `patience` seconds."""
    deadline = time.monotonic() + patience
    while (members := family(mark, group)) and time.monotonic() < deadline:
        for member in members:
            with contextlib.suppress(Exception):  # gone meanwhile
                member.kill()
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
    _mark, _kernel, _packages = sys.argv[1:]
    wait_for_end_of(int(_kernel))
    sys.path.append(_packages)
    end_family(_mark, os.getpid() if os.name == "posix" else None)
