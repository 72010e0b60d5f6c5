"""How long the sections of the course take: the line that states it in a notebook, written and read here."""

import json
import re
from functools import lru_cache
from pathlib import Path

from helpers.wording import counted

__all__ = ["STATED", "spoken", "state", "stated"]

# Below a `## ` heading, and below a chapter's title the sum of them.
STATED = re.compile(r"\*About (?:(\d+) h)? ?(?:(\d+) minutes?)?(?:, \d+ exercises?)?\.\*")
_HEADING = re.compile(r"## +(.*\S)")


def spoken(minutes: int) -> str:
    """Minutes as a reader says them: "25 minutes", "3 h", "3 h 20 minutes"."""
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} h"] if hours else []
    parts += [counted(rest, "minute")] if rest or not hours else []
    return " ".join(parts)


def state(minutes: int, exercises: int = 0) -> str:
    """The line below a heading: so many minutes, with so many exercises among them."""
    among = f", {counted(exercises, 'exercise')}" if exercises else ""
    return f"*About {spoken(minutes)}{among}.*"


def stated(file: Path) -> dict[str, int]:
    """What a notebook states, in minutes by section; nothing where it cannot be read, or states nothing."""
    try:
        return _stated(file, file.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError, TypeError):
        return {}


@lru_cache(maxsize=32)
def _stated(file: Path, _: int) -> dict[str, int]:
    found, heading = {}, ""
    for cell in json.loads(file.read_bytes())["cells"]:
        for line in "".join(cell["source"]).splitlines() if cell["cell_type"] == "markdown" else ():
            if named := _HEADING.fullmatch(line.rstrip()):
                heading = named[1]
            elif heading and (told := STATED.fullmatch(line)):
                found[heading], heading = 60 * int(told[1] or 0) + int(told[2] or 0), ""
    return found
