"""Keeps a learner's progress: `.progress.json` beside the notebooks, a state for each id and nothing personal.

A state is "solved" or "attempted" for an exercise, a letter or a number for a prediction. Only `put` and `put_aside` raise:
a damaged file is put aside and counts as none, what cannot be written is kept until the kernel ends, and `news` says so in
a sentence. With COURSE_RUN=ci in the environment, nothing is read, written or kept, so every such run shows the same.
"""

import contextlib
import errno
import os
import secrets
import sys
import threading
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from helpers.surroundings import checked


def _folder() -> Path:
    """Where the kernel began, which is the notebooks' folder also after a cell has changed directory."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    if file := getattr(shell, "user_ns", {}).get("__vsc_ipynb_file__"):  # VS Code moves its kernels after they began
        return Path(file).parent
    return Path(getattr(shell, "starting_dir", None) or os.getcwd())


FOLDER = _folder()
NAME = ".progress.json"
PRIVATE = 0o600  # what a learner answered is nobody else's
PATIENCE = 2.0  # seconds to wait for another kernel that writes

Records = dict[str, str]
_FILE = TypeAdapter(dict[str, Any])
_unsaved: Records = {}
_why_unsaved = ""
_news: list[str] = []
_known: set[str] = set()
_threads = threading.Lock()


def recorded() -> Records:
    """Every recorded state by id, those of other versions of the course included."""
    if checked():
        return {}
    try:
        saved = _read()
        if saved is None:
            with alone():
                saved = _read_or_put_aside()
    except OSError:
        saved = {}
    return merge(saved, _unsaved)


def record(states: Records, over: bool = True) -> bool:
    """Merge these states into the file; False when they could only be kept until the kernel ends.

    With `over` they replace what was recorded before, without it they add what is missing. "solved" always stays.
    """
    global _why_unsaved
    if checked():
        return True
    states = {_writable(id): _writable(state) for id, state in states.items()}
    with alone():
        try:
            saved = merge(_read_or_put_aside(), _unsaved)
            new = merge(saved, states) if over else merge(states, saved)
            if new != saved or _unsaved:
                _write(new)
        except OSError as error:
            _unsaved.update(merge(_unsaved, states) if over else merge(states, _unsaved))
            _why_unsaved = why(error)
            return False
        _unsaved.clear()
        return True


def forget() -> bool:
    """Remove every state, in the file and in memory; False when the file could not be removed."""
    if checked():
        return True
    with alone():
        _unsaved.clear()
        try:
            (FOLDER / NAME).unlink(missing_ok=True)
        except OSError:
            return False
        return True


def unsaved() -> str:
    """A sentence while something recorded could not be written, else nothing."""
    return f"{_why_unsaved}: what you do is kept until the kernel ends; `export()` saves it." if _unsaved else ""


def news() -> str:
    """What a learner has to be told once, a sentence each: that a file was damaged, and where it lies now."""
    told = " ".join(_news)
    _news.clear()
    return told


def merge(old: Records, new: Records) -> Records:
    """Both together: the new state counts, but nothing replaces "solved"."""
    return old | {id: state for id, state in new.items() if old.get(id) != "solved"}


# Files that a person may lose, damage or lock: shared with the exam's


def why(error: OSError) -> str:
    """Why something could not be written, as the beginning of a sentence."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full"
    return "This folder cannot be written to"


def put(path: Path, content: str | bytes, mode: int = 0o666) -> None:
    """Write a file at once or not at all. Whatever stops it, an OSError or an interrupt, nothing is left beside it.

    A new file has `mode` less the umask, one that was there keeps its own.
    """
    temporary = path.with_name(f".{path.name.lstrip('.')}.{secrets.token_hex(4)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with open(descriptor, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        with contextlib.suppress(FileNotFoundError):
            os.chmod(temporary, path.stat().st_mode)
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary)
        raise


def put_aside(path: Path, what: str) -> None:
    """Move a damaged file out of the way, under a name of its own, and have `news` say what it was and where it lies."""
    number, aside = 1, path.with_name(f"{path.name}.damaged")
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{number}")
    try:
        os.replace(path, aside)
    except OSError as error:
        tell_once(f"The file `{path.name}` is damaged, so {what}. {why(error)}, so it stays where it is.")
        raise
    _news.append(f"The file `{path.name}` was damaged, so {what}; it lies beside the notebooks as `{aside.name}`.")


def tell_once(sentence: str) -> None:
    """Have `news` say this, the first time in a kernel."""
    if sentence not in _known:
        _known.add(sentence)
        _news.append(sentence)


def _read() -> Records | None:
    """The file's states, {} when there is none, None when it is damaged. OSError when it cannot be opened."""
    try:
        content = _FILE.validate_json((FOLDER / NAME).read_bytes())
    except FileNotFoundError:
        return {}
    except ValidationError:
        return None
    return {id: state for id, state in content.items() if isinstance(state, str)}


def _read_or_put_aside() -> Records:
    saved = _read()
    if saved is None:
        put_aside(FOLDER / NAME, "nothing counts as recorded")
    return saved or {}


def _writable(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half a character cannot stand in a file


def _write(states: Records) -> None:
    put(FOLDER / NAME, _FILE.dump_json(dict(sorted(states.items())), indent=1).decode(), PRIVATE)


@contextlib.contextmanager
def alone() -> Generator[None]:
    """One writer at a time, among threads and kernels. After `PATIENCE`, or where files have no locks, go on without:
    writes are atomic, so at worst one of two simultaneous ones is lost."""
    with contextlib.ExitStack() as stack:
        if _threads.acquire(timeout=PATIENCE):
            stack.callback(_threads.release)
        with contextlib.suppress(OSError):
            # Nobody else may open it: whoever can, may hold it. The system frees it if the kernel dies.
            file = stack.enter_context(open(FOLDER / f"{NAME}.lock", "ab", opener=_private))
            end = time.monotonic() + PATIENCE
            while time.monotonic() < end:
                try:
                    _lock(file.fileno())
                    break
                except (BlockingIOError, PermissionError):  # PermissionError is what Windows says
                    time.sleep(0.005)
        yield


def _private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, PRIVATE)
    with contextlib.suppress(OSError, AttributeError):  # another user's, or Windows
        os.fchmod(descriptor, PRIVATE)  # one that an older version has left
    return descriptor


if os.name == "nt":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
