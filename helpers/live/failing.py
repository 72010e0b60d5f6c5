"""A cell that fails says what came: in its last lines stand the values, and what the served app logged meanwhile.

IPython shows a failure through `shell.showtraceback`, which asks the exception for `_render_traceback_` first
(IPython/core/interactiveshell.py). Nothing changes where errors are expected: with COURSE_RUN=ci, and where the request
says that the next cells shall run all the same (a cell tagged `raises-exception`).
"""

import contextlib
import linecache
import os
import re
import sys
import time
import traceback
import weakref
from types import TracebackType
from typing import Any

from helpers.live.changed import follow
from helpers.live.frames import is_own
from helpers.surroundings import checked
from helpers.wording import HEAD, tracebacks

__all__ = ["install"]

SETTLE = 0.3  # seconds that a task of the failing cell gets to log its own error
Lengths = weakref.WeakKeyDictionary  # of a log's source: its length when the cell began
LONGEST = 300  # characters of a logged error
# A chapter defines `app` again and again; a measurement that is run again meets the last one.
DEFINED_ANEW = " If that is another cell's app, run the cell that defines this one's again, then this one."
FEW = 3  # frames at either end of a long traceback
MOST_ROUTES = 8  # of an app, told to who asked for another


def install() -> None:
    """Let this kernel's failing cells say what came; once, and not outside of IPython."""
    shell = _shell()
    if shell is None or hasattr(shell, "_course_failing"):
        return
    shell._course_failing = original = shell.showtraceback
    began: Lengths = weakref.WeakKeyDictionary()
    changed = follow(shell) if not checked() else str

    def note_logs(*_: Any) -> None:
        began.clear()
        with contextlib.suppress(Exception):  # a log that was closed
            began.update({source: len(source.log) for source in _sources()})

    def showtraceback(exc_tuple: Any = None, *arguments: Any, **options: Any) -> None:
        error = exc_tuple[1] if exc_tuple else sys.exc_info()[1]
        try:
            if error is not None and _wanted(shell) and not isinstance(error, SyntaxError):
                lines = _rendered(error, shell, began, changed())
                vars(error)["_render_traceback_"] = lambda: lines
        except Exception:
            pass  # then as IPython shows it
        original(exc_tuple, *arguments, **options)

    note_logs()
    shell.showtraceback = showtraceback
    shell.events.register("pre_run_cell", note_logs)


def _shell() -> Any:
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None


def _wanted(shell: Any) -> bool:
    parent = shell.get_parent() if hasattr(shell, "get_parent") else {}
    return not checked() and (parent or {}).get("content", {}).get("stop_on_error", True)


def _sources() -> list[Any]:
    log = sys.modules.get("helpers.live.log")
    return log.quotable() if log else []


def _text(source: Any, since: int = 0) -> str:
    log = source.log[since:]
    return log if isinstance(log, str) else "\n".join(log)


def _rendered(error: BaseException, shell: Any, began: Lengths, changed: str) -> list[str]:
    """The lines that a failing cell shows: the learner's own frames, the error, what came, what the app logged, and what
    other cells have changed."""
    said = _said(error)
    frames = [
        (frame, line) for frame, line in traceback.walk_tb(error.__traceback__) if is_own(frame.f_code.co_filename)
    ]
    own = "_render_traceback_" not in dir(type(error))
    shown = frames if len(frames) <= 2 * FEW else [*frames[:FEW], *frames[-FEW:]]
    lines = [HEAD] if own and frames else []
    for frame, line in shown if own else []:
        code = linecache.getline(frame.f_code.co_filename, line).strip()
        inside = "" if frame.f_code.co_name == "<module>" else f", in {frame.f_code.co_name}"
        lines.append(f"  {_place(frame.f_code.co_filename, line, shell)}{inside}\n    {code}")
    told = [*_values(error), *_logged(shell, began)] if not isinstance(error, KeyboardInterrupt) else []
    if changed and not isinstance(error, KeyboardInterrupt | NameError):
        # It knows more than what the last refusal lets guess.
        told = [*(line.removesuffix(DEFINED_ANEW) for line in told), changed]
    behind = _behind(error) if own else []  # the course's own sentence says it all
    return [*lines, said, *getattr(error, "__notes__", []), *behind, *told]


def _behind(error: BaseException) -> list[str]:
    """The errors inside a group, and the one that an error was raised from and does not quote, a line each."""
    if isinstance(error, BaseExceptionGroup):
        return [line for one in error.exceptions for line in (f"  inside: {_first(one)}", *_behind(one))]
    cause = error.__cause__
    return [] if cause is None or str(cause) and str(cause) in str(error) else [f"  raised from {_first(cause)}"]


def _first(error: BaseException) -> str:
    return _said(error).partition("\n")[0]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _values(error: BaseException) -> list[str]:
    from helpers.live.values import told

    last = None
    trace: TracebackType | None = error.__traceback__
    while trace is not None:
        last = trace if is_own(trace.tb_frame.f_code.co_filename) else last
        trace = trace.tb_next
    try:
        return told(last) if last is not None else []
    except Exception:  # a source that changed meanwhile
        return []


def _place(file: str, line: int | str, shell: Any) -> str:
    """Where a line stands, in a reader's words: a cell by its number, a file by its name."""
    try:
        kind, name = shell.compile.format_code_name(file) or ("", "")
    except Exception:
        kind, name = "", ""
    return f"{kind} {name}, line {line}" if kind == "Cell" else f"{os.path.basename(file)}, line {line}"


def _logged(shell: Any, began: Lengths) -> list[str]:
    """The last error that an app or a process logged since the cell began, else the last refusal, else an earlier error."""
    server = sys.modules.get("helpers.live.server")
    deadline = time.monotonic() + SETTLE
    while server is not None and server.any_busy() and time.monotonic() < deadline:
        time.sleep(0.01)
    sources = _sources()
    for source in sources:
        if told := _last_error(_text(source, began.get(source, 0)), shell):
            return [f"Meanwhile your app logged {told}"]
    for source in sources:
        if told := _last_refusal(_text(source, began.get(source, 0)), source):
            return [told]
    for source in sources:
        if told := _last_error(_text(source), shell):
            return [f"In an earlier cell your app logged {told}"]
    return []


def _last_error(text: str, shell: Any) -> str:
    """The last traceback of a log in one line: the error, and the learner's own line that raised it."""
    found = tracebacks(text)
    if not found:
        return ""
    frame = ""  # the last of the learner's own
    lines = found[-1].frames
    for line, code in zip(lines, [*lines[1:], ""]):
        place = re.match(r'\s+File "(.+?)", line (\d+)', line)
        if place and is_own(place[1]):
            frame = f" ({_place(place[1], place[2], shell)}: {code.strip()})"
    said = " ".join(line.strip() for line in found[-1].error)
    return (said if len(said) <= LONGEST else f"{said[:LONGEST]}…") + frame


def _last_refusal(text: str, source: Any) -> str:
    found = re.findall(r'"(\w+) (\S+) HTTP/[\d.]+" ([45]\d\d)', text)
    if not found:
        return ""
    method, path, status = found[-1]
    app = getattr(source, "app", None)
    routes = _routes(app) if status in ("404", "405") else []
    has = f" It has: {', '.join(routes[:MOST_ROUTES])}." if routes else ""
    anew = DEFINED_ANEW if routes and status == "404" and not _fits(app, path.partition("?")[0]) else ""
    return f"Your app answered {status} to {method} {path}.{has}{anew}"


def _contexts(app: Any) -> list[Any]:
    """An app's path operations, those of included routers with their full paths (as in FastAPI's OpenAPI generator)."""
    from fastapi.routing import iter_route_contexts

    contexts = iter_route_contexts(getattr(app, "routes", ()))
    return [context for context in contexts if getattr(context, "include_in_schema", False)]


def _routes(app: Any) -> list[str]:
    return [f"{method} {context.path}" for context in _contexts(app) for method in sorted(context.methods or ())]


def _fits(app: Any, path: str) -> bool:
    """Whether a path operation stands behind that path, so that a 404 is its own word."""
    return any(context.path_regex.match(path) for context in _contexts(app))
