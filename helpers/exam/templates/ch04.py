"""Templates of chapter 4: security schemes, middleware, background tasks, WebSockets, CORS and error handlers."""

import json
from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Schemes(Template):
    id, level, proof = "4.1-schemes", 2, "cell auth-schemes"
    facts = ("scheme-reads",)
    why = "A scheme looks for its header and its word only: without them it answers 401 with the challenge in `WWW-Authenticate`. Whether the secret is right, your code has to check."

    SCHEMES = {
        "HTTPBearer": ("HTTPBearer()", "Bearer"),
        "HTTPBasic": ("HTTPBasic()", "Basic"),
        "APIKeyHeader": ('APIKeyHeader(name="X-Key")', "APIKey"),
        "OAuth2PasswordBearer": ('OAuth2PasswordBearer(tokenUrl="token")', "Bearer"),
    }
    HEADERS = {
        "nothing": {},
        "bearer": {"Authorization": "Bearer abc"},
        "lower": {"Authorization": "bearer abc"},
        "basic": {"Authorization": "Basic QWRhOmZvdXI="},
        "key": {"X-Key": "abc"},
        "bare": {"Authorization": "abc"},
    }

    def shape(self, dice: Random) -> Shape:
        return Shape(
            scheme=dice.choice(list(self.SCHEMES)),
            headers=dice.sample(list(self.HEADERS), 3),
            path=dice.choice(["/me", "/parcels", "/labels"]),
            quiet=dice.random() < 0.25,
        )

    def code(self, p: Shape) -> str:
        made = self.SCHEMES[p.scheme][0]
        made = made.replace("()", "(auto_error=False)").replace('")', '", auto_error=False)') if p.quiet else made
        listed = ",\n    ".join(json.dumps(self.HEADERS[name]) for name in p.headers)
        return f"""
from fastapi.security import {p.scheme}

app = FastAPI()

@app.get("{p.path}")
def read(given: Annotated[object, Security({made})]) -> None: ...

client = TestClient(app)
headers = [
    {listed},
]
print([client.get("{p.path}", headers=one).status_code for one in headers])
"""

    FITS = {
        "HTTPBearer": ("bearer", "lower"),
        "HTTPBasic": ("basic",),
        "APIKeyHeader": ("key",),
        "OAuth2PasswordBearer": ("bearer", "lower"),
    }

    def _told(self, p: Shape, fits, wrong: int = 401, quiet: bool | None = None) -> str:
        quiet = p.quiet if quiet is None else quiet
        return str([200 if fits(name) or quiet else wrong for name in p.headers])

    def _fits(self, p: Shape, name: str) -> bool:
        return name in self.FITS[p.scheme]

    @believing("Nobody is known yet, so it is 401; 403 is for somebody who is known and may not.")
    def forbidden(self, p: Shape) -> str:
        return self._told(p, lambda name: self._fits(p, name), 403)

    @believing("A header that the security scheme misses is no 422: the scheme answers for itself.")
    def invalid(self, p: Shape) -> str:
        return self._told(p, lambda name: self._fits(p, name), 422)

    @believing("A scheme checks the form, not the secret: any token of the right form passes.")
    def secrets_checked(self, p: Shape) -> str:
        return self._told(p, lambda name: False)

    @believing("Each scheme knows its own header and its own word in front.")
    def any_credentials(self, p: Shape) -> str:
        return self._told(p, lambda name: name != "nothing")

    @believing("The word in front, `Bearer` or `Basic`, is read without regard to case.")
    def by_case(self, p: Shape) -> str:
        return self._told(p, lambda name: self._fits(p, name) and name != "lower")

    @believing("With `auto_error=False` a scheme hands over None where it finds nothing; without it, it refuses.")
    def quiet_turned(self, p: Shape) -> str:
        return self._told(p, lambda name: self._fits(p, name), quiet=not p.quiet)


class Scopes(Template):
    id, kind, level, proof = "4.1-scopes-asked", "multiple", 3, "cell auth-routes"
    facts = ("scopes-add",)
    asks = "Which of these tokens, whose scopes are listed, does `DELETE /parcels/7` let in?"
    why = "`SecurityScopes` holds what all `Security(...)` on the way down to the dependency ask for: the path operation's and the sub-dependencies'. A token needs each of them; more do no harm."

    def shape(self, dice: Random) -> Shape:
        words = dice.sample(["read", "write", "delete", "admin", "audit"], 4)
        below = dice.choice([[words[0]], [], [words[0]]])
        route = dice.choice([[words[1]], words[1:3]])
        needed = [*below, *route]
        pool = [
            needed,
            words,
            needed[:-1],
            needed[1:],
            [words[3]],
            [],
            route,
            below,
            [*needed[:-1], words[3]],
            [*needed, words[3]],
        ]
        unique = list({tuple(sorted(one)) for one in pool if one is not None})
        unique.sort()
        return Shape(
            words=words, below=below, route=route, needed=needed, tokens=dice.sample(unique, min(5, len(unique)))
        )

    def code(self, p: Shape) -> str:
        return f"""
from fastapi.security import SecurityScopes

def check(asked: SecurityScopes, scopes: Annotated[str, Header()]) -> str:
    if not set(asked.scopes) <= set(scopes.split()):
        raise HTTPException(403)
    return scopes

def user(scopes: Annotated[str, Security(check, scopes={json.dumps(p.below)})]) -> str:
    return scopes

app = FastAPI()

@app.delete("/parcels/7")
def delete(scopes: Annotated[str, Security(user, scopes={json.dumps(p.route)})]) -> None: ...
"""

    def options(self, p: Shape) -> list[str]:
        return [f"`{' '.join(token) or '-'}`" for token in p.tokens]

    def measure(self, p: Shape) -> str:
        return f"""
client = TestClient(app)
found = [
    option
    for option in {self.options(p)!r}
    if client.delete("/parcels/7", headers={{"scopes": option.strip("`")}}).is_success
]
"""

    def _those(self, p: Shape, holds) -> set[str]:
        return {option for option, token in zip(self.options(p), p.tokens) if holds(set(token))}

    @believing("What the dependency below asks for is added: the route's scopes are not enough.")
    def route_only(self, p: Shape) -> set[str]:
        return self._those(p, lambda token: set(p.route) <= token)

    @believing("What the path operation asks for is added: the scopes of the dependency below are not enough.")
    def below_only(self, p: Shape) -> set[str]:
        return self._those(p, lambda token: set(p.below) <= token and token)

    @believing("Scopes are words without rank: none of them stands for the others.")
    def ranked(self, p: Shape) -> set[str]:
        return self._those(p, lambda token: p.words[3] in token)

    @believing("Scopes that are asked for are checked, so that a token without any gets nowhere.")
    def none(self, p: Shape) -> set[str]:
        return self._those(p, lambda token: not token)


class Stacked(Template):
    id, level, proof = "4.2-stacked", 2, "cell middleware-order"
    facts = ("last-is-outermost",)
    why = "What is added last stands outermost, and of a list `middleware=[...]` the first: it sees the request first and the response last. Who answers itself spares all that is inside of it."

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["A", "B", "C", "D"], 3)
        return Shape(
            names=names, stops=dice.choice([None, None, *names]), how=dice.choice(["decorator", "decorator", "list"])
        )

    def code(self, p: Shape) -> str:
        def one(name: str, decorated: bool) -> str:
            body = f'    told.append("{name}")\n'
            if name == p.stops:
                body += '    return PlainTextResponse("busy", 503)\n'
            else:
                body += (
                    f'    response = await call_next(request)\n    told.append("{name.lower()}")\n    return response\n'
                )
            head = '@app.middleware("http")\n' if decorated else ""
            return f"{head}async def {name.lower()}(request: Request, call_next) -> Response:\n{body}"

        imports = ""
        if p.how == "decorator":
            parts = ["app = FastAPI()", *(one(name, True).rstrip() for name in p.names)]
        else:
            listed = "\n".join(f"        Middleware(BaseHTTPMiddleware, dispatch={name.lower()})," for name in p.names)
            parts = [
                *(one(name, False).rstrip() for name in p.names),
                f"app = FastAPI(\n    middleware=[\n{listed}\n    ]\n)",
            ]
            imports = "from starlette.middleware import Middleware\nfrom starlette.middleware.base import BaseHTTPMiddleware\n\n"
        route = '@app.get("/")\ndef read() -> None:\n    told.append("-")'
        body = "\n\n".join([*parts, route])
        return f'{imports}told: list[str] = []\n\n{body}\n\nTestClient(app).get("/")\nprint("".join(told))'

    def _run(self, p: Shape, order: list[str], stop: bool = True, back: bool = True) -> str:
        entered, left = [], []
        for name in order:
            entered.append(name)
            if stop and name == p.stops:
                break
            left.insert(0, name.lower()) if back else left.append(name.lower())
        inner = "" if stop and p.stops else "-"
        return "".join([*entered, inner, *left])

    def _outer(self, p: Shape) -> list[str]:
        return p.names if p.how == "list" else p.names[::-1]

    @believing("With the decorator the last one added is the outermost; of a list the first one is.")
    def other_order(self, p: Shape) -> str:
        return self._run(p, self._outer(p)[::-1])

    @believing("Responses go out the opposite way: who saw the request first sees the response last.")
    def same_way_back(self, p: Shape) -> str:
        return self._run(p, self._outer(p), back=False)

    @believing("A middleware that answers without `call_next` spares what is inside of it, the route included.")
    def goes_on(self, p: Shape) -> str:
        return self._run(p, self._outer(p), stop=False)

    @believing("Whoever stands outside of it has its turn as usual, on the way in and on the way out.")
    def others_skipped(self, p: Shape) -> str | None:
        return p.stops

    @believing("A middleware does not run to its end before the next begins: it waits in `call_next`.")
    def one_by_one(self, p: Shape) -> str:
        return "".join(name if name == p.stops else name + name.lower() for name in self._outer(p)) + (
            "" if p.stops else "-"
        )

    @believing("The route runs inside of all middleware, not before it.")
    def route_first(self, p: Shape) -> str | None:
        return None if p.stops else "-" + "".join(name + name.lower() for name in p.names)

    @believing("It is outermost first on the way in; the alphabet has no say.")
    def as_named(self, p: Shape) -> str:
        return self._run(p, sorted(p.names))


class Sequence(Template):
    id, kind, level, proof = "4.3-sequence", "order", 2, "cell rule-order"
    facts = ("tasks-in-turn", "scope-function")
    asks = "One request is made. In which order does this happen?"
    why = "Tasks begin when the response has been sent, and run one after the other in the order in which they were added; a dependency of the scope `function` is left before the response, one of the scope `request` behind the tasks."

    def shape(self, dice: Random) -> Shape:
        one, two = dice.sample(["mail", "label", "invoice", "audit", "weigh"], 2)
        return Shape(
            one=one,
            two=two,
            scope=dice.choice(["function", "request", None]),
            kinds=dice.choice(["ss", "sa", "as", "aa"]),
            where=dice.choice(["path", "dependency"]),
        )

    def code(self, p: Shape) -> str:
        def task(name: str, kind: str) -> str:
            return f'{"async " if kind == "a" else ""}def {name}() -> None:\n    ran.append("{name} runs")\n'

        dep = ""
        arguments = "tasks: BackgroundTasks"
        first = f"    tasks.add_task({p.one})\n"
        if p.where == "dependency":
            dep += f"def ordered(tasks: BackgroundTasks) -> None:\n    tasks.add_task({p.one})\n\n"
            arguments += ", _: Annotated[None, Depends(ordered)]"
            first = ""
        if p.scope:
            dep += 'def session() -> Iterator[None]:\n    yield\n    ran.append("the session closes")\n\n'
            arguments += f', session: Annotated[None, Depends(session, scope="{p.scope}")]'
        return f"""
ran: list[str] = []

{task(p.one, p.kinds[0])}
{task(p.two, p.kinds[1])}
{dep}app = FastAPI()

@app.post("/")
def hand_in({arguments}) -> None:
{first}    tasks.add_task({p.two})
    ran.append("the path operation ends")

TestClient(app).post("/")
"""

    def measure(self, p: Shape) -> str:
        return "found = ran"

    END, CLOSES = "the path operation ends", "the session closes"

    def _whole(self, p: Shape, tasks: list[str], place: str | None = None) -> list[str]:
        place = place or p.scope
        closes = [self.CLOSES] if p.scope else []
        return [self.END, *(closes if place == "function" else []), *tasks, *(closes if place == "request" else [])]

    def _tasks(self, p: Shape) -> list[str]:
        return [f"{p.one} runs", f"{p.two} runs"]

    @believing("Tasks run in the order in which they were added, those of a dependency first, whatever their kind.")
    def last_first(self, p: Shape) -> list[str]:
        return self._whole(p, self._tasks(p)[::-1])

    @believing("`add_task` starts nothing: the tasks wait for the end of the path operation, and for the response.")
    def at_once(self, p: Shape) -> list[str]:
        closes = [self.CLOSES] if p.scope else []
        return [*self._tasks(p), self.END, *closes]

    @believing(
        "The scope decides when a dependency is left: `function` before the response is sent, `request` when all is over, tasks included."
    )
    def other_scope(self, p: Shape) -> list[str]:
        return self._whole(p, self._tasks(p), {"function": "request", "request": "function"}.get(p.scope or ""))

    @believing("A dependency is left behind the path operation that needs it.")
    def closes_first(self, p: Shape) -> list[str]:
        return [*([self.CLOSES] if p.scope else []), self.END, *self._tasks(p)]


class Answered(Template):
    id, kind, level, proof = "4.3-answered", "wait", 2, "cell rule-start"
    facts = ("answer-first", "scope-function")
    asks = "How many seconds does the client wait for its answer, about?"
    why = "The client waits for the path operation, what it awaits, and dependencies that are left before the response (scope `function`); not for tasks, nor for what is left behind the response."

    def shape(self, dice: Random) -> Shape:
        own, task, close, other = dice.sample([0.1, 0.2, 0.3, 0.4, 0.6, 0.7], 4)
        return Shape(
            own=own,
            task=task,
            close=close,
            other=other,
            scope=dice.choice([None, "function", "request"]),
            calls=dice.choice(["own", "twice", "gather"]),
            sync=dice.random() < 0.3,
        )

    def code(self, p: Shape) -> str:
        sleep = "time.sleep" if p.sync else "await asyncio.sleep"
        lines = [f"    {sleep}({p.own})"]
        if p.calls == "twice":
            lines.append(f"    {sleep}({p.other})")
        elif p.calls == "gather" and not p.sync:
            lines = [f"    await asyncio.gather(asyncio.sleep({p.own}), asyncio.sleep({p.other}))"]
        arguments = "tasks: BackgroundTasks"
        dep = ""
        if p.scope:
            dep = f"def session() -> Iterator[None]:\n    yield\n    time.sleep({p.close})\n\n"
            arguments += f', session: Annotated[None, Depends(session, scope="{p.scope}")]'
        body = "\n".join(lines)
        return f"""
async def print_label() -> None:
    await asyncio.sleep({p.task})

{dep}app = FastAPI()

@app.post("/")
{"" if p.sync else "async "}def hand_in({arguments}) -> None:
    tasks.add_task(print_label)
{body}
"""

    def measure(self, p: Shape) -> str:
        return """
with running(app) as server:
    server.client.get("/")
    begun = time.perf_counter()
    server.client.post("/")
    found = int(10 * (time.perf_counter() - begun)) / 10  # by the clock: no sleep ends early
"""

    def _own(self, p: Shape) -> float:
        if p.calls == "twice":
            return p.own + p.other
        return max(p.own, p.other) if p.calls == "gather" and not p.sync else p.own

    def _close(self, p: Shape, scopes: tuple[str, ...] = ("function",)) -> float:
        return p.close if p.scope in scopes else 0

    @believing("A task begins when the answer has been sent: nobody waits for it here.")
    def with_task(self, p: Shape) -> float:
        return round(self._own(p) + p.task + self._close(p), 2)

    @believing(
        "What stands behind the `yield` counts only with the scope `function`; with `request` it runs behind the answer."
    )
    def close_turned(self, p: Shape) -> float:
        return round(self._own(p) + self._close(p, ("request",)), 2)

    @believing("The client waits for what the path operation itself awaits.")
    def at_once(self, p: Shape) -> float:
        return 0.0

    @believing("What is gathered overlaps, and what stands line by line adds up.")
    def overlap_turned(self, p: Shape) -> float:
        own = (
            max(p.own, p.other)
            if p.calls == "twice"
            else p.own + p.other
            if p.calls == "gather" and not p.sync
            else p.own
        )
        return round(own + self._close(p), 2)

    @believing("The path operation goes on before its task begins: its own waits are what the client waits for.")
    def task_only(self, p: Shape) -> float:
        return p.task


class Failing(Template):
    id, level, proof = "4.3-failing", 2, "cell rule-failure"
    facts = ("failure-ends-list",)
    why = "The tasks of a response run one after the other in one `for` loop: the first error ends it, for the tasks behind it and for nobody else. The answer was sent before."

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["mail", "label", "invoice", "audit"], 3)
        return Shape(
            names=names,
            broken=dice.choice(names),
            caught=dice.random() < 0.35,
            kinds=[dice.choice(["", "async "]) for _ in names],
            requests=dice.choice([1, 1, 2]),
            code=dice.choice([200, 201, 202]),
        )

    def code(self, p: Shape) -> str:
        parts = []
        for name, kind in zip(p.names, p.kinds):
            body = f'    ran.append("{name}")\n'
            if name == p.broken:
                body = (
                    '    try:\n        raise OSError\n    except OSError:\n        ran.append("caught")\n'
                    if p.caught
                    else body + "    raise OSError\n"
                )
            parts.append(f"{kind}def {name}() -> None:\n{body}")
        tasks = "\n".join(parts)
        added = "\n".join(f"    tasks.add_task({name})" for name in p.names)
        code = "" if p.code == 200 else f", status_code={p.code}"
        return f"""
ran: list[str] = []

{tasks}
app = FastAPI()

@app.post("/"{code})
def hand_in(tasks: BackgroundTasks) -> None:
{added}

client = TestClient(app, raise_server_exceptions=False)
print([client.post("/").status_code for _ in range({p.requests})], ran)
"""

    def _ran(self, p: Shape) -> list[str]:
        if p.caught:
            return ["caught" if name == p.broken else name for name in p.names]
        return p.names[: p.names.index(p.broken) + 1]

    def _told(self, p: Shape, ran: list[str], code: int | None = None) -> str:
        return f"{[code or p.code] * p.requests} {ran}"

    @believing("The first error ends the loop: the tasks behind it never run, unless the task catches it itself.")
    def goes_on(self, p: Shape) -> str:
        return self._told(p, ["caught" if p.caught and name == p.broken else name for name in p.names] * p.requests)

    @believing("The answer was on its way before the first task began: a task cannot turn it into a 500.")
    def is_500(self, p: Shape) -> str:
        return self._told(p, self._ran(p) * p.requests, 500)

    @believing("What ran before the error is done; nothing is taken back.")
    def undone(self, p: Shape) -> str:
        return self._told(p, [])

    @believing(
        "A task that fails runs up to its error, as any function does; one that catches its error hides it from the loop."
    )
    def fails_before(self, p: Shape) -> str:
        return self._told(p, [name for name in self._ran(p) if name not in (p.broken, "caught")] * p.requests)

    @believing(
        "Each request has tasks of its own: the next one is served, and its tasks run, as if nothing had happened."
    )
    def ends_all(self, p: Shape) -> str | None:
        return f"{[p.code] + [500] * (p.requests - 1)} {self._ran(p)}" if p.requests > 1 else None

    @believing("No task is run twice, whether it fails or not.")
    def retried(self, p: Shape) -> str:
        ran = self._ran(p)
        return self._told(p, [*ran, *ran[-1:]] * p.requests)


class Bars(Template):
    id, kind, level, proof = "4.3-bars", "timeline", 3, "cell rule-order"
    facts = ("tasks-in-turn", "failure-ends-list")
    asks = "Draw the timeline of this request: when the client has waited, and what runs from when to when."
    why = "The client has its answer when the path operation is through; the tasks follow one after the other, and an error ends the rest."

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["print_label", "weigh", "bill", "notify"], 3)
        waits = [dice.choice([0.2, 0.3, 0.4, 0.5]) for _ in names]
        return Shape(
            names=names,
            waits=waits,
            own=dice.choice([0, 0.2, 0.3, 0.4]),
            broken=dice.choice([None, None, 0, 1]),
            kinds=[dice.choice(["async", "def"]) for _ in names],
            group=dice.random() < 0.3,
        )

    def code(self, p: Shape) -> str:
        parts = []
        for n, (name, wait, kind) in enumerate(zip(p.names, p.waits, p.kinds)):
            head, sleep = ("async def", "await asyncio.sleep") if kind == "async" else ("def", "time.sleep")
            error = "\n    raise OSError" if n == p.broken else ""
            parts.append(f"{head} {name}() -> None:\n    {sleep}({wait}){error}\n")
        added = "\n".join(f"    tasks.add_task({name})" for name in p.names)
        own = f"    await asyncio.sleep({p.own})\n" if p.own else ""
        tasks = "\n".join(parts)
        return f"""
{tasks}
app = FastAPI()

@app.post("/")
async def hand_in(tasks: BackgroundTasks) -> None:
{own}{added}
"""

    def requests(self, p: Shape) -> tuple[str, ...]:
        return ("POST /",)

    def measure(self, p: Shape) -> str:
        return f"""
timeline = ask(app, "POST /").timeline  # by the clock
ran = [name for name in ("client", *{p.names!r}) if name in timeline.names]
found = {{name: [int(10 * timeline[name].start + 0.2) / 10, int(10 * timeline[name].end + 0.2) / 10] for name in ran}}
"""

    def _row(self, p: Shape, start: float, client: float | None = None, all_run: bool = True) -> dict:
        bars = {"client": (0.0, p.own if client is None else client)}
        at = start
        for n, (name, wait) in enumerate(zip(p.names, p.waits)):
            bars[name] = (at, at + wait)
            at += wait
            if n == p.broken and not all_run:
                break
        return bars

    @believing("The first error ends the loop: what was added behind it never runs.")
    def goes_on(self, p: Shape) -> dict | None:
        return self._row(p, p.own) if p.broken is not None else None

    @believing("The client does not wait for tasks: its bar ends with the path operation.")
    def client_waits(self, p: Shape) -> dict:
        return self._row(p, p.own, p.own + sum(p.waits))

    @believing("The tasks begin when the answer has been sent, not at `add_task` or at the start.")
    def at_once(self, p: Shape) -> dict | None:
        return self._row(p, 0.0) if p.own else {"client": (0.0, 0.0)} | dict.fromkeys(p.names, (0.5, 1.0))

    @believing(
        "The tasks of a response run one after the other: each begins where the one before it ends, and none begins behind an error."
    )
    def together(self, p: Shape) -> dict:
        return {"client": (0.0, p.own)} | {name: (p.own, p.own + wait) for name, wait in zip(p.names, p.waits)}

    @believing("They run in the order in which they were added, the last one at the end.")
    def last_first(self, p: Shape) -> dict:
        bars, at = {"client": (0.0, p.own)}, p.own
        for name, wait in reversed(list(zip(p.names, p.waits))):
            bars[name] = (at, at + wait)
            at += wait
        return bars


class Arguments(Template):
    id, level, proof = "4.3-given", 2, "cell rule-arguments"
    facts = ("arguments-now",)
    why = "`add_task` keeps what it is given until the task runs: an object shows what was changed in it meanwhile, a number or a text, and a copy, what it was."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            name=dice.choice(["labels", "marks", "stops"]),
            first=dice.choice(["red", "heavy", "north"]),
            later=dice.choice(["blue", "fragile", "south"]),
            given=dice.choice(["same", "copy", "len", "join", "lambda", "slice"]),
            change=dice.choice(["append", "rebind", "clear"]),
        )

    GIVEN = {
        "same": "{n}",
        "copy": "{n}.copy()",
        "len": "len({n})",
        "join": "', '.join({n})",
        "lambda": "lambda: {n}",
        "slice": "{n}[:]",
    }
    CHANGE = {"append": '{n}.append("{l}")', "rebind": '{n} = [*{n}, "{l}"]', "clear": "{n}.clear()"}

    def code(self, p: Shape) -> str:
        given = self.GIVEN[p.given].format(n=p.name).replace("'", '"')
        change = self.CHANGE[p.change].format(n=p.name, l=p.later)
        shown = "given()" if p.given == "lambda" else "given"
        return f"""
seen = []

def keep(given) -> None:
    seen.append({shown})

app = FastAPI()

@app.post("/")
def hand_in(tasks: BackgroundTasks) -> None:
    {p.name} = ["{p.first}"]
    tasks.add_task(keep, {given})
    {change}

TestClient(app).post("/")
print(seen[0])
"""

    def _value(self, p: Shape, values: list[str]) -> str:
        return str(len(values)) if p.given == "len" else ", ".join(values) if p.given == "join" else str(values)

    def _after(self, p: Shape) -> list[str]:
        return [] if p.change == "clear" else [p.first, p.later]

    @believing(
        "An argument is worked out when `add_task` is called; only what is inside of a shared object can change afterwards."
    )
    def as_it_is_later(self, p: Shape) -> str:
        return self._value(p, self._after(p))

    @believing(
        "`add_task` copies nothing: a list that is shared shows what was done to it, and a lambda looks when it is called."
    )
    def as_it_was(self, p: Shape) -> str:
        return self._value(p, [p.first])

    @believing("The list had its first element before the task was added.")
    def only_later(self, p: Shape) -> str:
        return self._value(p, [] if p.change == "clear" else [p.later])

    @believing("An argument keeps its type: a list is not joined or counted unless the code says so.")
    def other_form(self, p: Shape) -> str:
        values = [p.first] if p.given in ("len", "join", "copy", "slice") else self._after(p)
        return ", ".join(values) if p.given == "len" else str(len(values))

    @believing("Nothing is lost on the way to the task.")
    def empty(self, p: Shape) -> str:
        return "None"


class Closes(Template):
    id, level, proof = "4.4-closes", 2, "cell rule-login"
    facts = ("close-codes",)
    why = "1000 is the ordinary end, and what `close()` sends without a code; a `WebSocketException` has its own code, and an error that nobody catches breaks the connection without a close: the client of a uvicorn sees 1006; the other side's code stands in `WebSocketDisconnect`."

    def shape(self, dice: Random) -> Shape:
        own = dice.choice([1008, 1003, 1001, 4001, 4403])
        words = dice.sample(["bye", "bad", "own"], 3)
        return Shape(
            words=words, own=own, asked=words, bad=dice.choice([1008, 1007, 4400]), bye=dice.choice([None, 1001, 4000])
        )

    def code(self, p: Shape) -> str:
        close = f"close({p.bye})" if p.bye else "close()"
        calls = json.dumps(p.asked)
        return f"""
from fastapi import WebSocketException

app = FastAPI()

@app.websocket("/live")
async def talk(socket: WebSocket) -> None:
    await socket.accept()
    match await socket.receive_text():
        case "bye":
            await socket.{close}
        case "bad":
            raise WebSocketException({p.bad})
        case _:
            await socket.send_text("hello")
            await socket.close({p.own})

codes = []
for word in {calls}:
    with TestClient(app).websocket_connect("/live") as socket:
        socket.send_text(word)
        try:
            told = socket.receive_text()
            socket.receive_text()
        except WebSocketDisconnect as left:
            codes.append(left.code)
print(codes)
"""

    def _told(self, p: Shape, bye=None, bad=None, own=None) -> str:
        codes = {"bye": bye or p.bye or 1000, "bad": bad or p.bad, "own": own or p.own}
        return str([codes[word] for word in p.asked])

    @believing("`close()` without a code says 1000, the ordinary end; with one, it says that one.")
    def bye_other(self, p: Shape) -> str:
        return self._told(p, bye=1000 if p.bye else 1001)

    @believing("A `WebSocketException` closes with the code that it was given.")
    def error_is_1011(self, p: Shape) -> str:
        return self._told(p, bad=1011)

    @believing("A server may say any code from 3000 to 4999, and those of the standard that are allowed.")
    def own_is_1000(self, p: Shape) -> str:
        return self._told(p, own=1000)

    @believing("A close has a code of the WebSocket, not of HTTP.")
    def http(self, p: Shape) -> str:
        return self._told(p, bye=200, bad=400, own=403)

    @believing("That it was closed on purpose is no 1006: that stands for a connection which broke without a close.")
    def broken(self, p: Shape) -> str:
        return self._told(p, bye=1006, bad=1006, own=1006)


class Preflights(Template):
    id, level, proof = "4.5-preflights", 2, "cell rule-cors"
    facts = ("preflight",)
    why = "The middleware compares the origin as a whole, scheme and port included. A preflight that asks for an origin, a method or a header which is not allowed is 400; a plain request is answered, and the browser keeps it from the page when `access-control-allow-origin` is missing."

    def shape(self, dice: Random) -> Shape:
        host = dice.choice(["shop.example", "app.example", "depot.example"])
        origin = f"https://{host}"
        asked = dice.choice([origin, origin, f"http://{host}", f"{origin}:8443", f"https://www.{host}"])
        methods = dice.sample(["GET", "PUT", "DELETE"], 2)
        return Shape(
            origin=origin,
            asked=asked,
            methods=methods,
            method=dice.choice([methods[1], methods[1], "PATCH"]),
            preflight=dice.random() < 0.6,
            star=dice.random() < 0.25,
        )

    def code(self, p: Shape) -> str:
        allowed = '["*"]' if p.star else f'["{p.origin}"]'
        headers = f'{{"Origin": "{p.asked}"'
        headers += f', "Access-Control-Request-Method": "{p.method}"}}' if p.preflight else "}"
        call = (
            'client.options("/", headers=headers)'
            if p.preflight
            else f'client.request("{p.method}", "/", headers=headers)'
        )
        return f"""
from fastapi.middleware.cors import CORSMiddleware

app = FastAPI()
app.add_middleware(CORSMiddleware, allow_origins={allowed}, allow_methods={json.dumps(p.methods)})

@app.api_route("/", methods={json.dumps(sorted({*p.methods, p.method}))})
def read() -> None: ...

client = TestClient(app)
headers = {headers}
answer = {call}
print(answer.status_code, answer.headers.get("access-control-allow-origin"))
"""

    def _told(self, p: Shape, code: int, origin: str | None) -> str:
        return f"{code} {origin}"

    def _fits(self, p: Shape) -> bool:
        return p.star or p.asked == p.origin

    @believing(
        "An origin is scheme, host and port: another one of them makes another origin, and with `*` the header is `*`, whatever came. And a preflight for a method that is not allowed is 400, whatever its origin."
    )
    def by_host(self, p: Shape) -> str:
        return self._told(p, 200, p.asked)

    @believing(
        "Nothing is a 403 here: a preflight that is refused is 400, and a plain request is answered, whatever its origin or method."
    )
    def refused(self, p: Shape) -> str:
        return self._told(p, 403, None)

    @believing("A preflight that is refused is 400; one that fits, and a plain request, is 200.")
    def turned(self, p: Shape) -> str:
        return self._told(
            p,
            400 if not p.preflight or (self._fits(p) and p.method in p.methods) else 200,
            p.asked if self._fits(p) else None,
        )

    @believing("The header names the origin that is allowed, or `*` where all are; it does not come for others.")
    def other_origin(self, p: Shape) -> str:
        return self._told(p, 200, "*" if not p.star else p.origin)

    @believing(
        "A preflight is answered by the middleware: no route for OPTIONS is needed; a plain request goes to its route, which has this method."
    )
    def method_missing(self, p: Shape) -> str:
        return self._told(p, 405, "*" if p.star else p.asked if self._fits(p) else None)

    @believing("An origin that is allowed is named in the answer, whether the method is allowed or not.")
    def nameless(self, p: Shape) -> str:
        return self._told(p, 400 if p.preflight else 200, None)


class Handlers(Template):
    id, level, proof = "4.6-nearest", 2, "cell rule-handlers"
    facts = ("nearest-handler",)
    why = "The handler of the nearest class in the error's own line of ancestors answers, in whatever order they were added; FastAPI's own handler serves `HTTPException`, and what has none is 500."

    def shape(self, dice: Random) -> Shape:
        chain = dice.sample(["DepotError", "ParcelError", "LabelError"], 3)
        handled = dice.sample([*chain, "Exception", "HTTPException"], dice.choice([2, 3]))
        codes = dice.sample([400, 402, 409, 410, 418, 423, 451, 503], len(handled))
        raised = dice.choice([chain[1], chain[2], chain[2], "HTTPException", "KeyError"])
        return Shape(chain=chain, handlers=list(zip(handled, codes)), raised=raised, code=dice.choice([403, 404, 429]))

    def code(self, p: Shape) -> str:
        classes = "\n\n".join(f"class {name}({base}): ..." for name, base in zip(p.chain, ["Exception", *p.chain]))
        handlers = "\n\n".join(
            f"@app.exception_handler({name})\ndef on_{code}(request: Request, error: Exception) -> Response:\n    return Response(status_code={code})"
            for name, code in p.handlers
        )
        raised = f"HTTPException({p.code})" if p.raised == "HTTPException" else f"{p.raised}()"
        return f"""
{classes}

app = FastAPI()

{handlers}

@app.get("/")
def read() -> None:
    raise {raised}

print(TestClient(app, raise_server_exceptions=False).get("/").status_code)
"""

    def _line(self, p: Shape) -> list[str]:
        if p.raised in p.chain:
            return [*p.chain[: p.chain.index(p.raised) + 1][::-1], "Exception"]
        return [p.raised, "Exception"]

    def _codes(self, p: Shape) -> dict[str, int]:
        return dict(p.handlers)

    @believing("The nearest class in the error's line of ancestors counts, not the first handler that fits.")
    def first_added(self, p: Shape) -> str | None:
        return next((str(code) for name, code in p.handlers if name in self._line(p)), None)

    @believing("A handler for a base class steps back behind one for the class itself.")
    def farthest(self, p: Shape) -> str | None:
        return next((str(self._codes(p)[name]) for name in self._line(p)[::-1] if name in self._codes(p)), None)

    @believing("A handler of a class takes its subclasses' errors as well: only what has no handler at all is 500.")
    def unhandled(self, p: Shape) -> str:
        return "500"

    @believing("The last handler does not replace the others: each has its class.")
    def last_added(self, p: Shape) -> str:
        return str(p.handlers[-1][1])

    @believing("An error of your own is no `HTTPException`: it has neither its code nor its handler.")
    def like_http(self, p: Shape) -> str:
        return str(self._codes(p).get("HTTPException", p.code))

    @believing("An error is not the client's until a handler says so: 422 is for what the request brought.")
    def invalid(self, p: Shape) -> str:
        return "422"
