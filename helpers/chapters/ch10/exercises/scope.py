"""10.3-scope: given back before the answer."""

import time
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException

from helpers.learning.answered import Answered
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


class Pool:
    """As in the notebook."""

    def __init__(self) -> None:
        self.held = 0

    def acquire(self) -> str:
        self.held += 1
        return "connection"

    def release(self, connection: str) -> None:
        self.held -= 1


pool = Pool()


def _check(app: FastAPI, pool: Any, get_connection: Callable[..., Any]) -> str:
    seen: dict[str, int] = {"acquired": 0, "released": 0}
    pool.held = 0
    acquire, release = pool.acquire, pool.release

    def note_acquired() -> Any:
        seen["acquired"] += 1
        return acquire()

    def note_released(connection: object) -> None:
        seen["released"] += 1
        release(connection)

    pool.acquire, pool.release = note_acquired, note_released
    answered = Answered(app, lambda: pool.held)
    try:
        with running(answered) as server:
            for _ in range(2):
                with record():
                    answer = server.client.get("/parcels")
                _given_back(answer, answered.seen[-1], seen["acquired"], logged_error(server.log))
            with record():
                broken = server.client.get("/broken")
    finally:
        del pool.acquire, pool.release
    assert broken.status_code == 409, (
        f"GET /broken should answer 409, but {broken.status_code} came: {logged_error(server.log)}."
    )
    assert answered.seen[-1] == pool.held == 0, (
        "a path operation that fails leaves its connection behind: `finally` gives it back then, too."
    )
    assert seen == {"acquired": 3, "released": 3}, (
        f"three requests should acquire and give back a connection each, but {seen['acquired']} were acquired and "
        f"{seen['released']} came back."
    )
    return "The connection is given back before the answer, whatever the path operation does."


def _given_back(answer: httpx.Response, held_at_the_answer: int, acquired: int, error: str) -> None:
    assert answer.status_code == 200, f"GET /parcels should answer 200, but {answer.status_code} came: {error}."
    assert acquired, "no connection was acquired: `pool.acquire()` gives one."
    assert answer.json() == {"held": 1}, (
        f"while the path operation runs, one connection is held, but {answer.text} came: `yield` what you have acquired."
    )
    assert held_at_the_answer == 0, (
        'the connection was still held when the answer went out, by the request of a task that does not need it: `scope="function"` '
        "gives it back before."
    )


def work_slowly() -> None:
    """As in the notebook."""
    time.sleep(0.3)


def _solve() -> tuple[FastAPI, Pool, Any]:
    def get_connection() -> Iterator[str]:
        connection = pool.acquire()
        try:
            yield connection
        finally:
            pool.release(connection)

    ConnectionDep = Annotated[str, Depends(get_connection, scope="function")]
    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(connection: ConnectionDep, background_tasks: BackgroundTasks) -> dict[str, int]:
        background_tasks.add_task(work_slowly)
        return {"held": pool.held}

    @app.get("/broken")
    def fail(connection: ConnectionDep) -> None:
        raise HTTPException(409)

    return app, pool, get_connection


EXERCISE = Exercise(
    id="10.3-scope",
    title="given back before the answer",
    task="`ConnectionDep` should acquire a connection from `pool` for a path operation and release it before the answer is sent, also "
    "when the path operation raises.",
    check=_check,
    hints=(
        "Until when does a dependency with `yield` stay open, if nothing is said?",
        "`Depends(get_connection, scope=...)`, and a `try` around the `yield`.",
    ),
    solution=_solve,
    wants=("app", "value", "function"),
    routes=("GET /parcels", "GET /broken"),
)
