"""Faults in what stands around a task: how it is injected, which response runs it, when dependencies are closed."""

from helpers.course import SERVICE, TASKS, VERSIONS
from tests.notebooks.faults.fault import Fault, kept, response, returned, route

FAULTS = [
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
        {
            2: "core-audit",
            4: "rule-audit",
            TASKS: "rule-dropped",
            8: "ver-count",
            VERSIONS: "versions-compared",
        },
        quick=2,
        where="both",
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
            SERVICE: "service-session-order",
            VERSIONS: "versions-closes-live versions-compared",
        },
        where="both",
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
]
