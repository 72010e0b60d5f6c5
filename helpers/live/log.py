"""What uvicorn and asyncio log, kept apart by the server whose thread logs it; nothing of it goes to stderr."""

import contextlib
import itertools
import logging
import threading
import weakref
from collections.abc import Iterator
from typing import Any

from helpers.wording import LONGEST, tracebacks

__all__ = ["hear", "kept_in", "quotable", "quote", "reason"]

LOGGERS = ("uvicorn.error", "uvicorn.access", "asyncio")
_logs: dict[int, list[str]] = {}  # thread of a server -> its log
_numbers = itertools.count()
_quotable: "weakref.WeakValueDictionary[int, Any]" = weakref.WeakValueDictionary()


class _Log(logging.Handler):
    """Puts what a server's thread logs into that server's log; anything else goes where it would have gone."""

    def emit(self, record: logging.LogRecord) -> None:
        log = _logs.get(record.thread or 0)
        if log is None:
            logging.getLogger().handle(record)
        else:
            log.append(f"{record.levelname} {self.format(record)}")


_handler = _Log()


def quote(source: Any) -> None:
    """Let a failing cell quote `source.log`, a list of texts or one text."""
    _quotable[next(_numbers)] = source


def quotable() -> list[Any]:
    """What a failing cell may quote, the newest first."""
    return [source for _, source in sorted(_quotable.items(), reverse=True)]


def hear(access: bool) -> None:
    """Listen to uvicorn's loggers, also where an app has switched them off for the whole process.

    `logging.config.dictConfig` does that by default to every logger that it does not name. `access`: whether requests
    shall be logged (uvicorn's option `access_log`).
    """
    for name in LOGGERS:
        if name == "uvicorn.access" and not access:
            continue
        logger = logging.getLogger(name)
        logger.disabled = False
        logger.propagate = False
        if _handler not in logger.handlers:
            logger.addHandler(_handler)


@contextlib.contextmanager
def kept_in(log: list[str]) -> Iterator[None]:
    """What the calling thread logs inside the `with` block is kept in `log`."""
    _logs[threading.get_ident()] = log
    try:
        yield
    finally:
        _logs.pop(threading.get_ident(), None)


def reason(log: list[str]) -> str:
    """Why an app did not start, in one sentence: the error that its lifespan left, or else what was logged, or nothing."""
    errors = [text for text in log if text.startswith("ERROR") and "Exiting" not in text]
    if not errors:
        return ""
    found = tracebacks(errors[-1])
    first = errors[-1].strip().splitlines()[0].removeprefix("ERROR ")
    told = f"its lifespan raised {found[-1].said}" if found else first
    return f"{told[:LONGEST].rstrip('.')}."


hear(access=True)
