"""`scratch_folder()`: a folder for a notebook's files that is gone when its kernel is gone.

A kernel often ends without a goodbye: nbval and Jupyter's "restart" kill it, and `tempfile.TemporaryDirectory` then stays
on the disk. So this file also runs as a program beside the kernel, which waits as `helpers/services/guard.py` does, and
removes. One such program sees to all folders of a kernel: they lie in one, which only this user may enter.
"""

import contextlib
import errno
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path

# Where folders are made -> this kernel's one folder there, and who removes it: that holds the kernel's end of a pipe.
_homes: dict[str, tuple[Path, int, subprocess.Popen]] = {}
_lock = threading.Lock()


def scratch_folder() -> Path:
    """A new empty folder of this kernel's own, in the system's place for temporary files; removed when the kernel ends.

    `CourseError` where no file can be made there: the disk is full, or it may only be read.
    """
    return folder_in()


def kept_folder(name: str) -> Path:
    """A folder whose files outlive the kernel: `.kept/NAME` where the kernel works, beside the notebook; nobody else enters.

    With COURSE_RUN=ci, and where nothing can be written there, it is a scratch folder: each run begins without files.
    """
    from helpers.surroundings import checked  # not above: as a program this file sees no package

    if checked():
        return scratch_folder()
    folder = Path(".kept", name).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return scratch_folder()
    return folder if os.access(folder, os.W_OK) else scratch_folder()


def folder_in(place: str | None = None) -> Path:
    """A scratch folder below `place`, e.g. where a short path is needed; else in the system's place for temporary files."""
    with temporary_files(), _lock:
        place = place or tempfile.gettempdir()
        home, kernel, _ = _homes.get(place, (Path(), 0, None))
        # A forked child has its own, and a folder that somebody swept away meanwhile is made anew.
        if kernel != os.getpid() or not home.is_dir():
            home = Path(place).resolve() / f"after-the-response-{os.urandom(4).hex()}"
            _homes[place] = home, os.getpid(), _made(home)
        return Path(tempfile.mkdtemp(prefix="", dir=home))


@contextlib.contextmanager
def temporary_files() -> Iterator[None]:
    """What the system says in this block when no temporary file can be made becomes a `CourseError`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.ENOMEM):  # not the disk: no process could be started
            raise
        from helpers.errors import CourseError  # not above: this file also runs alone, beside the kernel

        raise CourseError(
            f"No temporary file can be made here: {error.strerror}. Make room, or set TMPDIR to a folder that has some, "
            "and restart the kernel."
        ) from None


def _made(home: Path) -> subprocess.Popen:
    """Make the folder, and return who removes it. That comes first: a kernel that is killed in between leaves nothing."""
    sweeper = subprocess.Popen(
        [sys.executable, "-I", "-S", __file__, str(os.getpid()), home],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=home.parent,
        # Out of the kernel's group: what kills that group must not kill who tidies up.
        process_group=0 if os.name == "posix" else None,
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )
    try:
        home.mkdir(0o700)
    except BaseException:
        sweeper.kill()
        sweeper.communicate()
        raise
    return sweeper


def goes_with(owner: object, folder: Path) -> None:
    """Remove `folder` as soon as nothing refers to `owner`; a child that the kernel forked leaves it where it is."""
    weakref.finalize(owner, _remove_here, folder, os.getpid())


def _remove_here(folder: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def remove(folder: Path, patience: float = 10.0, released: Callable[[Path], bool] | None = None) -> None:
    """Remove a folder with all that is in it, trying again for `patience` seconds while others still write there.

    Until then nothing is touched while one of the folders in it is not `released`.
    """
    deadline = time.monotonic() + patience
    while folder.exists() and time.monotonic() < deadline:
        if released is None or all(released(one) for one in folder.glob("*")):
            shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    import guard  # pyrefly: ignore[missing-import]  (beside this file; `-I` hides the package)
    import shared_memory  # pyrefly: ignore[missing-import]

    guard.wait_for_end_of(int(sys.argv[1]))
    remove(Path(sys.argv[2]), released=shared_memory.released)
