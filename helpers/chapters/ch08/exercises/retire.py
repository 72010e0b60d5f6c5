"""Exercise 8.5-retire: an old version says goodbye, in every answer."""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import httpx
from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException, Query, Request, Response
from starlette.background import BackgroundTask

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running


def _check_retire(retire: Callable[[FastAPI, Callable[[str], None]], None]) -> str:
    noted: list[str] = []

    def note_use(path: str) -> None:
        time.sleep(0.2)
        noted.append(path)

    app = FastAPI()
    old, new = APIRouter(prefix="/v1"), APIRouter(prefix="/v2")
    for router in (old, new):

        @router.get("/prices")
        def read_price(kilograms: Annotated[int, Query(le=30)], background_tasks: BackgroundTasks) -> float:
            if kilograms == 13:
                raise HTTPException(404, "no such price")
            background_tasks.add_task(own.append, "own task")
            return 4.90

    own: list[str] = []
    app.include_router(old)
    app.include_router(new)
    retire(app, note_use)
    with running(app) as server:

        def ask(path: str) -> tuple[httpx.Response, int, list[str]]:
            server.client.hang_up()
            noted.clear()
            with record():
                answer = server.client.get(path)
                at_the_answer = len(noted)
            error = next((text.splitlines()[-1] for text in server.log if text.startswith("ERROR")), "")
            assert not error, f"`GET {path.split('?')[0]}` failed: {error}."
            return answer, at_the_answer, list(noted)

        newer, _, noted_newer = ask("/v2/prices?kilograms=2")
        older, early, noted_older = ask("/v1/prices?kilograms=2")
        absent, early_absent, noted_absent = ask("/v1/prices?kilograms=13")
        heavy, _, noted_heavy = ask("/v1/prices?kilograms=31")
    codes = [answer.status_code for answer in (newer, older, absent, heavy)]
    assert codes == [200, 200, 404, 422], f"the answers should stay 200, 200, 404 and 422, but became {codes}."
    assert "deprecation" in older.headers, (
        "an answer of `/v1` has no `Deprecation` header: headers are set on the response."
    )
    assert "deprecation" not in newer.headers, (
        "`/v2` says that it is deprecated, too: look at the request's path first."
    )
    for what, answer in (("404", absent), ("422", heavy)):
        assert "deprecation" in answer.headers, (
            f"the {what} of `/v1` has no `Deprecation` header: an error is another answer than the one that a dependency "
            "has got. What sees all answers?"
        )
    values = {answer.headers["deprecation"] for answer in (older, absent, heavy)}
    assert values == {"@1798761600"}, f"the header's value should be @1798761600, but is {sorted(values)}."
    assert not noted_newer, "a use of `/v2` was noted: only `/v1` is retired."
    assert noted_older, "a use of `/v1` was not noted."
    assert noted_absent and noted_heavy, (
        "only successes are noted: a client that gets 404 or 422 uses the old version, too."
    )
    assert not early and not early_absent, (
        "the client waited for `note_use`: it takes 0.2 s, so let it run after the answer."
    )
    assert noted_older == ["/v1/prices"], (
        f"one use should be noted as `/v1/prices`, once, but the notes are {noted_older}."
    )
    assert own, "the path operation's own task did not run any more: your background took its place."
    return "Every answer of `/v1` says that it goes, errors included; each use is noted after the answer, and `/v2` is as it was."


def _solve_retire() -> Callable[[FastAPI, Callable[[str], None]], None]:
    def retire(app: FastAPI, note_use: Callable[[str], None]) -> None:
        @app.middleware("http")
        async def say_goodbye(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            response = await call_next(request)
            if request.url.path.startswith("/v1/"):
                response.headers["Deprecation"] = "@1798761600"
                response.background = BackgroundTask(note_use, request.url.path)
            return response

    return retire


EXERCISE = Exercise(
    id="8.5-retire",
    title="an old version says goodbye, in every answer",
    task="`retire(app, note_use)` should give every answer below `/v1/`, errors included, the header `Deprecation: "
    "@1798761600`, and call `note_use` with the request's path after the answer. Answers of `/v2/` stay as they are.",
    check=_check_retire,
    hints=(
        "A dependency sees a request before it is refused, but not the refusal. What sees every answer (section 4.2)?",
        '`@app.middleware("http")` works inside a function that has `app`. The request\'s path is `request.url.path`.',
        "`call_next` gives a response that may carry a `background` of its own, beside the path operation's tasks.",
    ),
    solution=_solve_retire,
    wants="function",
)
