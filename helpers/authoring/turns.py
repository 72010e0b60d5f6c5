"""Of two `make` in one fresh clone, the second waits for the first.

Only the standard library, because make.py asks for it before there is an environment.
"""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO

__all__ = ["alone"]


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Let one process at a time do what follows; another one says that it waits, and does.

    The lock is on a file that is there anyway, so nothing is left behind. Where the file system knows no locks, nobody
    waits.
    """
    try:
        file = open(path, "r+b")
    except OSError:  # a folder in which nothing can be written has no second `make` that writes
        yield
        return
    with file:
        if not locked(file, wait=False):
            print("Another `make` is setting this folder up: waiting for it", flush=True)
            locked(file, wait=True)
        yield


def locked(file: IO[bytes], wait: bool) -> bool:
    """Lock an open file until it is closed; False when another process holds the lock and `wait` is not asked for."""
    if os.name == "nt":
        import msvcrt

        file.seek(1 << 30)  # no byte of the text, which others read
        while True:
            try:
                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
                return True
            except OSError:  # LK_LOCK gives up after ten seconds
                if not wait:
                    return False
    return _flocked(file, wait)


def _flocked(file: IO[bytes], wait: bool) -> bool:
    import fcntl

    try:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError:
        pass
    return True
