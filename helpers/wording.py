"""What is told of things that a learner made, in words that are the same in every run."""

import os
import re
import sys
import tempfile
from pathlib import Path

LONGEST = 600  # characters of a message that a learner still reads

# Only the folders that this machine really uses: "/items/3" in a message is a route, not a file.
_PLACES = os.path.expanduser("~"), os.getcwd(), tempfile.gettempdir(), sys.prefix, os.__file__
_ROOTS = "|".join(sorted({re.escape(root) for place in _PLACES for root in Path(place).parts[1:2]}))
_PATH = rf"(?:\b[A-Za-z]:\\|/(?:{_ROOTS})/)[^\s'\"`,;:()]*"


def raised(error: BaseException) -> str:
    """An exception as code in Markdown, in one line: `ZeroDivisionError: division by zero`."""
    text = " ".join(message(error).split())
    return _code(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def message(error: BaseException) -> str:
    """What `str` says of an exception, even when that fails itself."""
    try:
        return str(error)
    except Exception:
        return "(its message cannot be shown)"


def logged_error(log: list[str]) -> str:
    """What the first traceback in a server's log ends with, in one line, or nothing; of a group, the error inside."""
    text = next((text for text in log if text.startswith("ERROR")), "")
    found, awaited = "", False
    for line in text.splitlines():
        line = re.sub(r"^\s*[|+] ", "", line)  # the frame around a group's errors
        if line.endswith("Traceback (most recent call last):") or re.search(r"\+-+ \d+ -+$", line):
            awaited = True
        elif awaited and not line.startswith(" "):  # below the frames, which are indented
            found, awaited = line.rstrip(":"), False
    return found or "".join(text.splitlines()[-1:])


def describe(value: object) -> str:
    """What came, in a few words that hold nothing that differs from run to run."""
    if isinstance(value, str):
        return _code(repr(value[:40])) if value.strip() else "an empty text"
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e9):
        return _code(str(value))
    return f"a value of type {_code(type(value).__name__)}"


def _code(text: str) -> str:
    return "`" + scrub(text).replace("`", "'") + "`"


def scrub(text: str) -> str:
    """The text without object addresses, ports, this machine's paths and control characters, cut to `LONGEST`."""
    text = re.sub(r" at 0x[0-9A-Fa-f]+", "", text)
    text = re.sub(r"\b0x[0-9A-Fa-f]{6,}\b", "0x…", text)
    text = re.sub(r"\b(127\.0\.0\.1|0\.0\.0\.0|localhost)(['\",]* *[:,] *)\d{2,5}\b", r"\1\2…", text)
    for place in sorted(filter(None, _PLACES), key=len, reverse=True):  # folders of this machine may hold spaces
        text = text.replace(place, str(Path(*Path(place).parts[:2])))
    text = re.sub(_PATH, lambda path: "…/" + re.split(r"[\\/]", path[0])[-1], text)
    text = "".join(letter if letter.isprintable() or letter == "\n" else " " for letter in text)
    return text if len(text) <= LONGEST else text[:LONGEST] + " …"
