"""`scratch_folder()`: a folder for a notebook's files that is gone when its kernel is gone.

A kernel often ends without a goodbye: nbval and Jupyter's "restart" kill it, and `tempfile.TemporaryDirectory` then stays
on the disk. So this file also runs as a program beside the kernel, which waits as `helpers/services/guard.py` does, and
removes. One such program sees to all folders of a kernel: they lie in one, which only this user may enter (`mkdtemp`).
"""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import weakref
from pathlib import Path

# Where folders are made -> this kernel's one folder there, and who removes it: that holds the kernel's end of a pipe.
_homes: dict[str, tuple[Path, int, subprocess.Popen]] = {}
_lock = threading.Lock()


def scratch_folder() -> Path:
    """A new empty folder of this kernel's own, in the system's place for temporary files; removed when the kernel ends."""
    return folder_in(tempfile.gettempdir())


def kept_folder(name: str) -> Path:
    """A folder whose files outlive the kernel: `.kept/NAME` where the kernel works, beside the notebook; nobody else enters.

    With COURSE_RUN=ci, and where nothing can be written there, it is a scratch folder: each run begins without files.
    """
    if os.environ.get("COURSE_RUN") == "ci":
        return scratch_folder()
    folder = Path(".kept", name).resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return scratch_folder()
    return folder if os.access(folder, os.W_OK) else scratch_folder()


def folder_in(place: str) -> Path:
    """A scratch folder below `place`, e.g. where a short path is needed."""
    with _lock:
        home, kernel, _ = _homes.get(place, (Path(), 0, None))
        # A forked child has its own, and a folder that somebody swept away meanwhile is made anew.
        if kernel != os.getpid() or not home.is_dir():
            home = Path(tempfile.mkdtemp(prefix="after-the-response-", dir=place)).resolve()
            _homes[place] = home, os.getpid(), _sweeper(home)
    return Path(tempfile.mkdtemp(prefix="", dir=home))


def _sweeper(folder: Path) -> subprocess.Popen:
    try:
        return subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, str(os.getpid()), folder],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder.parent,
            # Out of the kernel's group: what kills that group must not kill who tidies up.
            process_group=0 if os.name == "posix" else None,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def goes_with(owner: object, folder: Path) -> None:
    """Remove `folder` as soon as nothing refers to `owner`; a child that the kernel forked leaves it where it is."""
    weakref.finalize(owner, _remove_here, folder, os.getpid())


def _remove_here(folder: Path, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def remove(folder: Path, patience: float = 10.0) -> None:
    """Remove a folder with all that is in it, trying again for `patience` seconds while others still write there."""
    deadline = time.monotonic() + patience
    while folder.exists() and time.monotonic() < deadline:
        shutil.rmtree(folder, ignore_errors=True)
        time.sleep(0.05)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    import guard  # pyrefly: ignore[missing-import]  (beside this file; `-I` hides the package)

    guard.wait_for_end_of(int(sys.argv[1]))
    remove(Path(sys.argv[2]))
