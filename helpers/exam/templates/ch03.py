"""Templates of chapter 3: status codes, parameters, bodies, forms, cookies and files."""

import json
from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Statuses(Template):
    id, level, proof = "3.1-statuses", 1, "cell 2/route-paths"
    facts = ("404-or-405",)
    why = "404: no route, or the function says so. 405: the path is there, the method is not. 422: the request does not fit what is declared. 500: the function failed. A declared code is that of success."

    def shape(self, dice: Random) -> Shape:
        made, missing = dice.choice([201, 202, 200]), dice.choice([404, 410])
        cases = {
            "one": ('client.get("/parcels/7")', "200"),
            "absent": ('client.get("/parcels/8")', str(missing)),
            "typed": ('client.get("/parcels/seven")', "422"),
            "method": ('client.delete("/parcels/7")', "405"),
            "path": ('client.get("/labels")', "404"),
            "made": ('client.post("/parcels", json={"to": "Ada"})', str(made)),
            "bare": ('client.post("/parcels", json={})', "422"),
            "listed": ('client.get("/parcels")', "405"),
            "failed": ('client.get("/parcels/0")', "500"),
        }
        return Shape(made=made, missing=missing, cases=[(name, *cases[name]) for name in dice.sample(list(cases), 3)])

    def code(self, p: Shape) -> str:
        calls = ",\n    ".join(call for _, call, _ in p.cases)
        code = "" if p.made == 200 else f", status_code={p.made}"
        return f"""
app = FastAPI()

@app.get("/parcels/{{number}}")
def read(number: int) -> float:
    if number > 7:
        raise HTTPException({p.missing})
    return 7 / number

@app.post("/parcels"{code})
def hand_in(to: Annotated[str, Body(embed=True)]) -> str:
    return to

client = TestClient(app, raise_server_exceptions=False)
answers = [
    {calls},
]
print([answer.status_code for answer in answers])
"""

    def _told(self, p: Shape, **other: object) -> str | None:
        codes = [int(str(other.get(name, code))) for name, _, code in p.cases]
        return str(codes) if codes != [int(code) for *_, code in p.cases] else None

    @believing("What does not fit a declaration is 422 by default; 400 is what a function may say itself.")
    def bad_request(self, p: Shape) -> str | None:
        return self._told(p, typed=400, bare=400)

    @believing("A path that has routes for other methods only is answered with 405.")
    def method_missing(self, p: Shape) -> str | None:
        return self._told(p, method=404, listed=404)

    @believing("Without `status_code`, success is 200, a POST's too; with it, the declared code is sent.")
    def post_creates(self, p: Shape) -> str | None:
        return self._told(p, made=201 if p.made != 201 else 200)

    @believing("A parameter that its hint refuses is 422: the route was found.")
    def not_found(self, p: Shape) -> str | None:
        return self._told(p, typed=404)

    @believing("An `HTTPException` is answered with its own code, whatever that is.")
    def exception_is_500(self, p: Shape) -> str | None:
        return self._told(p, absent=500 if p.missing == 410 else 410)

    @believing("An error that nobody catches is the server's: 500.")
    def failure_is_client(self, p: Shape) -> str | None:
        return self._told(p, failed=422)

    @believing("A path that no route has is 404; nothing of it was looked at.")
    def path_is_405(self, p: Shape) -> str | None:
        return self._told(p, path=405)

    @believing("Each mistake of a client has a code of its own; FastAPI answers none of these with 400.")
    def all_400(self, p: Shape) -> str | None:
        return self._told(p, **dict.fromkeys(("absent", "typed", "method", "path", "bare", "listed"), 400))

    @believing(
        "An `HTTPException` keeps its own code; 404 is for a path that no route has, 405 for a wrong method, 422 for what was declared otherwise."
    )
    def all_404(self, p: Shape) -> str | None:
        return self._told(p, **dict.fromkeys(("absent", "typed", "method", "path", "bare", "listed"), 404))

    @believing("What a hint or a model refuses is 422; a wrong method or path is told by 405 and 404.")
    def all_422(self, p: Shape) -> str | None:
        return self._told(p, **dict.fromkeys(("method", "path", "listed", "failed"), 422))

    @believing("A GET that finds what it asks for is 200.")
    def all_wrong(self, p: Shape) -> str | None:
        return self._told(p, one=204)


class Ranges(Template):
    id, level, proof = "3.2-ranges", 3, "cell get-download"
    facts = ("byte-range",)
    why = "A range counts bytes from 0 and takes its last one in; `-3` means the last three. The answer is 206 with those bytes, or 416 where the file has none of them."

    def shape(self, dice: Random) -> Shape:
        start = dice.randrange(0, 6)
        end = start + dice.randrange(1, 5)
        form = dice.choice(["both", "both", "from", "last", "beyond"])
        asked = {
            "both": f"{start}-{end}",
            "from": f"{start + 2}-",
            "last": f"-{end - start + 1}",
            "beyond": f"{start + 30}-",
        }[form]
        text = dice.choice(["0123456789", "abcdefghij", "ABCDEFGHIJKL", "9876543210"])
        return Shape(text=text, start=start, end=end, form=form, asked=asked)

    def code(self, p: Shape) -> str:
        return f"""
from pathlib import Path as File
from tempfile import mkdtemp

file = File(mkdtemp()) / "label.txt"
file.write_text("{p.text}")
app = FastAPI()

@app.get("/label")
def label() -> FileResponse:
    return FileResponse(file)

answer = TestClient(app).get("/label", headers={{"Range": "bytes={p.asked}"}})
print(answer.status_code, answer.text if answer.is_success else "-")
"""

    def _told(self, p: Shape, start: int | None, end: int | None, code: int = 206) -> str:
        return f"{code} {p.text[start:end]}"

    @believing(
        "A range is no slice: its first byte is counted from 0, its last one is part of it, and `-3` means the last three."
    )
    def like_a_slice(self, p: Shape) -> str:
        if p.form == "both":
            return self._told(p, p.start, p.end)
        return self._told(p, None, p.end - p.start + 1) if p.form == "last" else self._told(p, p.start + 3, None)

    @believing("A part of a file is 206; where it has none of the bytes, 416.")
    def ordinary(self, p: Shape) -> str:
        return {
            "both": self._told(p, p.start, p.end + 1, 200),
            "last": self._told(p, p.start - p.end - 1, None, 200),
        }.get(p.form, self._told(p, p.start + 2, None, 200))

    @believing("A `FileResponse` understands `Range`; a function's own text would not.")
    def ignored(self, p: Shape) -> str:
        return self._told(p, None, None, 200)

    @believing("Bytes count from 0; and the file is there, so that a range is 206, or 416 where it has none of it.")
    def from_one(self, p: Shape) -> str:
        if p.form == "both":
            return self._told(p, p.start - 1 if p.start else 0, p.end)
        return self._told(p, p.start + 1, None) if p.form == "from" else "404 -"

    @believing("A range that begins behind the end is 416; the file is there, and so are shorter ranges.")
    def refused(self, p: Shape) -> str:
        return "416 -" if p.form != "beyond" else "206 "

    @believing("The second number is the place of the last byte, not how many are wanted.")
    def count(self, p: Shape) -> str | None:
        return self._told(p, p.start, p.start + p.end) if p.form == "both" and p.start else None


class Sent(Template):
    id, level, proof = "3.3-sent", 2, "cell post-form"
    facts = ("form-or-json",)
    why = "A form field comes from a form (`data=`), a model without `Form` from JSON (`json=`), a plain parameter from the query (`params=`): sent another way it is missing, and that is 422."

    def shape(self, dice: Random) -> Shape:
        fields = dice.sample([("to", "str", '"Ada"'), ("weight", "float", "2.5"), ("count", "int", "3")], 2)
        return Shape(
            fields=fields,
            takes=dice.choice(["form", "json", "query", "form model"]),
            ways=dice.sample(["data", "json", "params", dice.choice(["data", "json", "params"])], 4),
            default=dice.choice(["", "", fields[1][0]]),
        )

    def code(self, p: Shape) -> str:
        def default(name: str, value: str) -> str:
            return f" = {value}" if name == p.default else ""

        lines = [f"    {name}: {hint}{default(name, value)}" for name, hint, value in p.fields]
        model = ["class Parcel(BaseModel):", *lines, ""] if p.takes in ("json", "form model") else []
        if p.takes == "json":
            head = "parcel: Parcel"
        elif p.takes == "form model":
            head = "parcel: Annotated[Parcel, Form()]"
        elif p.takes == "form":
            head = ", ".join(f"{n}: Annotated[{h}, Form()]{default(n, v)}" for n, h, v in p.fields)
        else:
            head = ", ".join(f"{n}: {h}{default(n, v)}" for n, h, v in p.fields)
        given = ", ".join(f'"{name}": {value}' for name, _, value in p.fields)
        calls = ", ".join(f'client.post("/parcels", {way}=sent)' for way in p.ways)
        return "\n".join(
            [
                *model,
                "app = FastAPI()",
                "",
                '@app.post("/parcels", status_code=201)',
                f"def hand_in({head}) -> None: ...",
                "",
                f"sent = {{{given}}}",
                "client = TestClient(app)",
                f"answers = [{calls}]",
                "print([answer.status_code for answer in answers])",
            ]
        )

    WAY = {"form": "data", "json": "json", "query": "params", "form model": "data"}

    def _told(self, p: Shape, *ways: str, other: int = 422) -> str:
        return str([201 if way in ways else other for way in p.ways])

    @believing(
        "Each way of sending has its own place in the request: a form is no JSON, and neither stands in the query."
    )
    def any_way(self, p: Shape) -> str:
        return self._told(p, *p.ways)

    @believing("FastAPI does not look for a form's fields in JSON, nor the other way round.")
    def any_body(self, p: Shape) -> str:
        return self._told(p, "data", "json")

    @believing("A POST reads its body only where a parameter is declared as a body or a form.")
    def json_always(self, p: Shape) -> str:
        return self._told(p, "json")

    @believing("A model without `Form()` is JSON; with it, or with `Form()` at each parameter, it is a form.")
    def form_always(self, p: Shape) -> str:
        return self._told(p, "data")

    @believing("What is missing where it was declared is 422, not 400 or 415.")
    def other_code(self, p: Shape) -> str:
        return self._told(p, self.WAY[p.takes], other=400)

    @believing(
        "A parameter of a simple type with nothing beside it is a query parameter, in a POST as well; with a model or a `Form()` it is none."
    )
    def query(self, p: Shape) -> str:
        return self._told(p, "params")


class Cookies(Template):
    id, level, proof = "3.3-cookies", 2, "cell post-cookie"
    facts = ("client-keeps-cookies",)
    why = "A client keeps what `Set-Cookie` says and sends it along with later requests to paths that fit; it never sees the answer's cookie in the same request, and `delete_cookie` takes it away."

    def shape(self, dice: Random) -> Shape:
        steps = dice.sample(["in", "see", "see", "out", "see", "in"], 4)
        return Shape(
            steps=steps,
            name=dice.choice(["session", "basket", "theme"]),
            value=dice.choice(["red", "blue", "dark"]),
            default=dice.choice(["none", "new"]),
            path=dice.choice(["", "/shop"]),
            base=dice.choice(["", "/shop"]),
        )

    def code(self, p: Shape) -> str:
        path = f', path="{p.path}"' if p.path else ""
        return f"""
app = FastAPI()

@app.get("{p.base}/{{step}}")
def visit(step: str, response: Response, {p.name}: Annotated[str, Cookie()] = "{p.default}") -> str:
    if step == "in":
        response.set_cookie("{p.name}", "{p.value}"{path})
    elif step == "out":
        response.delete_cookie("{p.name}"{path})
    return {p.name}

client = TestClient(app)
print([client.get(f"{p.base}/{{step}}").json() for step in {json.dumps(p.steps)}])
"""

    def _told(self, p: Shape, path: bool = True, out: bool = True, same: bool = False, client: bool = True) -> str:
        sent = client and not (path and p.path not in ("", p.base))
        after = {"in": p.value, "see": None, "out": p.default if out else None}
        kept, told = p.default, []
        for step in p.steps:
            before, kept = kept, after[step] or kept
            told.append(kept if same else before)
            if not sent:
                kept = p.default
        return str(told)

    @believing("A cookie never arrives in the request that is being answered, only with later ones, to paths that fit.")
    def same_request(self, p: Shape) -> str:
        return self._told(p, same=True, path=False)

    @believing("`delete_cookie` has the client forget it.")
    def stays(self, p: Shape) -> str:
        return self._told(p, out=False)

    @believing("A `TestClient` keeps cookies from one request to the next, as a browser does.")
    def forgotten(self, p: Shape) -> str:
        return self._told(p, client=False)

    @believing("A cookie with a path is sent to paths below it only.")
    def everywhere(self, p: Shape) -> str:
        return self._told(p, path=False)

    @believing("A cookie's value is what was set; the default stands for a cookie that did not come.")
    def always_set(self, p: Shape) -> str:
        return str([p.value] * len(p.steps))

    @believing("Nothing is null here: the parameter has a default.")
    def none(self, p: Shape) -> str:
        return self._told(p).replace(f"'{p.default}'", "None")


class Patched(Template):
    id, level, proof = "3.4-patched", 2, "cell put-patch"
    facts = ("unset-or-null",)
    why = "`exclude_unset` keeps what the client has sent, a null as well, and leaves the rest as it was stored. Without it the defaults overwrite what nobody mentioned; `exclude_none` makes it impossible to clear a field, and `exclude_defaults` drops what equals its default, even if it was sent."
    STORED = {"to": "Ada", "note": "fragile", "floor": 3}

    def shape(self, dice: Random) -> Shape:
        sent = {}
        for name, value in zip(
            ("to", "note", "floor"),
            (dice.choice(["Grace", None]), dice.choice(["heavy", None]), dice.choice([0, 4, None])),
        ):
            if dice.random() < 0.6:
                sent[name] = value
        return Shape(
            sent=sent, rule=dice.choice(["exclude_unset=True", "exclude_none=True", "", "exclude_defaults=True"])
        )

    def code(self, p: Shape) -> str:
        return f"""
class Change(BaseModel):
    to: str | None = None
    note: str | None = None
    floor: int | None = 1

stored = {json.dumps(self.STORED)}
app = FastAPI()

@app.patch("/parcels/7")
def change(change: Change) -> None:
    stored.update(change.model_dump({p.rule}))

TestClient(app).patch("/parcels/7", json={str(p.sent).replace("'", '"')})
print(stored)
"""

    DEFAULTS = {"to": None, "note": None, "floor": 1}

    def _told(self, p: Shape, keeps) -> str:
        whole = self.DEFAULTS | p.sent
        return str(self.STORED | {name: value for name, value in whole.items() if keeps(name, value)})

    @believing("Only `exclude_unset` tells a field that was not sent from one that was sent as it is by default.")
    def unset(self, p: Shape) -> str:
        return self._told(p, lambda name, value: name in p.sent)

    @believing("That is `exclude_none`, and it alone: it drops each null, sent or not, and keeps the other defaults.")
    def none(self, p: Shape) -> str:
        return self._told(p, lambda name, value: value is not None)

    @believing("Without a rule the whole model is dumped: defaults overwrite what was stored.")
    def whole(self, p: Shape) -> str:
        return self._told(p, lambda name, value: True)

    @believing("`exclude_defaults` drops what equals the default, sent or not, and keeps the rest.")
    def defaults(self, p: Shape) -> str:
        return self._told(p, lambda name, value: value != self.DEFAULTS[name])

    @believing("What is 0 or empty was sent all the same.")
    def truthy(self, p: Shape) -> str:
        return self._told(p, lambda name, value: name in p.sent and bool(value))

    @believing("A PATCH changes what is stored; it does not replace it.")
    def replaced(self, p: Shape) -> str:
        return str(p.sent)


class Truths(Template):
    id, kind, level, proof = "3.5-truths", "multiple", 1, "cell params-asked"
    facts = ("words-for-true",)
    why = "As a bool count 1, true, t, yes, y, on and their opposites, in any case. Anything else is 422, an empty value, too."
    YES, NO = ["1", "true", "yes", "on", "True", "ON", "t", "y"], ["0", "false", "no", "off", "False", "n", "f"]
    BAD = {
        "2": "number",
        "-1": "number",
        "10": "number",
        "": "empty",
        "null": "null",
        "None": "null",
        "ja": "word",
        "ok": "word",
        "enabled": "word",
    }

    def shape(self, dice: Random) -> Shape:
        yes = dice.randrange(1, 4)
        bad = dice.randrange(1, min(3, 5 - yes) + 1)
        values = dice.sample(self.YES, yes) + dice.sample(list(self.BAD), bad) + dice.sample(self.NO, 5 - yes - bad)
        dice.shuffle(values)
        return Shape(
            values=values, name=dice.choice(["express", "insured", "open"]), wants=dice.choice(["true", "true", "422"])
        )

    def code(self, p: Shape) -> str:
        return f"""
app = FastAPI()

@app.get("/parcels")
def find({p.name}: bool) -> bool:
    return {p.name}
"""

    def question(self, p: Shape) -> str:
        return (
            f"Which of these requests {'are answered with `true`' if p.wants == 'true' else 'are answered with 422'}?"
        )

    def options(self, p: Shape) -> list[str]:
        return [f"`GET /parcels?{p.name}={value}`" for value in p.values]

    def measure(self, p: Shape) -> str:
        test = "answer.text == 'true'" if p.wants == "true" else "answer.status_code == 422"
        return f"""
client = TestClient(app)
found = []
for option in {self.options(p)!r}:
    answer = client.get(option.strip("`").split()[1])
    if {test}:
        found.append(option)
"""

    def _those(self, p: Shape, *kinds: str) -> set[str]:
        return {
            o
            for o, v in zip(self.options(p), p.values)
            if self.BAD.get(v, "yes" if v in self.YES else v.lower()) in kinds
        }

    @believing("That is one of the words for true, in any case.")
    def yes_refused(self, p: Shape) -> set[str]:
        return {next((o for o, v in zip(self.options(p), p.values) if v in self.YES), "")}

    @believing("It is not Python's rule: of the numbers only 0 and 1 are bools.")
    def numbers(self, p: Shape) -> set[str]:
        return self._those(p, "number") if p.wants == "true" else set()

    @believing("An empty value is a value, and no bool: it is refused.")
    def empty(self, p: Shape) -> set[str]:
        return self._those(p, "empty")

    @believing("Text that stands for nothing is neither true nor false.")
    def null(self, p: Shape) -> set[str]:
        return self._those(p, "null")

    @believing("Only a short list of English words is known.")
    def words(self, p: Shape) -> set[str]:
        return self._those(p, "word")

    @believing("`0` is read as false, and accepted.")
    def zero(self, p: Shape) -> set[str]:
        return self._those(p, "0")

    @believing('`no` and `n` are read as false, in any case; it is not Python\'s `bool("no")`.')
    def no(self, p: Shape) -> set[str]:
        return self._those(p, "no", "n")

    @believing("`off` is read as false, as a form's switch would send it.")
    def off(self, p: Shape) -> set[str]:
        return self._those(p, "off")

    @believing("`false` in any case is read as false; it is not Python's truth of a text that is not empty.")
    def false(self, p: Shape) -> set[str]:
        return self._those(p, "false", "f")

    @believing("This word is on the list for true, so it is not refused.")
    def second_yes(self, p: Shape) -> set[str]:
        yes = [o for o, v in zip(self.options(p), p.values) if v in self.YES]
        return set(yes[1:2])

    @believing("Any case and the short form will do: this is taken as true.")
    def third_yes(self, p: Shape) -> set[str]:
        yes = [o for o, v in zip(self.options(p), p.values) if v in self.YES]
        return set(yes[2:3])


class Needed(Template):
    id, kind, level, proof = "3.5-needed", "multiple", 2, "cell params-asked"
    facts = ("default-is-optional",)
    asks = "Which of these requests are answered with 200?"
    why = "A parameter without a default must be there, `| None` or not; what is there must fit its type and limits. What no parameter names is ignored."

    def shape(self, dice: Random) -> Shape:
        required = dice.choice(["limit", "page", "floor"])
        optional = dice.choice(["kind", "note", "city"])
        low = dice.randrange(1, 5)
        maybe = dice.random() < 0.4
        pool = {
            f"?{required}={low}": "edge",
            f"?{required}={low - 1}": "below",
            f"?{required}={low + 3}": "fine",
            f"?{optional}=red": "missing",
            "": "bare",
            f"?{required}={low + 2}&{optional}=red": "both",
            f"?{required}={low + 1}&colour=red": "unknown",
            f"?{required}=many": "word",
            f"?{required}={low + 1}.5": "float",
            f"?{required}=": "empty",
            f"?{required.upper()}={low + 2}": "case",
        }
        return Shape(
            required=required,
            optional=optional,
            low=low,
            maybe=maybe,
            pool=dict(dice.sample(list(pool.items()), 5)),
            mark=dice.choice(["ge", "gt"]),
        )

    def code(self, p: Shape) -> str:
        hint = "int | None" if p.maybe else "int"
        return f"""
app = FastAPI()

@app.get("/parcels")
def find({p.required}: Annotated[{hint}, Query({p.mark}={p.low})], {p.optional}: str = "all") -> None: ...
"""

    def options(self, p: Shape) -> list[str]:
        return [f"`GET /parcels{query}`" for query in p.pool]

    def measure(self, p: Shape) -> str:
        return f"""
client = TestClient(app)
found = [option for option in {self.options(p)!r} if client.get(option.strip("`").split()[1]).status_code == 200]
"""

    def _those(self, p: Shape, *kinds: str) -> set[str]:
        return {option for option, kind in zip(self.options(p), p.pool.values()) if kind in kinds}

    @believing("Without a default the parameter must be there, even where its type takes None.")
    def bare(self, p: Shape) -> set[str]:
        return self._those(p, "bare")

    @believing("The other parameter is the one with a default; this one is missing.")
    def missing(self, p: Shape) -> set[str]:
        return self._those(p, "missing")

    @believing("`gt` leaves its own number out; `ge` lets it in.")
    def edge(self, p: Shape) -> set[str]:
        return self._those(p, "edge")

    @believing("That is below the limit, which is checked for a query as for a body.")
    def below(self, p: Shape) -> set[str]:
        return self._those(p, "below")

    @believing("A text that is no number does not become one, nor the default.")
    def word(self, p: Shape) -> set[str]:
        return self._those(p, "word")

    @believing("A number with a rest is no int: it is refused, not rounded.")
    def rounded(self, p: Shape) -> set[str]:
        return self._those(p, "float")

    @believing("An empty text was sent, and it is no number; it does not count as missing or None.")
    def empty(self, p: Shape) -> set[str]:
        return self._those(p, "empty")

    @believing("Names of query parameters are told apart by their case.")
    def case(self, p: Shape) -> set[str]:
        return self._those(p, "case")


class Headed(Template):
    id, level, proof = "3.5-headed", 2, "cell params-headers"
    facts = ("header-names",)
    why = "A header's name is the parameter's with hyphens for underscores, unless `alias` or `convert_underscores=False` says otherwise; case does not count."

    def shape(self, dice: Random) -> Shape:
        first, second = dice.sample(["request", "parcel", "trace", "tenant", "client"], 2)
        name = f"{first}_{dice.choice(['id', 'key', 'mark'])}"
        form = dice.choice(["plain", "plain", "alias", "underscores"])
        sent = dice.sample(
            [
                name,
                name.replace("_", "-"),
                name.replace("_", "-").title(),
                f"X-{second}",
                name.replace("_", "-").upper(),
                name.replace("_", ""),
            ],
            3,
        )
        return Shape(
            name=name, form=form, alias=f"X-{second.title()}", sent=sent, default=dice.choice(["none", "empty"])
        )

    def code(self, p: Shape) -> str:
        argument = {"plain": "", "alias": f'alias="{p.alias}"', "underscores": "convert_underscores=False"}[p.form]
        return f"""
app = FastAPI()

@app.get("/")
def read({p.name}: Annotated[str, Header({argument})] = "{p.default}") -> str:
    return {p.name}

client = TestClient(app)
print([client.get("/", headers={{name: "yes"}}).json() for name in {json.dumps(p.sent)}])
"""

    def _told(self, p: Shape, fits) -> str:
        return str(["yes" if fits(name) else p.default for name in p.sent])

    @believing("Underscores of the parameter become hyphens of the header, by default.")
    def as_named(self, p: Shape) -> str:
        return self._told(p, lambda name: name.lower() == p.name)

    @believing("An `alias` or `convert_underscores=False` takes the place of that rule.")
    def hyphens(self, p: Shape) -> str:
        return self._told(p, lambda name: name.lower() == p.name.replace("_", "-"))

    @believing("Names of headers do not depend on case.")
    def by_case(self, p: Shape) -> str:
        want = {"plain": p.name.replace("_", "-"), "alias": p.alias, "underscores": p.name}[p.form]
        return self._told(p, lambda name: name == want)

    @believing("One name is read, not both spellings: hyphen and underscore are different signs.")
    def either(self, p: Shape) -> str:
        return self._told(p, lambda name: name.lower().replace("-", "_") == p.name)

    @believing("The alias is the name; the parameter's own counts no more.")
    def alias_too(self, p: Shape) -> str | None:
        if p.form != "alias":
            return None
        return self._told(p, lambda name: name.lower() in (p.alias.lower(), p.name.replace("_", "-")))

    @believing("A header must have the very name, though not its case.")
    def none(self, p: Shape) -> str:
        return self._told(p, lambda name: False)

    @believing("A header without its hyphen is another header.")
    def no_mark(self, p: Shape) -> str:
        return self._told(p, lambda name: name.lower().replace("-", "").replace("_", "") == p.name.replace("_", ""))


class Lists(Template):
    id, level, proof = "3.5-lists", 2, "cell params-asked"
    facts = ("query-lists",)
    why = "A list is a parameter that may come several times; it needs `Query()`. A comma is part of the text, and a parameter that is no list takes the last one."

    def shape(self, dice: Random) -> Shape:
        values = dice.sample(["red", "blue", "green", "grey"], dice.choice([2, 3]))
        form = dice.choice(["list", "set", "plain", "list"])
        sent = dice.choice(["several", "comma", "mixed"])
        return Shape(
            values=values, form=form, sent=sent, name=dice.choice(["mark", "colour", "tag"]), twice=dice.random() < 0.4
        )

    def _sent(self, p: Shape) -> list[str]:
        values = [*p.values, p.values[0]] if p.twice else p.values
        return {"several": values, "comma": [",".join(values)], "mixed": [values[0], ",".join(values[1:])]}[p.sent]

    def code(self, p: Shape) -> str:
        hint = {"list": "Annotated[list[str], Query()]", "set": "Annotated[set[str], Query()]", "plain": "str"}[p.form]
        result = f"sorted({p.name})" if p.form == "set" else p.name
        query = "&".join(f"{p.name}={value}" for value in self._sent(p))
        return f"""
app = FastAPI()

@app.get("/")
def find({p.name}: {hint}):
    return {result}

print(TestClient(app).get("/?{query}").json())
"""

    def _told(self, p: Shape, values: list[str]) -> str:
        return str(sorted(set(values)) if p.form == "set" else values)

    def _split(self, p: Shape) -> list[str]:
        return [value for sent in self._sent(p) for value in sent.split(",")]

    @believing(
        "A comma separates nothing, and only a parameter that is declared as a list gathers what came under its name."
    )
    def commas(self, p: Shape) -> str:
        return self._told(p, self._split(p))

    @believing("A parameter that is no list has one value, the last that came.")
    def collects(self, p: Shape) -> str:
        return self._told(p, self._sent(p))

    @believing("A list takes all that came under its name; a single value takes the last.")
    def first(self, p: Shape) -> str:
        return self._told(p, self._sent(p)[:1]) if p.form != "plain" else self._sent(p)[0]

    @believing("A list stays a list, with one element too; a `str` takes one text.")
    def last(self, p: Shape) -> str:
        return self._sent(p)[-1]

    @believing("A list keeps what came twice; a set does not, and its order here is the alphabet's.")
    def once(self, p: Shape) -> str:
        return str(list(dict.fromkeys(self._sent(p))))

    @believing("The name is the parameter's own; no brackets belong to it.")
    def nothing(self, p: Shape) -> str:
        return "[]"

    @believing("Values of one name are not joined.")
    def joined(self, p: Shape) -> str:
        return ",".join(self._sent(p))


class Embedded(Template):
    id, kind, level, proof = "3.6-whole", "multiple", 2, "cell body-shapes"
    facts = ("embedded-body",)
    asks = "Which of these bodies are accepted?"
    why = "One body parameter is the whole body; with two of them, or with `embed=True`, each stands under its name. A plain parameter belongs to the query unless `Body()` says otherwise."

    def shape(self, dice: Random) -> Shape:
        name, other = dice.sample(["parcel", "label", "order"], 2)
        form = dice.choice(["one", "embed", "two", "extra"])
        field = dice.choice(["to", "city", "mark"])
        inner = f'{{"{field}": "Ada"}}'
        more = dice.choice(["count", "floor"])
        pool = {
            "bare": inner,
            "named": f'{{"{name}": {inner}}}',
            "both": f'{{"{name}": {inner}, "{other}": {inner}}}',
            "listed": f"[{inner}]",
            "counted": f'{{"{name}": {inner}, "{more}": 3}}',
            "flat": f'{{"{field}": "Ada", "{more}": 3}}',
            "extra": f'{{"{field}": "Ada", "colour": "red"}}',
            "class": f'{{"{name.title()}": {inner}}}',
        }
        return Shape(
            name=name, other=other, form=form, field=field, more=more, pool=dict(dice.sample(list(pool.items()), 5))
        )

    def code(self, p: Shape) -> str:
        params = {
            "one": f"{p.name}: Model",
            "embed": f"{p.name}: Annotated[Model, Body(embed=True)]",
            "two": f"{p.name}: Model, {p.other}: Model",
            "extra": f"{p.name}: Model, {p.more}: Annotated[int, Body()]",
        }[p.form]
        return f"""
class Model(BaseModel):
    {p.field}: str

app = FastAPI()

@app.post("/")
def hand_in({params}) -> None: ...
"""

    def options(self, p: Shape) -> list[str]:
        return [f"`{body}`" for body in p.pool.values()]

    def measure(self, p: Shape) -> str:
        return f"""
client = TestClient(app)
found = [
    option
    for option in {self.options(p)!r}
    if client.post("/", content=option.strip("`"), headers={{"Content-Type": "application/json"}}).is_success
]
"""

    def _those(self, p: Shape, *kinds: str) -> set[str]:
        return {option for option, kind in zip(self.options(p), p.pool) if kind in kinds}

    @believing("With several body parameters, or with `embed=True`, each stands under its own name.")
    def bare(self, p: Shape) -> set[str]:
        return self._those(p, "bare")

    @believing("A single model is the body itself, and with two parameters the second is missing here.")
    def named(self, p: Shape) -> set[str]:
        return self._those(p, "named")

    @believing("There is one body parameter here, or another one than this body has.")
    def both(self, p: Shape) -> set[str]:
        return self._those(p, "both")

    @believing("A model is an object; a list of one is not taken apart.")
    def listed(self, p: Shape) -> set[str]:
        return self._those(p, "listed")

    @believing("The model's fields do not stand at the top together with the other parameter.")
    def flat(self, p: Shape) -> set[str]:
        return self._those(p, "flat")

    @believing("Unknown names are ignored, but the model's field must be where it is looked for.")
    def extra(self, p: Shape) -> set[str]:
        return self._those(p, "extra")

    @believing(
        "A class's name is never looked for: one model is the body itself, several go by their parameters' names."
    )
    def by_class(self, p: Shape) -> set[str]:
        return self._those(p, "class")

    @believing("This body has a name that no parameter asks for, and lacks one that a parameter asks for.")
    def counted(self, p: Shape) -> set[str]:
        return self._those(p, "counted")


class Located(Template):
    id, level, proof = "3.6-located", 2, "cell body-nested"
    facts = ("way-to-the-fault",)
    why = "`loc` is the way to the value: where it was sent, then names and places, counted from 0, down to the field. A single body parameter has no name in it."

    def shape(self, dice: Random) -> Shape:
        items = dice.choice([2, 3])
        return Shape(
            items=items,
            bad=dice.randrange(items),
            field=dice.choice(["weight", "count"]),
            inner=dice.choice(["lines", "parcels", "labels"]),
            name=dice.choice(["order", "basket"]),
            embed=dice.random() < 0.35,
            nested=dice.random() < 0.5,
            missing=dice.random() < 0.4,
        )

    def code(self, p: Shape) -> str:
        parts = [f'{{"{p.field}": {n + 1}}}' for n in range(p.items)]
        parts[p.bad] = "{}" if p.missing else f'{{"{p.field}": "heavy"}}'
        if p.nested:
            parts = [f'{{"size": {part}}}' for part in parts]
        body = f'{{"{p.inner}": [{", ".join(parts)}]}}'
        body = f'{{"{p.name}": {body}}}' if p.embed else body
        line = "class Line(BaseModel):\n    size: Size\n\n" if p.nested else ""
        hint = "Annotated[Order, Body(embed=True)]" if p.embed else "Order"
        return f"""
class Size(BaseModel):
    {p.field}: float

{line}class Order(BaseModel):
    {p.inner}: list[{"Line" if p.nested else "Size"}]

app = FastAPI()

@app.post("/")
def place({p.name}: {hint}) -> None: ...

answer = TestClient(app).post("/", json={body})
print(answer.json()["detail"][0]["loc"])
"""

    def _told(self, p: Shape, head=True, name=None, place: int | None = None, deep=True, size=True) -> str:
        named = p.embed if name is None else name
        path: list[object] = ["body"] if head else []
        path += [p.name] if named else []
        path += [p.inner, p.bad if place is None else place]
        path += ["size"] if p.nested and size else []
        return str([*path, p.field] if deep else path)

    @believing("The first part says where it was sent: body, query, path, header or cookie.")
    def headless(self, p: Shape) -> str:
        return self._told(p, head=False)

    @believing(
        "A single body parameter is the body: its name is in no request, and so in no `loc`, unless it is embedded."
    )
    def name_turned(self, p: Shape) -> str:
        return self._told(p, name=not p.embed)

    @believing("Places in a list count from 0.")
    def from_one(self, p: Shape) -> str:
        return self._told(p, place=p.bad + 1)

    @believing("The way leads down to the field, whether it is wrong or missing.")
    def shallow(self, p: Shape) -> str:
        return self._told(p, deep=False)

    @believing("Every level of the nesting has its part.")
    def skips(self, p: Shape) -> str | None:
        return self._told(p, size=False) if p.nested else None

    @believing("It does not end with the field's name alone.")
    def field_only(self, p: Shape) -> str:
        return str(["body", p.field])


class Reads(Template):
    id, level, proof = "3.7-reads", 2, "cell upload-form"
    facts = ("file-position",)
    why = "An upload is a file with a place in it: each `read` goes on where the last one ended, and gives nothing at the end, until `seek` goes back."

    def shape(self, dice: Random) -> Shape:
        text = dice.choice(["parcels", "tariffs", "labelled", "carriers"])
        steps = [dice.choice([f"read({n})" for n in (2, 3, 4)])]
        for _ in range(2):
            steps.append(dice.choice(["read()", "read(2)", "seek(0)", "read(3)", "seek(2)"]))
        steps.append(dice.choice(["read()", "read(2)"]))
        return Shape(text=text, steps=steps, name=dice.choice(["file", "scan", "photo"]))

    def code(self, p: Shape) -> str:
        lines = "\n".join(
            f"    parts.append(await {p.name}.{step})" if step.startswith("read") else f"    await {p.name}.{step}"
            for step in p.steps
        )
        return f"""
app = FastAPI()

@app.post("/")
async def take({p.name}: UploadFile) -> list[str]:
    parts: list[bytes] = []
{lines}
    return [part.decode() for part in parts]

print(TestClient(app).post("/", files={{"{p.name}": b"{p.text}"}}).json())
"""

    def _told(self, p: Shape, moves=True, seeks=True, off=0) -> str:
        at, parts = 0, []
        for step in p.steps:
            what, number = step[:-1].split("(")
            if what == "seek":
                at = int(number) if seeks else at
            else:
                end = at + int(number) if number else len(p.text)
                parts.append(p.text[at : end + off])
                at = min(end + off, len(p.text)) if moves else 0
        return str(parts)

    @believing("A read moves the place: the next one goes on behind it.")
    def begins_anew(self, p: Shape) -> str:
        return self._told(p, moves=False)

    @believing("`seek` goes to that place from the beginning, and what was read is read again.")
    def no_seek(self, p: Shape) -> str:
        return self._told(p, seeks=False)

    @believing("Each read gives its own bytes; nothing is collected.")
    def grows(self, p: Shape) -> str:
        parts = eval(self._told(p))
        return str(["".join(parts[: n + 1]) for n in range(len(parts))])

    @believing("At the end, a read gives an empty text; it is not left out, and raises nothing.")
    def left_out(self, p: Shape) -> str:
        return str([part for part in eval(self._told(p)) if part])

    @believing("`read()` without a number gives what is left; it does not begin at the start.")
    def whole(self, p: Shape) -> str:
        parts, reads = eval(self._told(p)), [step for step in p.steps if step.startswith("read")]
        return str([p.text if step == "read()" else part for part, step in zip(parts, reads)])

    @believing("`seek(2)` counts from the start of the file, not from where the last read ended.")
    def relative(self, p: Shape) -> str | None:
        if "seek(2)" not in p.steps:
            return None
        at, parts = 0, []
        for step in p.steps:
            what, number = step[:-1].split("(")
            if what == "seek":
                at = min(at + 2, len(p.text)) if number == "2" else 0
            else:
                end = at + int(number) if number else len(p.text)
                parts.append(p.text[at:end])
                at = min(end, len(p.text))
        return str(parts)

    @believing("What is read are as many bytes as were asked for.")
    def one_more(self, p: Shape) -> str:
        return self._told(p, off=1)
