"""Faults in what the framework does, as data: each is real code that patches the installed packages in a kernel.

A fault names, for one chapter or several (0 is the start page), the cells that catch it; `test_faults.py` finds out what
these need. To add one for another chapter: write what would contradict a fact of that chapter, and the id of the cell
that proves the fact. A fault that no cell notices is a fact that the course asserts and does not prove.
"""

from dataclasses import dataclass

from helpers.course import TASKS


@dataclass(frozen=True)
class Fault:
    """`name`: the wrong behaviour. `code`: plants it, in a namespace of its own. `caught`: by chapter, or by an appendix's
    file, the cells that catch it. `quick`: the one of these that `make test` runs.
    """

    name: str
    code: str
    caught: dict[int | str, str]
    quick: int | str | None = None


# What several faults share


def tasks(*lines: str) -> str:
    """Another way to run the tasks of a response; `one` runs a task in its span."""
    return "\n".join(
        [
            "import asyncio",
            "from fastapi import background",
            "async def one(task):",
            "    with background._operation(name='background_task', function=task.func):",
            "        await task()",
            "async def run_all(self):",
            *("    " + line for line in lines),
            "background.BackgroundTasks.__call__ = run_all",
        ]
    )


def task(*lines: str) -> str:
    """Another way to run a single task."""
    return "\n".join(
        [
            "import asyncio, contextvars, functools, anyio",
            "from starlette import background",
            "from starlette.background import BackgroundTask",
            "theirs = BackgroundTask.__call__",
            "async def run(self):",
            *("    " + line for line in lines),
            "BackgroundTask.__call__ = run",
        ]
    )


def adding(*lines: str) -> str:
    """Another `add_task`; `add` is the real one."""
    return "\n".join(
        [
            "import asyncio, copy, inspect",
            "from fastapi import BackgroundTasks",
            "from fastapi.params import Depends",
            "add = BackgroundTasks.add_task",
            "def add_task(self, func, *args, **kwargs):",
            *("    " + line for line in lines),
            "BackgroundTasks.add_task = add_task",
        ]
    )


def response(kind: str, *lines: str) -> str:
    """Another way in which a class of responses is sent; `theirs` is the real one."""
    return "\n".join(
        [
            f"from starlette.responses import {kind} as Kind",
            "from starlette.background import BackgroundTasks",
            "theirs = Kind.__call__",
            "async def respond(self, scope, receive, send):",
            *("    " + line for line in lines),
            "Kind.__call__ = respond",
        ]
    )


def returned(*lines: str) -> str:
    """Something done to what a path operation returned, where that is a response; `injected` are its tasks."""
    return "\n".join(
        [
            "from fastapi import BackgroundTasks, Response, routing",
            "theirs, given = routing.run_endpoint_function, []",
            "async def run(*, values, **options):",
            "    answer = await theirs(values=values, **options)",
            "    injected = next((value for value in values.values() if isinstance(value, BackgroundTasks)), None)",
            "    if isinstance(answer, Response):",
            *("        " + line for line in lines),
            "    return answer",
            "routing.run_endpoint_function = run",
        ]
    )


def route(*lines: str) -> str:
    """Another order of what a route does; `lines` use the two stacks of dependencies and `call(request)`."""
    return "\n".join(
        [
            "from contextlib import AsyncExitStack",
            "from fastapi import BackgroundTasks, routing",
            "from starlette.requests import Request",
            "def request_response(call):",
            "    async def app(scope, receive, send):",
            "        request = Request(scope, receive, send)",
            "        async def inside(scope, receive, send):",
            *("            " + line for line in lines),
            "        await routing.wrap_app_handling_exceptions(inside, request)(scope, receive, send)",
            "    return app",
            "routing.request_response = request_response",
        ]
    )


def kept(kind: str) -> str:
    """A request that ends with such an exception runs the tasks that were added until then."""
    return f"""
from fastapi import HTTPException, routing
from fastapi.exceptions import RequestValidationError, ResponseValidationError
solve, respond = routing.solve_dependencies, routing.request_response
async def solving(*, request, **options):
    solved = await solve(request=request, **options)
    request.scope["tasks"] = solved.background_tasks
    return solved
def responding(call):
    async def noting(request):
        try:
            return await call(request)
        except {kind}:
            request.scope["left"] = request.scope.get("tasks")
            raise
    app = respond(noting)
    async def running(scope, receive, send):
        try:
            await app(scope, receive, send)
        finally:
            if scope.get("left"):
                await scope["left"]()
    return running
routing.solve_dependencies, routing.request_response = solving, responding
"""


def connection(*lines: str) -> str:
    """Something else on a connection: `Protocol` and `Cycle` are uvicorn's classes for it and for one exchange on it."""
    return "\n".join(
        [
            "import asyncio, sys",
            "from uvicorn.protocols.http.auto import AutoHTTPProtocol as Protocol",
            "Cycle = sys.modules[Protocol.__module__].RequestResponseCycle",
            *lines,
        ]
    )


def spans(*lines: str) -> str:
    """Another span of a task."""
    return "\n".join(
        [
            "import contextlib",
            "from fastapi import background",
            "from opentelemetry import context, trace",
            "theirs = background._operation",
            "@contextlib.contextmanager",
            "def span(**names):",
            *("    " + line for line in lines),
            "background._operation = span",
        ]
    )


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
            1: "wait-measured wait-order",
            3: "stale-measured",
            4: "rule-start rule-blocking",
            6: "test-hook-measured client-measured log-clocks",
            7: "dep-hook-measured",
            8: "sec-clock",
        },
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
        {1: "setup-close", 4: "rule-middleware", TASKS: "rule-create-task rule-limit rule-slot rule-testclient"},
    ),
    # Threads
    Fault(
        "def tasks on the event loop",
        task("result = self.func(*self.args, **self.kwargs)", "if self.is_async:", "    await result"),
        {2: "core-calm core-kinds-ran", 3: "upload-slow", 4: "rule-threads rule-blocking"},
    ),
    Fault(
        "async def tasks in a worker thread",
        task(
            "if not self.is_async:",
            "    return await theirs(self)",
            "await background.run_in_threadpool(lambda: asyncio.run(self.func(*self.args, **self.kwargs)))",
        ),
        {2: "core-frozen core-kinds-ran", 4: "rule-threads rule-blocking", 6: "debug-timeline", 8: "sec-clock"},
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
        },
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
        {4: "adv-hook-measured rule-next-request"},
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
    # How it is injected
    Fault(
        "= Depends() is accepted",
        """
import inspect
from fastapi.dependencies import utils
theirs = utils.analyze_param
def analyze(*, param_name, annotation, value, path_param_names):
    plain = annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation
    if utils.lenient_issubclass(plain, utils.StarletteBackgroundTasks):
        annotation, value = plain, inspect.Signature.empty
    return theirs(param_name=param_name, annotation=annotation, value=value, path_param_names=path_param_names)
utils.analyze_param = analyze
""",
        {2: "core-spellings", TASKS: "rule-spelling"},
        quick=TASKS,
    ),
    Fault(
        "BackgroundTasks | None is accepted",
        """
import typing
from fastapi.dependencies import utils
theirs = utils.analyze_param
def analyze(*, annotation, **options):
    if type(None) in typing.get_args(annotation) and utils.BackgroundTasks in typing.get_args(annotation):
        annotation = utils.BackgroundTasks
    return theirs(annotation=annotation, **options)
utils.analyze_param = analyze
""",
        {TASKS: "rule-spelling"},
    ),
    Fault(
        "Starlette's own class is refused",
        """
from fastapi.dependencies import utils
utils.StarletteBackgroundTasks = utils.BackgroundTasks
""",
        {TASKS: "rule-spelling"},
    ),
    Fault(
        "each dependency has tasks of its own",
        """
from fastapi.dependencies import utils
theirs = utils.solve_dependencies
async def alone(*, background_tasks=None, **options):
    solved = await theirs(background_tasks=None, **options)
    solved.background_tasks = background_tasks
    return solved
utils.solve_dependencies = alone
""",
        {2: "core-depends-ran core-audit", 3: "params-audit", TASKS: "rule-dependencies"},
    ),
    Fault(
        "a WebSocket runs its tasks",
        """
from fastapi import routing
solve, session = routing.solve_dependencies, routing.websocket_session
async def solving(*, request, **options):
    solved = await solve(request=request, **options)
    request.scope["tasks"] = solved.background_tasks
    return solved
def running(call):
    async def then_tasks(websocket):
        await call(websocket)
        if websocket.scope["tasks"]:
            await websocket.scope["tasks"]()
    return session(then_tasks)
routing.solve_dependencies, routing.websocket_session = solving, running
""",
        {4: "rule-websocket"},
    ),
    Fault(
        "a WebSocket is given no tasks",
        """
from fastapi import WebSocket, routing
solve = routing.solve_dependencies
async def solving(*, request, **options):
    solved = await solve(request=request, **options)
    if isinstance(request, WebSocket) and solved.background_tasks is not None:
        raise RuntimeError("a WebSocket has no background tasks")
    return solved
routing.solve_dependencies = solving
""",
        {4: "rule-websocket"},
    ),
    # Which response runs them
    Fault(
        "HTTPException runs the tasks",
        kept("HTTPException"),
        {2: "core-audit", 4: "rule-audit", TASKS: "rule-dropped", 8: "ver-count"},
        quick=2,
    ),
    Fault("a 422 runs the tasks", kept("RequestValidationError"), {2: "core-audit", 3: "params-audit"}),
    Fault(
        "a wrong response model keeps the tasks",
        kept("ResponseValidationError"),
        {2: "core-invalid", TASKS: "rule-dropped"},
    ),
    Fault("a crash keeps the tasks", kept("ArithmeticError"), {TASKS: "rule-dropped"}),
    Fault(
        "an answer of 400 or more drops the tasks",
        response(
            "Response",
            "if self.status_code >= 400:",
            "    self.background = None",
            "await theirs(self, scope, receive, send)",
        ),
        {4: "rule-audit", TASKS: "rule-dropped"},
    ),
    Fault(
        "a redirect drops the tasks",
        response("RedirectResponse", "self.background = None", "await theirs(self, scope, receive, send)"),
        {TASKS: "rule-dropped"},
    ),
    Fault(
        "an answer of 204 drops the tasks",
        response(
            "Response",
            "if self.status_code == 204:",
            "    self.background = None",
            "await theirs(self, scope, receive, send)",
        ),
        {3: "stale-measured"},
    ),
    Fault(
        "a returned response is given no tasks",
        returned("if answer.background is None:", "    answer.background = BackgroundTasks()"),
        {4: "rule-received", TASKS: "rule-dropped rule-own-response rule-cached"},
    ),
    Fault(
        "injected tasks join a response's own",
        returned(
            "own = answer.background",
            "if own is not None and injected is not None and own is not injected:",
            "    answer.background = BackgroundTasks([*injected.tasks, own])",
        ),
        {TASKS: "rule-own-response"},
    ),
    Fault(
        "a response that is used again has each request's tasks",
        returned("if answer.background in given:", "    answer.background = None", "given.append(injected)"),
        {TASKS: "rule-cached"},
    ),
    Fault(
        "a stream's tasks run before it",
        response(
            "StreamingResponse",
            "tasks, self.background = self.background, None",
            "if tasks is not None:",
            "    await tasks()",
            "await theirs(self, scope, receive, send)",
        ),
        {TASKS: "rule-stream"},
    ),
    Fault(
        "a stream's tasks are fixed when it begins",
        response(
            "StreamingResponse",
            "self.background = BackgroundTasks(self.background.tasks) if self.background else None",
            "await theirs(self, scope, receive, send)",
        ),
        {TASKS: "rule-stream"},
    ),
    # Dependencies with yield
    Fault(
        "dependencies are closed before the response",
        route(
            "async with AsyncExitStack() as stack:",
            "    scope['fastapi_inner_astack'] = scope['fastapi_function_astack'] = stack",
            "    response = await call(request)",
            "await response(scope, receive, send)",
        ),
        {
            1: "setup-close",
            2: "core-scope-ran",
            TASKS: "rule-dependencies rule-slot",
            5: "pool-runs-dry mends-timed",
        },
    ),
    Fault(
        "dependencies are closed between response and task",
        route(
            "async with AsyncExitStack() as stack:",
            "    scope['fastapi_inner_astack'] = stack",
            "    async with AsyncExitStack() as scope['fastapi_function_astack']:",
            "        response = await call(request)",
            "    tasks, response.background = response.background, None",
            "    await response(scope, receive, send)",
            "if tasks is not None:",
            "    await tasks()",
        ),
        {
            1: "setup-close",
            2: "core-scope-ran",
            TASKS: "rule-dependencies rule-slot",
            5: "pool-runs-dry mends-timed",
        },
        quick=2,
    ),
    Fault(
        "scope='function' is ignored",
        route(
            "async with AsyncExitStack() as stack:",
            "    scope['fastapi_inner_astack'] = scope['fastapi_function_astack'] = stack",
            "    response = await call(request)",
            "    await response(scope, receive, send)",
        ),
        {2: "core-scope-ran", TASKS: "rule-dependencies rule-slot", 5: "mends-timed commit-measured"},
    ),
    Fault(
        "a task added after yield runs",
        route(
            "async with AsyncExitStack() as stack:",
            "    scope['fastapi_inner_astack'] = stack",
            "    async with AsyncExitStack() as scope['fastapi_function_astack']:",
            "        response = await call(request)",
            "    await response(scope, receive, send)",
            "    ran = len(response.background.tasks) if response.background else 0",
            "if response.background and response.background.tasks[ran:]:",
            "    await BackgroundTasks(response.background.tasks[ran:])()",
        ),
        {TASKS: "rule-dependencies"},
    ),
    Fault(
        "a task added after yield is left out, with scope='function' too",
        route(
            "async with AsyncExitStack() as stack:",
            "    scope['fastapi_inner_astack'] = stack",
            "    async with AsyncExitStack() as scope['fastapi_function_astack']:",
            "        response = await call(request)",
            "        response.background = response.background and BackgroundTasks(response.background.tasks)",
            "    await response(scope, receive, send)",
        ),
        {TASKS: "rule-dependencies"},
    ),
    Fault(
        "an upload is closed before its task",
        route(
            "async with AsyncExitStack() as stack:",
            "    scope['fastapi_inner_astack'] = stack",
            "    async with AsyncExitStack() as scope['fastapi_function_astack']:",
            "        scope['fastapi_middleware_astack'] = scope['fastapi_function_astack']",
            "        response = await call(request)",
            "    await response(scope, receive, send)",
        ),
        {3: "upload-slow"},
    ),
    Fault(
        "max_concurrency is ignored",
        """
from fastapi.dependencies import utils
utils._contextmanager_with_concurrency_limit = lambda cm, semaphore: cm
""",
        {TASKS: "rule-slot"},
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
    # Requests
    Fault(
        "a path operation starts before its upload has arrived",
        """
import asyncio, io
from fastapi import UploadFile
from starlette.datastructures import FormData
from starlette.requests import Request
theirs, reading = Request._get_form, set()
async def early(self, **limits):
    reading.add(asyncio.create_task(theirs(self, **limits)))
    return FormData({"upload": UploadFile(io.BytesIO(), filename="parcel.jpg")})
Request._get_form = early
""",
        {3: "upload-slow"},
    ),
    Fault(
        "an undeclared body can be read after the answer",
        connection(
            "receive, body, complete = Cycle.receive, Protocol.on_body, Protocol.on_message_complete",
            "async def receiving(self):",
            "    if not self.response_complete:",
            "        return await receive(self)",
            "    while not getattr(self, 'over', False) and not self.transport.is_closing():",
            "        await asyncio.sleep(0.001)",
            "    whole, self.whole = getattr(self, 'whole', b''), b''",
            "    return {'type': 'http.request', 'body': whole, 'more_body': False} if whole else await receive(self)",
            "def on_body(self, data):",
            "    self.cycle.whole = getattr(self.cycle, 'whole', b'') + data",
            "    body(self, data)",
            "def on_message_complete(self):",
            "    self.cycle.over = True",
            "    complete(self)",
            "Cycle.receive, Protocol.on_body, Protocol.on_message_complete = receiving, on_body, on_message_complete",
        ),
        {2: "core-request-ran"},
    ),
    Fault(
        "JSON needs no content type",
        """
from fastapi import routing
theirs = routing.get_request_handler
def lenient(**options):
    return theirs(**{**options, "strict_content_type": False})
routing.get_request_handler = lenient
""",
        {3: "body-nested"},
    ),
    Fault(
        "a cookie is set without its limits",
        """
from starlette.responses import Response
theirs = Response.set_cookie
def set_cookie(self, key, value="", **limits):
    theirs(self, key, value)
Response.set_cookie = set_cookie
""",
        {3: "post-cookie"},
    ),
    Fault(
        "exclude_unset keeps the defaults",
        """
from pydantic import BaseModel
theirs = BaseModel.model_dump
def model_dump(self, *, exclude_unset=False, **options):
    return theirs(self, **options)
BaseModel.model_dump = model_dump
""",
        {3: "put-patch"},
    ),
    Fault(
        "a header keeps its underscores",
        """
from fastapi import params
theirs = params.Header.__init__
def header(self, *values, **options):
    theirs(self, *values, **{**options, "convert_underscores": False})
params.Header.__init__ = header
""",
        {3: "params-headers"},
    ),
    Fault(
        "of a query parameter that comes several times the last counts",
        """
from starlette.datastructures import ImmutableMultiDict
ImmutableMultiDict.getlist = lambda self, key: [self._dict[key]] if key in self._dict else []
""",
        {3: "params-asked"},
    ),
    Fault(
        "an alias is not asked for",
        """
from fastapi import params
theirs = params.Query.__init__
def query(self, *values, **options):
    theirs(self, *values, **{name: value for name, value in options.items() if "alias" not in name})
params.Query.__init__ = query
""",
        {3: "params-asked"},
    ),
    Fault(
        "max_body_size is ignored",
        """
from fastapi import routing
routing.wrap_app_with_body_limit = lambda app, max_body_size: app
""",
        {3: "upload-store", 8: "perf-body"},
    ),
    Fault(
        "the OpenAPI description tells of tasks",
        """
from fastapi import FastAPI
theirs = FastAPI.openapi
def openapi(self):
    return {**theirs(self), "x-background-tasks": True}
FastAPI.openapi = openapi
""",
        {1: "gain-docs", TASKS: "rule-docs"},
    ),
    Fault(
        "the access log leaves the query out",
        connection(
            "sys.modules[Protocol.__module__].get_path_with_query_string = lambda scope: scope['path']",
        ),
        {3: "basic-asked"},
    ),
    Fault(
        "on_event runs beside a lifespan",
        """
from contextlib import asynccontextmanager
from fastapi import APIRouter
theirs = APIRouter.__init__
def init(self, *args, lifespan=None, **options):
    theirs(self, *args, lifespan=lifespan, **options)
    inner = self.lifespan_context
    @asynccontextmanager
    async def both(app):
        if lifespan is not None:
            await self._startup()
        async with inner(app) as state:
            yield state
    self.lifespan_context = both
APIRouter.__init__ = init
""",
        {TASKS: "rule-startup"},
    ),
    # Paths and files
    Fault(
        "a slash too many is a 404",
        """
from starlette.routing import Router
theirs = Router.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    self.redirect_slashes = False
Router.__init__ = init
""",
        {2: "route-paths"},
    ),
    Fault(
        "a GET answers HEAD",
        """
from fastapi.routing import APIRoute
theirs = APIRoute.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    if "GET" in self.methods:
        self.methods.add("HEAD")
APIRoute.__init__ = init
""",
        {2: "route-paths"},
    ),
    Fault(
        "a frontend gives its page for every missing file",
        """
from fastapi import routing
routing._is_frontend_navigation_request = lambda scope: True
""",
        {2: "route-mounted"},
    ),
    Fault(
        "a mounted app starts with its host",
        """
from contextlib import asynccontextmanager
from fastapi import APIRouter, FastAPI
theirs = APIRouter.__init__
def init(self, *args, **options):
    theirs(self, *args, **options)
    inner = self.lifespan_context
    @asynccontextmanager
    async def with_those_below(app):
        below = [mount.app for mount in self.routes if isinstance(getattr(mount, "app", None), FastAPI)]
        for mounted in below:
            await mounted.router.lifespan_context(mounted).__aenter__()
        async with inner(app) as state:
            yield state
    self.lifespan_context = with_those_below
APIRouter.__init__ = init
""",
        {2: "route-mounted"},
    ),
    Fault(
        "a part that a file does not have keeps the tasks",
        response(
            "FileResponse",
            "codes = []",
            "async def noting(message):",
            "    codes.append(message.get('status'))",
            "    await send(message)",
            "await theirs(self, scope, receive, noting)",
            "if codes[:1] == [416] and self.background:",
            "    await self.background()",
        ),
        {3: "get-download"},
    ),
    Fault(
        "a stream is made before it is sent",
        response(
            "StreamingResponse",
            "pieces = [piece async for piece in self.body_iterator]",
            "async def again():",
            "    for piece in pieces:",
            "        yield piece",
            "self.body_iterator = again()",
            "await theirs(self, scope, receive, send)",
        ),
        {3: "get-stream-asked get-broken-asked"},
    ),
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
        {TASKS: "rule-disconnect"},
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
        {TASKS: "rule-limit"},
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
