"""Templates of chapter 8: what leads out of a folder, what a cache asks, how operations and versions are told apart."""

import json
from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Escapes(Template):
    id, kind, level, proof = "8.2-escapes", "multiple", 2, "cell sec-naive-attacked"
    facts = ("name-escapes",)
    asks = "A client chooses `name`. Which names lead out of the folder?"
    why = "`..` goes up, and an absolute name replaces the folder altogether. Resolve the path first, then ask whether it lies below the folder; looking for `..` in the name refuses good names and misses absolute ones."

    def shape(self, dice: Random) -> Shape:
        folder = dice.choice(["/srv/labels", "/srv/scans", "/data/photos"])
        last = folder.rpartition("/")[2]
        pool = {
            "../key.pem": "up",
            "2026/../../key.pem": "up",
            f"../{last}/7.png": "back",
            "2026/../7.png": "inside",
            "/etc/passwd": "absolute",
            f"{folder}/7.png": "own",
            "..7.png": "dots",
            "7..png": "dots",
            "...": "dots",
            f"../{last}-old/7.png": "sibling",
            "2026/7.png": "plain",
            "%2e%2e/key.pem": "coded",
        }
        return Shape(folder=folder, pool=dict(dice.sample(list(pool.items()), 5)))

    def code(self, p: Shape) -> str:
        return f"""
from pathlib import Path as Folder

def file(name: str) -> Folder:
    return Folder("{p.folder}") / name
"""

    def options(self, p: Shape) -> list[str]:
        return [f"`{name}`" for name in p.pool]

    def measure(self, p: Shape) -> str:
        return f"""
root = Folder("{p.folder}").resolve()
found = [option for option in {self.options(p)!r} if not file(option.strip("`")).resolve().is_relative_to(root)]
"""

    def _those(self, p: Shape, *kinds: str) -> set[str]:
        return {option for option, kind in zip(self.options(p), p.pool.values()) if kind in kinds}

    @believing("It goes up and comes back: resolved, the path lies in the folder.")
    def back(self, p: Shape) -> set[str]:
        return self._those(p, "back")

    @believing("One `..` after a folder leads back to where that folder stands, no further.")
    def inside(self, p: Shape) -> set[str]:
        return self._those(p, "inside")

    @believing("An absolute name replaces the folder, and this one happens to lie in it.")
    def own(self, p: Shape) -> set[str]:
        return self._those(p, "own")

    @believing("Only a whole part that is `..` goes up; dots in a name are letters.")
    def dots(self, p: Shape) -> set[str]:
        return set(sorted(self._those(p, "dots"))[:1])

    @believing("Two dots beside other signs are a file's name.")
    def more_dots(self, p: Shape) -> set[str]:
        return self._those(p, "dots")

    @believing("A name with a folder in front stays below.")
    def plain(self, p: Shape) -> set[str]:
        return self._those(p, "plain")

    @believing(
        "The file system decodes nothing: `%2e` are three signs. (In an address, the server has decoded them before.)"
    )
    def coded(self, p: Shape) -> set[str]:
        return self._those(p, "coded")


class Tagged(Template):
    id, level, proof = "8.3-tagged", 2, "cell perf-web"
    facts = ("etag",)
    why = "When `If-None-Match` holds the tag of what is there, the answer is 304 without a body; when the content has changed, its tag has too, and it is sent whole."

    def shape(self, dice: Random) -> Shape:
        steps = ["get", *(dice.choice(["same", "same", "old", "star", "none"]) for _ in range(3))]
        return Shape(
            steps=steps,
            change=dice.choice([None, 1, 2, 3]),
            first=dice.choice(["red", "heavy"]),
            later=dice.choice(["blue", "light"]),
        )

    def code(self, p: Shape) -> str:
        lines = ['first = client.get("/")', "told = [first.status_code]"]
        for n, step in enumerate(p.steps[1:], start=1):
            if p.change == n:
                lines.append(f'state["mark"] = "{p.later}"')
            given = {"same": 'first.headers["etag"]', "old": "'\"0\"'", "star": '"*"', "none": None}[step]
            headers = f', headers={{"If-None-Match": {given}}}' if given else ""
            lines.append(f'told.append(client.get("/"{headers}).status_code)')
        body = "\n".join(lines)
        return f"""
import hashlib

state = {{"mark": "{p.first}"}}
app = FastAPI()

@app.get("/")
def read(if_none_match: Annotated[str, Header()] = "") -> Response:
    body = json.dumps(state)
    tag = f'"{{hashlib.md5(body.encode()).hexdigest()}}"'
    if if_none_match in (tag, "*"):
        return Response(status_code=304, headers={{"ETag": tag}})
    return Response(body, headers={{"ETag": tag}})

client = TestClient(app)
{body}
print(told)
"""

    def _told(self, p: Shape, same: int = 304, changed: int = 200, old: int = 200, star: int = 304) -> str:
        codes, now = [200], False
        for n, step in enumerate(p.steps[1:], start=1):
            now = now or p.change == n
            codes.append({"same": changed if now else same, "old": old, "star": star, "none": 200}[step])
        return str(codes)

    @believing("What the client has already is not sent again: 304, not 200.")
    def sent_again(self, p: Shape) -> str:
        return self._told(p, same=200)

    @believing("Changed content has another tag: the client's no longer fits, and the content is sent.")
    def change_unseen(self, p: Shape) -> str:
        return self._told(p, changed=304)

    @believing("A tag that does not fit is no error in a GET: 412 is for `If-Match`, before a change.")
    def failed(self, p: Shape) -> str:
        return self._told(p, changed=412, old=412)

    @believing("A tag of something else does not spare the answer: it has to be that of what is there.")
    def any_tag(self, p: Shape) -> str:
        return self._told(p, changed=304, old=304)

    @believing("`*` stands for whatever is there, so that it always fits.")
    def star_literal(self, p: Shape) -> str:
        return self._told(p, star=200)

    @believing("204 says that there is nothing; 304 that nothing has changed.")
    def empty(self, p: Shape) -> str:
        return self._told(p, same=204, star=204)


class Zipped(Template):
    id, level, proof = "8.3-zipped", 1, "cell perf-web"
    facts = ("gzip",)
    why = "The middleware compresses what is at least `minimum_size` bytes long, for clients that accept gzip, and leaves the rest as it is."

    def shape(self, dice: Random) -> Shape:
        least = dice.choice([100, 200, 500])
        sizes = dice.sample([least - 10, least, least + 300, 20, 5 * least], 2)
        return Shape(least=least, sizes=sizes, accepts=dice.sample(["gzip", "br", "identity", "gzip, br"], 2))

    def code(self, p: Shape) -> str:
        return f"""
from fastapi.middleware.gzip import GZipMiddleware

app = FastAPI()
app.add_middleware(GZipMiddleware, minimum_size={p.least})

@app.get("/{{size}}")
def read(size: int) -> Response:
    return PlainTextResponse("x" * size)

client = TestClient(app)
told = []
for size in {p.sizes}:
    for accepted in {json.dumps(p.accepts)}:
        answer = client.get(f"/{{size}}", headers={{"Accept-Encoding": accepted}})
        told.append(answer.headers.get("content-encoding", "-"))
print(told)
"""

    def _told(self, p: Shape, fits, name=lambda accepted: "gzip") -> str:
        return str([name(accepted) if fits(size, accepted) else "-" for size in p.sizes for accepted in p.accepts])

    @believing("A short answer is not worth it: below `minimum_size` nothing is compressed.")
    def any_size(self, p: Shape) -> str:
        return self._told(p, lambda size, accepted: "gzip" in accepted)

    @believing("What a client does not accept it could not read: `Accept-Encoding` has to name gzip.")
    def any_client(self, p: Shape) -> str:
        return self._told(p, lambda size, accepted: size >= p.least)

    @believing("`minimum_size` itself is large enough.")
    def above(self, p: Shape) -> str:
        return self._told(p, lambda size, accepted: size > p.least and "gzip" in accepted)

    @believing("It is a minimum, not a maximum: large answers are the ones that are compressed.")
    def small_ones(self, p: Shape) -> str:
        return self._told(p, lambda size, accepted: size < p.least and "gzip" in accepted)

    @believing("The middleware knows gzip only; for `br` it does nothing.")
    def brotli(self, p: Shape) -> str:
        known = ("gzip", "br")
        return self._told(
            p,
            lambda size, accepted: size >= p.least and any(k in accepted for k in known),
            lambda accepted: "br" if "br" in accepted else "gzip",
        )

    @believing("The middleware is there, so that some answers are compressed.")
    def never(self, p: Shape) -> str:
        return self._told(p, lambda size, accepted: False)


class Named(Template):
    id, level, proof = "8.4-named", 2, "cell docs-client"
    facts = ("operation-id",)
    why = "By default an operation id is made of the function's name, the whole path and the method; `operation_id` in the decorator replaces it, and `generate_unique_id_function` makes another rule for the rest."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            name=dice.choice(["read_parcel", "get_label", "show"]),
            path=dice.choice(["/parcels/{number}", "/labels", "/one"]),
            prefix=dice.choice(["", "/v1", "/api"]),
            own=dice.choice(["", "", "fetch"]),
            rule=dice.choice(["", "", "name", "tag"]),
            tag=dice.choice(["depot", "shop"]),
        )

    def code(self, p: Shape) -> str:
        own = f', operation_id="{p.own}"' if p.own else ""
        rule = {
            "": "",
            "name": "generate_unique_id_function=lambda route: route.name",
            "tag": 'generate_unique_id_function=lambda route: f"{route.tags[0]}-{route.name}"',
        }[p.rule]
        prefix = f'prefix="{p.prefix}", ' if p.prefix else ""
        arguments = "number: int" if "{" in p.path else ""
        return f"""
router = APIRouter({prefix}tags=["{p.tag}"])

@router.get("{p.path}"{own})
def {p.name}({arguments}) -> None: ...

app = FastAPI({rule})
app.include_router(router)
for path in app.openapi()["paths"].values():
    print(path["get"]["operationId"])
"""

    def _default(self, p: Shape, prefix: str) -> str:
        whole = "".join(sign if sign.isalnum() else "_" for sign in p.name + prefix + p.path)
        return f"{whole}_get"

    @believing("An id in the decorator goes before every rule.")
    def own_ignored(self, p: Shape) -> str:
        return {"": self._default(p, p.prefix), "name": p.name, "tag": f"{p.tag}-{p.name}"}[p.rule]

    @believing("The rule of the app makes the ids of what it includes.")
    def rule_ignored(self, p: Shape) -> str:
        return p.own or self._default(p, p.prefix)

    @believing("Of the ids only the default one holds the path, and then with its prefix.")
    def no_prefix(self, p: Shape) -> str:
        return self._default(p, "")

    @believing("By default the name of the function alone would not be unique in an app.")
    def name_only(self, p: Shape) -> str:
        return p.name

    @believing("A tag is part of an id only where a rule says so.")
    def with_tag(self, p: Shape) -> str:
        return f"{p.tag}-{p.own or p.name}"

    @believing("Of the ids only the default one holds the method, and then at its end.")
    def method_first(self, p: Shape) -> str:
        return f"get_{p.own or p.name}"


class Compatible(Template):
    id, kind, level, proof = "8.5-kept", "multiple", 3, "cell ver-changes"
    facts = ("breaking-change",)
    asks = "Version 1 of the API looks like this. Which changes of version 2 let the clients of version 1 go on as they are, with all that they send and all that they read?"
    why = "What is asked may become less and what is answered more, never the other way round: an old client sends what it always sent, and reads what it always read."

    CHANGES = {
        "`New` gets `note: str`": ("new", "note: str", "more"),
        '`New` gets `note: str = ""`': ("new", 'note: str = ""', ""),
        "`New` loses `{field}`": ("new-lose", "", ""),
        "`Told` gets `note: str`": ("told", "note: str", ""),
        "`Told` loses `{field}`": ("told-lose", "", "less"),
        "`{field}` of `New` becomes `int | str`": ("new-type", "int | str", ""),
        "`{field}` of `Told` becomes `int | None`, and is null at times": ("told-type", "None", "null"),
        "the limit of `{field}` of `New` becomes `le={less}`": (
            "new-type",
            "Annotated[int, Field(le={less})]",
            "tight",
        ),
        "the limit of `{field}` of `New` becomes `le={more}`": ("new-type", "Annotated[int, Field(le={more})]", ""),
        "`{field}` of `Told` becomes a text of digits with `kg` behind it": ("told-type", "text", "text"),
        "`New` forbids what it does not know": ("new-forbid", "", "forbid"),
    }

    def shape(self, dice: Random) -> Shape:
        field = dice.choice(["weight", "count", "floor"])
        top = dice.choice([20, 30, 50])
        texts = dice.sample(list(self.CHANGES), 5)
        return Shape(field=field, top=top, less=top - 10, more=top + 10, texts=texts)

    def code(self, p: Shape) -> str:
        return f"""
class New(BaseModel):
    to: str
    {p.field}: Annotated[int, Field(le={p.top})]

class Told(BaseModel):
    id: int
    {p.field}: int

sent = {{"to": "Ada", "{p.field}": {p.top}, "app": "1.7"}}  # what clients of version 1 send, among other things
"""

    def _say(self, p: Shape, text: str) -> str:
        return text.replace("{field}", p.field).replace("{less}", str(p.less)).replace("{more}", str(p.more))

    def options(self, p: Shape) -> list[str]:
        return [self._say(p, text) for text in p.texts]

    def measure(self, p: Shape) -> str:
        rows = ",\n    ".join(
            repr((self._say(p, text), self.CHANGES[text][0], self._say(p, self.CHANGES[text][1]))) for text in p.texts
        )
        return f"""
changes = [
    {rows},
]
found = []
for option, where, how in changes:
    takes, tells = {{"to": "str", "{p.field}": "Annotated[int, Field(le={p.top})]"}}, {{"id": 7, "{p.field}": {p.top}}}
    config = "extra='ignore'"
    match where:
        case "new":
            name, _, hint = how.partition(": ")
            takes[name] = hint
        case "new-lose":
            del takes["{p.field}"]
        case "new-type":
            takes["{p.field}"] = how
        case "new-forbid":
            config = "extra='forbid'"
        case "told":
            tells["note"] = "fragile"
        case "told-lose":
            del tells["{p.field}"]
        case "told-type":
            tells["{p.field}"] = None if how == "None" else "{p.top} kg"
    lines = [f"    model_config = ConfigDict({{config}})", *(f"    {{name}}: {{hint}}" for name, hint in takes.items())]
    space = dict(globals())
    exec("class Second(BaseModel):\\n" + "\\n".join(lines), space)
    try:
        space["Second"].model_validate(sent)
        Told.model_validate(tells)
        found.append(option)
    except ValidationError:
        pass
"""

    def _those(self, p: Shape, mark: str) -> set[str]:
        return {self._say(p, text) for text in p.texts if self.CHANGES[text][2] == mark}

    @believing("A new field without a default is one that old clients do not send.")
    def more(self, p: Shape) -> set[str]:
        return self._those(p, "more")

    @believing("Old clients read this field, and it is gone.")
    def less(self, p: Shape) -> set[str]:
        return self._those(p, "less")

    @believing("Old clients read a number, and none of them expects null.")
    def null(self, p: Shape) -> set[str]:
        return self._those(p, "null")

    @believing("What was allowed is refused now: old clients send such values.")
    def tight(self, p: Shape) -> set[str]:
        return self._those(p, "tight")

    @believing("Old clients read a number; a text with a unit is none.")
    def text(self, p: Shape) -> set[str]:
        return self._those(p, "text")

    @believing("What was ignored so far is refused now, and old clients send it.")
    def forbid(self, p: Shape) -> set[str]:
        return self._those(p, "forbid")


class Versions(Template):
    id, level, proof = "8.5-routed", 2, "cell ver-mount"
    facts = ("mounted-app",)
    why = "A mounted app takes all paths below its own and answers for them, its 404 included; mounts and routes are tried in the order in which they were added."

    def shape(self, dice: Random) -> Shape:
        mounts = dice.sample([("/v1", "one"), ("/v2", "two"), ("/v1/beta", "beta"), ("/", "root")], 3)
        return Shape(
            mounts=mounts,
            asked=dice.sample(["/v1/parcels", "/v2/parcels", "/v1/beta/parcels", "/parcels", "/v3/parcels"], 3),
        )

    def code(self, p: Shape) -> str:
        mounts = "\n".join(f'app.mount("{path}", version("{name}"))' for path, name in p.mounts)
        return f"""
def version(name: str) -> FastAPI:
    app = FastAPI()

    @app.get("/parcels")
    def read() -> str:
        return name

    return app

app = FastAPI()
{mounts}

client = TestClient(app)
answers = [client.get(path) for path in {json.dumps(p.asked)}]
print([answer.json() if answer.is_success else answer.status_code for answer in answers])
"""

    def _answer(self, mounts: list, path: str, prefix: bool = True) -> object:
        for mount, name in mounts:
            base = mount.rstrip("/")
            if path == base or path.startswith(base + "/"):
                if path[len(base) :] == "/parcels" or not prefix:
                    return name
                return 404
        return 404

    def _told(self, p: Shape, mounts: list, prefix: bool = True) -> str:
        return str([self._answer(mounts, path, prefix) for path in p.asked])

    @believing(
        "The longest path has no precedence: the first mount that fits answers, with its own 404, too; no later one is asked."
    )
    def longest_first(self, p: Shape) -> str:
        return self._told(p, sorted(p.mounts, key=lambda mount: -len(mount[0])))

    @believing("The first mount that fits answers, not the last.")
    def last_first(self, p: Shape) -> str:
        return self._told(p, p.mounts[::-1])

    @believing("A mounted app sees the path without what it is mounted at, and has to know the rest of it.")
    def any_rest(self, p: Shape) -> str:
        return self._told(p, p.mounts, prefix=False)

    @believing("An app at `/` takes what reaches it; it is not only for paths of its own.")
    def no_root(self, p: Shape) -> str:
        return self._told(p, [mount for mount in p.mounts if mount[0] != "/"])

    @believing("A version is not found by its name, but by the path that it is mounted at.")
    def by_name(self, p: Shape) -> str:
        names = {"v1": "one", "v2": "two", "v3": 404, "beta": "beta"}
        return str([names.get(path.split("/")[-2] if path.count("/") > 1 else "", "root") for path in p.asked])
