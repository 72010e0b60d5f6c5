"""How the checks of several chapters ask a learner's app, and how they tell what came."""

import json
import time
from typing import Any

import httpx

from helpers.learning.stubs import kind, missing_route, tell
from helpers.live.server import Server
from helpers.wording import code, describe, logged_error

PATIENCE = 3.0  # seconds for an answer
TASK = "Does it wait for its own task? That starts only when the answer has been sent."


def logged(server: Server) -> str:
    """The error that the first traceback in a server's log ends with, or nothing."""
    until = time.monotonic() + 0.5
    while server.busy and time.monotonic() < until:  # uvicorn logs it after the 500 is out
        time.sleep(0.002)
    return logged_error(server.log).rstrip(".")


def is_app(made: Any, maker: str, *routes: str) -> None:
    """AssertionError unless what the function `maker` returned is an app with these `routes`, such as "GET /count"."""
    assert made is not None, f"`{maker}` returned `None`: is there a `return app`?"
    if kind(made) == "coroutine":
        made.close()
        raise AssertionError(
            f"`{maker}` is an `async def`, and calling it gives no app: a plain `def` makes the app. What has to be awaited is "
            "awaited where the app starts, or where it is asked."
        )
    assert kind(made) == "app", f"`{maker}` should return an app; {tell(made)}."
    missing = missing_route(made, routes)
    assert not missing, missing


def ask(server: Server, method: str, path: str, *, silent: str = TASK, **request: Any) -> httpx.Response:
    """A request on a connection of its own: uvicorn closes the connection of a request whose task fails.

    AssertionError, with `silent` for a cause, when there is no answer after `PATIENCE` seconds.
    """
    server.client.hang_up()
    try:
        return server.client.request(method, path, timeout=PATIENCE, **request)
    except httpx.ReadTimeout:
        raise AssertionError(f"`{method} {path}` had not answered after {PATIENCE:g} s. {silent}") from None


def said(answer: httpx.Response) -> Any:
    """What an answer says: its JSON, or its text where it is none."""
    return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text


def wanted(expected: Any, answer: httpx.Response) -> str:
    """Half a sentence for an answer with another content than was asked for, in JSON as the client reads it."""
    text = code(json.dumps(expected))
    try:
        came = answer.json()
    except ValueError:
        return f"{text} was asked for, but {describe(answer.text)} came, which is no JSON"
    if isinstance(came, str) and came.lstrip().startswith(("{", "[")):
        return f"{text} was asked for, but a text came that only looks like it. Return the object itself: FastAPI makes JSON of it"
    return f"{text} was asked for, but {code(answer.text[:80])} came"
