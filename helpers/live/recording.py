"""`record()`: collect what an exchange with the server does, until its last background task has ended."""

import contextlib
import time
from collections.abc import Iterable, Iterator, Sequence

from helpers.errors import CourseError
from helpers.given import moment, seconds, shown
from helpers.live.aside import Patience
from helpers.live.server import any_busy
from helpers.live.spans import Span, check_telemetry, collect
from helpers.live.timeline import Bar, Timeline

__all__ = ["bars_of", "record"]

ORDER = ("client", "server", "dependencies", "endpoint", "serialization", "task", "event")
POLL = 0.001  # seconds


@contextlib.contextmanager
def record(
    *,
    events: Sequence[tuple] | None = None,
    ignore: str | Iterable[str] = (),
    detail: bool = False,
    timeout: float = 30.0,
) -> Iterator[Timeline]:
    """Record the exchanges of the `with` block and give their `Timeline`, complete when the block has ended.

    The block ends when the last background task has ended, or after `timeout` seconds; what still runs then is marked so.
    `events`: a plain list to which the app appends `(name, time.perf_counter())`, for what FastAPI gives no span.
    `ignore`: paths whose requests are left out, such as "/ping". `detail`: the picture also shows dependencies and
    serialization. Each span and what has none: facts of FastAPI's native telemetry (fastapi/telemetry). Spans that the
    app or a library makes itself are left out. Raises `CourseError` for a FastAPI without telemetry (before 0.142), for
    an OpenTelemetry that is switched off, and for events that are none.
    """
    check_telemetry()
    _check(events)
    ignored, timeout = _paths(ignore), seconds("record(timeout=...)", timeout, positive=True)
    timeline = Timeline(detail=detail)
    begun = time.perf_counter_ns()
    with collect() as spans:
        deadline = 0.0  # an interrupted block waits for nothing
        try:
            yield timeline
            deadline = time.monotonic() + timeout
        except Exception:
            deadline = time.monotonic() + timeout
            raise
        finally:
            patience = Patience()
            while (any_busy() or _unfinished(spans, ignored)) and time.monotonic() < deadline:
                patience.tell(lambda: f"for {_awaited(spans, ignored)} to end")
                time.sleep(POLL)
            timeline.fill(
                *bars_of(spans, _kept(spans, ignored), [event for event in events or [] if _is_event(event)], begun)
            )
    for event in events or []:
        if not _is_event(event):
            raise CourseError(
                f"record() expects events such as ('closed', time.perf_counter()), but the list holds {shown(event)}."
            )


def _is_event(event: object) -> bool:
    return isinstance(event, tuple | list) and len(event) > 1 and isinstance(event[0], str) and moment(event[1])


def _check(events: object) -> None:
    if events is not None and not isinstance(events, list):
        raise CourseError(
            f"record(events=...) expects a list of (name, time.perf_counter()), but got {type(events).__name__}."
        )


def _paths(ignore: object) -> tuple[str, ...]:
    if isinstance(ignore, str):
        return (ignore,)
    several = list(ignore) if isinstance(ignore, list | tuple | set | frozenset) else [None]
    paths = tuple(path for path in several if isinstance(path, str))
    if len(paths) < len(several):
        raise CourseError(f"record(ignore=...) expects a path such as '/ping', or several, but got {shown(ignore)}.")
    return paths


def _kept(spans: list[Span], ignored: tuple[str, ...]) -> list[Span]:
    """Without foreign spans, requests to ignored paths, and tasks of requests that began before the recording."""
    kept, by_id = [], {span.span_id: span for span in list(spans)}
    for span in by_id.values():
        parent = by_id.get(span.parent_id or 0)
        while parent is not None and parent.kind not in ("client", "server"):
            parent = by_id.get(parent.parent_id or 0)
        root = span if span.kind in ("client", "server") else parent
        if span.kind != "foreign" and root is not None and root.attributes.get("url.path") not in ignored:
            kept.append(span)
    return kept


def _unfinished(spans: list[Span], ignored: tuple[str, ...]) -> bool:
    return any(span.end is None for span in _kept(spans, ignored))


def _awaited(spans: list[Span], ignored: tuple[str, ...]) -> str:
    names = [span.name for span in _kept(spans, ignored) if span.end is None]
    return ", ".join(names) or "a request or a task of an earlier cell"


def bars_of(all_spans: list[Span], spans: list[Span], events: Sequence[tuple], begun: int) -> tuple[list[Bar], float]:
    """Bars in seconds from the first request, each request followed by what it caused; and the recording's length."""
    now = time.perf_counter_ns()
    zero = min((span.start for span in spans), default=begun)
    by_id = {span.span_id: span for span in list(all_spans)}

    def since(stamp: int) -> float:
        return (stamp - zero) / 1e9

    bars, names = [], {}
    for span in sorted(spans, key=lambda span: (_request(span, by_id).start, ORDER.index(span.kind), span.start)):
        ended = now if span.end is None else span.end
        owner = _server(span, by_id)
        bars.append(
            Bar(
                name=_unique("client" if span.kind == "client" else span.name, names),
                kind=span.kind,
                label=span.name,
                start=since(span.start),
                end=since(ended),
                error=span.error,
                running=span.end is None,
                sent=None if owner is None or owner.end is None else since(owner.end),
                status=span.attributes.get("http.response.status_code"),
            )
        )
    sent = next((bar.sent for bar in bars if bar.sent is not None), None)
    for event in events:
        name, stamp = event[0], round(event[1] * 1e9)
        if stamp >= begun:
            at = since(stamp)
            bars.append(Bar(_unique(name, names), "event", name, at, at, None, False, sent, None))
    return bars, since(now)


def _request(span: Span, by_id: dict[int, Span]) -> Span:
    """The outermost span that a span belongs to: the client's, or the server's when somebody else asked."""
    outermost = span
    while span.parent_id in by_id:
        span = by_id[span.parent_id]
        outermost = outermost if span.kind == "foreign" else span
    return outermost


def _server(span: Span, by_id: dict[int, Span]) -> Span | None:
    """The server's span that a span belongs to, or is itself; none where it belongs to no request here."""
    while span.kind != "server" and span.parent_id in by_id:
        span = by_id[span.parent_id]
    return span if span.kind == "server" else None


def _unique(name: str, names: dict[str, int]) -> str:
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}#{names[name]}"
