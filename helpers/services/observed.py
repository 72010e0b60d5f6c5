"""`observe()`: the reader's own service in a process of its own, with its own interpreter, under the course's instruments."""

import contextlib
import json
import os
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx

from helpers import given, surroundings
from helpers.errors import CourseError
from helpers.live.client import LIMITS
from helpers.live.recording import bars_of
from helpers.live.spans import Span
from helpers.live.timeline import Bar, Timeline
from helpers.notes import Note
from helpers.services import agent
from helpers.services.findings import Findings, findings, own_line
from helpers.services.interpreter import interpreter_of
from helpers.services.launch import POSIX
from helpers.services.observing import Exchange, Hold, Observation, Operation
from helpers.services.process import Process, process
from helpers.services.waiting import until
from helpers.wording import code, tracebacks

__all__ = ["ObservedTimeline", "Service", "observe"]

IMPORT = 60.0  # seconds that an app's import may take
PATIENCE = 30.0  # seconds that a request with its tasks may take
SLOW = 10.0  # seconds that an answer may take to which nobody was asked to pay attention
GLANCE = 2.0  # seconds for which an answer that does not end is read
# Words of a path that say that its GET does something, whatever the standard wants of a GET.
CHANGING = re.compile(
    r"(?:^|[/_-])(?:log[_-]?out|clear|flush|purge|drop|cancel|revoke|restart|delete|remove|reset|unsubscribe|shutdown|stop|send|trigger|callback)(?:$|[/_-])",
    re.I,
)


class ObservedTimeline(Timeline):
    """The timeline of one request: what every timeline tells, and what a service of its own adds.

    Attributes: `response`, httpx's; `skipped`, names of the tasks that were added and never ran; `held`, what held the
    app's loop meanwhile, as texts; `counted`, seconds that a dashboard counts which measures the app's whole call.
    """

    response: httpx.Response
    skipped: list[str]
    held: list[str]
    counted: float

    @property
    def loop_was_free(self) -> bool:
        """True if nothing held the event loop for 0.1 s or more."""
        return not self.held

    @property
    def nothing_failed(self) -> bool:
        """True if every task that was added ran to its end without an error."""
        return not self.skipped and not any(bar.error or bar.running for bar in self.tasks)


class _Client(httpx.Client):
    """`httpx.Client`, whose exchanges the service knows again."""

    def __init__(self, service: "Service"):
        # Plain HTTP to this machine: no proxy, no certificates.
        super().__init__(base_url=service.url, trust_env=False, verify=False, timeout=PATIENCE, limits=LIMITS)
        self._service = service

    def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        known = self._service._begin(request)
        request.headers[agent.HEADER.decode()] = " ".join([str(known.span_id), *self._service._failing])
        try:
            response = super().send(request, **options)
            known.attributes["http.response.status_code"] = response.status_code
            arrived = [one for one in (*response.history, response) if one.url.port == self.base_url.port]
            self._service._arrived[known.span_id] = len(arrived)  # a redirect may lead to somebody else
            return response
        except BaseException as error:
            known.error = type(error).__name__
            raise
        finally:
            known.end = time.perf_counter_ns()


class Service:
    """The reader's app, running in a process of its own; made by `observe`.

    Attributes: `url`; `client`, a ready `httpx.Client`; `operations`, the path operations; `versions`, of Python, FastAPI,
    Starlette and uvicorn there; `log`, what the process wrote. It ends with `stop()`, at the end of a `with` block, when
    nothing refers to it any more, and with the kernel.
    """

    def __init__(self, name: str, folder: Path, observation: Observation, running: Process):
        assert observation.started is not None
        self.name = name
        self.folder = folder
        self.process = running
        self._observation = observation
        self.url = f"http://127.0.0.1:{observation.started['port']}"
        self.versions = observation.versions
        self.operations: list[Operation] = observation.operations
        self._clients: list[Span] = []
        self._arrived: dict[int, int] = {}  # by a request's number: how many the app got of it, redirects included
        self._failing: tuple[str, ...] = ()
        self._cut: list[str] = []
        self._stopped = False
        self.client = _Client(self)

    def __repr__(self) -> str:
        what = f"{len(self.operations)} path operations, FastAPI {self.versions['fastapi']}"
        return f"{self.name}: {what}, {'running' if self.process.running else 'ended'}"

    @property
    def log(self) -> str:
        """What the service wrote to stdout and stderr."""
        return self.process.log

    @property
    def exchanges(self) -> list[Exchange]:
        """Every request that the app has had since it started, whoever sent it."""
        return list(self._observation.exchanges.values())

    @property
    def holds(self) -> list[Hold]:
        """Every time of 0.1 s or more for which the app's loop stood still."""
        return list(self._observation.holds)

    @property
    def paths(self) -> Note:
        """The path operations as a table: how each runs, and what it adds as tasks, by its source and by what it did."""
        rows = [f"| {code(one.name)} | {_runs(one)} | {', '.join(self._adds(one)) or '–'} |" for one in self.operations]
        return Note("\n".join(["| path operation | runs | adds as tasks |", "|---|---|---|", *rows]))

    def _adds(self, operation: Operation) -> list[str]:
        """The tasks that an operation adds: those in its source with where they run, then those seen and not in it."""
        adds = [f"{code(name)}{self._where(place)}" for one in operation.functions for name, place in one.adds]
        seen = [name for exchange in self._of(operation) for name in exchange.tasks]
        adds += [code(name) for name in seen if code(name) not in " ".join(adds)]
        return list(dict.fromkeys(adds))

    def _where(self, place: str | None) -> str:
        function = self._observation.functions.get(place or "")
        return "" if function is None else " (loop)" if function.on_loop else " (thread)"

    def _of(self, operation: Operation) -> list[Exchange]:
        place = operation.endpoint.place if operation.endpoint else None
        return [one for one in self.exchanges if place is not None and one.endpoint == place]

    def ask(self, request: str, *, fail: str | Sequence[str] = (), **options: Any) -> ObservedTimeline:
        """Send one request, such as "POST /orders", and return its timeline when its last task has ended.

        `options` go to `httpx.Client.request`: `json={"id": 1}`, `headers=...`. `fail`: names of tasks that shall raise an
        error instead of running, to see what becomes of the rest; no other task is touched. Raises `CourseError` for a
        request of another form, and when the app does not answer.
        """
        method, path = _request(request)
        failing = (fail,) if isinstance(fail, str) else tuple(fail)
        asked = ObservedTimeline()
        self._failing = failing
        try:
            with self.record(asked):
                asked.response = self.client.request(method, path, **options)
        except httpx.HTTPError as error:
            raise CourseError(
                f"{self.name} gave no answer to {method} {path}: {type(error).__name__}. {self._ended()}".strip()
            ) from None
        finally:
            self._failing = ()
        exchanges = self._observation.of(self._clients[-1].span_id)
        ran = [name for one in exchanges for name in (*one.tasks, *(span.name for span in one.ran))]
        added = list(dict.fromkeys(ran))  # a single BackgroundTask is in no list, and runs all the same
        if unknown := [name for name in failing if name not in added]:
            raise CourseError(
                f"{method} {path} added no task {code(unknown[0])} that could fail; "
                f"it added {', '.join(map(code, added)) or 'none'}."
            )
        return asked

    @contextlib.contextmanager
    def record(self, timeline: Timeline | None = None) -> Iterator[Timeline]:
        """Record the exchanges that `service.client` has in a `with` block; complete when the last task has ended."""
        timeline = Timeline() if timeline is None else timeline
        before, begun = len(self._clients), time.perf_counter_ns()
        yield timeline
        clients = self._clients[before:]
        self._settle(clients)
        self._fill(timeline, clients, begun)

    def _begin(self, request: httpx.Request) -> Span:
        if not self.process.running:
            raise CourseError(f"{self.name} does not run any more. {self._ended()}")
        number = self._observation.number()
        span = Span(f"{request.method} {request.url.path}", "client", 0, number, None, time.perf_counter_ns())
        self._clients.append(span)
        return span

    def _exchanges_of(self, clients: list[Span]) -> list[Exchange]:
        return [one for client in clients for one in self._observation.of(client.span_id)]

    def _settle(self, clients: list[Span], timeout: float = PATIENCE) -> None:
        """Wait until these requests are over, their tasks included, and all that held the loop has been told."""
        observation = self._observation

        def over() -> bool:
            found = self._exchanges_of(clients)
            expected = sum(self._arrived.get(client.span_id, 1) for client in clients)
            return all(one.over for one in found) and len(found) >= expected

        # What never arrived, because the connection broke, is not waited for.
        observation.wait(over, timeout if all(client.error is None for client in clients) else 0.5)
        observation.sync(timeout)

    def _fill(self, timeline: Timeline, clients: list[Span], begun: int) -> None:
        exchanges = self._exchanges_of(clients)
        parts = [part for one in exchanges for part in (one.server, *one.parts)]
        spans = [*clients, *(part for part in parts if part.kind != "held")]
        bars, length = bars_of(spans, spans, _closings(parts), begun)
        zero = min((span.start for span in spans), default=begun)
        last = max([one.over or one.server.start for one in exchanges], default=begun)
        holds = self._holds_between(zero, last)
        timeline.fill([*bars, *self._bars(holds, spans, zero)], length)
        if isinstance(timeline, ObservedTimeline):
            timeline.held = [self.line(hold) for hold in holds]
            timeline.skipped = [name for one in exchanges for name in one.skipped]
            timeline.counted = _counted(exchanges, last)

    def _holds_between(self, since: int, until: int) -> list[Hold]:
        return [hold for hold in self.holds if hold.until >= since and hold.since <= until]

    def _bars(self, holds: list[Hold], spans: list[Span], zero: int) -> Iterator[Bar]:
        """A bar for each hold; the second one of a line is called "main.py:31#2"."""
        times: Counter[str] = Counter()
        for hold in holds:
            start, end = _within(hold, spans)
            line = self.line(hold)
            times[line] += 1
            name = line if times[line] == 1 else f"{line}#{times[line]}"
            yield Bar(name, "loop", line, (start - zero) / 1e9, (end - zero) / 1e9, None, False, None, None)

    def sync(self) -> bool:
        """Have all that held the loop up to now told; False when the app has ended, or its loop still stands."""
        return self._observation.sync()

    def line(self, hold: Hold) -> str:
        """The reader's own line that held the loop, "main.py:31", or the innermost there is."""
        file, number, _ = own_line(hold, self._roots)
        return f"{os.path.basename(file)}:{number}"

    @property
    def _roots(self) -> tuple[str, ...]:
        return tuple((self._observation.started or {}).get("roots", ()))

    def look(self) -> list[str]:
        """Send each GET that needs no parameters and changes nothing twice, and return their names.

        Twice, because a path operation's first call is not judged: imports and caches belong to it. An answer that does
        not end is read for 2 s. Left out are paths whose name says that they do something ("/logout").
        """
        asked = []
        for one in self.operations:
            if "GET" not in one.methods or one.needs or "{" in one.path or CHANGING.search(one.path):
                continue
            asked.append(f"GET {one.path}")
            for _ in range(2):
                self._glance(one.path)
        return asked

    def _glance(self, path: str) -> None:
        before = len(self._clients)
        with contextlib.suppress(httpx.HTTPError), self.client.stream("GET", path, timeout=SLOW) as answer:
            deadline = time.monotonic() + GLANCE
            for _ in answer.iter_raw():
                if time.monotonic() > deadline:
                    break
        self._settle(self._clients[before:], SLOW)

    def findings(self) -> Findings:
        """What was found up to now: by the source of the path operations, and by what their requests did."""
        if self.process.running:
            self.sync()
        return findings(self._observation, self._cut)

    def doctor(self, *requests: str, grace: float = 10.0, **options: Any) -> Findings:
        """Look at every safe GET, send these requests too, end the service as `stop` does, and return all that was found.

        `requests` and `options` are what `ask` takes. A path operation's first call is not judged, so name it twice.
        """
        self.look()
        for request in requests:
            self.ask(request, **options)
        self.stop(grace)
        return self.findings()

    def stop(self, grace: float = 10.0) -> list[str]:
        """End the service as a platform does: SIGTERM, and SIGKILL after `grace` seconds. Returns what was lost.

        Lost are background tasks that were killed, and tasks of `asyncio.create_task` that still ran when the server had
        ended. Stopping twice does nothing more.
        """
        grace = given.seconds("stop(grace=...)", grace)
        if not self._stopped:
            self.client.close()
            in_time = self.process.running  # else somebody else has ended it, and what it started, may be left
            if in_time:
                self.process.signal("SIGTERM" if POSIX else "SIGINT")
                in_time = until(lambda: not self.process.running, grace)
            if not in_time:
                self._observation.sync(1.0)  # what it has seen and not told yet
            self.process.kill()
            self._observation.wait(lambda: self._observation.ended, 2.0)
            if not in_time:
                self._cut = self._unfinished()
            self._observation.close()
            self._stopped = True
        return [*self._cut, *(name for _, _, name in self._observation.left)]

    def _unfinished(self) -> list[str]:
        """The names of the tasks that have not ended, then of those that have not begun."""
        running = [span.name for one in self.exchanges for span in one.ran if span.end is None]
        waiting = [name for one in self.exchanges if one.over is None for name in one.skipped]
        return running + waiting

    def _ended(self) -> str:
        return "" if self.process.running else f"It ended ({self.process.ended}). {self.process.last_lines()}"

    def __enter__(self) -> "Service":
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()


def observe(
    folder: str | os.PathLike[str],
    app: str = "main:app",
    *,
    python: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    factory: bool = False,
    timeout: float = 30.0,
) -> Service:
    """Run the app of a project's folder in a process of its own, and return its `Service` when it answers.

    `app`: module and name, as uvicorn takes them. `python`: the interpreter that has the app's packages; without it that of
    the folder's `.venv` or `venv`, else this one. `env`: settings that are added to the environment. `factory`: `app` names
    a function that makes the app. `timeout`, in seconds, is for its lifespan to reach `yield`. Nothing in the folder
    is changed. Works with FastAPI from 0.79 on Pythons from 3.9 on (helpers/services/agent.py says how).

    Raises `CourseError` with one sentence for what cannot be served: no such app (candidates are named), an import that
    fails, settings that are missing (their names are listed), a lifespan that fails or does not come to its `yield`.
    """
    timeout = given.seconds("observe(timeout=...)", timeout, positive=True)
    place, module, name = _place(folder, app)
    root, module = _import_root(place, module)
    interpreter = _interpreter(place, root, python)
    observation = Observation()
    told = {
        "port": observation.port,
        "secret": observation.secret,
        "module": module,
        "name": name,
        "root": str(root),
        "factory": bool(factory),
    }
    settings = {**surroundings.left_out, **(env or {}), agent.CONFIGURATION: json.dumps(told)}
    settings.setdefault("PATH", os.pathsep.join([str(interpreter.parent), os.environ.get("PATH", os.defpath)]))
    settings.setdefault("VIRTUAL_ENV", str(interpreter.parent.parent))
    running = None
    try:
        running = process([interpreter, agent.__file__], cwd=place, env=settings, name=f"{module}:{name}")
        watched = running
        observation.wait(lambda: observation.loaded or observation.unfit is not None or not watched.running, IMPORT)
        if observation.loaded:
            observation.wait(lambda: observation.started is not None or not watched.running, timeout)
        if observation.started is None:
            if observation.ended or not running.running:  # it says its last words, and then it ends
                observation.wait(lambda: observation.unfit is not None, 1.0)
                until(lambda: not watched.running, 2.0)
            raise CourseError(_why(observation, running, place, app, timeout))
    except BaseException:
        observation.close()
        if running is not None:
            running.kill()
        raise
    return Service(f"{module}:{name}", place, observation, running)


def _closings(parts: list[Span]) -> list[tuple[str, float]]:
    """When dependencies with `yield` were closed, as events."""
    return [(f"{part.name} closed", part.end / 1e9) for part in parts if part.kind == "held" and part.end]


def _counted(exchanges: list[Exchange], last: int) -> float:
    """The longest of the exchanges in seconds, tasks included; one that has not ended lasts to the moment `last`."""
    return max([((one.over or last) - one.server.start) / 1e9 for one in exchanges], default=0.0)


def _runs(operation: Operation) -> str:
    if operation.endpoint is None:
        return "?"
    return "on the loop" if operation.endpoint.on_loop else "in a thread"


def _within(hold: Hold, spans: list[Span]) -> tuple[int, int]:
    """Start and end of a hold: a heart beats every 10 ms, and the part of the request that held it is known better."""
    middle = (hold.since + hold.until) // 2
    parts = [
        one for one in spans if one.kind not in ("client", "server") and one.start <= middle <= (one.end or middle)
    ]
    if not parts:
        return hold.since, hold.until
    inner = max(parts, key=lambda part: part.start)
    return max(hold.since, inner.start), min(hold.until, inner.end or hold.until)


def _request(request: object) -> tuple[str, str]:
    method, _, path = request.strip().partition(" ") if isinstance(request, str) else ("", "", "")
    if not method.isalpha() or not path.strip().startswith("/"):
        raise CourseError(f'a request reads like "POST /orders", but got {given.shown(request)}.')
    return method.upper(), given.path("ask()", path.strip())


def _place(folder: object, app: object) -> tuple[Path, str, str]:
    if not isinstance(folder, str | os.PathLike) or not Path(folder).expanduser().is_dir():
        raise CourseError(f"observe() expects the folder of a project, but got {given.shown(folder)}.")
    if not isinstance(app, str) or not re.fullmatch(r"[\w.]+:[\w.]+", app):
        raise CourseError(f'observe() expects an app such as "main:app", but got {given.shown(app)}.')
    module, _, name = app.partition(":")
    return Path(folder).expanduser().resolve(), module, name


def _import_root(place: Path, module: str) -> tuple[Path, str]:
    """Where Python has to begin to import a module: above every folder with an `__init__.py`."""
    root = place
    while (root / "__init__.py").exists() and root.parent != root:
        module, root = f"{root.name}.{module}", root.parent
    return root, module


def _interpreter(place: Path, root: Path, python: str | os.PathLike[str] | None) -> Path:
    if python is not None:
        found = Path(python).expanduser() if isinstance(python, str | os.PathLike) else Path()
        if not found.is_file():
            raise CourseError(f"observe(python=...) expects the path of an interpreter, but got {given.shown(python)}.")
        return found.absolute()
    return interpreter_of(place, root) or Path(sys.executable)


def _why(observation: Observation, running: Process, place: Path, app: str, timeout: float) -> str:
    """Why there is no service, in a sentence or two."""
    dotenv = " The folder has a .env, which may point at production: look before you use it." if _dotenv(place) else ""
    unfit = observation.unfit
    if unfit is None and observation.loaded and running.running:
        return f"{app} did not finish starting within {timeout:g} s: its lifespan is still before `yield`."
    if unfit is None and running.running:
        return f"{app} was not imported within {IMPORT:g} s."
    if unfit is None:
        if missing := re.findall(r"^(\w+)\n  Field required", running.log, re.MULTILINE):  # made in the lifespan
            return _unfit({"why": "settings", "names": missing}, place, app) + dotenv
        said = _lifespan_error(running.log)
        if said and observation.loaded:
            return f"{app} did not start: its lifespan raised {said}. It needs whatever that asks for.{dotenv}"
        return f"{app} ended ({running.ended}) before it was ready. {running.last_lines()}"
    return _unfit(unfit, place, app) + (dotenv if unfit["why"] == "settings" else "")


def _unfit(unfit: dict[str, Any], place: Path, app: str) -> str:
    """What the agent says of an app that cannot be served, as a sentence."""
    match unfit["why"]:
        case "no-fastapi" | "no-uvicorn":
            package = unfit["why"][3:]
            return (
                f"the interpreter of this folder has no {package}: name the one that has it, observe(..., python=...)."
            )
        case "old-python":
            return f"the interpreter of this folder is Python {unfit['version']}; observe() needs 3.9 or later."
        case "no-module":
            return f"there is no module {app.partition(':')[0]} in {place.name}.{_there_are(_candidates(place))}"
        case "no-package":
            return f"{app} imports {unfit['name']}, which its interpreter does not have: name another one by python=..."
        case "settings":
            names = ", ".join(unfit["names"])
            return f'{app} wants settings that are not there: {names}. Give them by env={{"{unfit["names"][0]}": ...}}.'
        case "import":
            return f"{app} cannot be imported: {unfit['error']} ({unfit['where']})."
        case "no-app":
            return _no_app(unfit, place, app)
        case _:
            return _no_asgi(unfit, app)


def _no_app(unfit: dict[str, Any], place: Path, app: str) -> str:
    """The module has nothing of this name: what else it has, or where else apps are made."""
    module, _, name = app.partition(":")
    ways = [f'"{module}:{one}"' for one in unfit["apps"]]
    ways += [f'"{module}:{one}" with factory=True' for one in unfit["factories"]]
    if ways:
        return f"{module} has no {name}. It has: {', '.join(ways)}."
    found = [one for one in _candidates(place) if one != f'"{app}"']
    return f"{module} has no {name}. It has no app at all.{_there_are(found)}"


def _no_asgi(unfit: dict[str, Any], app: str) -> str:
    """There is something of this name, and it is no app."""
    module, _, name = app.partition(":")
    apps = unfit["apps"]
    if name in unfit["factories"] or (unfit["callable"] and not apps):
        return f'{app} is a function that makes an app: observe(..., "{app}", factory=True).'
    names = ", ".join(f'"{module}:{one}"' for one in apps)
    hint = f" There is: {names}." if apps else ""
    return f"{app} is no ASGI app, but a value of type {unfit['type']}.{hint}"


def _there_are(candidates: list[str]) -> str:
    return f" There are: {', '.join(candidates)}." if candidates else ""


def _candidates(place: Path) -> list[str]:
    """Modules below the folder that make a FastAPI app, as `observe` is told them."""
    found = []
    for path in sorted([*place.glob("*.py"), *place.glob("*/*.py"), *place.glob("*/*/*.py")]):
        inside = path.relative_to(place)
        if any(part.startswith(".") or part in ("venv", "tests", "node_modules") for part in inside.parts):
            continue
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if made := re.search(
                r"^(\w+)\s*(?::[^=\n]+)?=\s*(?:FastAPI|(?:create|make|get|build)_\w*app\w*)\(",
                path.read_text(encoding="utf-8"),
                re.MULTILINE,
            ):
                source = inside.parts[0] == "src" and len(inside.parts) > 1
                module = ".".join(inside.with_suffix("").parts[1 if source else 0 :])
                found.append(f'"{module}:{made[1]}"{" in the folder src" if source else ""}')
    return found[:4]


def _dotenv(place: Path) -> bool:
    return (place / ".env").is_file()


def _lifespan_error(log: str) -> str:
    """The error of the last traceback in a log, and the one that was handled when it came."""
    found = tracebacks(log)
    errors = [one.said.rstrip(".") for one in found]
    handled = len(found) > 1 and found[-1].handled
    return f"{errors[-1]}, while it handled {errors[-2]}" if handled else "".join(errors[-1:])
