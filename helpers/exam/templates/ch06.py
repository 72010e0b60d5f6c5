"""Templates of chapter 6: doubles, overrides, the test client and the log."""

import json
from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Doubles(Template):
    id, level, proof = "6.1-doubles", 2, "cell unit-spies"
    why = "A list as `side_effect` gives one element a call and raises those that are errors; a call that raises is counted, too. `return_value` counts only where no `side_effect` is set."

    def shape(self, dice: Random) -> Shape:
        effects = dice.sample(["'red'", "'blue'", "OSError", "KeyError", "'late'"], 3)
        return Shape(
            effects=effects,
            calls=dice.choice([2, 3, 3]),
            value=dice.choice(["", "return_value='always'"]),
            name=dice.choice(["carrier", "tariff", "printer"]),
        )

    def code(self, p: Shape) -> str:
        value = f", {p.value}" if p.value else ""
        return f"""
from unittest.mock import Mock

{p.name} = Mock(side_effect=[{", ".join(p.effects)}]{value})
told = []
for n in range({p.calls}):
    try:
        told.append({p.name}(n))
    except (OSError, KeyError) as error:
        told.append(type(error).__name__)
print(told, {p.name}.call_count)
"""

    def _all(self, p: Shape) -> list[str]:
        return [effect.strip("'") for effect in p.effects[: p.calls]]

    def _told(self, told: list[str], count: int) -> str:
        return f"{told} {count}"

    def _good(self, p: Shape) -> list[str]:
        return [effect.strip("'") for effect in p.effects[: p.calls] if effect[0] == "'"]

    @believing("A call that raises is counted like the others.")
    def raised_uncounted(self, p: Shape) -> str:
        return self._told(self._all(p), len(self._good(p)))

    @believing("Each call takes the next element of the list; it does not stay with the first.")
    def first_for_all(self, p: Shape) -> str:
        return self._told(self._all(p)[:1] * p.calls, p.calls)

    @believing("An error in the list is raised, which the loop catches here; it is neither given back nor skipped.")
    def skipped(self, p: Shape) -> str:
        return self._told(self._good(p), p.calls)

    @believing("With a `side_effect`, the `return_value` is not asked for.")
    def value_wins(self, p: Shape) -> str | None:
        return self._told(["always"] * p.calls, p.calls) if p.value else None

    @believing("A call takes one element, not the list of them.")
    def whole_list(self, p: Shape) -> str:
        return self._told([str([effect.strip("'") for effect in p.effects])] * p.calls, p.calls)

    @believing("The count is that of the calls, not of the list.")
    def counts_list(self, p: Shape) -> str | None:
        return self._told(self._all(p), 3) if p.calls != 3 else self._told(self._all(p), 2)


class Overrides(Template):
    id, level, proof = "6.2-overrides", 2, "cell client-tests"
    facts = ("override",)
    why = "An override is looked up by the dependency itself, wherever it stands, and takes its place with all that it needs; it lasts until it is taken out of the dictionary."

    def shape(self, dice: Random) -> Shape:
        low, high = dice.sample(["settings", "session", "store", "clock"], 2)
        return Shape(
            low=low,
            high=high,
            which=dice.choice([low, high, "both"]),
            clear=dice.choice([True, False]),
            third=dice.random() < 0.5,
            fake=dice.choice(["fake", "test", "double"]),
        )

    def code(self, p: Shape) -> str:
        lines = [f'app.dependency_overrides[{p.low}] = lambda: "{p.fake} {p.low}"'] if p.which != p.high else []
        lines += [f'app.dependency_overrides[{p.high}] = lambda: "{p.fake} {p.high}"'] if p.which != p.low else []
        last = ["app.dependency_overrides.clear()"] if p.clear else []
        if p.third and p.which == "both":
            last = [f"del app.dependency_overrides[{p.high}]"]
        return "\n".join(
            [
                f'def {p.low}() -> str:\n    return "{p.low}"\n',
                f"def {p.high}({p.low}: Annotated[str, Depends({p.low})]) -> str:",
                f'    return f"{p.high} on {{{p.low}}}"\n',
                "app = FastAPI()\n",
                '@app.get("/")',
                f"def read({p.high}: Annotated[str, Depends({p.high})]) -> str:",
                f"    return {p.high}\n",
                "client = TestClient(app)",
                *lines,
                'first = client.get("/").json()',
                *last,
                'print([first, client.get("/").json()])',
            ]
        )

    def _one(self, p: Shape, low: bool, high: bool, below: bool = False) -> str:
        inner = f"{p.fake} {p.low}" if low else p.low
        if high:
            return f"{p.fake} {p.high}" + (f" on {inner}" if below else "")
        return f"{p.high} on {inner}"

    def _flags(self, p: Shape) -> tuple[bool, bool]:
        return p.which != p.high, p.which != p.low

    def _second(self, p: Shape) -> tuple[bool, bool]:
        low, high = self._flags(p)
        if p.third and p.which == "both":
            return low, False
        return (False, False) if p.clear else (low, high)

    @believing("An override is found wherever its dependency is needed, below another one as well.")
    def top_only(self, p: Shape) -> str:
        return str([self._one(p, False, self._flags(p)[1]), self._one(p, False, self._second(p)[1])])

    @believing("It lasts until somebody takes it out, and no longer.")
    def lasts_turned(self, p: Shape) -> str:
        changed = self._second(p) != self._flags(p)
        return str([self._one(p, *self._flags(p)), self._one(p, *(self._flags(p) if changed else (False, False)))])

    @believing("An override takes the place of the dependency: what that one needed is not called any more.")
    def wraps(self, p: Shape) -> str | None:
        if p.which == p.low:
            return None
        return str([self._one(p, *self._flags(p), below=True), self._one(p, *self._second(p), below=True)])

    @believing("Overrides count for requests that are made after they are set, though the routes were made before.")
    def too_late(self, p: Shape) -> str:
        return str([self._one(p, False, False)] * 2)

    @believing("Each override replaces its own dependency, not the one that is built on it.")
    def replaces_all(self, p: Shape) -> str:
        return str([f"{p.fake} {p.low}", self._one(p, *self._second(p))])


class Started(Template):
    id, level, proof = "6.2-started", 2, "cell client-measured"
    facts = ("lifespan-needs-with",)
    why = "The lifespan runs when the client is entered with `with`, once for all requests inside, and ends behind the block; without `with` it never runs."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            managed=dice.random() < 0.6,
            requests=dice.choice([1, 2, 2, 3]),
            first=dice.choice(["open", "connect", "warm"]),
            last=dice.choice(["close", "leave", "flush"]),
            blocks=dice.choice([1, 1, 2]),
            dep=dice.random() < 0.5,
        )

    def code(self, p: Shape) -> str:
        dep = 'def need() -> None:\n    told.append("need")\n\n' if p.dep else ""
        where = ", dependencies=[Depends(need)]" if p.dep else ""
        call = 'client.get("/")'
        if p.managed:
            block = f"with TestClient(app) as client:\n    for _ in range({p.requests}):\n        {call}"
        else:
            block = f"client = TestClient(app)\nfor _ in range({p.requests}):\n    {call}"
        return f"""
told: list[str] = []

@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    told.append("{p.first}")
    yield
    told.append("{p.last}")

{dep}app = FastAPI(lifespan=lifespan)

@app.get("/"{where})
def read() -> None:
    told.append("read")

{chr(10).join([block] * p.blocks)}
print(*told)
"""

    def _req(self, p: Shape) -> list[str]:
        return [*(["need"] if p.dep else []), "read"]

    def _told(self, one: list[str], p: Shape) -> str:
        return " ".join(one * p.blocks)

    @believing("The lifespan is the app's, not the request's: under `with` it runs once a block, without it never.")
    def each_request(self, p: Shape) -> str:
        return self._told([p.first, *self._req(p), p.last] * p.requests, p)

    @believing("`with` starts the app and ends it; a client without it only makes requests.")
    def with_turned(self, p: Shape) -> str:
        requests = self._req(p) * p.requests
        return self._told(requests if p.managed else [p.first, *requests, p.last], p)

    @believing(
        "Under `with`, what stands behind the `yield` runs at the end of the block; without it nothing of the lifespan runs."
    )
    def never_ends(self, p: Shape) -> str:
        return self._told([p.first, *self._req(p) * p.requests], p)

    @believing(
        "Under `with`, the lifespan begins before the first request and ends behind the last; without it neither happens."
    )
    def ends_first(self, p: Shape) -> str:
        return self._told([p.first, p.last, *self._req(p) * p.requests], p)

    @believing("Each `with` starts and ends the app anew; a client without it does neither.")
    def once(self, p: Shape) -> str | None:
        return " ".join([p.first, *self._req(p) * p.requests * p.blocks, p.last]) if p.blocks > 1 else None

    @believing("Dependencies belong to the request: they are called for each of them.")
    def needed_once(self, p: Shape) -> str | None:
        if not p.dep:
            return None
        inner = ["need", *["read"] * p.requests]
        return self._told([p.first, *inner, p.last] if p.managed else inner, p)

    @believing("Making a client makes no request.")
    def one_more(self, p: Shape) -> str:
        requests = self._req(p) * (p.requests + 1)
        return self._told([p.first, *requests, p.last] if p.managed else requests, p)


class Raised(Template):
    id, level, proof = "6.3-raised", 2, "cell client-measured"
    facts = ("test-client-raises",)
    why = "An `HTTPException` becomes its answer; any other error is raised through the `TestClient` into the test, unless `raise_server_exceptions=False` asks for the 500 that a client would get."

    def shape(self, dice: Random) -> Shape:
        errors = dice.sample(["KeyError", "ValueError", "OSError", "RuntimeError"], 2)
        codes = dice.sample([400, 403, 404, 409, 418], 2)
        paths = [
            ("known", f"HTTPException({codes[0]})", str(codes[0])),
            ("broken", f"{errors[0]}()", errors[0]),
            ("wrapped", f"HTTPException({codes[1]}) from {errors[1]}()", str(codes[1])),
        ]
        return Shape(paths=dice.sample(paths, 3), strict=dice.random() < 0.5, errors=errors, codes=codes)

    def code(self, p: Shape) -> str:
        routes = "\n\n".join(
            f'@app.get("/{name}")\ndef {name}() -> None:\n    raise {raised}' for name, raised, _ in p.paths
        )
        strict = "" if p.strict else ", raise_server_exceptions=False"
        return f"""
app = FastAPI()

{routes}

client = TestClient(app{strict})
told = []
for path in {json.dumps(["/" + name for name, *_ in p.paths])}:
    try:
        told.append(client.get(path).status_code)
    except Exception as error:
        told.append(type(error).__name__)
print(told)
"""

    def _told(self, p: Shape, known=None, broken=None, wrapped=None) -> str:
        right = {name: int(key) if key.isdigit() else key for name, _, key in p.paths}
        right["broken"] = right["broken"] if p.strict else 500
        other = {"known": known, "broken": broken, "wrapped": wrapped}
        return str([right[name] if other[name] is None else other[name] for name, *_ in p.paths])

    @believing(
        "By default the client raises what the app did not catch, so that the test shows the line; with `raise_server_exceptions=False` it gives the 500."
    )
    def broken_turned(self, p: Shape) -> str:
        return self._told(p, broken=500 if p.strict else p.errors[0])

    @believing("An `HTTPException` is caught by the app and answered: it never reaches the test.")
    def all_raised(self, p: Shape) -> str:
        return self._told(p, known="HTTPException", wrapped="HTTPException")

    @believing("`raise ... from` notes a cause; what is raised is the `HTTPException`.")
    def cause(self, p: Shape) -> str:
        return self._told(p, wrapped=p.errors[1] if p.strict else 500)

    @believing("An error of the server is no 422: that is for what the client sent.")
    def invalid(self, p: Shape) -> str:
        return self._told(p, broken=422)

    @believing("An `HTTPException` has the code that it was given; 500 is for what nobody caught.")
    def all_500(self, p: Shape) -> str:
        return str([500] * 3)


class Levels(Template):
    id, level, proof = "6.4-levels", 3, "cell log-config"
    facts = ("log-levels",)
    why = "The first level that is set on the way up decides whether a record is made; then it goes to the handlers of its logger and of all above it while `propagate` is true. The level of a logger above is not asked again."

    def shape(self, dice: Random) -> Shape:
        propagate = dice.random() < 0.7
        return Shape(
            app=dice.choice(["depot", "shop"]),
            own=dice.choice(["", "DEBUG", "WARNING"]),
            above=dice.choice(["INFO", "WARNING", "ERROR"]),
            handler=dice.choice(["", "", "ERROR"]),
            propagate=propagate,
            both=not propagate or dice.random() < 0.4,
            said=dice.sample(["debug", "info", "warning", "error"], 3),
        )

    def code(self, p: Shape) -> str:
        lines = [f'logging.getLogger("{p.app}").setLevel("{p.above}")', f'logger = logging.getLogger("{p.app}.orders")']
        lines += [f'logger.setLevel("{p.own or "NOTSET"}")', f"logger.propagate = {p.propagate}"]
        lines += [f'handler.setLevel("{p.handler}")'] if p.handler else []
        lines += [f'logging.getLogger("{p.app}").addHandler(handler)']
        lines += ["logger.addHandler(handler)"] if p.both else []
        setup = "\n".join(lines)
        return f"""
import logging

told: list[str] = []

class Handler(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        told.append(record.levelname)

handler = Handler()
{setup}
for level in {json.dumps(p.said)}:
    getattr(logger, level)("a parcel")
print(told)
"""

    RANK = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "ERROR": 40, "": 0}

    def _told(self, p: Shape, least: str, times: int, handler: bool = True) -> str:
        low = max(self.RANK[least], self.RANK[p.handler] if handler else 0)
        return str([word.upper() for word in p.said if self.RANK[word.upper()] >= low for _ in range(times)])

    def _times(self, p: Shape) -> int:
        return p.both + p.propagate

    @believing("A logger's own level goes before that of the one above it, which is not asked again.")
    def above_counts(self, p: Shape) -> str:
        strictest = max([p.own, p.above], key=self.RANK.__getitem__)
        return self._told(p, strictest, self._times(p))

    @believing(
        "With NOTSET a logger has no level of its own and takes the nearest one above; it does not let everything through."
    )
    def own_only(self, p: Shape) -> str:
        return self._told(p, p.own, self._times(p))

    @believing("A record goes to the handlers of its own logger and of those above it: to each, once more.")
    def once(self, p: Shape) -> str:
        return self._told(p, p.own or p.above, 1)

    @believing("The handler has a level, too: what is below it is not written.")
    def handler_ignored(self, p: Shape) -> str:
        return self._told(p, p.own or p.above, self._times(p), handler=False)

    @believing("`propagate = False` keeps records from the handlers above; with True they go there.")
    def propagate_ignored(self, p: Shape) -> str:
        return self._told(p, p.own or p.above, p.both + (not p.propagate))

    @believing("A level that is set lets its own records through, and those above it.")
    def stricter(self, p: Shape) -> str:
        level = p.own or p.above
        return str(
            [
                word.upper()
                for word in p.said
                if self.RANK[word.upper()] > self.RANK[level]
                for _ in range(self._times(p))
            ]
        )

    @believing("Not every record is written: levels are compared first.")
    def everything(self, p: Shape) -> str:
        return str([word.upper() for word in p.said])
