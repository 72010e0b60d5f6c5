"""The two slips that everybody makes, told by every check in the same words: nothing returned, and a held event loop."""

import re
from collections.abc import Callable, Iterable

from helpers.live.heartbeat import Hold
from helpers.wording import code

__all__ = ["held_the_loop", "returned_none"]

# FastAPI's complaint of a path operation without a `return`, with the function's name below (fastapi/exceptions.py,
# ResponseValidationError; the name comes from fastapi/routing.py, serialize_response).
_NONE = re.compile(
    r"ResponseValidationError: 1 validation error:\n\s*\{.*'loc': \('response',\).*'input': None\}(?:\s+File .*, in (\w+))?"
)


def returned_none(log: Iterable[str]) -> str:
    """The sentence on a path operation that returned None against its return type, by a server's log; or nothing."""
    found = next(filter(None, (_NONE.search(text) for text in log)), None)
    if found is None:
        return ""
    who = f"your function {code(found[1])}" if found[1] else "your function"
    return f"{who} returned `None`, which does not fit its return type: is there a `return`?"


def held_the_loop(holds: Iterable[Hold], is_own: Callable[[str], bool]) -> str:
    """The sentence on the longest time for which code of the learner's held the event loop; or nothing.

    `is_own` says of a file whether it is the learner's.
    """
    worst, where = 0.0, ""
    for hold in holds:
        own = [line.function for line in hold.lines if is_own(line.file)]
        if own and hold.seconds > worst:
            worst, where = hold.seconds, own[-1]
    if not where:
        return ""
    return (
        f"your code held the event loop for {worst:.1f} s, in {code(where)}: nobody else was answered meanwhile. "
        "Blocking work belongs into a `def` function, which FastAPI runs in a thread, or behind an `await`."
    )
