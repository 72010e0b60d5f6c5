"""What a caller gave, checked: what is right comes back, anything else raises `CourseError` with one sentence."""

import math

from helpers.errors import CourseError
from helpers.wording import scrub

DAY = 86_400.0  # seconds; the system's own calls take no endless wait (threading.TIMEOUT_MAX)


def shown(value: object, most: int = 60) -> str:
    """A value in a message: its repr without addresses, cut to `most` characters, also where it has no repr."""
    try:
        text = scrub(repr(value))
    except Exception:
        text = f"a value of type {type(value).__name__}"
    return text if len(text) <= most else f"{text[:most]}…"


def seconds(what: str, value: object, *, positive: bool = False) -> float:
    """`value` as seconds; `what` names the argument: `record(timeout=...)`."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) <= DAY else math.nan
        if number > 0 if positive else number >= 0:
            return number
    least = "above 0" if positive else "from 0 on"
    raise CourseError(f"{what} expects seconds {least}, up to a day, but got {shown(value)}.")


def path(what: str, value: object) -> str:
    """`value` as the path of a request, such as /ping."""
    import httpx

    if isinstance(value, str) and value.startswith("/"):
        try:
            httpx.URL(value)
        except (httpx.InvalidURL, UnicodeError):
            pass
        else:
            return value
    raise CourseError(f"{what} expects a path such as '/ping', but got {shown(value)}.")


def url(what: str, server: object) -> str:
    """The address of `server`, which `serve` or `process` returned."""
    try:
        address = getattr(server, "url", None)
    except CourseError:
        raise
    except Exception:
        address = None
    if not isinstance(address, str):
        raise CourseError(f"{what} expects a server such as serve(app) returns, but got {type(server).__name__}.")
    return address


def moment(value: object) -> bool:
    """Whether a value can be a moment that `time.perf_counter()` gave."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12 and math.isfinite(value)
