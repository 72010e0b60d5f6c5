"""Keeps a learner's progress: `.progress.json` beside the notebooks, a state for each id and nothing personal.

A state is "solved" or "attempted" for an exercise, a letter or a number for a prediction. Nothing here raises: what
cannot be read counts as nothing recorded, what cannot be written is kept until the kernel ends. With COURSE_RUN=ci in
the environment, nothing is read, written or kept, so that every such run shows the same.
"""

import contextlib
import json
import os
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path.cwd()  # of the kernel: the notebooks' folder, also after a cell has changed directory
NAME = ".progress.json"
PATIENCE = 2.0  # seconds to wait for another kernel that writes

Records = dict[str, str]
_unsaved: Records = {}
_threads = threading.Lock()


def recorded() -> Records:
    """Every recorded state by id, those of other versions of the course included."""
    if _ci():
        return {}
    try:
        saved = _read() or {}
    except OSError:
        saved = {}
    return merge(saved, _unsaved)


def record(states: Records, over: bool = True) -> bool:
    """Merge these states into the file; False when they could only be kept until the kernel ends.

    With `over` they replace what was recorded before, without it they add what is missing. "solved" always stays.
    """
    if _ci():
        return True
    with _alone():
        try:
            saved = _read()
            if saved is None:  # not ours or damaged: put aside rather than overwritten
                os.replace(FOLDER / NAME, FOLDER / f"{NAME}.damaged")
            saved = merge(saved or {}, _unsaved)
            new = merge(saved, states) if over else merge(states, saved)
            if new != saved or _unsaved:
                _write(new)
        except OSError:
            _unsaved.update(merge(_unsaved, states) if over else merge(states, _unsaved))
            return False
        _unsaved.clear()
        return True


def forget() -> None:
    """Remove every state, in the file and in memory."""
    if _ci():
        return
    with _alone():
        _unsaved.clear()
        with contextlib.suppress(OSError):
            (FOLDER / NAME).unlink()


def is_saved() -> bool:
    """False while something recorded could not be written."""
    return not _unsaved


def merge(old: Records, new: Records) -> Records:
    """Both together: the new state counts, but nothing replaces "solved"."""
    return old | {id: state for id, state in new.items() if old.get(id) != "solved"}


def _ci() -> bool:
    return os.environ.get("COURSE_RUN") == "ci"


def _read() -> Records | None:
    """The file's states, {} when there is none, None when it is damaged. OSError when it cannot be opened."""
    try:
        content = json.loads((FOLDER / NAME).read_bytes())
    except FileNotFoundError:
        return {}
    except (ValueError, RecursionError):
        return None
    if not isinstance(content, dict):
        return None
    return {id: state for id, state in content.items() if isinstance(state, str)}


def _write(states: Records) -> None:
    descriptor, temporary = tempfile.mkstemp(prefix=f"{NAME}.", dir=FOLDER)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(states, file, indent=1, sort_keys=True)
        os.replace(temporary, FOLDER / NAME)
    except BaseException:
        os.unlink(temporary)
        raise


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One writer at a time, among threads and kernels. After `PATIENCE`, or where files have no locks, go on without:
    writes are atomic, so at worst one of two simultaneous ones is lost."""
    with contextlib.ExitStack() as stack:
        if _threads.acquire(timeout=PATIENCE):
            stack.callback(_threads.release)
        with contextlib.suppress(OSError):
            file = stack.enter_context(open(FOLDER / f"{NAME}.lock", "ab"))  # the system frees it if the kernel dies
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                try:
                    _lock(file.fileno())
                    break
                except (BlockingIOError, PermissionError):  # PermissionError is what Windows says
                    time.sleep(0.005)
        yield


if os.name == "nt":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
