"""Templates of chapter 7: what stands in front of an app, and how often a job is tried."""

import json
from random import Random

from helpers.exam.templates.model import Shape, Template, believing


class Forwarded(Template):
    id, level, proof = "7.1-forwarded", 2, "cell dep-proxy"
    facts = ("forwarded-for",)
    why = "Uvicorn believes `X-Forwarded-For` and `X-Forwarded-Proto` from trusted addresses only. From the right, it skips what is trusted, and takes the first address that is not."

    def shape(self, dice: Random) -> Shape:
        client, proxy = f"203.0.113.{dice.randrange(2, 99)}", f"10.0.0.{dice.randrange(2, 9)}"
        other = f"10.0.1.{dice.randrange(2, 9)}"
        forged = f"198.51.100.{dice.randrange(2, 99)}"
        chain = dice.choice([[client], [forged, client], [client, other], [forged, client, other]])
        trusted = dice.choice([[proxy], [proxy, other], [other], ["*"], ["10.0.0.0/8"]])
        return Shape(
            client=client,
            proxy=proxy,
            other=other,
            chain=chain,
            trusted=trusted,
            proto=dice.choice(["https", "https", ""]),
        )

    def code(self, p: Shape) -> str:
        headers = {"X-Forwarded-For": ", ".join(p.chain)} | ({"X-Forwarded-Proto": p.proto} if p.proto else {})
        return f"""
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

app = FastAPI()

@app.get("/")
def read(request: Request) -> str:
    return f"{{request.url.scheme}} {{request.client.host}}"

trusting = ProxyHeadersMiddleware(app, trusted_hosts={json.dumps(p.trusted)})
client = TestClient(trusting, client=("{p.proxy}", 50000))
print(client.get("/", headers={json.dumps(headers)}).json())
"""

    def _believes(self, p: Shape) -> bool:
        return p.trusted[0] in ("*", "10.0.0.0/8") or p.proxy in p.trusted

    def _told(self, p: Shape, host: str, believed: bool) -> str:
        return f"{p.proto if believed and p.proto else 'http'} {host}"

    @believing("What the headers say is believed only from an address that is trusted.")
    def always_believed(self, p: Shape) -> str | None:
        return None if self._believes(p) else self._told(p, p.chain[0], True)

    @believing("From a trusted address the headers count: the proxy's own address is not the client's.")
    def never_believed(self, p: Shape) -> str:
        return self._told(p, p.proxy, False)

    @believing(
        "Only from a trusted address is the list read at all, and then from the right, past what is trusted: anybody can write the first entry."
    )
    def leftmost(self, p: Shape) -> str:
        return self._told(p, p.chain[0], self._believes(p))

    @believing(
        "Only from a trusted address is the list read at all; and where its last entry is trusted itself, the one before it counts."
    )
    def rightmost(self, p: Shape) -> str:
        return self._told(p, p.chain[-1], self._believes(p))

    @believing("Scheme and address are believed together, or not at all.")
    def scheme_apart(self, p: Shape) -> str:
        return (
            self._told(p, p.proxy if self._believes(p) else p.chain[0], self._believes(p))
            if p.proto
            else f"https {p.proxy}"
        )

    @believing("The app is given one address, of a machine; a network or `*` is only what is trusted.")
    def all_of_them(self, p: Shape) -> str:
        return self._told(p, ", ".join(p.chain), self._believes(p))


class Rooted(Template):
    id, level, proof = "7.1-rooted", 2, "cell dep-root"
    facts = ("root-path",)
    why = "`root_path` is what a proxy has cut off: it stands in front of addresses that the app makes, and changes nothing in the paths of its routes."

    def shape(self, dice: Random) -> Shape:
        return Shape(
            root=dice.choice(["/api", "/depot", "/v1", "/shop"]),
            path=dice.choice(["/parcels", "/labels", "/tariffs"]),
            prefix=dice.choice(["", "/admin", "/eu"]),
            cut=dice.random() < 0.5,
        )

    def code(self, p: Shape) -> str:
        prefix = f', prefix="{p.prefix}"' if p.prefix else ""
        asked = p.prefix + p.path if p.cut else p.root + p.prefix + p.path
        return f"""
router = APIRouter()

@router.get("{p.path}")
def read(request: Request) -> list[str]:
    return [request.url_for("read").path, request.scope["root_path"]]

app = FastAPI()
app.include_router(router{prefix})
answer = TestClient(app, root_path="{p.root}").get("{asked}")
print(answer.json() if answer.is_success else answer.status_code, list(app.openapi()["paths"]))
"""

    def _told(self, p: Shape, url: str | None, paths: str, root: str | None = None) -> str:
        answer = [url, p.root if root is None else root] if url is not None else 404
        return f"{answer} {[paths]}"

    @believing("An address that the app makes begins with `root_path`: the client has to go through the proxy.")
    def bare_url(self, p: Shape) -> str:
        return self._told(p, p.prefix + p.path, p.prefix + p.path)

    @believing("In the documentation the paths stay as they are; `root_path` stands beside them, as a server.")
    def in_paths(self, p: Shape) -> str:
        return self._told(p, p.root + p.prefix + p.path, p.root + p.prefix + p.path)

    @believing(
        "A path is found with the prefix that the proxy cuts off and without it: `root_path` adds no route and takes none away."
    )
    def not_found(self, p: Shape) -> str:
        return self._told(p, None, p.prefix + p.path)

    @believing("A router's prefix is part of the path, beside `root_path`.")
    def no_prefix(self, p: Shape) -> str | None:
        return self._told(p, p.root + p.path, p.path) if p.prefix else None

    @believing("`root_path` stays in the request's scope, whether the path that came begins with it or not.")
    def emptied(self, p: Shape) -> str:
        return self._told(p, p.prefix + p.path, p.prefix + p.path, "")

    @believing("`root_path` stands there once, however the request came.")
    def doubled(self, p: Shape) -> str:
        return self._told(p, p.root * 2 + p.prefix + p.path, p.prefix + p.path)


class Backoff(Template):
    id, level, proof = "7.1-waits", 2, "cell queues-jitter"
    facts = ("backoff",)
    why = "The wait doubles with each retry, from the factor on, up to the maximum."

    def shape(self, dice: Random) -> Shape:
        factor = dice.choice([1, 2, 3, 5, 10])
        return Shape(
            factor=factor,
            maximum=factor * dice.choice([3, 4, 5, 6, 8, 12]),
            retries=dice.choice([4, 5]),
            first=dice.choice([0, 0, 1]),
        )

    def code(self, p: Shape) -> str:
        return f"""
from celery.utils.time import get_exponential_backoff_interval as wait

print([wait({p.factor}, n, {p.maximum}) for n in range({p.first}, {p.first + p.retries})])
"""

    def _told(self, p: Shape, one) -> str:
        return str([one(n) for n in range(p.first, p.first + p.retries)])

    @believing("The wait is multiplied each time, it does not grow by the same amount.")
    def linear(self, p: Shape) -> str:
        return self._told(p, lambda n: min(p.maximum, p.factor * (n + 1)))

    @believing("It doubles: the factor is the first wait, not what the next is multiplied by.")
    def power(self, p: Shape) -> str:
        return self._told(p, lambda n: min(p.maximum, p.factor**n))

    @believing("The maximum bounds every wait.")
    def unbounded(self, p: Shape) -> str:
        return self._told(p, lambda n: p.factor * 2**n)

    @believing(
        "Without a number of retries before it, the first wait is the factor itself: two to the power of 0 is 1."
    )
    def one_later(self, p: Shape) -> str:
        return self._told(p, lambda n: min(p.maximum, p.factor * 2 ** (n + 1)))

    @believing("Beyond the maximum the wait stays there; it does not stay at the last one that was below.")
    def stays_below(self, p: Shape) -> str:
        return self._told(p, lambda n: max(p.factor * 2**k for k in range(n + 1) if p.factor * 2**k <= p.maximum))

    @believing("The waits grow; a constant wait is what no backoff would give.")
    def constant(self, p: Shape) -> str:
        return self._told(p, lambda n: p.factor)
