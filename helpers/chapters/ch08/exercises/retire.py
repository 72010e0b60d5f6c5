"""Exercise 8.5-retire: an old version says goodbye, in every answer."""

import time
from collections.abc import Awaitable, Callable
from typing import Annotated

import httpx
from fastapi import APIRouter, BackgroundTasks, FastAPI, HTTPException, Query, Request, Response
from starlette.background import BackgroundTask

from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error

GOODBYE = "@1798761600"


def _app(own: list[str]) -> FastAPI:
    """The same price in two versions, whose path operation adds a task of its own; v10 is no part of v1."""
    app = FastAPI()

    def read_price(kilograms: Annotated[int, Query(le=30)], background_tasks: BackgroundTasks) -> float:
        if kilograms == 13:
            raise HTTPException(404, "no such price")
        background_tasks.add_task(own.append, "own task")
        return 4.90

    for version in ("v1", "v2", "v10", "v2/v1"):
        router = APIRouter(prefix=f"/{version}")
        router.get("/prices")(read_price)
        router.get("/old-prices/{year}", include_in_schema=False)(lambda year, kilograms: 3.90)
        app.include_router(router)
    return app


def _check_retire(say_goodbye: Callable[[FastAPI, Callable[[str], None]], None]) -> str:
    noted: list[str] = []
    own: list[str] = []

    def note_use(path: str) -> None:
        time.sleep(0.2)
        noted.append(path)

    app = _app(own)
    say_goodbye(app, note_use)
    answered = Answered(app, lambda: len(noted))
    with running(answered) as server:

        def ask(path: str) -> tuple[httpx.Response, int, list[str]]:
            server.client.hang_up()
            noted.clear()
            with record():
                answer = server.client.get(path)
            error = logged_error(server.log)
            assert not error, f"`GET {path.split('?')[0]}` failed: {error}."
            return answer, answered.seen[-1], list(noted)

        newer, _, noted_newer = ask("/v2/prices?kilograms=2")
        tenth, _, noted_tenth = ask("/v10/prices?kilograms=2")
        inner, _, noted_inner = ask("/v2/v1/prices?kilograms=2")
        older, early, noted_older = ask("/v1/prices?kilograms=2")
        absent, early_absent, noted_absent = ask("/v1/prices?kilograms=13")
        heavy, _, noted_heavy = ask("/v1/prices?kilograms=31")
        nowhere, _, noted_nowhere = ask("/v1/stamps")
        second, _, noted_second = ask("/v1/old-prices/1999?kilograms=2")
    codes = [answer.status_code for answer in (newer, older, absent, heavy)]
    assert codes == [200, 200, 404, 422], f"the answers should stay 200, 200, 404 and 422, but became {codes}."
    assert (older.json(), second.json()) == (4.90, 3.90), "the answers' bodies should stay as they are."
    assert "deprecation" in older.headers, (
        "an answer of `/v1` has no `Deprecation` header: headers are set on the response."
    )
    for what, answer in (("/v2", newer), ("/v10", tenth), ("/v2/v1", inner)):
        assert "deprecation" not in answer.headers, (
            f"`{what}` says that it is deprecated, too: look at the request's path first, which is to begin with `/v1/`."
        )
    for what, answer in (("404", absent), ("422", heavy), ("404 for a path that does not exist", nowhere)):
        assert "deprecation" in answer.headers, (
            f"the {what} of `/v1` has no `Deprecation` header: an error is another answer than the one that a dependency "
            "has got. What sees all answers?"
        )
    values = {answer.headers["deprecation"] for answer in (older, absent, heavy, nowhere, second)}
    assert values == {GOODBYE}, f"the header's value should be {GOODBYE}, but is {sorted(values)}."
    assert not noted_newer and not noted_tenth, (
        f"a use of `{'/v2' if noted_newer else '/v10'}` was noted: only `/v1` is retired."
    )
    assert noted_older, "a use of `/v1` was not noted."
    assert noted_absent and noted_heavy and noted_nowhere, (
        "only successes are noted: a client that gets 404 or 422 uses the old version, too."
    )
    assert not early and not early_absent, (
        "the client waited for `note_use`: it takes 0.2 s, so let it run after the answer."
    )
    for path, notes in (("/v1/prices", noted_older), ("/v1/old-prices/1999", noted_second)):
        assert notes == [path], f"one use should be noted as `{path}`, once, but the notes are {notes}."
    assert own, "the path operation's own task did not run any more: your background took its place."
    return "Every answer of `/v1` says that it goes, refusals included; each use is noted after the answer, and `/v2` is as it was."


def _solve_retire() -> Callable[[FastAPI, Callable[[str], None]], None]:
    def say_goodbye(app: FastAPI, note_use: Callable[[str], None]) -> None:
        @app.middleware("http")
        async def tell(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
            response = await call_next(request)
            if request.url.path.startswith("/v1/"):
                response.headers["Deprecation"] = "@1798761600"
                response.background = BackgroundTask(note_use, request.url.path)
            return response

    return say_goodbye


EXERCISE = Exercise(
    id="8.5-retire",
    title="an old version says goodbye, in every answer",
    task="`say_goodbye(app, note_use)` should give every answer below `/v1/`, a 404 and a 422 included, the header `Deprecation: "
    "@1798761600`, and call `note_use` with the request's path after the answer. Answers of `/v2/` stay as they are.",
    check=_check_retire,
    hints=(
        "A dependency sees a request before it is refused, but not the refusal. What sees every answer but the 500 of a crash (section 4.2)?",
        '`@app.middleware("http")` works inside a function that has `app`. The request\'s path is `request.url.path`.',
        "`call_next` gives a response that may carry a `background` of its own, beside the path operation's tasks.",
    ),
    solution=_solve_retire,
    wants="function",
)
