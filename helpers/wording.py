"""What is told of things that a learner made, in words that are the same in every run and in signs that stay text.

Whatever a learner's code says goes through one of these on its way into Markdown: `raised` and `describe` make code of
it, `literal` a line of text, `sentence` escapes all of a message but its code.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LONGEST = 600  # characters of a message that a learner still reads
HEAD = "Traceback (most recent call last):"

# Only the folders that this machine really uses: "/items/3" in a message is a route, not a file.
_PLACES = os.path.expanduser("~"), os.getcwd(), tempfile.gettempdir(), sys.prefix, os.__file__
_ROOTS = "|".join(sorted({re.escape(root) for place in _PLACES for root in Path(place).parts[1:2]}))
_PATH = rf"(?:\b[A-Za-z]:\\|/(?:{_ROOTS})/)[^\s'\"`,;:()]*"


def raised(error: BaseException) -> str:
    """An exception as code in Markdown, in one line: `ZeroDivisionError: division by zero`."""
    text = " ".join(message(error).split())
    return _quoted(f"{type(error).__name__}: {text}" if text else type(error).__name__)


def message(error: BaseException) -> str:
    """What `str` says of an exception, even when that fails itself."""
    try:
        return str(error)
    except Exception:
        return "(its message cannot be shown)"


@dataclass(frozen=True)
class Traceback:
    """One traceback of a log: the lines of its `frames`, those of its `error`, and whether it `handled` the one before."""

    frames: list[str]
    error: list[str]  # its own line, then the indented ones below it
    handled: bool

    @property
    def said(self) -> str:
        """The error in one line: "ZeroDivisionError: division by zero"."""
        return self.error[0].rstrip(": ")


def tracebacks(text: str) -> list[Traceback]:
    """The tracebacks in a log, those that came to their error; each error of a group has one of its own, behind the group's."""
    found: list[Traceback] = []
    before, within = "", False
    for line in _undrawn(text):
        outside = bool(line.strip()) and not line.startswith(" ")  # frames are indented
        if line.endswith(HEAD):
            found.append(Traceback([], [], before.endswith("another exception occurred:")))
            within = True
        elif within and not found[-1].error:
            (found[-1].error if outside else found[-1].frames).append(line)
        elif within and line.strip() and not outside:
            found[-1].error.append(line)
        else:
            within = False
        before = line if line.strip() else before
    return [one for one in found if one.error]


def _undrawn(text: str) -> Iterator[str]:
    """The lines of a text without what Python draws around a group's errors; where one begins, `HEAD` stands."""
    drawn = False
    for line in text.splitlines():
        # Only inside a group: elsewhere a line such as "    + tax" is code.
        begins = line.endswith(f"  + Exception Group {HEAD}")
        drawn = begins or (drawn and bool(re.match(r" +[|+]", line)))
        if drawn and re.match(r" +\+-", line):
            yield HEAD if re.search(r" \d+ -+$", line) else ""
        else:
            yield re.sub(r"^ +[|+] ", "", line) if drawn else line


def logged_error(log: list[str]) -> str:
    """What the first traceback in a server's log ends with, in one line, or nothing; of a group, the error inside.

    FastAPI's error on a response says what is wrong in the line below: that is told, too.
    """
    text = next((text for text in log if text.startswith("ERROR")), "")
    found = tracebacks(text)
    said = found[-1].said if found else "".join(text.splitlines()[-1:])
    detail = re.search(r"^  \{'type': .*'msg': (['\"])(.*?)\1", text, re.M)
    return f"{said}: {detail[2]}" if detail and said.endswith("validation error") else said


def capital(text: str) -> str:
    """A sentence with its first letter large."""
    return text[:1].upper() + text[1:]


def counted(number: float, word: str) -> str:
    """So many of what the word names: "1 minute", "1.5 minutes"."""
    return f"{number:g} {word}{'s' * (number != 1)}"


def describe(value: object) -> str:
    """What came, in a few words that hold nothing that differs from run to run."""
    if isinstance(value, str):
        return _quoted(repr(value[:40])) if value.strip() else "an empty text"
    if value is None or isinstance(value, bool) or (isinstance(value, int | float) and abs(value) < 1e9):
        return _quoted(str(value))
    return f"a value of type {_quoted(type(value).__name__)}"


def _quoted(text: str) -> str:
    return code(scrub(text).replace("`", "'"))


def code(text: str) -> str:
    """A text as code in Markdown, exactly as it is but for line breaks, whatever signs stand in it."""
    text = re.sub(r"\s*\n\s*", " ", text)
    marks = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    space = " " if text.startswith("`") or text.endswith("`") or (text[:1] == " " == text[-1:]) else ""
    return f"{marks}{space}{text}{space}{marks}"


# What Markdown or JupyterLab's formulas could take for a mark. An underscore inside a word is none, nor is one dash.
_MARK = re.compile(r"[`*\[\]<>&|~$]|(?<![^\W_])_|_(?![^\W_])")
_LIST = re.compile(r"^([ \t]*(?:\d{1,9}(?=[.)])|(?=[-+=#])))", re.MULTILINE)
_CODE = re.compile(r"(?<!`)(`+)(?!`)((?:(?!\n\s*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)


def literal(text: str) -> str:
    """A text in one line of Markdown that shows each of its signs."""
    return _escape(" ".join(text.split()))


def sentence(text: str) -> str:
    """A message as Markdown in which code between backticks is the only mark: everything else shows as it is."""
    text, parts, end = re.sub(r"^[ \t]+", "", text, flags=re.MULTILINE), [], 0  # four spaces would begin code
    for found in _CODE.finditer(text):
        # In one line, as it is shown anyway: a second one that begins with ">" or a number would end the code.
        parts += [_escape(text[end : found.start()]), found[0].replace("\n", " ")]
        end = found.end()
    return "".join([*parts, _escape(text[end:])])


def _escape(text: str) -> str:
    # A backslash as a number: two before a bracket would begin a formula in JupyterLab.
    text = _MARK.sub(r"\\\g<0>", text.replace("\\", "\0")).replace("\0", "&#92;")
    return _LIST.sub(r"\1\\", text)


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
