"""FastAPI's own OpenTelemetry spans, stamped with a clock that does not jump.

With an SDK tracer provider set, FastAPI makes a server span that ends when the response has been sent, and child spans for
dependencies, endpoint, serialization and each background task (fastapi/telemetry/_asgi.py and fastapi/background.py).
Nothing is patched and the app needs no decorator. OpenTelemetry's own times are wall-clock, so a span processor takes
`time.perf_counter_ns` at each start and end.
"""

import contextlib
import importlib.util
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
from fastapi import __version__
from opentelemetry import propagate, trace
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from helpers.errors import CourseError

__all__ = ["Span", "check_telemetry", "client_span", "collect", "observe", "open_spans", "running_tasks"]

# FastAPI's names for the parts of a request (fastapi/telemetry/_api.py, `_operation`).
KINDS = {f"fastapi.{kind}": kind for kind in ("dependencies", "endpoint", "serialization")}
KINDS["fastapi.background_task"] = "task"


@dataclass(eq=False)
class Span:
    """One span: `kind` is client, server, dependencies, endpoint, serialization or task; times in perf_counter_ns.

    Spans that an app or a library makes itself, of a database for example, are "foreign": no bar, only part of the tree.
    """

    name: str
    kind: str
    trace_id: int
    span_id: int
    parent_id: int | None
    start: int
    end: int | None = None
    error: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


class _Stamps(SpanProcessor):
    def __init__(self) -> None:
        self.open: dict[int, Span] = {}
        self.collectors: list[list[Span]] = []

    def on_start(self, span: Any, parent_context: Any = None) -> None:
        now = time.perf_counter_ns()
        context, parent = span.get_span_context(), span.parent
        entry = Span(span.name, _kind(span), context.trace_id, context.span_id, parent and parent.span_id, now)
        # A task's parent is the request's span, which knows the port: that tells one server's tasks from another's.
        family = getattr(trace.get_current_span(parent_context), "attributes", None) or {}
        entry.attributes = {"server.port": family.get("server.port")} | dict(span.attributes or {})
        entry.name = _name(entry, span.name)
        with _lock:
            self.open[context.span_id] = entry
            for collector in self.collectors:
                collector.append(entry)

    def on_end(self, span: ReadableSpan) -> None:
        now = time.perf_counter_ns()
        context = span.get_span_context()
        with _lock:
            entry = self.open.pop(context.span_id, None) if context else None
        if entry is None:
            return
        entry.attributes = dict(span.attributes or {})
        entry.error = (
            str(entry.attributes["error.type"]).rpartition(".")[2] if "error.type" in entry.attributes else None
        )
        entry.name = _name(entry, span.name)
        entry.end = now


_lock = threading.Lock()
_stamps = _Stamps()
# What OTEL_TRACES_SAMPLER, OTEL_PROPAGATORS and the OTEL_..._LIMIT of the environment say is for the reader's own telemetry.
_provider = TracerProvider(
    sampler=ALWAYS_ON,
    span_limits=SpanLimits(
        **dict.fromkeys(
            ("max_attributes", "max_span_attributes", "max_attribute_length", "max_span_attribute_length"),
            SpanLimits.UNSET,
        )
    ),
    shutdown_on_exit=False,
)
_traceparent = TraceContextTextMapPropagator()
_provider.add_span_processor(_stamps)
_observed: list[TracerProvider] = [_provider]
_tracer = _provider.get_tracer("helpers")


def observe() -> None:
    """Make our provider the process's global one; where the reader has set one already, listen to that too.

    A server knows its request by the header `traceparent`, so that is read in any case.
    """
    if not _traceparent.fields <= propagate.get_global_textmap().fields:
        propagate.set_global_textmap(CompositePropagator([propagate.get_global_textmap(), _traceparent]))
    provider = trace.get_tracer_provider()
    if isinstance(provider, trace.ProxyTracerProvider):
        trace.set_tracer_provider(_provider)  # OpenTelemetry accepts this once a process
    elif isinstance(provider, TracerProvider) and provider not in _observed:
        provider.add_span_processor(_stamps)
        _observed.append(provider)


def check_telemetry() -> None:
    """Raise `CourseError` where nothing can be recorded: FastAPI makes no spans, or OpenTelemetry is switched off."""
    if importlib.util.find_spec("fastapi.telemetry") is None:
        raise CourseError(
            f"record() reads the telemetry that FastAPI has had since 0.142, but {__version__} is installed."
        )
    if os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        raise CourseError(
            "record() finds OpenTelemetry switched off: take OTEL_SDK_DISABLED=true out of the environment and restart the kernel."
        )


@contextlib.contextmanager
def collect() -> Iterator[list[Span]]:
    """A list that receives every span which starts inside the `with` block."""
    observe()
    spans: list[Span] = []
    with _lock:
        _stamps.collectors.append(spans)
    try:
        yield spans
    finally:
        with _lock:
            _stamps.collectors.remove(spans)


def open_spans() -> list[Span]:
    """The spans that have started and not ended yet."""
    with _lock:
        return list(_stamps.open.values())


def running_tasks(port: int) -> list[str]:
    """Names of the background tasks that run now for the server at `port`, in the order of their start."""
    return [span.name for span in open_spans() if span.kind == "task" and span.attributes["server.port"] == port]


@contextlib.contextmanager
def client_span(request: httpx.Request) -> Iterator[Callable[[httpx.Response], httpx.Response]]:
    """Span of one exchange, while a recording is open: the request carries its trace id, as in real tracing."""
    if not _stamps.collectors:
        yield lambda response: response
        return
    attributes = {"url.path": request.url.path, "http.request.method": request.method}
    with _tracer.start_as_current_span(
        f"{request.method} {request.url.path}",
        kind=trace.SpanKind.CLIENT,
        attributes=attributes,
        record_exception=False,
    ) as span:
        _traceparent.inject(request.headers)

        def finished(response: httpx.Response) -> httpx.Response:
            span.set_attribute("http.response.status_code", response.status_code)
            return response

        try:
            yield finished
        except BaseException as error:
            span.set_attribute("error.type", type(error).__name__)
            raise


def _kind(span: Any) -> str:
    if span.kind == trace.SpanKind.SERVER:
        return "server"
    maker = span.instrumentation_scope.name if span.instrumentation_scope else ""
    if span.kind == trace.SpanKind.CLIENT:
        return "client" if maker == "helpers" else "foreign"
    return KINDS.get(span.name, "foreign") if maker == "fastapi" else "foreign"


def _name(span: Span, name: str) -> str:
    """A task and an endpoint go by their function's name; the rest by what they are."""
    if span.kind in ("task", "endpoint"):
        return str(span.attributes.get("code.function.name", name)).rpartition(".")[2].strip("<>")
    return span.kind if span.kind in ("dependencies", "serialization") else name
