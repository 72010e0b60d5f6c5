"""Recording: the timeline holds what happened, in the order in which it happened, and says when something is missing."""

import asyncio
import functools
import os
import subprocess
import sys
import textwrap
import threading
import time
from typing import Annotated

import fastapi
import httpx
import pytest
from fastapi import BackgroundTasks, Depends, FastAPI
from opentelemetry import trace
from starlette.background import BackgroundTask
from starlette.responses import PlainTextResponse

from helpers.errors import CourseError, NotInTimeline
from helpers.live import spans
from helpers.live.client import AsyncClient
from helpers.live.recording import record
from helpers.live.server import running, serve
from helpers.live.spans import observe

events: list[tuple[str, float]] = []


def send_email() -> None:
    time.sleep(0.2)


async def write_log() -> None:
    await asyncio.sleep(0.1)


def boom() -> None:
    raise ValueError("no such parcel")


def session():
    yield "session"
    events.append(("session closed", time.perf_counter()))


@pytest.fixture(scope="module")
def client():
    app = FastAPI()

    @app.get("/mail")
    def mail(background_tasks: BackgroundTasks, session: Annotated[str, Depends(session)]) -> str:
        background_tasks.add_task(send_email)
        background_tasks.add_task(write_log)
        return session

    @app.get("/twice")
    async def twice(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(write_log)
        background_tasks.add_task(write_log)

    @app.get("/boom")
    def explode(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(boom)
        background_tasks.add_task(send_email)

    @app.get("/bare")
    def bare() -> PlainTextResponse:
        return PlainTextResponse("", background=BackgroundTask(send_email))

    @app.get("/odd")
    def odd(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(lambda: None)
        background_tasks.add_task(functools.partial(send_email))

    @app.get("/error")
    def error() -> None:
        raise RuntimeError("broken")

    @app.get("/slow")
    def slow() -> None:
        time.sleep(0.3)

    @app.get("/ping")
    async def ping() -> None: ...

    server = serve(app)
    yield server.client
    server.stop()


@pytest.fixture
def held():
    """An app whose task tells that it has begun, and ends when it is told to."""
    app, begun, over = FastAPI(), threading.Event(), threading.Event()

    def send_email() -> None:
        begun.set()
        over.wait(30)

    @app.get("/")
    def mail(tasks: BackgroundTasks) -> None:
        tasks.add_task(send_email)

    return app, begun, over


def test_tasks_start_after_the_response_one_after_the_other(client):
    with record() as timeline:
        assert client.get("/mail").json() == "session"
    assert timeline.names == ["client", "GET /mail", "dependencies", "mail", "serialization", "send_email", "write_log"]
    assert timeline.order == [
        "request received",
        "mail starts",
        "mail ends",
        "response sent",
        "send_email starts",
        "send_email ends",
        "write_log starts",
        "write_log ends",
    ]
    mail, log = timeline.tasks
    assert mail.started_after_response and log.started_after_response and log.start >= mail.end
    assert mail.duration >= 0.2 and log.duration > 0.09
    assert timeline.waited == timeline["client"].duration and not timeline["mail"].started_after_response


def test_equal_names_are_numbered(client):
    with record() as timeline:
        client.get("/twice")
        client.get("/twice")
    assert [bar.name for bar in timeline if bar.kind == "task"] == [
        "write_log",
        "write_log#2",
        "write_log#3",
        "write_log#4",
    ]
    assert [bar.name for bar in timeline if bar.kind == "client"] == ["client", "client#2"]


def test_functions_without_a_name_of_their_own(client):
    with record() as timeline:
        client.get("/odd")
    assert [bar.name for bar in timeline.tasks] == ["lambda", "partial"]


def test_a_failing_task_is_marked_and_the_rest_never_runs(client):
    with record() as timeline:
        assert client.get("/boom").status_code == 200
    assert [bar.name for bar in timeline.tasks] == ["boom"]
    assert timeline["boom"].error == "ValueError"
    assert timeline.order[-1] == "boom fails"
    assert "boom failed with ValueError after" in repr(timeline)


def test_a_server_error_is_told(client):
    with record() as timeline:
        assert client.get("/error").status_code == 500
    assert timeline["GET /error"].status == 500 and "The server answered with 500." in repr(timeline)


def test_what_has_no_span_comes_from_events(client):
    events.append(("from before", time.perf_counter()))
    with record(events=events) as timeline:
        client.get("/mail")
    assert "from before" not in timeline
    closed = timeline["session closed"]
    assert closed.started_after_response and closed.kind == "event" and closed.start == closed.end
    assert (closed.error, closed.running, closed.status) == (None, False, None)
    assert timeline.order[-1] == "session closed", "a dependency is torn down after the tasks"


def test_a_recording_lasts_until_a_task_without_span_has_ended(client):
    begun = time.perf_counter()
    with record() as timeline:
        client.get("/bare")
    assert time.perf_counter() - begun >= 0.2 and timeline.tasks == []


def test_probes_can_be_left_out(client):
    done = threading.Event()

    def probe():
        with httpx.Client(base_url=client.base_url, trust_env=False, verify=False) as other:
            while not done.is_set():
                other.get("/ping")

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        with record(ignore="/ping") as timeline:
            client.get("/mail")
            client.get("/ping")
    finally:
        done.set()
        thread.join()
    assert [bar.name for bar in timeline if bar.kind in ("client", "server")] == ["client", "GET /mail"]


def test_a_foreign_client_shows_in_the_server_lane_only(client):
    with record() as timeline:
        httpx.get(f"{client.base_url}/ping", trust_env=False)
    assert timeline.names[0] == "GET /ping"
    with pytest.raises(NotInTimeline, match="no 'client' in this timeline, which holds: GET /ping"):
        timeline.waited  # noqa: B018


def test_an_async_client_is_recorded_too(client):
    async def three_at_once():
        async with AsyncClient(base_url=client.base_url, trust_env=False) as asynchronous:
            await asyncio.gather(*(asynchronous.get("/twice") for _ in range(3)))

    with record() as timeline:
        asyncio.run(three_at_once())
    assert len(timeline.tasks) == 6 and sum(bar.kind == "client" for bar in timeline) == 3


def test_a_task_of_an_earlier_request_does_not_slip_in(client):
    client.get("/mail")
    with record() as timeline:
        client.get("/ping")
    assert timeline.tasks == []


def test_a_client_that_gets_no_answer(client):
    with record() as timeline, pytest.raises(httpx.ReadTimeout):
        client.get("/slow", timeout=0.05)
    assert timeline["client"].error == "ReadTimeout"
    assert "got ReadTimeout instead of an answer" in repr(timeline)


def test_a_task_that_never_ends_is_marked_when_the_time_is_up(held):
    app, begun, over = held
    with running(app) as server:
        with record(timeout=0.05) as timeline:
            server.client.get("/")
            assert begun.wait(10)
        assert timeline["send_email"].running
        assert "send_email was still running" in repr(timeline)
        over.set()


def test_an_error_in_the_block_passes_and_the_timeline_is_filled(client):
    with pytest.raises(ZeroDivisionError), record() as timeline:
        client.get("/ping")
        raise ZeroDivisionError
    assert "GET /ping" in timeline


def test_asking_for_what_is_not_there_lists_the_names(client):
    with record() as timeline:
        assert repr(timeline) == "a timeline that is still being recorded"
        with pytest.raises(NotInTimeline, match="this recording has not ended"):
            timeline["mail"]
        client.get("/mail")
    with pytest.raises(NotInTimeline) as refusal:
        timeline["send_mail"]
    assert str(refusal.value).startswith(
        "no 'send_mail' in this timeline, which holds: client, GET /mail, dependencies, mail,"
    )
    with record() as empty:
        pass
    with pytest.raises(NotInTimeline, match="no request was made in its block"):
        empty["client"]
    assert repr(empty) == "Nothing was recorded."


@pytest.mark.parametrize("options", [{"events": ("a", 1)}, {"events": "list"}, {"timeout": 0}, {"timeout": "1 s"}])
def test_wrong_options_get_a_sentence(options):
    with pytest.raises(CourseError, match="expects"), record(**options):
        pass


@pytest.mark.parametrize("event", ["alone", ("name",), ("name", "now"), None])
def test_an_event_without_a_moment_gets_a_sentence(client, event):
    with pytest.raises(CourseError, match="expects events such as"), record(events=[event]):
        pass


def test_the_wall_clock_may_jump(client, monkeypatch):
    jumps = iter(range(10**6))
    monkeypatch.setattr(time, "time_ns", lambda: 10**18 - next(jumps) * 10**9)
    with record() as timeline:
        client.get("/mail")
    assert timeline.order[3:5] == ["response sent", "send_email starts"]
    assert timeline["send_email"].duration >= 0.2, "by a clock that jumps back it would be negative"


def test_a_provider_of_the_readers_own_is_listened_to():
    code = """
        from opentelemetry import trace
        from opentelemetry.sdk.trace import TracerProvider
        theirs = TracerProvider()
        trace.set_tracer_provider(theirs)
        from fastapi import BackgroundTasks, FastAPI
        from helpers import record, serve
        app = FastAPI()
        @app.get("/")
        def root(background_tasks: BackgroundTasks) -> None:
            background_tasks.add_task(int)
        server = serve(app)
        for _ in range(2):
            with record() as timeline:
                server.client.get("/")
        print(timeline.names, len(theirs._active_span_processor._span_processors), "listens")
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
    heard = "['client', 'GET /', 'dependencies', 'root', 'serialization', 'int'] 1 listens\n"
    assert done.stdout == heard, done.stderr


def test_importing_the_helpers_is_quick_and_quiet():
    code = """
        import sys, time, fastapi, uvicorn, httpx
        known, before = {*sys.modules, *sys.stdlib_module_names}, time.process_time()
        import helpers
        from helpers import serve, record
        print((time.process_time() - before) / before)
        print(*{name.partition(".")[0] for name in sys.modules} - known)
    """

    def share() -> float:
        """Beside what FastAPI, uvicorn and httpx take, by the processor's clock, which load inflates now and then."""
        done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, timeout=60)
        took, loaded = done.stdout.splitlines()
        assert set(loaded.split()) <= {"helpers", "psutil"} and done.stderr == ""
        return float(took)

    assert any(share() < 0.3 for _ in range(5))


RECORDED = """
    from fastapi import BackgroundTasks, FastAPI
    from helpers import record, serve
    app = FastAPI()
    @app.get("/")
    def root(background_tasks: BackgroundTasks) -> None:
        background_tasks.add_task(int)
    server = serve(app)
    with record() as timeline:
        server.client.get("/")
    print(timeline.names)
"""


def recorded_with(prelude: str = "", **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(prelude) + textwrap.dedent(RECORDED)],
        capture_output=True,
        text=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    return done.stdout + done.stderr.strip().rpartition("\n")[2]


@pytest.mark.parametrize(
    "setting",
    [
        "OTEL_TRACES_SAMPLER=always_off",
        pytest.param("OTEL_PROPAGATORS=none", marks=pytest.mark.slow),
        pytest.param("OTEL_PROPAGATORS=baggage", marks=pytest.mark.slow),
        pytest.param("OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT=0", marks=pytest.mark.slow),
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT=1",
        "OTEL_PYTHON_TRACER_PROVIDER=sdk_tracer_provider",
        "OTEL_SDK_DISABLED=true",
    ],
)
def test_settings_of_the_environment_are_for_the_readers_own_telemetry(setting):
    name, _, value = setting.partition("=")
    assert recorded_with(**{name: value}) == "['client', 'GET /', 'dependencies', 'root', 'serialization', 'int']\n"


def test_a_telemetry_that_is_switched_off_is_told():
    assert recorded_with("import helpers, os; os.environ['OTEL_SDK_DISABLED'] = 'true'\n") == (
        "helpers.errors.CourseError: record() finds OpenTelemetry switched off: take OTEL_SDK_DISABLED=true out of the "
        "environment and restart the kernel."
    )


def test_a_fastapi_without_telemetry_is_told():
    prelude = """
        import importlib.util, fastapi
        found = importlib.util.find_spec
        importlib.util.find_spec = lambda name, *more: None if name == "fastapi.telemetry" else found(name, *more)
    """
    assert recorded_with(prelude) == (
        "helpers.errors.CourseError: record() reads the telemetry that FastAPI has had since 0.142, "
        f"but {fastapi.__version__} is installed."
    )


def test_spans_of_the_app_and_of_libraries_are_left_out():
    observe()
    tracer = trace.get_tracer("a library")
    app = FastAPI()

    @app.get("/")
    def root(background_tasks: BackgroundTasks) -> None:
        with tracer.start_as_current_span("pack"):
            with tracer.start_as_current_span("SELECT", kind=trace.SpanKind.CLIENT):
                pass
        background_tasks.add_task(work)

    def work() -> None:
        with tracer.start_as_current_span("INSERT", kind=trace.SpanKind.CLIENT):
            pass

    with running(app) as server, record() as timeline, tracer.start_as_current_span("mine"):
        server.client.get("/")
        server.client.get("/")
    once = ["client", "GET /", "dependencies", "root", "serialization", "work"]
    assert timeline.names == [*once, *(f"{name}#2" for name in once)]
    assert all(bar.sent is not None for bar in timeline if bar.kind != "client")


def test_an_interrupted_block_waits_for_nothing(held):
    app, begun, over = held
    with running(app) as server:
        with pytest.raises(KeyboardInterrupt), record() as timeline:
            server.client.get("/")
            assert begun.wait(10)
            raise KeyboardInterrupt
        assert timeline["send_email"].running, "the block was left while the task ran"
        over.set()


def test_a_recording_listens_where_nothing_was_served(monkeypatch):
    listened = []
    monkeypatch.setattr(spans, "observe", lambda: listened.append("listens"))
    with spans.collect() as found:
        assert listened == ["listens"] and found == []
