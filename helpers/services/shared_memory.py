"""Shared memory that would stay until the machine is started anew, and how it goes with its PostgreSQL.

Each program of PostgreSQL keeps some outside of its files, also those that `initdb` runs while a database is made, and
removes it when it ends; killed, it cannot (postgresql.org/docs/current/kernel-resources.html). A server that is ready has
56 bytes, which the system drops with its last process once it is told so. What `initdb` runs has 1 MB besides, of which
nobody else knows: that has to end by itself, and needs its files for it. So it holds a lock as long as it runs.

Nothing of the course is imported here, because this is also used beside the kernel, when that is gone.
"""

import contextlib
import ctypes
from collections.abc import Iterator
from pathlib import Path

LOCK = "making"
IPC_RMID = 0  # sys/ipc.h, Linux and macOS


@contextlib.contextmanager
def making(folder: Path) -> Iterator[int]:
    """In this block a database is made in `folder`, by who is started with this file's number, and by what that starts."""
    import fcntl

    with open(folder / LOCK, "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock.fileno()


def released(folder: Path) -> bool:
    """Whether the files of the PostgreSQL in `folder` can go, if it has one: True unless its database is being made."""
    try:
        with open(folder / LOCK) as lock:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no PostgreSQL
        return True
    disown_segment(folder)
    return True


def disown_segment(folder: Path) -> None:
    """Let the system drop the segment of the PostgreSQL in `folder` with its last process, also when that is killed.

    Its number stands in postmaster.pid, in the seventh line (utils/pidfile.h); without one nothing happens.
    """
    try:
        lines = (folder / "data" / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        number = int(lines[6].split()[1])
    except (OSError, ValueError, IndexError):  # it has ended, or has none yet
        return
    ctypes.CDLL(None).shmctl(number, IPC_RMID, None)
