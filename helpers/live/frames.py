"""What runs: the stack of each thread, and whether it is the learner's own, or that of the helpers, of Python and of libraries."""

import os
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from helpers.live.heartbeat import innermost

__all__ = ["has_own", "innermost", "is_own", "outward"]

_HELPERS = f"{Path(__file__).parents[1]}{os.sep}"
_LIBRARIES = tuple({sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")})


def is_own(file: str) -> bool:
    """Whether code with this `co_filename` is neither the helpers' nor a library's."""
    return not file.startswith((_HELPERS, "<frozen", *_LIBRARIES))


def outward(frame: FrameType | None) -> Iterator[FrameType]:
    """A frame and those that called it, the innermost first."""
    while frame is not None:
        yield frame
        frame = frame.f_back


def has_own(frame: FrameType | None) -> bool:
    """Whether the learner's own code stands anywhere on this stack."""
    return any(is_own(one.f_code.co_filename) for one in outward(frame))
