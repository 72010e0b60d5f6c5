"""9.3-trace: a trace that does not end at the queue."""

from collections.abc import Callable
from typing import Any

from opentelemetry import propagate, trace

from helpers.learning.model import Exercise


def _check(continue_trace: Callable[..., Any]) -> str:
    for name, result in (("receipt", "mailed"), ("thumbnail", {"width": 160})):
        _continues(continue_trace, name, result)
    return "The job's span continues the request's trace, and says when the work failed."


def _continues(continue_trace: Callable[..., Any], name: str, wanted: object) -> None:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracer, carrier, inside = provider.get_tracer("check"), {}, []
    with tracer.start_as_current_span("POST /parcels") as request:
        propagate.inject(carrier)
    exporter.clear()

    def work() -> object:
        inside.append(trace.get_current_span())
        return wanted

    def fail() -> None:
        raise ConnectionError("the mail server is away")

    result = continue_trace(tracer, carrier["traceparent"], name, work)
    assert inside, "the work was not done: call `work()`."
    assert len(inside) == 1, f"the work was done {len(inside)} times."
    spans = exporter.get_finished_spans()
    assert spans, "no span has ended. A span that is started without `with` needs its `end()`."
    span = spans[-1]
    context = span.get_span_context()
    assert context is not None and span.name == name, (
        f"the span should be called `{name}`, as the job is, but it is called `{span.name}`."
    )
    request_context = request.get_span_context()
    assert span.parent and context.trace_id == request_context.trace_id, (
        "the span began a trace of its own, and the request's ends at the queue. `propagate.extract` makes a context of the "
        "`traceparent`, and the span takes it as `context=`."
    )
    assert span.parent.span_id == request_context.span_id, "the span's parent should be the span of the request."
    assert inside[0].get_span_context().span_id == context.span_id, (
        "while the work runs, the open span is not the job's, so whatever the work traces hangs elsewhere: "
        "`start_as_current_span` makes it the current one."
    )
    assert result == wanted, f"what the work returns should come back, but `{result}` came."
    exporter.clear()
    try:
        continue_trace(tracer, carrier["traceparent"], name, fail)
    except ConnectionError:
        pass
    else:
        raise AssertionError(
            "the work failed, and nobody was told: the queue takes the job for done. Let the error pass."
        )
    spans = exporter.get_finished_spans()
    assert spans and spans[-1].status.status_code is trace.StatusCode.ERROR, (
        "the work failed, and its span says nothing of it: a span that is left by the error itself notes it."
    )
    assert not trace.get_current_span().get_span_context().is_valid, (
        "your span is still the current one when the job is over, so the next job would hang on it."
    )


def _solve() -> Callable[..., Any]:
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work: Callable[[], Any]) -> Any:
        context = propagate.extract({"traceparent": traceparent})
        with tracer.start_as_current_span(name, context=context):
            return work()

    return continue_trace


EXERCISE = Exercise(
    id="9.3-trace",
    title="a trace that does not end at the queue",
    task="`continue_trace` should do the work inside a span of the job's name that continues the request's trace, return what "
    "the work returns, and let its errors pass.",
    check=_check,
    hints=(
        "The header came as text. `propagate.extract({...})` makes a context of it.",
        "`tracer.start_as_current_span(name, context=...)` is a `with` block: what does it do when the block raises?",
    ),
    solution=_solve,
    wants="function",
)
