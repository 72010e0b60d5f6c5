"""What runs beside a reader's app in its own process: `observe()` starts this file with the app's own interpreter.

It needs FastAPI and uvicorn there and nothing of the course, on Python 3.9 and later. FastAPI has made spans of its own
since 0.142, where OpenTelemetry is installed; this reads none of them, because it shall see the same in every release: it
puts a stop-watch around the functions of FastAPI and Starlette that do a request's parts (`solve_dependencies`,
`run_endpoint_function`, `serialize_response`, `BackgroundTask.__call__`, and `send`). The app itself is not changed, and a
tracer provider of its own stays its own. What it sees goes as lines of JSON over a loopback connection, whose other end
knows the same secret. Times are `time.perf_counter_ns`, one clock for all processes of a machine.
"""

from __future__ import annotations

import ast
import asyncio
import collections
import contextlib
import contextvars
import functools
import importlib
import importlib.util
import inspect
import itertools
import json
import os
import socket
import sys
import textwrap
import threading
import time
import traceback
from typing import Any

CONFIGURATION = "COURSE_OBSERVED"
HEADER = b"x-observed"  # by it a request is known again; the app never sees it
OLDEST = (3, 9)
EVERY = 0.01  # seconds between two looks for something to tell
EXTERNAL = ("site-packages", "dist-packages")
ANSWERS = ("HTTPException", "RequestValidationError")  # raised to answer; FastAPI's own spans count them as no error
TELLING = ("celery", "passlib", "bcrypt", "pwdlib", "argon2")  # packages of which a finding asks whether they are there
request_now: contextvars.ContextVar[Any] = contextvars.ContextVar("request_now", default=None)
numbers = itertools.count(1)


class Unfit(Exception):
    """The app cannot be observed: `why` is a word, `details` what the other side makes a sentence of."""

    def __init__(self, why, **details):
        super().__init__(why)
        self.why, self.details = why, details


class Planted(Exception):
    """What a task raises instead of running, when the reader has asked for a failure."""


class Channel:
    """The connection to who observes; a thread of its own writes, so that the event loop never waits for it.

    It looks for something to write every few milliseconds and is woken by nobody: a thread that wakes up takes the
    interpreter from the loop at the very moment that is being measured.
    """

    def __init__(self, port, secret):
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.sendall(secret.encode() + b"\n")
        self._waiting = collections.deque()
        self._over = threading.Event()
        self._writer = threading.Thread(target=self._write, name="observed", daemon=True)
        self._writer.start()

    def tell(self, what, **more):
        """Have the writer send one thing; returns at once."""
        self._waiting.append((what, more))

    def lines(self):
        """What the other side writes, line by line, as a file."""
        return self._socket.makefile("r", encoding="utf-8")

    def close(self):
        """Send what is still to be sent."""
        self._over.set()
        self._writer.join(2.0)

    def _write(self):
        ending = False
        while not ending:
            ending = self._over.wait(EVERY)
            while self._waiting:
                what, more = self._waiting.popleft()
                try:
                    self._socket.sendall(json.dumps({"what": what, **more}, default=str).encode() + b"\n")
                except OSError:
                    return


def name_of(function):
    """A function's name, also behind `functools.partial`; of a callable object its type's."""
    while isinstance(function, functools.partial):
        function = function.func
    return str(getattr(function, "__name__", None) or type(function).__name__).strip("<>")


class Request:
    """One request that is under way: its span's number, the tasks that shall fail in it, and how far its answer is."""

    __slots__ = ("eye", "id", "failing", "sent", "_status", "_left")

    def __init__(self, eye, number, failing):
        self.eye, self.id, self.failing, self.sent = eye, number, failing, False
        self._status = None
        self._left: int | None = None  # bytes that still come, where the answer says how many

    def sends(self, message):
        """Before a message goes out: the answer's start says how it ends."""
        if message["type"] == "http.response.start":
            self._status = message["status"]
            lengths = [value for name, value in message.get("headers", ()) if name.lower() == b"content-length"]
            self._left = int(lengths[0]) if lengths and lengths[0].isdigit() else None

    def has_sent(self, message):
        """When a message has gone out: the span ends behind the answer's last byte."""
        if message["type"] == "http.response.body" and not self.sent:
            self._left = None if self._left is None else self._left - len(message.get("body", b""))
            # A client knows the end by the length; a `BaseHTTPMiddleware` up to Starlette 0.27 says it after the tasks.
            if self._left == 0 or not message.get("more_body"):
                self.sent = True
                self.eye.close(self.id, status=self._status)

    def over(self, failure, endpoint):
        """The app has returned, its tasks included, or raised."""
        if not self.sent:
            self.eye.close(self.id, failure, status=self._status)
        self.eye.channel.tell(
            "over",
            id=self.id,
            at=time.perf_counter_ns(),
            error=failure and type(failure).__name__,
            endpoint=place_of(endpoint),
        )


class Eye:
    """Sees the parts of a request and tells them as spans that open and close."""

    def __init__(self, channel):
        self.channel = channel

    def open(self, kind, name, parent, **more):
        """Tell that a span begins now; returns its number."""
        number = next(numbers)
        self.channel.tell("open", id=number, kind=kind, name=name, parent=parent, at=time.perf_counter_ns(), **more)
        return number

    def close(self, number, error=None, **more):
        """Tell that a span ends now, with the name of the error that ended it, if one did."""
        at = time.perf_counter_ns()
        self.channel.tell("close", id=number, at=at, error=error and type(error).__name__, **more)

    @contextlib.contextmanager
    def span(self, kind, name, **more):
        """A span around a block, a part of the request under way; outside of a request nothing."""
        request = request_now.get()
        if request is None:  # a task or a dependency outside of any HTTP request
            yield
            return
        number = self.open(kind, name, request.id, **more)
        failure = None
        try:
            yield
        except BaseException as error:
            if kind == "task" or not any(one.__name__ in ANSWERS for one in type(error).__mro__):
                failure = error
            raise
        finally:
            self.close(number, failure)

    def wrap(self, app):
        """The app, seen from outside of all its middlewares."""

        async def observed(scope, receive, send):
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            request = self.begun(scope)

            async def sending(message):
                request.sends(message)
                await send(message)
                request.has_sent(message)

            request_now.set(request)
            failure = None
            try:
                await app(scope, receive, sending)
            except BaseException as error:
                failure = error
                raise
            finally:
                request.over(failure, scope.get("endpoint"))

        return observed

    def begun(self, scope):
        """Open a request's span, under the number that its header tells, which is taken off before the app sees it."""
        told = [value for name, value in scope["headers"] if name == HEADER]
        known, *failing = told[0].decode().split() if told else [None]
        scope["headers"] = [header for header in scope["headers"] if header[0] != HEADER]
        path = scope["path"]
        number = self.open(
            "server", scope["method"] + " " + path, known and int(known), path=path, client=scope.get("client")
        )
        return Request(self, number, failing)

    def install(self):
        """Put the stop-watches around FastAPI's and Starlette's functions."""
        import fastapi.background
        import fastapi.dependencies.utils as utils
        import fastapi.routing as routing
        import starlette.background as background

        put_around(routing, "solve_dependencies", self.part("dependencies"))
        put_around(routing, "serialize_response", self.part("serialization"))
        put_around(routing, "run_endpoint_function", self.endpoint)
        for name in ("solve_generator", "_solve_generator"):  # the second since FastAPI 0.122
            put_around(utils, name, self.generator)
        put_around(background.BackgroundTask, "__call__", self.task)
        for kind in {background.BackgroundTasks, fastapi.background.BackgroundTasks}:
            put_around(kind, "__call__", self.tasks)

    def part(self, kind):
        """What puts a span of this kind around a function."""

        def around(original):
            async def timed(*arguments, **options):
                with self.span(kind, kind):
                    return await original(*arguments, **options)

            return timed

        return around

    def endpoint(self, original):
        """Around `run_endpoint_function`: a span with the endpoint's own name and place."""

        async def run_endpoint_function(*arguments, **options):
            dependant = options.get("dependant") or arguments[0]
            with self.span("endpoint", name_of(dependant.call), place=place_of(dependant.call)):
                return await original(*arguments, **options)

        return run_endpoint_function

    def generator(self, original):
        """Around the function that enters a dependency with `yield`: a span for as long as its value is held."""

        async def solve_generator(*arguments, **options):
            call = options.get("call") or getattr(options.get("dependant"), "call", None)
            stack, request = options.get("stack"), request_now.get()
            if request is None or stack is None:
                return await original(*arguments, **options)
            number = []
            # Called after the dependency's own exit: a stack is emptied from its top.
            stack.callback(lambda: number and self.close(number[0]))
            value = await original(*arguments, **options)
            number.append(self.open("held", name_of(call), request.id, type=type(value).__name__))
            return value

        return solve_generator

    def task(self, original):
        """Around a background task: its span, and the failure that was asked for in its place."""

        async def __call__(task):
            request, name = request_now.get(), name_of(task.func)
            with self.span("task", name, place=place_of(task.func), on_loop=bool(task.is_async)):
                if request is not None and name in request.failing:
                    raise Planted("planted in " + name + " by who observes")
                await original(task)

        return __call__

    def tasks(self, original):
        """Around a list of background tasks: tell which were added, before the first runs."""

        async def __call__(tasks):
            request = request_now.get()
            if request is not None:
                self.channel.tell("tasks", id=request.id, names=[name_of(one.func) for one in tasks.tasks])
            await original(tasks)

        return __call__


def put_around(owner, name, wrapper):
    """Replace a function of `owner` by one that calls it, where `owner` itself has one of that name."""
    original = vars(owner).get(name)
    if original is not None:
        setattr(owner, name, functools.wraps(original)(wrapper(original)))


# What there is to be seen before any request: path operations, their dependencies, tasks and source.


def bare(function):
    """The function behind partials, decorators and callable objects."""
    while isinstance(function, functools.partial):
        function = function.func
    with contextlib.suppress(ValueError):
        function = inspect.unwrap(function)
    if not inspect.isroutine(function) and not inspect.isclass(function):
        function = inspect.getattr_static(type(function), "__call__", function)
    return getattr(function, "__func__", function)


def place_of(function):
    """File and first line of a function, as one text; None for what is made otherwise."""
    code = getattr(bare(function), "__code__", None) if function is not None else None
    return code and f"{code.co_filename}:{code.co_firstlineno}"


def owned(file, roots):
    """Whether a file stands below the reader's folders `roots` and belongs to no package that is installed there."""
    path = os.path.realpath(file)
    return path.startswith(roots) and not any(os.sep + part + os.sep in path for part in EXTERNAL)


class Reader:
    """Reads an app's routes; what stands below `roots` is the reader's own code."""

    def __init__(self, *roots):
        self.roots = tuple(os.path.join(os.path.realpath(root), "") for root in roots)
        self.functions = {}
        self.generators = set()  # places of those with `yield`
        self.sockets = []

    def own(self, file):
        """Whether a file is the reader's own code."""
        return owned(file, self.roots)

    def function(self, call):
        """Note a function with its source, and those that it adds as tasks; returns its place."""
        place, function = place_of(call), bare(call)
        if place is None or place in self.functions:
            return place
        code = function.__code__
        own = self.own(code.co_filename)
        source = ""
        if own:
            with contextlib.suppress(OSError, TypeError):
                source = textwrap.dedent(inspect.getsource(function))
        self.functions[place] = found = {
            "name": name_of(call),
            "file": code.co_filename,
            "line": code.co_firstlineno,
            "own": own,
            "source": source,
            # A decorator's `async def` runs what it wraps on the loop, too.
            "on_loop": any(
                inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one) for one in (function, call)
            ),
            "adds": [],
        }
        if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            self.generators.add(place)
        for added in added_in(source):
            task = resolved(added, function)
            found["adds"].append({"name": added.rpartition(".")[2], "place": task and self.function(task)})
        return place

    def routes(self, routes, prefix=""):
        """Every path operation of these routes, those of included routers and mounted apps among them."""
        for route in routes:
            if hasattr(route, "effective_candidates"):  # a router that is included, since FastAPI 0.137
                yield from self.routes(route.effective_candidates(), prefix)
            elif getattr(route, "dependant", None) is not None and getattr(route, "methods", None):
                yield self.operation(route, prefix)
            elif getattr(getattr(route, "starlette_route", None) or route, "dependant", None) is not None:
                self.sockets.append(prefix + (getattr(route, "starlette_route", None) or route).path)  # no methods
            elif getattr(getattr(route, "app", None), "routes", None) and not getattr(route, "methods", None):
                yield from self.routes(route.app.routes, prefix + getattr(route, "path", ""))

    def operation(self, route, prefix):
        """A path operation, as the other side's `Operation` has it; functions by their places."""
        dependant = route.dependant
        needed, held, dependencies = [], {}, []
        for one, name in walk(dependant):
            needed += needs(one)
            place = self.function(one.call) if one is not dependant and one.call is not None else None
            if place is None:
                continue
            if place not in dependencies:
                dependencies.append(place)
            if name and place in self.generators:
                held[name] = place
        listed = getattr(dependant, "background_tasks_param_name", None)
        return {
            "methods": sorted(route.methods),
            "path": prefix + route.path,
            "endpoint": self.function(dependant.call),
            "dependencies": dependencies,
            "needs": needed,
            "held": held,
            "tasks_parameter": listed,
        }

    def middlewares(self, app):
        """The middlewares that were added to an app, outermost first; source of the reader's own alone."""
        for middleware in getattr(app, "user_middleware", None) or []:
            options = getattr(middleware, "kwargs", None) or getattr(middleware, "options", None) or {}
            dispatch, kind = options.get("dispatch"), getattr(middleware, "cls", None)
            source, file = "", ""
            if inspect.isclass(kind):
                with contextlib.suppress(OSError, TypeError):
                    file = inspect.getsourcefile(kind) or ""
                    source = textwrap.dedent(inspect.getsource(kind)) if self.own(file) else ""
            yield {
                "name": name_of(dispatch) if dispatch else getattr(kind, "__name__", str(kind)),
                "module": getattr(kind, "__module__", ""),
                "base": "BaseHTTPMiddleware" in [one.__name__ for one in getattr(kind, "__mro__", ())],
                "source": source,
                "file": file,
            }


def walk(dependant, name=None):
    """A dependant and all below it, each with the name of the parameter that gets its value."""
    yield dependant, name
    for one in dependant.dependencies:
        yield from walk(one, one.name)


def needs(dependant):
    """The names of the parameters that a request has to bring for a function itself."""
    yield from (field.name for field in getattr(dependant, "path_params", None) or [])
    for kind in ("query_params", "header_params", "cookie_params", "body_params"):
        yield from (field.name for field in getattr(dependant, kind, None) or [] if required(field))


def required(field):
    """Whether a parameter has no default, as FastAPI's releases tell it."""
    try:
        return bool(field.required)
    except AttributeError:
        return bool(field.field_info.is_required())


def added_in(source):
    """What a function's source adds as tasks, as texts: "send_mail"."""
    with contextlib.suppress(SyntaxError, RecursionError):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
                if node.func.attr == "add_task" and isinstance(node.args[0], (ast.Name, ast.Attribute)):
                    yield dotted(node.args[0])


def dotted(node):
    """ "a.b.c" for names and attributes; of anything else the part that has names."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.insert(0, node.attr)
        node = node.value
    return ".".join([node.id, *parts] if isinstance(node, ast.Name) else parts)


def resolved(text, function):
    """The function that a dotted name means in another's module; None for what only a running one knows."""
    first, *rest = text.split(".")
    value = getattr(function, "__globals__", {}).get(first)
    for name in rest:
        value = inspect.getattr_static(value, name, None) if value is not None else None
    return value if callable(value) and place_of(value) else None


# Loading the app, as `uvicorn MODULE:NAME` would.


def load(module_name, name, factory, own):
    """The app; `Unfit` where there is none, where it is none, or where its import fails; `own` knows the reader's files."""
    try:
        module = importlib.import_module(module_name)
    except BaseException as error:
        raise unfit_import(error, module_name, own) from error
    found: Any = module
    for part in name.split("."):
        found = getattr(found, part, None)
    if found is None:
        raise Unfit("no-app", apps=apps_of(module), factories=factories_of(module))
    if factory:
        try:
            found = found()
        except BaseException as error:
            raise unfit_import(error, module_name, own) from error
    if not is_asgi(found):
        kind = type(found).__name__
        raise Unfit(
            "no-asgi", type=kind, apps=apps_of(module), factories=factories_of(module), callable=is_factory(found)
        )
    return found


def unfit_import(error, module_name, own):
    """Why a module's import failed: settings, the module, a package, or an error in a line of the reader's."""
    missing = missing_settings(error)
    if missing:
        return Unfit("settings", names=missing)
    frames = traceback.extract_tb(error.__traceback__)
    files = [frame for frame in frames if not frame.filename.startswith("<")]  # "<string>", of what `exec` made
    last = ([frame for frame in files if own(frame.filename)] or frames)[-1:]
    where = f"{os.path.basename(last[0].filename)}, line {last[0].lineno}" if last else ""
    if isinstance(error, ModuleNotFoundError) and error.name and (module_name + ".").startswith(error.name + "."):
        return Unfit("no-module")
    if isinstance(error, ModuleNotFoundError):
        return Unfit("no-package", name=error.name or str(error))
    said = " ".join(str(error).split()).partition(" For further information")[0]
    said = said if len(said) <= 300 else said[:300].rpartition(" ")[0] + " ..."
    return Unfit("import", error=type(error).__name__ + (": " + said if said else ""), where=where)


def missing_settings(error):
    """Names that the app looked for in its environment: those of a Pydantic settings class, or a key of `os.environ`."""
    while error is not None:
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        made = settings_class(error, frames)
        names = missing_key(error, frames) if made is None else missing_fields(error, made)
        if names is not None:
            return names
        error = error.__cause__ or error.__context__
    return []


def missing_fields(error, made):
    """The variables that a class of settings did not find, by what Pydantic says; None where it does not say it."""
    config = getattr(made, "model_config", None) or vars(getattr(made, "__config__", object))
    with contextlib.suppress(Exception):
        gone = [str(one["loc"][0]) for one in error.errors() if "missing" in one["type"]]
        return [(config.get("env_prefix") or "") + name for name in gone]
    return None


def missing_key(error, frames):
    """The key for which `os.environ` was asked in vain; None for any other error."""
    if isinstance(error, KeyError) and error.args and frames and frames[-1].f_globals.get("__name__") == "os":
        return [str(error.args[0])]
    return None


def settings_class(error, frames):
    """The class of settings whose values did not do; None for any other error."""
    if type(error).__name__ != "ValidationError":
        return None
    made: list[Any] = [type(value) for frame in frames for value in frame.f_locals.values()]
    made.append(getattr(error, "model", None))  # Pydantic 1 says it
    return next(
        (one for one in made if "BaseSettings" in [base.__name__ for base in getattr(one, "__mro__", ())]), None
    )


def is_asgi(found):
    """As uvicorn tells them apart: an async function of three, or an object whose `__call__` is one."""
    call = (
        found
        if inspect.isfunction(found) or inspect.ismethod(found)
        else inspect.getattr_static(type(found), "__call__", None)
    )
    return not inspect.isclass(found) and inspect.iscoroutinefunction(call)


def is_factory(found):
    """Whether this is a function that can be called without arguments."""
    try:
        parameters = inspect.signature(found).parameters.values()
    except (TypeError, ValueError):
        return False
    return inspect.isfunction(found) and all(one.default is not one.empty for one in parameters)


def apps_of(module):
    """The names of the apps in a module."""
    from starlette.applications import Starlette

    return [name for name, value in vars(module).items() if isinstance(value, Starlette)]


def factories_of(module):
    """The names of the functions in a module that seem to make an app."""
    return [
        name
        for name, value in vars(module).items()
        if inspect.isfunction(value)
        and value.__module__ == module.__name__
        and is_factory(value)
        and ("app" in name or "FastAPI" in str(value.__annotations__.get("return", "")))
        and not name.startswith("_")
        and not inspect.iscoroutinefunction(value)
    ]


# Serving it.


def heartbeats():
    """The module helpers/live/heartbeat.py, which imports nothing of the course either."""
    file = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "live", "heartbeat.py")
    spec = importlib.util.spec_from_file_location("course_heartbeat", file)
    assert spec is not None and spec.loader is not None, "it stands in helpers/live"
    sys.modules["course_heartbeat"] = module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Watch:
    """The heartbeat of the app's loop, and what it found since it was last asked."""

    def __init__(self, channel):
        self.channel, self.told, self.heart = channel, 0, None

    def start(self, loop):
        """Begin to watch this loop; called in its thread."""
        self.heart = heartbeats().Heartbeat(loop, threading.get_ident())
        self.heart.start()

    def answer(self):
        """Obey who observes: "sync" comes back when the loop has beaten again and all that held it has been told."""
        with contextlib.suppress(OSError, ValueError):
            for line in self.channel.lines():
                asked = time.monotonic()
                while self.heart is not None and self.heart.beaten < asked + 0.02 and time.monotonic() < asked + 60:
                    time.sleep(0.005)
                time.sleep(0.03)  # its watcher looks every 10 ms
                self.tell()
                self.channel.tell("synced", number=int(line))

    def tell(self):
        """Tell what held the loop and was not told yet."""
        holds = list(self.heart.holds) if self.heart is not None else []
        for hold in holds[self.told :]:
            since = time.perf_counter_ns() - round((time.monotonic() - hold.since) * 1e9)
            lines = [[line.file, line.number, line.function] for line in hold.lines]
            self.channel.tell("hold", since=since, seconds=hold.seconds, lines=lines)
        self.told = len(holds)


def server_of(app, channel, reader, watch, inner):
    """uvicorn's server for the app, which tells when it has started and, at its end, which tasks are left."""
    import anyio.to_thread
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None):
            await super().startup(sockets=sockets)
            if not getattr(self, "started", False):
                return
            watch.start(asyncio.get_running_loop())
            operations = list(reader.routes(getattr(inner, "routes", None) or []))
            channel.tell(
                "started",
                port=sockets[0].getsockname()[1],
                operations=operations,
                sockets=reader.sockets,
                functions=reader.functions,
                middlewares=list(reader.middlewares(inner)),
                packages=[name for name in TELLING if name in sys.modules],
                roots=list(reader.roots),
                threads=anyio.to_thread.current_default_thread_limiter().total_tokens,
            )

        async def shutdown(self, sockets=None):
            await super().shutdown(sockets=sockets)
            left = []
            for task in asyncio.all_tasks():
                code = getattr(task.get_coro(), "cr_code", None)
                if task is not asyncio.current_task() and code is not None and reader.own(code.co_filename):
                    left.append([code.co_filename, code.co_firstlineno, code.co_name])
            channel.tell("left", tasks=left, at=time.perf_counter_ns())
            watch.tell()
            channel.close()  # uvicorn ends the process by the signal that it was sent

    return Server(uvicorn.Config(app))


def listen():
    """A socket on loopback that says that it is TCP, without which asyncio leaves the delay of small packets on."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


def run(channel, told):
    """Put the instruments in place, load the app and serve it until the process is told to end."""
    if sys.version_info < OLDEST:
        raise Unfit("old-python", version="{}.{}".format(*sys.version_info))
    for package in ("fastapi", "uvicorn"):
        try:
            importlib.import_module(package)
        except ImportError:
            raise Unfit("no-" + package) from None
    import fastapi
    import starlette
    import uvicorn

    channel.tell(
        "versions",
        python="{}.{}".format(*sys.version_info),
        fastapi=fastapi.__version__,
        uvicorn=uvicorn.__version__,
        starlette=starlette.__version__,
    )
    eye = Eye(channel)
    eye.install()
    reader, watch = Reader(told["root"], os.getcwd()), Watch(channel)
    app = load(told["module"], told["name"], told["factory"], reader.own)
    channel.tell("loaded")
    threading.Thread(target=watch.answer, name="observed", daemon=True).start()
    inner = app
    while not hasattr(inner, "routes") and hasattr(inner, "app"):  # an app inside of another's middleware
        inner = inner.app
    server_of(eye.wrap(app), channel, reader, watch, inner).run(sockets=[listen()])


def main():
    """Do what the environment says, and tell why where it cannot be done."""
    told = json.loads(os.environ.pop(CONFIGURATION))
    channel = Channel(told["port"], told["secret"])
    # Python puts this file's folder first, whose modules are none of the app's.
    sys.path[0:1] = dict.fromkeys((told["root"], os.getcwd()))
    sys.argv = ["uvicorn", told["module"] + ":" + told["name"]]
    try:
        run(channel, told)
    except Unfit as unfit:
        if unfit.__cause__ is not None:
            traceback.print_exception(type(unfit.__cause__), unfit.__cause__, unfit.__cause__.__traceback__)
        channel.tell("unfit", why=unfit.why, **unfit.details)
        sys.exit(1)
    finally:
        channel.close()


if __name__ == "__main__":
    main()
