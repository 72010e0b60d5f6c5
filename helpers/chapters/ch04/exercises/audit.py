"""Exercise 4.1-audit: the audit that survives a refusal."""

import inspect
import time
from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse
from starlette.background import BackgroundTask

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

refusals: list[str] = []


def note_refusal(path: str) -> None:
    """As in the notebook."""
    time.sleep(0.3)
    refusals.append(path)


def _check_audit(refuse: Callable[..., Any], refusals: list[str]) -> str:
    assert isinstance(refusals, list), "the second thing to pass is the list `refusals`, which `note_refusal` fills."
    assert inspect.iscoroutinefunction(refuse) or inspect.isfunction(refuse), "the handler should be a function."
    app = FastAPI()
    app.add_exception_handler(403, refuse)

    @app.get("/depot")
    async def open_depot() -> None:
        raise HTTPException(403, "staff only")

    @app.get("/safe")
    async def open_safe() -> None:
        raise HTTPException(403, "nobody opens the safe")

    before = len(refusals)
    with running(app) as server:
        with record():
            answer = server.client.get("/depot")
            at_the_answer = refusals[before:]
        other = server.client.get("/safe")
        with record():
            pass
    noted, error = refusals[before:], logged_error(server.log)
    assert "is not callable" not in error or noted or answer.status_code == 403, (
        f"your handler did not return a response: the app answered {answer.status_code}, with {error}."
    )
    assert answer.status_code != 500, (
        f"the app answered 500: {error or 'the handler failed'}. A handler returns a response, such as a `JSONResponse`."
    )
    assert answer.status_code == 403, f"a refusal should stay 403, but {answer.status_code} came."
    assert not (at_the_answer and error), (
        "the path was noted before the answer, and the task then failed: `BackgroundTask(note_refusal(...))` calls the "
        "function at once. Pass the function and its argument, with a comma between them."
    )
    assert not at_the_answer, (
        "the client waited for `note_refusal`. Give the response a `background=`, and it runs after the answer."
    )
    assert not error, f"the client has its 403, but the task then failed: {error}."
    assert noted, (
        "the client was refused, but nothing was noted. A response runs only the task that is passed as its `background=`; a "
        "`BackgroundTasks()` on its own is never looked at."
    )
    assert noted == ["/depot", "/safe"], (
        f"the paths /depot and /safe were refused, and noted was {noted}. The handler gets the request: `request.url.path`."
    )
    detail = answer.json().get("detail") if "json" in answer.headers.get("content-type", "") else answer.text
    also = other.json().get("detail") if "json" in other.headers.get("content-type", "") else other.text
    assert (detail, also) == ("staff only", "nobody opens the safe"), (
        f"the answer should say why, with the error's own detail, {{'detail': 'staff only'}}, but it said {detail!r}."
    )
    return "Each refusal says why, at once, and is noted after its answer."


def _solve_audit() -> tuple[Callable[..., Any], list[str]]:
    async def refuse(request: Request, error: HTTPException) -> Response:
        note = BackgroundTask(note_refusal, request.url.path)
        return JSONResponse({"detail": error.detail}, status_code=403, background=note)

    return refuse, refusals


EXERCISE = Exercise(
    id="4.1-audit",
    title="the audit that survives a refusal",
    task="The handler should answer 403 with the error's detail, and `note_refusal` should note the path after the answer.",
    check=_check_audit,
    hints=(
        "What was dropped in section 4.1, and which response does the client get instead?",
        "A `JSONResponse` takes `background=`, a `BackgroundTask` of a function and its arguments.",
        "`request.url.path` is the path, `error.detail` the detail.",
    ),
    solution=_solve_audit,
    wants=("function", "value"),
)
