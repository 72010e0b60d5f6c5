"""What a reader's service does wrong, each in one sentence, with the rule behind it and a mend.

A finding is proved by what a request did, or by a line of the source that can mean one thing only. What is often right,
such as an `async def` without `await`, a raise behind `add_task`, or a middleware of `@app.middleware`, is none.
"""

import linecache
import os
from collections.abc import Iterator
from dataclasses import dataclass

from helpers.course import CHAPTERS, TASKS
from helpers.errors import CourseError
from helpers.given import shown
from helpers.notes import Note
from helpers.services import agent, source
from helpers.services.observing import Exchange, Function, Hold, Observation, Operation
from helpers.wording import code

__all__ = ["Finding", "Findings", "RULES", "findings", "own_line"]

SOME = 0.1  # seconds beyond the answer for which a held dependency, or tasks that are counted, are worth a word
LONG = 0.25  # seconds for which a task may hold a thread without being told

_CH = {chapter.number: chapter.file for chapter in CHAPTERS}
# kind of finding -> the cell with its rule, and what mends it
RULES = {
    "loop": (
        f"{_CH[2]}#core-rule",
        "await an async form of the call, send it to a thread (`asyncio.to_thread`), or write `def`",
    ),
    "task-loop": (
        f"{_CH[4]}#core-blocking-says",
        "write the task as `def`, or `await asyncio.to_thread(...)` inside it",
    ),
    "blocking": (f"{_CH[2]}#core-rule", ""),
    "enqueue": (
        f"{_CH[7]}#dep-down-rule",
        "enqueue in a `def` path operation, or by `run_in_threadpool`, with a time limit",
    ),
    "hash": (f"{_CH[4]}#auth-where-says", "hash and verify in a `def` path operation"),
    "pool": (f"{TASKS}#ask-own-threads", "give slow work a limiter of its own, or a queue"),
    "held": (
        f"{TASKS}#ask-slot",
        'when no task is given it, `Depends(..., scope="function")` closes it before the answer; since FastAPI 0.121',
    ),
    "handed": (f"{_CH[5]}#given-says", "give the task an id, and let it open its own"),
    "unused": (f"{TASKS}#ask-list", "add a task to it, or take the parameter away"),
    "failing": (f"{TASKS}#ask-safe", "catch everything inside the task: `add_task(safe, task, ...)`"),
    "lost": (f"{TASKS}#ask-create-task", "use a background task, or a `TaskGroup` that the lifespan waits for"),
    "cut": (f"{_CH[7]}#dep-shutdown-says", "make it shorter than the grace, or hand it to a queue"),
    "counted": (
        f"{TASKS}#ask-process-time",
        "take the time when the answer's last byte is sent, in a wrapper of `send`",
    ),
}
FORGOTTEN = f"{TASKS}#ask-collected"
# Middlewares that measure the whole call, tasks included: says-process-time of the appendix measures both.
COUNTING = ("prometheus_fastapi_instrumentator", "opentelemetry.instrumentation")


@dataclass(frozen=True)
class Finding:
    """One thing found: `kind` (a key of `RULES`), `where`, a `sentence`, the `rule` as a link, and a `mend`."""

    kind: str
    where: str
    sentence: str

    @property
    def rule(self) -> str:
        """The cell with the rule, as a link from a notebook: "appendix_background_tasks.ipynb#cell-id=ask-safe"."""
        return _link(RULES[self.kind][0])

    @property
    def mend(self) -> str:
        """What mends it, in a few words; empty where the sentence says it."""
        return RULES[self.kind][1]

    def __str__(self) -> str:
        return f"{self.sentence} Mend: {self.mend}." if self.mend else self.sentence


class Findings(Note):
    """What was found; as the last value of a cell it shows each finding with its rule. `len`, `in` (by kind) and `for` work.

    `notes` are sentences that are no findings: what shares the pool, what a dashboard counts, what could not be seen.
    """

    def __init__(self, found: list[Finding], notes: list[str]):
        self.found, self.notes = found, notes
        lines = [f"{n}. {one} [The rule]({one.rule})." for n, one in enumerate(found, 1)] or ["Nothing was found."]
        super().__init__("\n".join([*lines, "", *(f"- {note}" for note in notes)]).strip())

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.found)

    def __len__(self) -> int:
        return len(self.found)

    def __contains__(self, kind: object) -> bool:
        return isinstance(kind, str) and any(one.kind == kind for one in self.found)

    def __getitem__(self, kind: str) -> Finding:
        if kind not in self:
            kinds = ", ".join(dict.fromkeys(one.kind for one in self.found))
            raise CourseError(f"no finding is of the kind {shown(kind)}{f', only of {kinds}' if kinds else ''}.")
        return next(one for one in self.found if one.kind == kind)


def findings(observation: Observation, cut: list[str]) -> Findings:
    """All findings on a service, and the notes; `cut` are names of tasks that its end has killed."""
    seen = _Seen(observation)
    by_request = [*seen.loop(), *seen.pool(), *seen.held(), *seen.failing(), *seen.counted()]
    blamed = {one.where for one in by_request if one.kind in ("loop", "task-loop")}
    by_source = [one for one in seen.source() if one.where not in blamed]  # what a request has proved is told once
    unique: dict[tuple[str, str], Finding] = {}
    for one in (*by_request, *by_source, *seen.lost(cut)):
        unique.setdefault((one.kind, one.where), one)
    return Findings(list(unique.values()), list(seen.notes()))


def own_line(hold: Hold, roots: tuple[str, ...]) -> tuple[str, int, str]:
    """The innermost line of the reader's own code, else the innermost of all."""
    return ([line for line in hold.lines if agent.owned(line[0], roots)] or list(hold.lines))[-1]


def below(file: str, roots: tuple[str, ...]) -> str:
    """A file of the reader's as it is called in the project, "auth/routes.py"; of any other its name."""
    path = os.path.realpath(file)
    inside = [path.removeprefix(root) for root in roots if path.startswith(root)] if agent.owned(file, roots) else []
    return min(inside, key=len).replace(os.sep, "/") if inside else os.path.basename(file)


class _Seen:
    def __init__(self, observation: Observation):
        self.observation = observation
        self.operations: list[Operation] = list(observation.operations)
        self.exchanges: list[Exchange] = list(observation.exchanges.values())
        self.functions = observation.functions
        started = observation.started or {}
        self.roots = tuple(started.get("roots", ()))
        self.middlewares = started.get("middlewares", [])
        self.packages = started.get("packages", [])
        self.threads = started.get("threads", 40)

    def name(self, exchange: Exchange) -> str:
        """ "POST /orders/{id}", as the app's description has it."""
        method, _, path = exchange.server.name.partition(" ")
        of_endpoint = [one for one in self.operations if one.endpoint and one.endpoint.place == exchange.endpoint]
        fitting = [one for one in of_endpoint if method in one.methods]
        return f"{method} {fitting[0].path if fitting else path}"

    def user(self, place: str) -> str:
        """The path operation that has a function as endpoint or dependency or adds it as a task."""
        return next((one.name for one in self.operations if place in self.places(one)), "")

    def places(self, operation: Operation) -> list[str | None]:
        """The places of an operation's functions, and of those that they add as tasks."""
        return [
            *(function.place for function in operation.functions),
            *(added for function in operation.functions for _, added in function.adds),
        ]

    def at(self, function: Function, line: int) -> str:
        """ "main.py, line 31", for a line of a function's source, counted from 1."""
        return f"{below(function.file, self.roots)}, line {function.line + line - 1}"

    # By what the requests did.

    def loop(self) -> Iterator[Finding]:
        for (file, number), (hold, meanwhile) in self.longest().items():
            tasks = {span.name for one in meanwhile for span in one.ran}
            in_task = next((name for _, _, name in hold.lines if name in tasks), None)
            during = " and ".join(dict.fromkeys(code(self.name(one)) for one in meanwhile)) or "no request at all"
            where = f"{below(file, self.roots)}, line {number}"
            yield Finding(
                "task-loop" if in_task else "loop",
                where,
                f"The event loop stood still for {hold.seconds:.1f} s in {where}: "
                f"{code(linecache.getline(file, number).strip())}, during {during}"
                f"{f', in its task {code(in_task)}' if in_task else ''}. Every client waited.",
            )

    def longest(self) -> dict[tuple[str, int], tuple[Hold, list[Exchange]]]:
        """Of each line that held the loop its longest hold, with the requests meanwhile; first calls are not judged."""
        longest: dict[tuple[str, int], tuple[Hold, list[Exchange]]] = {}
        for hold in self.observation.holds:
            meanwhile = self.holders(hold)
            if meanwhile and all(one.first for one in meanwhile):
                continue
            file, number, _ = own_line(hold, self.roots)
            known = longest.get((file, number))
            if known is None or hold.seconds > known[0].seconds:
                longest[file, number] = hold, meanwhile
        return longest

    def holders(self, hold: Hold) -> list[Exchange]:
        """The requests that a hold may belong to: those under way, and of these the ones whose own code stood still."""
        meanwhile = [one for one in self.exchanges if _overlaps(one, hold)]
        standing = {
            function.place for function in self.functions.values() for line in hold.lines if _stands_in(function, line)
        }
        endpoints = {
            operation.endpoint.place
            for operation in self.operations
            if operation.endpoint and standing & set(self.places(operation))
        }
        return [one for one in meanwhile if one.endpoint in endpoints] or meanwhile

    def pool(self) -> Iterator[Finding]:
        threaded = [one for one in self.operations if one.endpoint and not one.endpoint.on_loop]
        threaded = threaded or [one for one in self.operations if any(not part.on_loop for part in one.dependencies)]
        if not threaded:
            return
        first, more = code(threaded[0].name), len(threaded) - 1
        others = f"{first} and {more} more need" if more else f"{first} needs"
        for one in self.exchanges:
            for span in one.ran:
                took = ((span.end or span.start) - span.start) / 1e9
                if not span.attributes.get("on_loop") and took >= LONG:
                    yield Finding(
                        "pool",
                        span.name,
                        f"{code(span.name)}, a `def` task of {code(self.name(one))}, kept one of the {self.threads:g} threads "
                        f"for {took:.1f} s, which {others}, too: {self.threads:g} such tasks at once, and nobody else gets one.",
                    )

    def held(self) -> Iterator[Finding]:
        for one in self.exchanges:
            sent, ends = one.server.end, [span.end for span in one.ran if span.end]
            for span in (part for part in one.parts if part.kind == "held"):
                if sent and ends and span.end and span.end >= max(ends) and (span.end - sent) / 1e9 >= SOME:
                    beyond = (span.end - sent) / 1e9
                    yield Finding(
                        "held",
                        span.name,
                        f"{code(span.name)} stayed open in {code(self.name(one))} for {beyond:.1f} s beyond the answer, "
                        f"until its tasks had run, with its {code(span.attributes.get('type', 'value'))}.",
                    )

    def failing(self) -> Iterator[Finding]:
        for one in self.exchanges:
            for span in one.ran:
                if span.error is None or span.error == agent.Planted.__name__:
                    continue
                rest = f"{_list(one.skipped)}, behind it, did not run" if one.skipped else ""
                closed = "the client's connection was closed" if one.error else ""
                after = ", and ".join(filter(None, (rest, closed)))
                status = one.server.attributes.get("http.response.status_code")
                yield Finding(
                    "failing",
                    span.name,
                    f"{code(span.name)} failed with {code(span.error)} in {code(self.name(one))}, whose client had its "
                    f"{status}{f'; {after}' if after else ''}.",
                )

    def counted(self) -> Iterator[Finding]:
        measuring = [
            one["name"]
            for one in self.middlewares
            if one["module"].startswith(COUNTING) or (one["source"] and source.measures_behind(one["source"]))
        ]
        for one in self.exchanges if measuring else []:
            if one.ran and one.over and one.server.end and (one.counted - one.answered) / 1e9 >= SOME:
                yield Finding(
                    "counted",
                    measuring[0],
                    f"{code(measuring[0])} measures the whole call, so it counts {_s(one.counted)} for "
                    f"{code(self.name(one))}, whose client had its answer after {_s(one.answered)}.",
                )

    def lost(self, cut: list[str]) -> Iterator[Finding]:
        for file, number, name in self.observation.left:
            where = f"{below(file, self.roots)}, line {number}"
            yield Finding(
                "lost",
                where,
                f"{code(name)} ({where}) still ran when the server had ended: SIGTERM waits for background tasks, "
                "and not for what `create_task` started.",
            )
        for name in cut:
            yield Finding("cut", name, f"{code(name)} was killed with its process.")

    # By the source.

    def source(self) -> Iterator[Finding]:
        for operation in self.operations:
            yield from self.parameters(operation)
        for function in self.functions.values():
            if function.source:
                yield from self.calls(function)

    def parameters(self, operation: Operation) -> Iterator[Finding]:
        endpoint = operation.endpoint
        if endpoint is None or not endpoint.source:
            return
        for task, name, line in source.adds_with(endpoint.source, set(operation.held)):
            where, gives = self.at(endpoint, line), operation.held[name].name
            yield Finding(
                "handed",
                where,
                f"{code(operation.name)} hands {code(name)}, which {code(gives)} closes, to its task {code(task)} ({where}).",
            )
        listed = operation.tasks_parameter
        if listed and listed not in source.names_in(endpoint.source):
            where = self.at(endpoint, 1)
            yield Finding(
                "unused", where, f"{code(operation.name)} asks for {code(listed)} and adds nothing ({where})."
            )

    def calls(self, function: Function) -> Iterator[Finding]:
        used = self.user(function.place)
        inside = f"{code(function.name)}{f', of {code(used)},' if used else ''}"
        for call in source.waits_in(function.source):
            where = self.at(function, call.line)
            if call.kind == "blocking":
                yield Finding(
                    "blocking",
                    where,
                    f"{inside} is `async def` and calls {code(call.what)} ({where}), which holds the event loop: "
                    f"use {code(call.instead) if '.' in call.instead else call.instead} in its place.",
                )
            elif call.kind == "hash" and set(self.packages) & {"passlib", "bcrypt", "pwdlib", "argon2"}:
                text = f"{inside} is `async def` and calls {code(call.what)} ({where}): a password's hash, likely, for which everybody waits."
                yield Finding("hash", where, text)
            elif call.kind == "enqueue" and "celery" in self.packages:
                text = f"{inside} is `async def` and calls {code(call.what)} ({where}): the loop waits for the broker, for long when that is down."
                yield Finding("enqueue", where, text)

    # What is no finding.

    def notes(self) -> Iterator[str]:
        yield from self.sharing()
        yield from self.dashboards()
        yield from self.forgotten()
        for one in self.middlewares:
            if one["base"]:
                yield f"{code(one['name'])} is a `BaseHTTPMiddleware`: before Starlette 1 it changed how tasks run and fail."
        yield from self.unmeasured()
        yield from self.left_out()

    def sharing(self) -> Iterator[str]:
        sharing = [code(one.name) for one in self.operations if one.endpoint and not one.endpoint.on_loop]
        if sharing:
            yield f"In the {self.threads:g} threads of the pool: {', '.join(sharing)}, and every `def` dependency and task."

    def dashboards(self) -> Iterator[str]:
        """How long a request took with its tasks; of several alike the longest."""
        with_tasks = [one for one in self.exchanges if one.ran and one.over and one.server.end]
        for name, one in {self.name(one): one for one in sorted(with_tasks, key=lambda one: one.counted)}.items():
            yield (
                f"{code(name)} was answered after {_s(one.answered)}; "
                f"with its tasks, as some dashboards count, it took {_s(one.counted)}."
            )

    def forgotten(self) -> Iterator[str]:
        for function in self.functions.values():
            for call in source.forgotten_in(function.source):
                where = self.at(function, call.line)
                yield f"{code(function.name)} keeps no result of {code(call.what)} ({where}): [such a task may be collected]({_link(FORGOTTEN)})."

    def unmeasured(self) -> Iterator[str]:
        """Which path operations were refused, asked once only, or never asked."""
        refused = self.refused()
        for name, how in refused.items():
            yield f"{code(name)} {how}: what it does otherwise was not seen."
        places = {one.endpoint for one in self.exchanges}
        judged = {one.endpoint for one in self.exchanges if not one.first}
        once = [code(one.name) for one in self.operations if one.endpoint and one.endpoint.place in places - judged]
        if once:
            yield f"Asked once, and whether a first call holds the loop is not judged: {', '.join(once)}."
        unseen = [
            code(one.name)
            for one in self.operations
            if one.endpoint
            and one.endpoint.place not in places
            and not any(f"{method} {one.path}" in refused for method in one.methods)  # a middleware's answer
        ]
        if unseen:
            yield f"Never asked, so read and not measured: {', '.join(unseen)}."

    def refused(self) -> dict[str, str]:
        """Each path operation that gave no good answer, and how: "answered 404"."""
        refused = {}
        for one in self.exchanges:
            status = one.server.attributes.get("http.response.status_code") or 500
            if one.over is None and one.server.end is None:
                refused[self.name(one)] = "did not end in time"
            elif status >= 300:
                errors = [part.error for part in one.parts if part.error and part.kind != "task"] + [one.server.error]
                raised = f", raising {code(errors[0])}" if errors[0] and status >= 500 else ""
                refused[self.name(one)] = f"answered {status}{raised}"
        return refused

    def left_out(self) -> Iterator[str]:
        if sockets := (self.observation.started or {}).get("sockets"):
            yield f"WebSockets are not looked at: {', '.join(map(code, sockets))}."
        if not self.operations:
            yield "The app has no path operation, so nothing was looked at."


def _link(rule: str) -> str:
    return rule.replace("#", "#cell-id=")


def _stands_in(function: Function, line: tuple[str, int, str]) -> bool:
    last = function.line + len(function.source.splitlines())
    return function.file == line[0] and function.line <= line[1] < last


def _overlaps(exchange: Exchange, hold: Hold) -> bool:
    return exchange.server.start <= hold.until and (exchange.over is None or exchange.over >= hold.since)


def _list(names: list[str]) -> str:
    return " and ".join(map(code, names))


def _s(nanoseconds: int) -> str:
    return f"{nanoseconds / 1e6:.0f} ms"
