"""What learners pass to 9.3-trace."""

from opentelemetry import context, propagate, trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from tests.chapters.answers import right, stub, wrong


@stub("9.3-trace")
def trace_shipped():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work): ...

    return continue_trace


@wrong("9.3-trace", says="began a trace of its own")
def trace_anew():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span(name):
            return work()

    return continue_trace


@wrong("9.3-trace", says="the open span is not the job's")
def trace_not_current():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        span = tracer.start_span(name, context=propagate.extract({"traceparent": traceparent}))
        try:
            return work()
        finally:
            span.end()

    return continue_trace


@wrong("9.3-trace", says="the queue takes the job for done")
def trace_swallows():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span(name, context=propagate.extract({"traceparent": traceparent})):
            try:
                return work()
            except Exception:
                return None

    return continue_trace


@wrong("9.3-trace", says="the work was not done")
def trace_without_work():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span(name, context=propagate.extract({"traceparent": traceparent})):
            return work

    return continue_trace


@wrong("9.3-trace", says="no span has ended")
def trace_without_end():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        span = tracer.start_span(name, context=propagate.extract({"traceparent": traceparent}))
        with trace.use_span(span):
            return work()

    return continue_trace


@wrong("9.3-trace", says="it is called `job`")
def trace_by_another_name():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        with tracer.start_as_current_span("job", context=propagate.extract({"traceparent": traceparent})):
            return work()

    return continue_trace


@right("9.3-trace")
def trace_by_hand():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        carried = propagate.extract(carrier={"traceparent": traceparent})
        span = tracer.start_span(name, context=carried, kind=trace.SpanKind.CONSUMER)
        with trace.use_span(span, end_on_exit=True, record_exception=True, set_status_on_exception=True):
            result = work()
        return result

    return continue_trace


@wrong("9.3-trace", says="its span says nothing of it")
def trace_says_nothing():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        carried = propagate.extract({"traceparent": traceparent})
        with tracer.start_as_current_span(name, context=carried, set_status_on_exception=False):
            return work()

    return continue_trace


@wrong("9.3-trace", says="still the current one when the job is over")
def trace_attaches_for_good():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        context.attach(propagate.extract({"traceparent": traceparent}))
        with tracer.start_as_current_span(name):
            return work()

    return continue_trace


@right("9.3-trace")
def trace_attached():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        token = context.attach(propagate.extract({"traceparent": traceparent}))
        try:
            with tracer.start_as_current_span(name):
                return work()
        finally:
            context.detach(token)

    return continue_trace


@right("9.3-trace")
def trace_by_the_propagator_as_a_decorator():
    def continue_trace(tracer: trace.Tracer, traceparent: str, name: str, work):
        carried = TraceContextTextMapPropagator().extract({"traceparent": traceparent})
        return tracer.start_as_current_span(name, context=carried)(work)()

    return continue_trace
