"""Exercise 4.2-stack: three middlewares in the right order."""

import secrets
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.gzip import GZipMiddleware
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import logged_error

HOST = "parcels.example"
STRANGERS = ("localhost", "127.0.0.1", f"old.{HOST}", f"{HOST}.evil.example")


class StampId:
    """The heart of the notebook's class: a number of its own on each answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def stamp(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = secrets.token_hex(4)
            await send(message)

        await self.app(scope, receive, stamp)


def _check_stack(protect: Callable[[FastAPI], Any]) -> str:
    app = FastAPI()

    @app.get("/parcels")
    async def list_parcels() -> list[str]:
        return ["a parcel on its way"] * 200

    @app.get("/parcels/{parcel_id}")
    async def get_parcel(parcel_id: int) -> int:
        return parcel_id

    before = len(app.user_middleware)
    protect(app)
    assert len(app.user_middleware) > before, (
        "your function added nothing to the app that it was given. `app.add_middleware(...)` changes it; wrapping the name `app` "
        "inside the function changes nothing outside."
    )
    with running(app) as server:
        server.client.headers["Connection"] = "close"  # after a 500, a kept connection ends under the next request
        ours = {"Host": HOST}
        listed = [server.client.get("/parcels", headers=ours) for _ in range(2)]
        small = server.client.get("/parcels/7", headers=ours)
        foreign, *others = [
            server.client.get("/parcels", headers={"Host": host}) for host in ("evil.example", *STRANGERS)
        ]
    error = logged_error(server.log)
    code = listed[0].status_code
    assert code != 500, f"with your middleware the app answered 500 ({error})."
    assert code == 200, f"a request for {HOST} should be answered with 200, but {code} came: which hosts are allowed?"
    assert foreign.status_code == 400, (
        f"a request for evil.example should be refused with 400, but {foreign.status_code} came: `allowed_hosts` says whom you serve."
    )
    served = [host for host, answer in zip(STRANGERS, others) if answer.status_code != 400]
    assert not served, (
        f"a request for {served[0]} was served as well, and only those for {HOST} should be: each entry of `allowed_hosts` lets "
        "somebody in, and `*.` all that stand below a name."
    )
    assert listed[0].headers.get("Content-Encoding") == "gzip", (
        "a long list did not come compressed: `GZipMiddleware` is missing."
    )
    assert "Content-Encoding" not in small.headers, (
        "an answer of one byte came compressed, and longer than it was: leave `minimum_size` as it is, 500 bytes."
    )
    assert "X-Request-ID" in listed[0].headers, "the answers carry no `X-Request-ID`: `StampId` is missing."
    assert "X-Request-ID" in foreign.headers, (
        "the refused request has no `X-Request-ID`: it never came as far as `StampId`, because `TrustedHostMiddleware` stands "
        "outside. The one that is added last stands outermost."
    )
    ids = [answer.headers["X-Request-ID"] for answer in (*listed, foreign)]
    assert len(set(ids)) == 3, "three answers share an id: `StampId` gives each request one of its own."
    return "Known hosts get compressed answers, others a refusal, and all of them an id."


def _solve_stack() -> Callable[[FastAPI], None]:
    def protect(app: FastAPI) -> None:
        app.add_middleware(GZipMiddleware)
        app.add_middleware(TrustedHostMiddleware, allowed_hosts=["parcels.example"])
        app.add_middleware(StampId)

    return protect


EXERCISE = Exercise(
    id="4.2-stack",
    title="three middlewares in the right order",
    task="`protect(app)` should add three middlewares to the app: only requests for `parcels.example` are served, long answers "
    "come compressed, and every answer but a crash's 500 carries an `X-Request-ID`, that of a refused request too.",
    check=_check_stack,
    hints=(
        "Who makes the answer to a foreign host, and whom does that answer pass on its way out?",
        "`TrustedHostMiddleware` takes `allowed_hosts`, a list; `GZipMiddleware` needs nothing; `StampId` stands in section 4.2.",
        "What shall see every answer has to stand outermost, and the one added last does.",
    ),
    solution=_solve_stack,
    wants="function",
)
