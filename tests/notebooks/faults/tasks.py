"""Faults in what becomes of a task: when, where and with what it runs."""

from helpers.course import SERVICE, TASKS
from tests.notebooks.faults.fault import Fault, adding, connection, response, task, tasks

FAULTS = [
    # Order
    Fault(
        "tasks in reverse order",
        tasks("for task in reversed(self.tasks):", "    await one(task)"),
        {2: "core-depends-ran", 4: "rule-order rule-failure"},
        quick=2,
    ),
    Fault(
        "tasks side by side",
        tasks("await asyncio.gather(*(one(task) for task in self.tasks))"),
        {2: "core-carriers-ran", 4: "rule-order rule-failure"},
    ),
    Fault(
        "def tasks before async def tasks",
        tasks("for task in sorted(self.tasks, key=lambda task: task.is_async):", "    await one(task)"),
        {4: "rule-order rule-failure"},
    ),
    Fault(
        "a task added by a running task is left out",
        tasks("for task in list(self.tasks):", "    await one(task)"),
        {TASKS: "rule-list"},
    ),
    Fault(
        "one request's tasks at a time",
        tasks(
            "async with locks.setdefault(asyncio.get_running_loop(), asyncio.Lock()):",
            "    for task in self.tasks:",
            "        await one(task)",
        )
        + "\nlocks = {}",
        {4: "rule-group"},
    ),
    Fault(
        "tasks before the response",
        response(
            "Response",
            "if self.background is not None:",
            "    await self.background()",
            "await send({'type': 'http.response.start', 'status': self.status_code, 'headers': self.raw_headers})",
            "await send({'type': 'http.response.body', 'body': self.body})",
        ),
        {
            0: "00_s-005",
            1: "wait-measured wait-order versus-next",
            3: "stale-measured",
            4: "rule-start rule-blocking",
            6: "test-hook-measured client-measured log-clocks",
            7: "dep-hook-measured dep-run-measured",
            8: "sec-clock",
            10: "exam-hook-measured",
            SERVICE: "service-order-facts",
        },
        where="both",
    ),
    Fault(
        "a task starts when it is added",
        """
import asyncio, anyio, contextvars
from fastapi import BackgroundTasks, background
def add_task(self, func, *args, **kwargs):
    task = background.StarletteBackgroundTasks.__mro__[1](func, *args, **kwargs)
    async def now():
        with background._operation(name="background_task", function=func):
            await task()
    context = contextvars.copy_context()
    def start():
        running.add(asyncio.get_running_loop().create_task(now(), context=context))
    try:
        start()
    except RuntimeError:
        anyio.from_thread.run_sync(start)
running = set()
BackgroundTasks.add_task = add_task
""",
        {3: "post-promise"},
    ),
    Fault(
        "tasks are let go, as by create_task",
        tasks(
            "async def all():",
            "    for task in self.tasks:",
            "        await one(task)",
            "running.add(asyncio.create_task(all()))",
        )
        + "\nrunning = set()",
        {
            1: "setup-close",
            4: "rule-middleware",
            TASKS: "rule-create-task rule-limit rule-slot rule-testclient",
            7: "dep-hook-measured dep-azure",
        },
    ),
    # Threads
    Fault(
        "def tasks on the event loop",
        task("result = self.func(*self.args, **self.kwargs)", "if self.is_async:", "    await result"),
        {
            2: "core-calm core-kinds-ran",
            3: "upload-slow",
            4: "rule-threads rule-blocking",
            SERVICE: "service-order-facts",
        },
        where="both",
    ),
    Fault(
        "async def tasks in a worker thread",
        task(
            "if not self.is_async:",
            "    return await theirs(self)",
            "await background.run_in_threadpool(lambda: asyncio.run(self.func(*self.args, **self.kwargs)))",
        ),
        {
            2: "core-frozen core-kinds-ran",
            4: "rule-threads rule-blocking",
            6: "debug-timeline",
            8: "sec-clock",
            SERVICE: "service-archive-line",
        },
        where="both",
    ),
    Fault(
        "a callable object counts as a def",
        """
import inspect
from starlette.background import BackgroundTask
theirs = BackgroundTask.__init__
def init(self, func, *args, **kwargs):
    theirs(self, func, *args, **kwargs)
    self.is_async = inspect.iscoroutinefunction(func)
BackgroundTask.__init__ = init
""",
        {2: "core-kinds-ran"},
    ),
    Fault(
        "def path operations on the event loop",
        """
from fastapi import routing
async def run(*, values, is_coroutine, **options):
    (found,) = options.values()
    with routing._operation(name="endpoint", function=found.call):
        return await found.call(**values) if is_coroutine else found.call(**values)
routing.run_endpoint_function = run
""",
        {2: "core-kinds-ran", 4: "auth-where", 8: "perf-curve"},
    ),
    Fault(
        "a pool of 400 threads",
        """
import weakref
from anyio._backends._asyncio import AsyncIOBackend
theirs, seen = AsyncIOBackend.current_default_thread_limiter.__func__, weakref.WeakSet()
def limiter(cls):
    found = theirs(cls)
    if found not in seen:
        seen.add(found)
        found.total_tokens = 400
    return found
AsyncIOBackend.current_default_thread_limiter = classmethod(limiter)
""",
        {4: "rule-forty", 5: "crowd-measured"},
    ),
    Fault(
        "limit_concurrency counts requests alone, no connections",
        """
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
theirs = HttpToolsProtocol.on_headers_complete
def on_headers_complete(self):
    kept, self.connections = self.connections, set()
    try:
        theirs(self)
    finally:
        self.connections = kept
HttpToolsProtocol.on_headers_complete = on_headers_complete
""",
        {7: "dep-limit-open"},
    ),
    Fault(
        "a thread for each def task, without a limit",
        task(
            "if self.is_async:",
            "    return await theirs(self)",
            "call = functools.partial(self.func, *self.args, **self.kwargs)",
            "await anyio.to_thread.run_sync(call, limiter=anyio.CapacityLimiter(1))",
        ),
        {4: "rule-forty"},
    ),
    Fault(
        "def tasks have a pool of their own",
        task(
            "if self.is_async:",
            "    return await theirs(self)",
            "size = anyio.to_thread.current_default_thread_limiter().total_tokens",
            "pool = pools.setdefault(asyncio.get_running_loop(), anyio.CapacityLimiter(size))",
            "await anyio.to_thread.run_sync(functools.partial(self.func, *self.args, **self.kwargs), limiter=pool)",
        )
        + "\npools = {}",
        {4: "rule-forty"},
    ),
    # Failing tasks
    Fault(
        "an exception in a task is swallowed",
        tasks(
            "for task in self.tasks:", "    try:", "        await one(task)", "    except Exception:", "        pass"
        ),
        {
            3: "post-promise",
            4: "adv-hook-measured rule-failure rule-next-request rule-handlers",
            6: "debug-failed log-followed",
            7: "dep-gateway",
            SERVICE: "service-connection",
        },
        where="both",
    ),
    Fault(
        "a cancelled task is followed by the next",
        tasks(
            "for task in self.tasks:",
            "    try:",
            "        await one(task)",
            "    except asyncio.CancelledError:",
            "        pass",
        ),
        {TASKS: "rule-cancelled"},
    ),
    Fault(
        "a failing task is followed by the next",
        tasks(
            "errors = []",
            "for task in self.tasks:",
            "    try:",
            "        await one(task)",
            "    except Exception as error:",
            "        errors.append(error)",
            "if errors:",
            "    raise errors[0]",
        ),
        {4: "rule-failure"},
    ),
    Fault(
        "a task's error reaches no handler",
        """
import copy
from starlette.middleware.errors import ServerErrorMiddleware
theirs = ServerErrorMiddleware.__call__
async def call(self, scope, receive, send):
    started, late = [], []
    async def noting(message):
        started.append(message)
        await send(message)
    async def app(*args):
        try:
            await self.app(*args)
        except Exception as error:
            if not started:
                raise
            late.append(error)
    inner = copy.copy(self)
    inner.app = app
    await theirs(inner, scope, receive, noting)
    if late:
        raise late[0]
ServerErrorMiddleware.__call__ = call
""",
        {4: "rule-failure rule-handlers"},
    ),
    Fault(
        "a task's error that has a handler ends there",
        """
from fastapi import routing
theirs = routing.wrap_app_handling_exceptions
def wrap(app, conn):
    wrapped = theirs(app, conn)
    async def quiet(scope, receive, send):
        try:
            await wrapped(scope, receive, send)
        except RuntimeError as error:
            if "Caught handled exception" not in str(error):
                raise
    return quiet
routing.wrap_app_handling_exceptions = wrap
""",
        {4: "rule-handlers"},
    ),
    Fault(
        "a task's error is not logged",
        connection(
            "theirs = Cycle.run_asgi",
            "async def run_asgi(self, app):",
            "    async def quiet(scope, receive, send):",
            "        try:",
            "            await app(scope, receive, send)",
            "        except Exception:",
            "            if not self.response_complete:",
            "                raise",
            "            self.transport.close()",
            "    await theirs(self, quiet)",
            "Cycle.run_asgi = run_asgi",
        ),
        {3: "post-promise body-raw", 4: "rule-failure rule-on-failure rule-handlers", 6: "debug-failed log-followed"},
    ),
    Fault(
        "a failing task leaves its connection open",
        connection(
            "theirs = Cycle.run_asgi",
            "async def run_asgi(self, app):",
            "    async def logged(scope, receive, send):",
            "        try:",
            "            await app(scope, receive, send)",
            "        except Exception as error:",
            "            if not self.response_complete:",
            "                raise",
            "            self.logger.error('Exception in ASGI application', exc_info=error)",
            "    await theirs(self, logged)",
            "Cycle.run_asgi = run_asgi",
        ),
        {
            4: "adv-hook-measured rule-next-request",
            7: "dep-gateway",
            SERVICE: "service-connection",
        },
        where="both",
    ),
    Fault(
        "add_task takes on_failure",
        adding(
            "on_failure = kwargs.pop('on_failure', None)",
            "async def guarded(*args, **kwargs):",
            "    try:",
            "        await func(*args, **kwargs)",
            "    except Exception:",
            "        await on_failure(*args)",
            "return add(self, guarded if on_failure else func, *args, **kwargs)",
        ),
        {4: "rule-on-failure"},
    ),
    # What add_task takes
    Fault(
        "add_task refuses what cannot be called",
        adding("if not callable(func):", "    raise TypeError(func)", "return add(self, func, *args, **kwargs)"),
        {3: "body-raw", TASKS: "rule-callable"},
    ),
    Fault(
        "a coroutine is taken as a task",
        adding(
            "async def awaiting():",
            "    await func",
            "return add(self, awaiting if inspect.iscoroutine(func) else func, *args, **kwargs)",
        ),
        {TASKS: "rule-callable"},
    ),
    Fault(
        "what a def task returns is awaited",
        task(
            "if self.is_async:",
            "    return await theirs(self)",
            "result = await background.run_in_threadpool(self.func, *self.args, **self.kwargs)",
            "if hasattr(result, '__await__'):",
            "    await result",
        ),
        {2: "core-kinds-ran", TASKS: "rule-callable"},
    ),
    Fault(
        "add_task returns a handle",
        adding("add(self, func, *args, **kwargs)", "return self.tasks[-1]"),
        {TASKS: "rule-list"},
    ),
    Fault(
        "add_task copies what a task is given",
        adding("return add(self, func, *map(copy.deepcopy, args), **kwargs)"),
        {2: "core-payload-ran"},
    ),
    Fault(
        "a task's dependencies are resolved",
        adding(
            "for name, parameter in inspect.signature(func).parameters.items():",
            "    marks = getattr(parameter.annotation, '__metadata__', ())",
            "    if any(isinstance(mark, Depends) for mark in (parameter.default, *marks)):",
            "        kwargs.setdefault(name, 'resolved')",
            "return add(self, func, *args, **kwargs)",
        ),
        {2: "core-task-depends"},
    ),
    # Context variables
    Fault(
        "tasks see no context variable",
        task("await asyncio.create_task(theirs(self), context=contextvars.Context())"),
        {TASKS: "rule-context", 6: "log-followed log-structlog"},
    ),
    Fault(
        "each task has a copy of the context",
        task("await asyncio.create_task(theirs(self))"),
        {TASKS: "rule-context"},
    ),
    Fault(
        "what a def path operation sets is seen by its tasks",
        """
import contextvars
from fastapi import routing
theirs = routing.run_in_threadpool
async def shared(func, *args, **kwargs):
    context = contextvars.copy_context()
    result = await theirs(lambda: context.run(func, *args, **kwargs))
    for variable, value in context.items():
        if variable.get(None) is not value:
            variable.set(value)
    return result
routing.run_in_threadpool = shared
""",
        {TASKS: "rule-context"},
    ),
]
