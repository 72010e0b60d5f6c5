"""Faults in uvicorn's connections, in middleware, and in what telemetry and TestClient tell of a task."""

from helpers.course import TASKS
from tests.notebooks.faults.fault import Fault, connection, response, spans

FAULTS = [
    # Connections
    Fault(
        "the next request on a connection waits for the task",
        connection(
            "theirs = Protocol._start_asgi_task",
            "def start(self, cycle, app):",
            "    before = getattr(self, 'over', None)",
            "    self.over = over = asyncio.Event()",
            "    async def later(scope, receive, send):",
            "        if before is not None:",
            "            await before.wait()",
            "        try:",
            "            await app(scope, receive, send)",
            "        finally:",
            "            over.set()",
            "    theirs(self, cycle, later)",
            "Protocol._start_asgi_task = start",
        ),
        {3: "stale-measured get-links", TASKS: "rule-connection"},
    ),
    Fault(
        "Connection: close waits for the task",
        connection(
            "send, run = Cycle.send, Cycle.run_asgi",
            "async def sending(self, message):",
            "    last = message['type'] == 'http.response.body' and not message.get('more_body')",
            "    self.closes = getattr(self, 'closes', False) or last and not self.keep_alive",
            "    self.keep_alive = self.keep_alive or last",
            "    await send(self, message)",
            "async def running(self, app):",
            "    await run(self, app)",
            "    if getattr(self, 'closes', False):",
            "        self.transport.close()",
            "Cycle.send, Cycle.run_asgi = sending, running",
        ),
        {TASKS: "rule-connection"},
    ),
    Fault(
        "a response is over when the client has read it",
        connection(
            "theirs = Cycle.send",
            "async def send(self, message):",
            "    await theirs(self, message)",
            "    while self.response_complete and not self.transport.is_closing():",
            "        if not self.transport.get_write_buffer_size():",
            "            break",
            "        await asyncio.sleep(0.01)",
            "Cycle.send = send",
        ),
        {4: "rule-received"},
    ),
    Fault(
        "a path operation is cancelled when its client leaves",
        connection(
            "start, lost = Protocol._start_asgi_task, Protocol.connection_lost",
            "def starting(self, cycle, app):",
            "    before = set(self.tasks)",
            "    start(self, cycle, app)",
            "    self.current = (self.tasks - before).pop()",
            "def losing(self, exc):",
            "    lost(self, exc)",
            "    if self.cycle and not self.cycle.response_complete:",
            "        self.current.cancel()",
            "Protocol._start_asgi_task, Protocol.connection_lost = starting, losing",
        ),
        {TASKS: "rule-disconnect"},
    ),
    Fault(
        "a client that left has no task run",
        connection(
            "theirs = Cycle.send",
            "async def send(self, message):",
            "    if self.disconnected:",
            "        raise OSError('the client is gone')",
            "    await theirs(self, message)",
            "Cycle.send = send",
        ),
        {TASKS: "rule-disconnect"},
    ),
    Fault(
        "a broken stream drops the tasks",
        response(
            "StreamingResponse",
            "tasks, self.background, left = self.background, None, []",
            "async def watching():",
            "    message = await receive()",
            "    left.append(message['type'] == 'http.disconnect')",
            "    return message",
            "await theirs(self, scope, watching, send)",
            "if tasks is not None and not any(left):",
            "    await tasks()",
        ),
        {TASKS: "rule-disconnect rule-stream-finally"},
    ),
    Fault(
        "limit_concurrency counts no tasks",
        connection(
            "theirs = Protocol.on_headers_complete",
            "def headers(self):",
            "    limit = self.limit_concurrency",
            "    if limit is not None and len(self.connections) < limit:",
            "        self.limit_concurrency = None",
            "    try:",
            "        theirs(self)",
            "    finally:",
            "        self.limit_concurrency = limit",
            "Protocol.on_headers_complete = headers",
        ),
        {TASKS: "rule-limit", 5: "mends-timed", 7: "dep-limit"},
    ),
    # Middleware
    Fault(
        "call_next returns when the task has ended",
        """
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import Response
async def call(self, scope, receive, send):
    if scope["type"] != "http":
        return await self.app(scope, receive, send)
    async def call_next(request):
        messages = []
        async def keep(message):
            messages.append(message)
        await self.app(scope, receive, keep)
        response = Response(b"".join(message.get("body", b"") for message in messages), messages[0]["status"])
        response.raw_headers = messages[0]["headers"]
        return response
    response = await self.dispatch_func(Request(scope, receive), call_next)
    await response(scope, receive, send)
BaseHTTPMiddleware.__call__ = call
""",
        {4: "rule-middleware", TASKS: "rule-middleware-first"},
    ),
    Fault(
        "behind a middleware, the end of the response waits for the task",
        """
import asyncio
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.requests import Request
from starlette.responses import StreamingResponse
async def call(self, scope, receive, send):
    if scope["type"] != "http":
        return await self.app(scope, receive, send)
    messages = asyncio.Queue()
    async def app():
        try:
            await self.app(scope, receive, messages.put)
        finally:
            await messages.put(None)
    running = asyncio.create_task(app())
    async def call_next(request):
        start = await messages.get()
        async def body():
            while (message := await messages.get()) is not None:
                yield message.get("body", b"")
        response = StreamingResponse(body(), start["status"])
        response.raw_headers = start["headers"]
        return response
    response = await self.dispatch_func(Request(scope, receive), call_next)
    await response(scope, receive, send)
    await running
BaseHTTPMiddleware.__call__ = call
""",
        {4: "rule-middleware"},
    ),
    Fault(
        "a middleware's own task runs last",
        """
import copy
from starlette.middleware.base import BaseHTTPMiddleware
theirs = BaseHTTPMiddleware.__call__
async def call(self, scope, receive, send):
    later, inner = [], copy.copy(self)
    async def dispatch(request, call_next):
        response = await self.dispatch_func(request, call_next)
        if response.background:
            later.append(response.background)
            response.background = None
        return response
    inner.dispatch_func = dispatch
    await theirs(inner, scope, receive, send)
    for task in later:
        await task()
BaseHTTPMiddleware.__call__ = call
""",
        {TASKS: "rule-middleware-first"},
    ),
    Fault(
        "a preflight reaches the path operation",
        """
from starlette.middleware.cors import CORSMiddleware
theirs = CORSMiddleware.__call__
async def call(self, scope, receive, send):
    if scope["type"] == "http" and scope["method"] == "OPTIONS":
        headers = dict(scope["headers"])
        scope["method"] = headers[b"access-control-request-method"].decode()
        async def nowhere(message):
            pass
        await self.app({**scope}, receive, nowhere)
        scope["method"] = "OPTIONS"
    await theirs(self, scope, receive, send)
CORSMiddleware.__call__ = call
""",
        {4: "cors-app rule-cors"},
    ),
    Fault(
        "a foreign origin's request is not served",
        """
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse
theirs = CORSMiddleware.simple_response
async def simple(self, scope, receive, send, request_headers):
    if not self.is_allowed_origin(request_headers.get("origin", "")):
        return await PlainTextResponse("no", 403)(scope, receive, send)
    await theirs(self, scope, receive, send, request_headers)
CORSMiddleware.simple_response = simple
""",
        {4: "rule-cors"},
    ),
    Fault(
        "with credentials, * stays *",
        """
from starlette.middleware.cors import CORSMiddleware
theirs = CORSMiddleware.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    if self.allow_all_origins:
        self.allow_explicit_origin = lambda headers, origin: headers.update({"Access-Control-Allow-Origin": "*"})
CORSMiddleware.__init__ = init
""",
        {4: "cors-credentials"},
    ),
    # Telemetry and tests
    Fault(
        "tasks have no spans",
        spans("yield"),
        {
            0: "00_s-005",
            1: "wait-measured wait-order",
            4: "rule-start rule-order",
            6: "test-hook-measured debug-timeline log-spans",
            10: "exam-hook-measured",
        },
    ),
    Fault(
        "a task's span belongs to no request",
        spans(
            "token = context.attach(trace.set_span_in_context(trace.INVALID_SPAN))",
            "try:",
            "    with theirs(**names):",
            "        yield",
            "finally:",
            "    context.detach(token)",
        ),
        {0: "00_s-005", 4: "rule-start"},
    ),
    Fault(
        "a failing task's span tells of no error",
        spans(
            "failure = None",
            "with theirs(**names):",
            "    try:",
            "        yield",
            "    except Exception as error:",
            "        failure = error",
            "if failure:",
            "    raise failure",
        ),
        {2: "core-task-depends", 3: "post-promise", 4: "rule-failure", TASKS: "rule-callable", 6: "log-spans"},
    ),
    Fault(
        "a request's span ends with its last task",
        """
from fastapi.telemetry._asgi import NativeTelemetry
theirs = NativeTelemetry.__call__
async def call(self, *, app, scope, receive, send, **options):
    held = []
    async def sending(message):
        if not held:
            await send(message)
    async def whole(scope, receive, wrapped):
        async def passing(message):
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await send(message)
                held.append(message)
            else:
                await wrapped(message)
        try:
            await app(scope, receive, passing)
        finally:
            for message in held:
                await wrapped(message)
    await theirs(self, app=whole, scope=scope, receive=receive, send=sending, **options)
NativeTelemetry.__call__ = call
""",
        {1: "wait-order", 4: "rule-start", 6: "log-clocks"},
    ),
    Fault(
        "TestClient answers before the task",
        """
import asyncio, threading, anyio
from starlette.testclient import _TestClientTransport
theirs = _TestClientTransport.handle_request
def handle(self, request):
    real = self.app
    async def early(scope, receive, send):
        first, messages, complete = await receive(), [], threading.Event()
        async def receiving():
            return first
        async def sending(message):
            messages.append(message)
            if message["type"] == "http.response.body" and not message.get("more_body"):
                complete.set()
        threading.Thread(target=lambda: asyncio.run(real(scope, receiving, sending)), daemon=True).start()
        await anyio.to_thread.run_sync(complete.wait)
        for message in messages:
            await send(message)
    self.app = early
    try:
        return theirs(self, request)
    finally:
        self.app = real
_TestClientTransport.handle_request = handle
""",
        {TASKS: "rule-testclient", 6: "client-measured"},
    ),
    Fault(
        "a default takes the place of what is injected",
        """
import inspect
from fastapi import routing
from fastapi.dependencies import utils
theirs = utils.get_dependant
def get_dependant(*, call, **options):
    found = theirs(call=call, **options)
    name = found.background_tasks_param_name
    if name and inspect.signature(call).parameters[name].default is not inspect.Signature.empty:
        found.background_tasks_param_name = None
    return found
routing.get_dependant = utils.get_dependant = get_dependant
""",
        {TASKS: "rule-spelling"},
    ),
    Fault(
        "a dependency that raises runs the tasks added before",
        """
from contextvars import ContextVar
from fastapi import routing
from fastapi.dependencies import utils
solve, respond, injected = routing.solve_dependencies, routing.request_response, ContextVar("injected")
class Noted(utils.BackgroundTasks):
    def __init__(self):
        super().__init__()
        injected.get().append(self)
async def solving(*, request, **options):
    request.scope["left"] = []
    injected.set(request.scope["left"])
    solved = await solve(request=request, **options)
    del request.scope["left"]
    return solved
def responding(call):
    app = respond(call)
    async def running(scope, receive, send):
        try:
            await app(scope, receive, send)
        finally:
            for tasks in scope.get("left", []):
                await tasks()
    return running
utils.BackgroundTasks, routing.solve_dependencies, routing.request_response = Noted, solving, responding
""",
        {TASKS: "rule-dropped"},
    ),
    Fault(
        "a stream's client waits for the tasks",
        """
from starlette.responses import StreamingResponse
theirs = StreamingResponse.stream_response
async def late(self, send):
    async def sending(message):
        if not message.get("more_body") and message["type"] == "http.response.body":
            tasks, self.background = self.background, None
            if tasks is not None:
                await tasks()
        await send(message)
    await theirs(self, sending)
StreamingResponse.stream_response = late
""",
        {TASKS: "rule-stream"},
    ),
    Fault(
        "a stream is sent in one piece when it has ended",
        """
from starlette.responses import StreamingResponse
theirs = StreamingResponse.stream_response
async def whole(self, send):
    held = []
    async def hold(message):
        held.append(message)
    await theirs(self, hold)
    for message in held:
        await send(message)
StreamingResponse.stream_response = whole
""",
        {TASKS: "rule-stream"},
    ),
]
