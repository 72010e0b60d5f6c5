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
from helpers.services.waiting import until
from helpers.wording import logged_error

PAUSE = 0.3  # seconds that `note_refusal` takes
REFUSED = {"/depot": "staff only", "/safe": "nobody opens the safe"}
refusals: list[str] = []


def note_refusal(path: str) -> None:
    """As in the notebook."""
    time.sleep(PAUSE)
    refusals.append(path)


def _check_audit(refuse: Callable[..., Any], refusals: list[str]) -> str:
    assert isinstance(refusals, list), "the second thing to pass is the list `refusals`, which `note_refusal` fills."
    _takes_two(refuse)
    app = FastAPI()
    app.add_exception_handler(403, refuse)

    @app.get("/depot")
    async def open_depot() -> None:
        raise HTTPException(403, REFUSED["/depot"])

    @app.get("/safe")
    async def open_safe() -> None:
        raise HTTPException(403, REFUSED["/safe"])

    before = len(refusals)
    answers = []
    at_the_answer: list[str] = []
    with running(app) as server:
        server.client.headers["Connection"] = "close"  # after a 500, a kept connection ends under the next request
        for number, path in enumerate(REFUSED):
            with record():
                answers.append(server.client.get(path))
                if number == 0:
                    at_the_answer = refusals[before:]
        if answers[-1].status_code == 403:
            until(lambda: len(refusals) >= before + len(REFUSED), 1.0)  # noted by a thread that nobody awaits
    noted, error, status = refusals[before:], logged_error(server.log), answers[0].status_code
    _answered(status, error, noted)
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
    assert noted == list(REFUSED), (
        f"the paths /depot and /safe were refused, and noted was {noted}. The handler gets the request: `request.url.path`."
    )
    details = [_detail(answer) for answer in answers]
    assert details == list(REFUSED.values()), (
        f"the answer should say why, with the error's own detail, {{'detail': 'staff only'}}, but it said {details[0]!r}."
    )
    return "Each refusal says why, at once, and is noted after its answer."


def _takes_two(refuse: Callable[..., Any]) -> None:
    try:
        signature = inspect.signature(refuse)
    except (TypeError, ValueError):
        return
    extra = [name for name in list(signature.parameters)[2:] if signature.parameters[name].default is inspect._empty]
    wants_tasks = any("BackgroundTasks" in str(parameter.annotation) for parameter in signature.parameters.values())
    assert not wants_tasks, (
        "a handler is given the request and the error, and no dependency: nobody injects `BackgroundTasks` there. Make a "
        "`BackgroundTask` yourself and pass it to the response as `background=`."
    )
    try:
        signature.bind(None, None)
    except TypeError:
        more = f", but yours also wants {', '.join(f'`{name}`' for name in extra)}" if extra else ""
        raise AssertionError(f"a handler is called with two things, the request and the error{more}.") from None


def _answered(status: int, error: str, noted: list[str]) -> None:
    nothing = "'NoneType' object is not callable", "without starting response"
    assert status == 403 or not any(words in error for words in nothing), (
        "your handler returned None. It makes the answer: `return JSONResponse(...)`."
    )
    assert status == 403 or "object is not callable" not in error, (
        f"your handler returned something that is no response ({error}). Return a `JSONResponse`."
    )
    assert status != 500 or "HTTPException" not in error, (
        "your handler raised the error again, and the client got 500. A handler returns a response, such as a `JSONResponse`."
    )
    assert status != 500, f"your handler failed with {error or 'an error'}, and the client got 500."
    assert status == 403, f"a refusal should stay 403, but {status} came."


def _detail(answer: Any) -> Any:
    if "json" not in answer.headers.get("content-type", ""):
        return answer.text
    content = answer.json()
    return content.get("detail") if isinstance(content, dict) else content


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
