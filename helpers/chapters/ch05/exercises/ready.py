"""Exercise 5.1-ready: alive, and ready when the database is."""

from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, HTTPException

from helpers.chapters.ch05.exercises.database import borrowed
from helpers.chapters.ch05.exercises.depot import in_the_depot
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.services.postgres import Postgres
from helpers.wording import logged_error

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.depot import OperationalError, create_engine, small


def _check_ready(app: FastAPI, engine: "AnyEngine", database: Postgres) -> str:
    assert database.kind != "no PostgreSQL", f"this exercise needs a PostgreSQL. {database.why_not}"
    codes: dict[str, list[int]] = {"/live": [], "/ready": []}
    bodies: list[str] = []
    database.start()
    try:
        with borrowed(engine) as connections, running(app) as server:
            for change in (database.start, database.start, database.stop, database.start, database.restart):
                change()
                for path, seen in codes.items():
                    with record():
                        answer = server.client.get(path)
                    seen.append(answer.status_code)
                    server.client.hang_up()
                bodies.append(answer.text)
            held, errors = _out(engine), logged_error(server.log)
    finally:
        database.start()
    assert connections.ever, (
        "no connection of the engine that you passed was borrowed: is it the one that your app asks?"
    )
    _judge(codes["/live"], codes["/ready"], errors, told=bodies[2] != bodies[1])
    assert held == 0, f"{held} connections are still out: who borrows one gives it back, with `with` or `close()`."
    return "Ready while the database answers, 503 while it does not, ready again after it, and alive throughout."


def _out(engine: "AnyEngine") -> int:
    """How many connections the pool misses; one that keeps none misses none. (A ping that fails upsets the pool's events.)"""
    pool: Any = getattr(engine, "sync_engine", engine).pool
    return pool.checkedout() if hasattr(pool, "checkedout") else 0


def _judge(live: list[int], ready: list[int], errors: str, told: bool) -> None:
    up, down, back = ready[:2], ready[2], ready[3:]
    assert set(live) == {200}, (
        f"`/live` said {next(code for code in live if code != 200)} while the database was away: whoever watches it kills a "
        "process that has nothing wrong."
    )
    assert up == [200, 200] or 500 not in up, f"your app answered 500 while the database was there: {errors}."
    assert up == [200, 200], f"the database answers, but `/ready` said {up[0] if up[0] != 200 else up[1]}."
    assert down != 500, (
        f"`/ready` said 500 while the database was away: {errors}. An answer that you foresee is no crash: catch it, and "
        "say 503."
    )
    assert down != 200 or not told, (
        "while the database was away `/ready` said so in words, with a 200: who asks it reads the status code alone."
    )
    assert down != 200, (
        "the database was away, and `/ready` said 200. Did it ask? `connect()` alone takes a connection out of the pool, "
        "however dead: a statement such as `SELECT 1` needs an answer."
    )
    assert down == 503, f"503 was asked for while the database is away, but {down} came."
    assert back == [200, 200], (
        "the database was back after a restart, and `/ready` said no: the pool still held a connection from before. "
        "`pool_pre_ping=True` replaces such a one before it is lent."
    )


@in_the_depot
def _solve_ready() -> tuple[FastAPI, "AnyEngine", Postgres]:
    ready_engine = create_engine(small.url, pool_size=2, max_overflow=0, pool_timeout=2, pool_pre_ping=True)
    app = FastAPI()

    @app.get("/live")
    def live() -> str:
        return "alive"

    @app.get("/ready")
    def ready() -> str:
        try:
            with ready_engine.connect() as connection:
                connection.exec_driver_sql("SELECT 1")
        except OperationalError:
            raise HTTPException(503, "the database does not answer") from None
        return "ready"

    return app, ready_engine, small


EXERCISE = Exercise(
    id="5.1-ready",
    title="alive, and ready when the database is",
    task="`GET /ready` should answer 200 while the database answers and 503 while it does not, and hold nothing; `GET /live` "
    "should answer 200 whatever happens.",
    check=_check_ready,
    hints=(
        "What does the pool hand out after a restart, and who notices that it is dead?",
        "Run `SELECT 1` on a connection, and turn an `OperationalError` into `HTTPException(503)`.",
        "Make the engine with `pool_pre_ping=True`, so that the first one after a restart does not pay for all.",
    ),
    solution=_solve_ready,
    wants=("app", "value", "value"),
    routes=("GET /live", "GET /ready"),
)
