"""Spans of every process go to a file of its own; a trace travels with the job that continues it."""

import os

from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

from depot.settings import settings


def set_up(service: str) -> None:
    """Called once a process. FastAPI's own spans use the provider that is set here."""
    settings.spans.mkdir(parents=True, exist_ok=True)
    file = open(settings.spans / f"{service}-{os.getpid()}.jsonl", "a", buffering=1, encoding="utf-8")
    exporter = ConsoleSpanExporter(out=file, formatter=lambda span: span.to_json(indent=None) + "\n")
    provider = TracerProvider(resource=Resource.create({"service.name": service}))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)


def current_trace() -> str:
    """The context of the span that is open now, as the W3C header `traceparent` writes it."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return carrier.get("traceparent", "")


def continued(traceparent: str) -> Context:
    """The context in which a span continues that trace."""
    return propagate.extract({"traceparent": traceparent})
