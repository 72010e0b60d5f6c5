"""Templates of chapter 2: coroutines, models, dependencies, routes, and what an answer lets through."""

import json
from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Gathered(Template):
    id, kind, level, proof = "2.1-gathered", "order", 2, "cell core-gather"
    facts = ("group-overlaps",)
    asks = "In which order do these lines come into `told`?"
    why = "`gather` starts its coroutines in the order of its arguments, each runs to its first `await`; of waits that are awaited the shortest ends first, and a call that blocks ends before the next coroutine begins."

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["print", "weigh", "pack", "fetch"], 2)
        waits = dict(zip(names, dice.choice([(0.06, 0.02), (0.02, 0.06), (0.08, 0.04), (0.04, 0.08)])))
        return Shape(
            names=names,
            waits=waits,
            sleep=dice.choice(["await asyncio.sleep", "time.sleep"]),
            first=dice.random() < 0.5,
        )

    def code(self, p: Shape) -> str:
        calls = ", ".join(f'work("{name}", {p.waits[name]})' for name in p.names)
        before = '    told.append("main waits")\n' if p.first else ""
        return f"""
told: list[str] = []

async def work(name: str, seconds: float) -> None:
    told.append(f"{{name}} begins")
    {p.sleep}(seconds)
    told.append(f"{{name}} ends")

async def main() -> None:
{before}    await asyncio.gather({calls})
    told.append("main goes on")

asyncio.run(main())
"""

    def measure(self, p: Shape) -> str:
        return "found = told"

    def _head(self, p: Shape) -> list[str]:
        return ["main waits"] if p.first else []

    @believing(
        "A coroutine runs to its first `await` before the next has its turn, and of two that wait the shorter ends first; with a blocking call in it, it runs to its end."
    )
    def other_way(self, p: Shape) -> list[str]:
        one, two = p.names
        if p.sleep.startswith("time"):
            return [*self._head(p), f"{one} begins", f"{two} begins", f"{one} ends", f"{two} ends", "main goes on"]
        return [*self._head(p), f"{one} begins", f"{one} ends", f"{two} begins", f"{two} ends", "main goes on"]

    @believing("They begin in the order in which they are handed to `gather`.")
    def last_first(self, p: Shape) -> list[str]:
        one, two = p.names
        return [*self._head(p), f"{two} begins", f"{two} ends", f"{one} begins", f"{one} ends", "main goes on"]

    @believing("`await gather(...)` waits for the last of them.")
    def in_background(self, p: Shape) -> list[str]:
        one, two = p.names
        return [*self._head(p), f"{one} begins", "main goes on", f"{two} begins", f"{two} ends", f"{one} ends"]

    @believing("`main` is a coroutine like the others: its first line runs before it starts them.")
    def main_late(self, p: Shape) -> list[str]:
        one, two = p.names
        return [f"{one} begins", f"{two} begins", *self._head(p), f"{one} ends", f"{two} ends", "main goes on"]

    @believing("A coroutine has to begin before it can end.")
    def ends_first(self, p: Shape) -> list[str]:
        one, two = p.names
        return [f"{one} ends", f"{two} ends", f"{one} begins", f"{two} begins", *self._head(p), "main goes on"]

    @believing("Nothing ends that has not begun; of two that wait at the same time the shorter ends first.")
    def second_ends_first(self, p: Shape) -> list[str]:
        one, two = p.names
        return [*self._head(p), f"{one} begins", f"{one} ends", f"{two} ends", f"{two} begins", "main goes on"]


class Overlapped(Template):
    id, kind, level, proof = "2.1-overlapped", "wait", 2, "cell core-carriers-ran"
    facts = ("group-overlaps",)
    asks = "How many seconds does `main` take, about?"
    why = "What is gathered waits at the same time, so that the longest decides; what is awaited line by line adds up, and so does what blocks."

    def shape(self, dice: Random) -> Shape:
        waits = dice.sample([0.1, 0.2, 0.3, 0.4, 0.5, 0.6], 3)
        return Shape(
            waits=waits, after=dice.choice([0, 0, 0.2, 0.3]), blocks=dice.random() < 0.3, group=dice.random() < 0.5
        )

    def code(self, p: Shape) -> str:
        sleep = "time.sleep" if p.blocks else "await asyncio.sleep"
        calls = [f"ask({seconds})" for seconds in p.waits]
        if p.group:
            lines = [
                "    async with asyncio.TaskGroup() as group:",
                *(f"        group.create_task({call})" for call in calls),
            ]
        else:
            lines = [f"    await asyncio.gather({', '.join(calls)})"]
        lines += [f"    await ask({p.after})"] if p.after else []
        body = "\n".join(lines)
        return f"async def ask(seconds: float) -> None:\n    {sleep}(seconds)\n\nasync def main() -> None:\n{body}"

    def measure(self, p: Shape) -> str:
        return "begun = time.perf_counter()\nasyncio.run(main())\nfound = int(10 * (time.perf_counter() - begun)) / 10  # by the clock: no sleep ends early"

    @believing("They are not awaited one after the other: their waits overlap.")
    def in_a_row(self, p: Shape) -> float:
        return round(sum(p.waits) + p.after, 2)

    @believing("`time.sleep` gives the loop to nobody: nothing overlaps, though all were started together.")
    def all_overlap(self, p: Shape) -> float:
        return round(max(p.waits) + p.after, 2)

    @believing("It waits for all of them, not for the first.")
    def first_ends(self, p: Shape) -> float:
        return round(min(p.waits) + p.after, 2)

    @believing("The last line begins when the others have ended: its wait comes on top.")
    def last_line_overlaps(self, p: Shape) -> float | None:
        return max([*p.waits, p.after]) if p.after else None

    @believing("There is no mean of the waits: they overlap, or they add up.")
    def mean(self, p: Shape) -> float:
        return round(sum(p.waits) / 3 + p.after, 2)


class Kept(Template):
    id, level, proof = "2.1-kept", 3, "cell core-gather"
    facts = ("gather-errors",)
    why = "`return_exceptions=True` puts an error in the place of its result and lets all run to their end; without it, the first error in time is raised, whatever the order of the arguments."
    ERRORS = {"KeyError": "KeyError", "ValueError": "ValueError", "LookupError": "LookupError", "OSError": "OSError"}

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(["dhl", "ups", "gls", "dpd"], 3)
        broken = sorted(dice.sample(range(3), dice.choice([1, 2, 2])))
        waits = dice.sample([0.01, 0.02, 0.03, 0.04], 3)
        errors = dice.sample(list(self.ERRORS), 3)
        return Shape(names=names, broken=broken, waits=waits, errors=errors, keeps=dice.random() < 0.5)

    def code(self, p: Shape) -> str:
        calls = ", ".join(
            f'ask("{name}", {p.waits[n]}{", " + p.errors[n] if n in p.broken else ""})'
            for n, name in enumerate(p.names)
        )
        keeps = ", return_exceptions=True" if p.keeps else ""
        return f"""
async def ask(name: str, seconds: float, error: type[Exception] | None = None) -> str:
    await asyncio.sleep(seconds)
    if error is not None:
        raise error(name)
    return name

async def main() -> list[str]:
    try:
        found = await asyncio.gather({calls}{keeps})
        return [one if isinstance(one, str) else type(one).__name__ for one in found]
    except Exception as error:
        return [type(error).__name__]

print(asyncio.run(main()))
"""

    def _kept(self, p: Shape) -> list[str]:
        return [p.errors[n] if n in p.broken else name for n, name in enumerate(p.names)]

    @believing("With `return_exceptions=True` nothing is raised: errors stand among the results.")
    def raised(self, p: Shape) -> str:
        return str([min((p.waits[n], p.errors[n]) for n in p.broken)[1]])

    @believing("Without `return_exceptions=True` the first error ends the waiting, and no result is handed over.")
    def kept(self, p: Shape) -> str:
        return str(self._kept(p))

    @believing("Results stand in the order of the arguments, not in the order in which they came.")
    def by_time(self, p: Shape) -> str:
        return str([one for _, one in sorted(zip(p.waits, self._kept(p)))])

    @believing("An error is not left out: it is raised, or with `return_exceptions=True` stands in its place.")
    def left_out(self, p: Shape) -> str:
        return str([name for n, name in enumerate(p.names) if n not in p.broken])

    @believing(
        "Without `return_exceptions=True` the error that happens first in time is raised, not the first of the arguments; with it, none is."
    )
    def first_argument(self, p: Shape) -> str:
        return str([p.errors[p.broken[0]]])

    @believing(
        "Without `return_exceptions=True` one error is raised, the first in time, and the others are dropped; with it, each place of the list holds its own."
    )
    def all_errors(self, p: Shape) -> str:
        return str([p.errors[n] for n in p.broken])

    @believing("`gather` makes no group of its errors: that is what a `TaskGroup` raises.")
    def grouped(self, p: Shape) -> str:
        return str(["ExceptionGroup"])


class Validators(Template):
    id, kind, level, proof = "2.2-validators", "order", 2, "cell core-order"
    asks = "A valid parcel is made. In which order do the validators run?"
    why = "Before validators run from the last to the first of an `Annotated`, after validators from the first to the last; those of the model stand around those of its fields."

    def shape(self, dice: Random) -> Shape:
        marks = dice.choice(["BA", "BBA", "BAA", "ABA", "BAB"])
        names = dice.sample(["strip", "upper", "known", "length", "plain"], len(marks))
        return Shape(
            marks=list(zip(marks, names)),
            model=dice.choice(["before", "after", "both"]),
            field=dice.choice(["to", "label", "city"]),
        )

    def code(self, p: Shape) -> str:
        marks = ", ".join(
            f'{"BeforeValidator" if mark == "B" else "AfterValidator"}(noted("{name}"))' for mark, name in p.marks
        )
        lines = []
        if p.model != "after":
            lines += [
                "",
                '    @model_validator(mode="before")',
                "    @classmethod",
                "    def first(cls, data: Any) -> Any:",
            ]
            lines += ['        return noted("model before")(data)']
        if p.model != "before":
            lines += [
                "",
                '    @model_validator(mode="after")',
                "    def last(self) -> Self:",
                '        return noted("model after")(self)',
            ]
        body = "\n".join(lines)
        return f"""
from typing import Any, Self

ran: list[str] = []

def noted(name: str):
    def validate(value):
        ran.append(name)
        return value
    return validate

class Parcel(BaseModel):
    {p.field}: Annotated[str, {marks}]
{body}

Parcel({p.field}="Kiel")
"""

    def measure(self, p: Shape) -> str:
        return "found = ran"

    def _parts(self, p: Shape) -> tuple[list[str], list[str], list[str], list[str]]:
        before = ["model before"] if p.model != "after" else []
        after = ["model after"] if p.model != "before" else []
        return before, [n for m, n in p.marks if m == "B"], [n for m, n in p.marks if m == "A"], after

    @believing("The model's validators stand around its fields': before all of them, and after all of them.")
    def fields_first(self, p: Shape) -> list[str]:
        before, early, late, after = self._parts(p)
        return [*after, *early[::-1], *late, *before]

    @believing(
        "A before validator runs before the field's own check, an after validator behind it, wherever they are written."
    )
    def after_first(self, p: Shape) -> list[str]:
        before, early, late, after = self._parts(p)
        return [*before, *late, *early[::-1], *after]

    @believing("Before validators wrap what is left of them: the last in the list runs first.")
    def as_written(self, p: Shape) -> list[str]:
        before, early, late, after = self._parts(p)
        return [*before, *early, *late, *after]

    @believing("After validators run in the order in which they are written.")
    def all_backwards(self, p: Shape) -> list[str]:
        before, early, late, after = self._parts(p)
        return [*before, *early[::-1], *late[::-1], *after]


class Fits(Template):
    id, kind, level, proof = "2.2-fits", "multiple", 2, "cell core-types"
    facts = ("lax-mode",)
    asks = "Which of these does the model take?"
    why = "By default a text of a number becomes that number and a whole float an int; strict mode takes the type itself only. Limits are checked on the result."
    LAX = "By default what can be converted without loss is taken."

    def shape(self, dice: Random) -> Shape:
        low = dice.randrange(0, 4)
        high = low + dice.randrange(4, 9)
        low_mark, high_mark = dice.choice(["gt", "ge"]), dice.choice(["lt", "le"])
        strict = dice.random() < 0.4
        inside = dice.randrange(low + 1, high)
        pool = {str(low): low, str(high): high, str(inside): inside, f'"{inside}"': str(inside), f"{inside}.0": inside}
        pool |= {
            f"{inside}.5": inside,
            '"many"': None,
            "null": None,
            "true": 1,
            f'" {inside} "': inside,
            str(high + 1): high + 1,
        }
        options = dice.sample(list(pool), 5)
        return Shape(
            low=low,
            high=high,
            low_mark=low_mark,
            high_mark=high_mark,
            strict=strict,
            texts=options,
            field=dice.choice(["count", "floor", "weight"]),
        )

    def code(self, p: Shape) -> str:
        strict = ", strict=True" if p.strict else ""
        return f"""
class Parcel(BaseModel):
    {p.field}: Annotated[int, Field({p.low_mark}={p.low}, {p.high_mark}={p.high}{strict})]
"""

    def options(self, p: Shape) -> list[str]:
        return [f'`{{"{p.field}": {text}}}`' for text in p.texts]

    def measure(self, p: Shape) -> str:
        return f"""
found = []
for option in {self.options(p)!r}:
    try:
        Parcel.model_validate_json(option.strip("`"))
        found.append(option)
    except ValidationError:
        pass
"""

    def _those(self, p: Shape, holds) -> set[str]:
        return {option for option, text in zip(self.options(p), p.texts) if holds(text)}

    @believing("`gt` and `lt` leave their own number out; `ge` and `le` let it in.")
    def edges(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text in (str(p.low), str(p.high)))

    @believing("A text that is no number is not made one.")
    def words(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text == '"many"')

    @believing("A text is no int in strict mode; the same digits without quotation marks are.")
    def texts(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text[0] == '"' and text != '"many"')

    @believing("An int with a rest behind the point would lose it: that is refused, not rounded.")
    def rounded(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text.endswith(".5"))

    @believing("A float is no int in strict mode, even without a rest.")
    def whole(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text.endswith(".0"))

    @believing("null is a value, and none that an int takes; a default would not help, since it was sent.")
    def empty(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text == "null")

    @believing("By default true becomes 1, and then the limits count; in strict mode a bool is no int.")
    def truth(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text == "true")

    @believing("That is above the upper limit.")
    def unlimited(self, p: Shape) -> set[str]:
        return self._those(p, lambda text: text == str(p.high + 1))


class United(Template):
    id, level, proof = "2.2-united", 3, "cell core-unions"
    facts = ("smart-union",)
    why = "In a union the member that takes the value as it is goes first; only where none does, the members are tried from left to right, with conversion. With `left_to_right` the first member that can take it does, converted if need be."

    def shape(self, dice: Random) -> Shape:
        hints = dice.choice(
            [
                ("int", "str"),
                ("str", "int"),
                ("float", "int"),
                ("int", "float"),
                ("bool", "int"),
                ("float", "str"),
                ("int", "bool"),
            ]
        )
        pool = ["7", '"7"', "7.0", "True", '"7.5"', "1", '"1"', "2.5"]
        return Shape(hints=hints, values=dice.sample(pool, 3), left=dice.random() < 0.25)

    def code(self, p: Shape) -> str:
        hint = " | ".join(p.hints)
        hint = f'Annotated[{hint}, Field(union_mode="left_to_right")]' if p.left else hint
        return f"""
adapter = TypeAdapter({hint})
found = []
for value in ({", ".join(p.values)}):
    try:
        found.append(adapter.validate_python(value))
    except ValidationError:
        found.append("refused")
print(found)
"""

    def _by(self, p: Shape, one) -> str:
        return str([one(eval(value)) for value in p.values])

    def _first(self, names, value, strict=False):
        from pydantic import TypeAdapter, ValidationError

        for name in names:
            try:
                return TypeAdapter({"int": int, "str": str, "float": float, "bool": bool}[name]).validate_python(
                    value, strict=strict
                )
            except ValidationError:
                continue
        return "refused"

    @believing("The members are not simply tried from left to right: an exact type goes before a conversion.")
    def leftmost(self, p: Shape) -> str:
        return self._by(p, lambda value: self._first(p.hints, value))

    @believing("The last member has no precedence.")
    def rightmost(self, p: Shape) -> str:
        return self._by(p, lambda value: self._first(p.hints[::-1], value))

    @believing(
        "A union converts where no member takes the value as it is, and with `left_to_right` even where a later one would."
    )
    def exact(self, p: Shape) -> str:
        return self._by(p, lambda value: value if type(value).__name__ in p.hints else "refused")

    @believing("What comes out is of one of the members' types; it is not left as it was.")
    def untouched(self, p: Shape) -> str:
        return self._by(p, lambda value: value)

    @believing("`left_to_right` takes the first member that can convert, even where a later one would fit as it is.")
    def smart(self, p: Shape) -> str | None:
        if not p.left:
            return None
        return self._by(p, lambda value: value if type(value).__name__ in p.hints else self._first(p.hints, value))

    @believing("A text is not made a number beforehand: where `str` is a member, it can stay a text.")
    def numbers(self, p: Shape) -> str:
        return self._by(p, lambda value: self._first([*sorted(p.hints, key="str".__eq__)], float(value)))


class Dumped(Template):
    id, level, proof = "2.2-dumped", 2, "cell core-dump"
    facts = ("unset-or-null",)
    why = "`exclude_unset` asks whether a value was given, `exclude_defaults` whether it equals the default, `exclude_none` whether it is None."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            to=dice.choice(["Ada", "Grace"]),
            weight=dice.choice([None, 1.0, 2.5, "unset"]),
            note=dice.choice([None, "fragile", "unset"]),
            express=dice.choice([False, True, "unset"]),
            rule=dice.choice(["exclude_unset", "exclude_defaults", "exclude_none"]),
        )

    DEFAULTS = {"weight": 1.0, "note": None, "express": False}

    def _given(self, p: Shape) -> dict:
        return {name: getattr(p, name) for name in self.DEFAULTS if getattr(p, name) != "unset"}

    def code(self, p: Shape) -> str:
        given = ", ".join(
            f"{name}={json.dumps(value) if isinstance(value, str) else value}" for name, value in self._given(p).items()
        )
        given = f", {given}" if given else ""
        return f"""
class Parcel(BaseModel):
    to: str
    weight: float | None = 1.0
    note: str | None = None
    express: bool = False

parcel = Parcel(to="{p.to}"{given})
print(parcel.model_dump({p.rule}=True))
"""

    def _by(self, p: Shape, keeps) -> str:
        whole = {"to": p.to} | self.DEFAULTS | self._given(p)
        return str({name: value for name, value in whole.items() if name == "to" or keeps(name, value)})

    @believing("That is `exclude_defaults`, and it alone: it drops what equals its default, given or not.")
    def defaults(self, p: Shape) -> str:
        return self._by(p, lambda name, value: value != self.DEFAULTS[name])

    @believing("Only `exclude_unset` asks whether a value was given.")
    def unset(self, p: Shape) -> str:
        return self._by(p, lambda name, value: name in self._given(p))

    @believing("Only `exclude_none` asks whether the value is None; a None that somebody gave is a value.")
    def nothing(self, p: Shape) -> str:
        return self._by(p, lambda name, value: value is not None)

    @believing(
        "No rule asks whether a value is false: it goes because it was not given, equals its default, or is None."
    )
    def falsy(self, p: Shape) -> str:
        return self._by(p, lambda name, value: bool(value))

    @believing("The rule leaves something out here.")
    def whole(self, p: Shape) -> str:
        return self._by(p, lambda name, value: True)

    @believing("The rules leave fields out by their value or history, not by whether they are required.")
    def required(self, p: Shape) -> str:
        return self._by(p, lambda name, value: False)


class Calls(Template):
    id, level, proof = "2.3-calls", 2, "cell core-levels-ran"
    facts = ("one-call-a-request",)
    asks = "What does this print?"
    why = "Within one request a dependency is called once and its result shared, unless `use_cache=False` asks for a call of its own. Each request begins anew."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            uses=dice.choice([1, 2]),
            fresh=dice.choice([0, 1, 2]),
            nested=dice.choice([0, 1, 2]),
            decorator=dice.random() < 0.4,
            requests=dice.choice([1, 2, 3]),
            name=dice.choice(["session", "settings", "tariff"]),
        )

    def code(self, p: Shape) -> str:
        n = p.name
        nested = "".join(
            f"\ndef {who}({n}: Annotated[int, Depends({n})]) -> int:\n    return {n}\n"
            for who in ("owner", "audit")[: p.nested]
        )
        params = [f"{x}: Annotated[int, Depends({n})]" for x in "ab"[: p.uses]]
        params += [f"{x}: Annotated[int, Depends({n}, use_cache=False)]" for x in "xy"[: p.fresh]]
        params += [f"{x}: Annotated[int, Depends({who})]" for x, who in list(zip("pq", ("owner", "audit")))[: p.nested]]
        where = f", dependencies=[Depends({n})]" if p.decorator else ""
        listed = ",\n    ".join(params)
        return f"""
calls = 0

def {n}() -> int:
    global calls
    calls += 1
    return calls
{nested}
app = FastAPI()

@app.get("/"{where})
def read(
    {listed},
) -> None: ...

client = TestClient(app)
for _ in range({p.requests}):
    client.get("/")
print(calls)
"""

    def _all(self, p: Shape) -> int:
        return p.uses + p.fresh + p.nested + p.decorator

    @believing("Within one request the uses share one call.")
    def each_use(self, p: Shape) -> str:
        return str(self._all(p) * p.requests)

    @believing("`use_cache=False` has the dependency called once more, for that use.")
    def always_cached(self, p: Shape) -> str:
        return str(p.requests)

    @believing("The cache lives as long as the request: the next one calls again.")
    def cached_for_ever(self, p: Shape) -> str:
        return str(1 + p.fresh)

    @believing("A use inside another dependency shares the same call.")
    def own_cache_below(self, p: Shape) -> str:
        return str((1 + p.fresh + p.nested) * p.requests)

    @believing("A dependency in the decorator belongs to the same request, and shares its call.")
    def decorator_apart(self, p: Shape) -> str:
        return str((1 + p.fresh + p.decorator) * p.requests)

    @believing("`use_cache=False` speaks for its own use only; the others still share a call beside it.")
    def fresh_only(self, p: Shape) -> str | None:
        return str(p.fresh * p.requests) if p.fresh else None


class Yields(Template):
    id, kind, level, proof = "2.3-yields", "order", 2, "cell core-scope-ran"
    facts = ("left-in-reverse",)
    asks = "One request is made. In which order does this happen?"
    why = "A dependency is entered after what it needs, and left in the opposite order, as with nested `with` blocks."

    def shape(self, dice: Random) -> Shape:
        outer, inner = dice.sample(["pool", "session", "lock", "file", "user"], 2)
        return Shape(outer=outer, inner=inner, form=dice.choice(["nested", "side", "side"]), fails=dice.random() < 0.4)

    def code(self, p: Shape) -> str:
        def one(name: str, needs: str = "") -> str:
            return f"""
def {name}({f"{needs}: Annotated[str, Depends({needs})]" if needs else ""}) -> Iterator[str]:
    ran.append("{name} opens")
    try:
        yield "{name}"
    finally:
        ran.append("{name} closes")
"""

        if p.form == "nested":
            params = f"{p.inner}: Annotated[str, Depends({p.inner})]"
        else:
            params = f"{p.outer}: Annotated[str, Depends({p.outer})], {p.inner}: Annotated[str, Depends({p.inner})]"
        ends = "    raise HTTPException(409)" if p.fails else '    return "done"'
        return f"""
ran: list[str] = []
{one(p.outer)}{one(p.inner, p.outer if p.form == "nested" else "")}
app = FastAPI()

@app.get("/")
def read({params}) -> str:
    ran.append("the path operation runs")
{ends}

TestClient(app).get("/")
"""

    def measure(self, p: Shape) -> str:
        return "found = ran"

    RUNS = "the path operation runs"

    @believing("What was opened last is closed first: dependencies are left in the opposite order.")
    def closes_in_order(self, p: Shape) -> list[str]:
        return [f"{p.outer} opens", f"{p.inner} opens", self.RUNS, f"{p.outer} closes", f"{p.inner} closes"]

    @believing("A dependency waits at its `yield` while the path operation runs; the rest comes behind it.")
    def closes_before(self, p: Shape) -> list[str]:
        return [f"{p.outer} opens", f"{p.inner} opens", f"{p.inner} closes", f"{p.outer} closes", self.RUNS]

    @believing("What a dependency needs is opened before it; those side by side are opened from left to right.")
    def inner_first(self, p: Shape) -> list[str]:
        return [f"{p.inner} opens", f"{p.outer} opens", self.RUNS, f"{p.inner} closes", f"{p.outer} closes"]

    @believing("All dependencies are ready when the path operation begins.")
    def lazily(self, p: Shape) -> list[str]:
        return [self.RUNS, f"{p.outer} opens", f"{p.inner} opens", f"{p.inner} closes", f"{p.outer} closes"]


class Shadowed(Template):
    id, level, proof = "2.4-shadowed", 2, "cell core-audit"
    facts = ("first-route-wins",)
    why = "Routes are tried in the order in which they were added; the first whose path and method fit answers, and a value that its hint refuses is a 422, not a reason to look further."

    ROUTES = {
        "/parcels/latest": ("latest", ""),
        "/parcels/{number}": ("one", "number: int"),
        "/parcels/{name:path}": ("path", "name: str"),
        "/{kind}/latest": ("kind", "kind: str"),
        "/parcels/{word}": ("word", "word: str"),
    }

    def shape(self, dice: Random) -> Shape:
        paths = dice.sample(list(self.ROUTES), 3)
        asked = dice.sample(["/parcels/latest", "/parcels/7", "/parcels/new", "/labels/latest", "/parcels/7/label"], 3)
        return Shape(paths=paths, asked=asked)

    def code(self, p: Shape) -> str:
        routes = "\n\n".join(
            f'@app.get("{path}")\ndef {self.ROUTES[path][0]}({self.ROUTES[path][1]}) -> str:\n    return "{self.ROUTES[path][0]}"'
            for path in p.paths
        )
        return f"""
app = FastAPI()

{routes}

client = TestClient(app)
answers = [client.get(path) for path in {json.dumps(p.asked)}]
print([answer.json() if answer.is_success else answer.status_code for answer in answers])
"""

    def _fits(self, route: str, path: str, typed: bool = False) -> bool:
        if route.endswith(":path}"):
            return path.startswith("/parcels/")
        mine, theirs = route.split("/"), path.split("/")
        fits = len(mine) == len(theirs) and all(a == b or a[0] == "{" for a, b in zip(mine[1:], theirs[1:]))
        return fits and (not typed or route != "/parcels/{number}" or path.split("/")[-1].isdigit())

    def _answers(
        self, p: Shape, paths: list[str], typed: bool = False, wrong: object = 404, path_one: bool = False
    ) -> str:
        told = []
        for path in p.asked:
            fit = [
                r
                for r in paths
                if self._fits(r, path, typed) and not (path_one and r.endswith(":path}") and path.count("/") > 2)
            ]
            first = fit[0] if fit else None
            bad = first == "/parcels/{number}" and not path.split("/")[-1].isdigit()
            told.append(404 if first is None else 422 if bad else self.ROUTES[first][0])
        return str(told)

    @believing("The most exact path has no precedence: the order of the routes decides.")
    def exact_first(self, p: Shape) -> str:
        return self._answers(p, sorted(p.paths, key=lambda path: (path.count("{"), path.endswith(":path}"))))

    @believing("A value that does not fit its hint ends in 422; no later route is asked.")
    def falls_through(self, p: Shape) -> str:
        return self._answers(p, p.paths, typed=True)

    @believing("The first route that fits answers; a later one takes nothing away from it.")
    def last_wins(self, p: Shape) -> str:
        return self._answers(p, p.paths[::-1])

    @believing("`:path` takes slashes in; a plain parameter ends at one.")
    def path_is_plain(self, p: Shape) -> str:
        return self._answers(p, p.paths, path_one=True)

    @believing("What a route refuses is 422, with the field's name; 404 is for paths that no route has.")
    def refused_is_404(self, p: Shape) -> str:
        return self._answers(p, p.paths).replace("422", "404")

    @believing("A parameter takes any segment, not only one that another route does not spell out.")
    def parameters_avoid(self, p: Shape) -> str:
        spelled = {"/parcels/latest"}
        return str(
            [
                404 if a in spelled and "/parcels/latest" not in p.paths else b
                for a, b in zip(p.asked, eval(self._answers(p, p.paths)))
            ]
        )


class Prefixed(Template):
    id, level, proof = "2.4-prefixed", 1, "cell core-router"
    facts = ("prefixes-add",)
    why = "The prefixes are put in front, the one of `include_router` before the router's own; of a path `/` the slash stays, and each inclusion adds routes of its own."

    def shape(self, dice: Random) -> Shape:
        inner, outer = dice.sample(["/parcels", "/labels", "/v1", "/admin", "/tariffs"], 2)
        return Shape(
            inner=dice.choice([inner, inner, ""]),
            outer=dice.choice([outer, outer, ""]),
            path=dice.choice(["/", "/{number}", "/open"]),
            twice=dice.choice(["", "", "/v2"]),
        )

    def code(self, p: Shape) -> str:
        inner = f'prefix="{p.inner}"' if p.inner else ""
        outer = f', prefix="{p.outer}"' if p.outer else ""
        again = f'\napp.include_router(router, prefix="{p.twice}")' if p.twice else ""
        arguments = "number: int" if "{" in p.path else ""
        return f"""
router = APIRouter({inner})

@router.get("{p.path}")
def read({arguments}) -> None: ...

app = FastAPI()
app.include_router(router{outer}){again}
print(list(app.openapi()["paths"]))
"""

    def _listed(self, p: Shape, one, second: bool = True) -> str:
        return str(list(dict.fromkeys([one(p.outer), *([one(p.twice)] if p.twice and second else [])])))

    @believing("The prefix of the inclusion comes in front of the router's own.")
    def inner_first(self, p: Shape) -> str:
        return self._listed(p, lambda outer: p.inner + outer + p.path)

    @believing("A prefix at the inclusion is added; it does not replace the router's own.")
    def replaces(self, p: Shape) -> str:
        return self._listed(p, lambda outer: (outer or p.inner) + p.path)

    @believing("The prefixes are part of the path that clients call.")
    def no_prefix(self, p: Shape) -> str:
        return self._listed(p, lambda outer: p.path)

    @believing("The slash of a path `/` stays: the route ends with it.")
    def bare(self, p: Shape) -> str:
        return self._listed(p, lambda outer: (outer + p.inner + p.path).rstrip("/") or "/")

    @believing("A router can be included more than once: each inclusion adds its routes.")
    def once(self, p: Shape) -> str:
        return self._listed(p, lambda outer: outer + p.inner + p.path, second=False)

    @believing("Each inclusion adds its own prefix; the later one takes nothing from the first.")
    def last_only(self, p: Shape) -> str | None:
        return str([p.twice + p.inner + p.path]) if p.twice else None

    @believing("The prefix that the router has is kept in an app as well.")
    def outer_only(self, p: Shape) -> str:
        return self._listed(p, lambda outer: outer + p.path)


class Filtered(Template):
    id, level, proof = "2.5-filtered", 2, "cell core-exclude"
    facts = ("model-filters",)
    why = "What goes out has the fields of the answer's model, `response_model` before the return type, less what `response_model_exclude` and its like take away. Without any model nothing is filtered, and these do nothing either."

    FIELDS = {"name": ("str", "Ada"), "mail": ("str", "ada@example.org"), "city": ("str", "Kiel"), "age": ("int", 36)}

    def shape(self, dice: Random) -> Shape:
        names = dice.sample(list(self.FIELDS), 3)
        return Shape(
            base=names[:2],
            more=names[2],
            secret=dice.choice(["password", "token"]),
            model=dice.choice(["Public", "Member", None]),
            hint=dice.choice(["Public", "Member", "dict", None]),
            rule=dice.choice(["", "exclude", "include", ""]),
            ruled=dice.choice(names),
        )

    def code(self, p: Shape) -> str:
        base = "\n".join(f"    {name}: {self.FIELDS[name][0]}" for name in p.base)
        arguments = [f"response_model={p.model}"] if p.model else []
        arguments += [f'response_model_{p.rule}={{"{p.ruled}"}}'] if p.rule else []
        listed = "".join(f", {argument}" for argument in arguments)
        given = ", ".join(f'"{name}": {json.dumps(self.FIELDS[name][1])}' for name in [*p.base, p.more])
        hint = f" -> {p.hint}" if p.hint else ""
        result = "data" if p.hint == "dict" or p.hint is None else "Member(**data)"
        return f"""
class Public(BaseModel):
{base}

class Member(Public):
    {p.more}: {self.FIELDS[p.more][0]}
    {p.secret}: str

data = {{{given}, "{p.secret}": "four"}}
app = FastAPI()

@app.get("/"{listed})
def read(){hint}:
    return {result}

print(list(TestClient(app).get("/").json()))
"""

    def _fields(self, p: Shape, which: str | None) -> list[str]:
        return p.base if which == "Public" else [*p.base, p.more, p.secret]

    def _ruled(self, p: Shape, names: list[str]) -> str:
        if p.rule == "exclude":
            names = [name for name in names if name != p.ruled]
        elif p.rule == "include":
            names = [name for name in names if name == p.ruled]
        return str(names)

    @believing(
        "`response_model` goes before the return type; where there is neither, there is no model, and no rule applies."
    )
    def hint_wins(self, p: Shape) -> str:
        return self._ruled(p, self._fields(p, p.hint or p.model))

    @believing("The model of the answer filters what the function returns, whatever that holds.")
    def nothing_filtered(self, p: Shape) -> str:
        return self._ruled(p, self._fields(p, None))

    @believing("A subclass has the fields of its base, and its own behind them.")
    def narrowest(self, p: Shape) -> str:
        return self._ruled(p, self._fields(p, "Public"))

    @believing("`response_model_exclude` and `response_model_include` apply to whatever the model lets through.")
    def rule_ignored(self, p: Shape) -> str:
        return str(self._fields(p, p.model or p.hint))

    @believing("`include` names what stays, `exclude` what goes; without a model neither does anything.")
    def rule_turned(self, p: Shape) -> str | None:
        names = self._fields(p, p.model or p.hint)
        if not p.rule:
            return None
        return str([name for name in names if (name == p.ruled) == (p.rule == "exclude")])

    @believing("FastAPI knows no secrets: a password goes out like any field that the model has.")
    def secrets_hidden(self, p: Shape) -> str:
        return self._ruled(p, [name for name in self._fields(p, p.model or p.hint) if name != p.secret])


class Coded(Template):
    id, level, proof = "2.5-coded", 2, "cell core-status"
    facts = ("response-parameter",)
    why = "The decorator's code is the default; the `Response` parameter changes it for this answer; a response that is returned goes out with its own code and headers, and takes over none of the parameter's."

    def shape(self, dice: Random) -> Shape:
        one, two, three = dice.sample([200, 201, 202, 203, 206], 3)
        return Shape(
            decorator=dice.choice([None, one]),
            parameter=dice.choice([None, two]),
            returned=dice.choice([None, None, three, 0]),
            header=dice.choice(["X-Label", "X-Parcel", "X-Weight"]),
            body=dice.choice(["Ada", "Grace"]),
        )

    def code(self, p: Shape) -> str:
        where = f", status_code={p.decorator}" if p.decorator else ""
        lines = [f"    response.status_code = {p.parameter}"] if p.parameter else []
        lines.append(f'    response.headers["{p.header}"] = "7"')
        if p.returned is None:
            lines.append(f'    return "{p.body}"')
        else:
            code = f", status_code={p.returned}" if p.returned else ""
            lines.append(f'    return JSONResponse("{p.body}"{code})')
        body = "\n".join(lines)
        return f"""
app = FastAPI()

@app.get("/"{where})
def read(response: Response):
{body}

answer = TestClient(app).get("/")
print(answer.status_code, answer.headers.get("{p.header}"))
"""

    def _told(self, code: int | None, header: bool) -> str | None:
        return None if code is None else f"{code} {'7' if header else None}"

    def _code(self, p: Shape) -> int:
        return (p.returned or 200) if p.returned is not None else p.parameter or p.decorator or 200

    @believing("A returned response is sent as it is: what was set on the parameter stays behind.")
    def merged(self, p: Shape) -> str | None:
        return self._told(self._code(p), True)

    @believing(
        "The `Response` parameter need not be returned: its headers are taken over into what FastAPI makes of the result."
    )
    def lost(self, p: Shape) -> str | None:
        return self._told(self._code(p), False)

    @believing("The decorator's code is the default, which the function can change.")
    def decorator_wins(self, p: Shape) -> str | None:
        return self._told(p.decorator or 200, p.returned is None)

    @believing(
        "Of the codes the nearest to the answer counts: that of a returned response, then the parameter's, then the decorator's."
    )
    def parameter_wins(self, p: Shape) -> str | None:
        return self._told(p.parameter or p.decorator, p.returned is None)

    @believing(
        "What is set on the parameter goes into the answer that FastAPI makes, code and headers alike; a response that is returned takes over neither."
    )
    def only_headers(self, p: Shape) -> str | None:
        return self._told(p.decorator or 200, True)

    @believing("A GET has no code of its own: nobody said 204 here.")
    def empty(self, p: Shape) -> str | None:
        return self._told(204, p.returned is None)

    @believing("A code that the function sets is no error, even beside a return type.")
    def fails(self, p: Shape) -> str | None:
        return self._told(500, False)
