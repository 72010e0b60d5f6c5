"""Exercise 7.1-proxy: trust your proxies and nobody else."""

from fastapi import FastAPI, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from helpers.chapters.asking import ask
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

Trusted = str | list[str]
CUSTOMER, FORGED = "198.51.100.4", "203.0.113.7"


class _From:
    """The app as it is reached from other machines: a header says from which."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            peer = dict(scope["headers"])[b"x-peer"].decode()
            scope = {**scope, "client": (peer, 50_000)}
        await self.app(scope, receive, send)


def _app(trusted: Trusted) -> ASGIApp:
    """An app that tells its client's address, behind what uvicorn makes of `--forwarded-allow-ips` (uvicorn/config.py)."""
    app = FastAPI()

    @app.get("/")
    def read_client(request: Request) -> str:
        return request.client.host if request.client else ""

    return _From(ProxyHeadersMiddleware(app, trusted))  # pyrefly: ignore[bad-argument-type]


def _check_trusted(trusted: Trusted) -> str:
    listed = isinstance(trusted, list) and all(isinstance(entry, str) for entry in trusted)
    assert isinstance(trusted, str) or listed, (
        "`--forwarded-allow-ips` takes a text, addresses and networks with commas between them; "
        f"{code(repr(trusted)[:80])} came."
    )
    entries = [entry.strip() for entry in (trusted if isinstance(trusted, list) else trusted.split(","))]
    literals = ProxyHeadersMiddleware(FastAPI(), trusted).trusted_hosts.trusted_literals  # pyrefly: ignore[bad-argument-type]
    names = [entry for entry in entries if entry in literals]
    with running(_app(trusted), proxy_headers=False) as server:
        _believed(server, names)
        for peer, who in (
            ("203.0.113.9", "a stranger on the internet, who found the app's own address,"),
            ("10.1.8.5", "a machine of the office, 10.1.8.5,"),
            ("10.1.1.5", "a machine of the network behind your balancers', 10.1.1.5,"),
            ("10.0.0.8", "the neighbour of your proxy, 10.0.0.8,"),
        ):
            assert _seen(server, peer, FORGED) == peer, (
                f"{who} wrote {code(f'X-Forwarded-For: {FORGED}')}, and was believed. Whoever is trusted chooses the address "
                "that your log, your limits and your audit see: list the proxies alone."
            )
        came = _seen(server, "10.0.0.7", f"{FORGED}, {CUSTOMER}, 10.1.0.23")
        assert came == CUSTOMER, (
            f"a request came through both proxies, with {code(f'X-Forwarded-For: {FORGED}, {CUSTOMER}, 10.1.0.23')}. The "
            f"customer is {CUSTOMER}, and the first address is her own invention; the app saw {code(came)}."
        )
    return "Your proxies are believed, wherever the balancer puts the next one; nobody else is, however they ask."


def _believed(server: Server, names: list[str]) -> None:
    """Each proxy tells the app who its customer is."""
    for peer, what in (
        ("10.0.0.7", "the proxy at 10.0.0.7"),
        ("10.1.0.23", "a load balancer at 10.1.0.23"),
        ("10.1.0.200", "the load balancer that came yesterday, at 10.1.0.200,"),
    ):
        if _seen(server, peer, CUSTOMER) == CUSTOMER:
            continue
        odd = f" uvicorn takes {code(names[0])} for a name, not for an address or a network." if names else ""
        raise AssertionError(
            f"{what} is not believed: the app takes it for the customer.{odd} Entries are addresses such as `10.0.0.7` or "
            "networks such as `10.1.0.0/24`, with commas between them."
        )


def _seen(server: Server, peer: str, forwarded: str) -> str:
    """The client's address as the app sees it, for a request from `peer`."""
    return ask(server, "GET", "/", headers={"X-Peer": peer, "X-Forwarded-For": forwarded}).json()


def _solve_trusted() -> Trusted:
    trusted = "10.0.0.7,10.1.0.0/24"
    return trusted


EXERCISE = Exercise(
    id="7.1-proxy",
    title="trust your proxies and nobody else",
    task="With the text as `--forwarded-allow-ips`, the proxy at 10.0.0.7 and whatever has an address in 10.1.0.0/24 should be "
    "believed, and nobody else.",
    check=_check_trusted,
    hints=(
        "The option takes addresses and networks, with commas between them. Who is believed with `*`?",
        "A network is written as its first address and the number of bits that all its addresses share. Which network "
        "holds 10.1.0.23 and 10.1.0.200, and not 10.1.8.5?",
    ),
    solution=_solve_trusted,
    wants="value",
)
