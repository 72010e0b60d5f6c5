"""Unix sockets of what runs beside the kernel: a place that is short enough for one, and whether somebody listens there."""

import os
import socket
from pathlib import Path

from helpers.services.scratch import folder_in

__all__ = ["folder_for", "listening"]

LONGEST = 104  # bytes that the path of a Unix socket may have on macOS; Linux takes 108 (unix(7))


def folder_for(name: str, place: str | None = None) -> Path:
    """A scratch folder below `place`, or below /tmp where the path of a socket `name` in it would be too long.

    Without a `place`, where the system keeps temporary files.
    """
    folder = folder_in(place)
    if len(os.fsencode(folder / name)) > LONGEST:
        folder.rmdir()
        folder = folder_in("/tmp")
    return folder


def listening(path: Path) -> bool:
    """Whether somebody listens at the socket: a process that was killed counts as running until its guard says so."""
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
