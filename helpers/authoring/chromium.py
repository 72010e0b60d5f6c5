"""The browser that drives JupyterLab in the tests: the machine's own Chromium or Chrome, fetched with apt-get where it lacks.

Only the standard library, because make.py asks for it.
"""

import os
import shutil
import subprocess

__all__ = ["find", "install"]

# As Debian, Ubuntu, Fedora and the hosts of CI call it.
NAMES = ("chromium", "chromium-browser", "google-chrome")


def find() -> str | None:
    """The path of the machine's own Chromium or Chrome, if it has one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def install() -> bool:
    """Install Debian's or Ubuntu's Chromium, as root or where sudo asks for no password; whether it is there then."""
    if shutil.which("apt-get"):
        root = [] if getattr(os, "getuid", lambda: 1)() == 0 else ["sudo", "-n"]
        for words in (["-qq", "update"], ["-qq", "-y", "install", "--no-install-recommends", "chromium"]):
            try:
                subprocess.run([*root, "apt-get", *words], stdin=subprocess.DEVNULL, capture_output=True)
            except FileNotFoundError:  # no sudo
                break
    return find() is not None
