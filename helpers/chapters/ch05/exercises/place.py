"""Exercise 5.2-place: no place is given away twice."""

import contextlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, HTTPException, Path

from helpers.chapters.ch05.exercises.database import borrowed, execute
from helpers.chapters.ch05.exercises.depot import in_the_depot
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.wording import logged_error

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.depot import Depot, depots, orm, update


def _check_place(app: FastAPI, engine: "AnyEngine") -> str:
    if engine.url.get_backend_name() != "postgresql":
        raise AssertionError(
            "this exercise needs a PostgreSQL: SQLite has no row locks, and `Postgres().why_not` says why."
        )
    ids = [
        execute(engine, "INSERT INTO depot (city, free) VALUES (:city, :free) RETURNING id", city=city, free=free)[0][0]
        for city, free in (
            ("check roomy", 3),
            ("check last", 1),
            ("check other", 9),
            ("check pair", 2),
            ("check busy", 2),
        )
    ]
    roomy, last, other, pair, busy = ids
    try:
        with borrowed(engine) as connections, running(app) as server:
            codes = [_ask(server, roomy) for _ in range(5)]
            left = _free(engine, roomy)
            with _rival(engine, last) as taken:
                code = _ask(server, last)
            errors, after = logged_error(server.log), _free(engine, last)
            with _rival(engine, pair) as _:
                second = _ask(server, pair)
            errors = errors or logged_error(server.log)
            with _held(engine, busy):
                patient = _ask(server, busy)
            errors = errors or logged_error(server.log)
            untouched = _free(engine, other) == 9
    finally:
        execute(engine, "DELETE FROM depot WHERE city LIKE 'check %'")
    assert 500 not in (*codes, code, second, patient), f"your app answered 500: {errors}."
    assert connections.ever, (
        "no connection of the engine that you passed was borrowed: is it the one that your app uses?"
    )
    assert untouched, "a place was taken in another depot, too: which rows does your statement reach?"
    assert codes[:3] == [204] * 3, f"three places were free, but your app answered {codes[:3]}: 204 was asked for."
    assert left != 3, "three clients got a 204, and as many places are free as before: was it committed?"
    assert left == 0 or codes[3:] != [204, 204], f"three places were free, and five clients got one; {left} are left."
    assert codes[3:] == [409, 409], f"no place was left, but your app answered {codes[3:]}: 409 was asked for."
    assert left == 0, f"three places were taken of three, but the table says that {left} are left."
    got = (code == 204) + len(taken)
    assert got <= 1, (
        "one place was left, and two clients got it: between your look and your change another process took it. Lock the "
        "row when you read it, or let one UPDATE look and take."
    )
    assert got == 1 and after == 0, f"one place was left and somebody asked: {got} got one, and {after} are left."
    assert second == 204, (
        f"two places were free, another process took one in the same moment, and {second} came: there was one more. Try again, lock "
        "the row when you read it, or let one UPDATE look and take."
    )
    assert patient == 204, (
        f"two places were free, another process held the row for a moment, and {patient} came. A locked row is not one without a "
        "place: `skip_locked` and `nowait` do not wait for it."
    )
    return "Each place was given away once, also when another process came between."


def _ask(server: Server, depot: int) -> int:
    with record():
        code = server.client.post(f"/depots/{depot}/places").status_code
    server.client.hang_up()
    return code


def _free(engine: "AnyEngine", depot: int) -> int:
    return execute(engine, "SELECT free FROM depot WHERE id = :id", id=depot)[0][0]


@contextmanager
def _held(engine: "AnyEngine", depot: int) -> Iterator[None]:
    """Another process has the row locked for a moment, and takes nothing."""
    from sqlalchemy import NullPool, create_engine, text

    address = engine.url.set(drivername=engine.url.get_backend_name())
    with create_engine(address, poolclass=NullPool).connect() as other:
        other.execute(text("SELECT id FROM depot WHERE id = :id FOR UPDATE"), {"id": depot})
        end = threading.Timer(0.3, other.rollback)
        end.start()
        try:
            yield
        finally:
            end.join()


@contextmanager
def _rival(engine: "AnyEngine", depot: int) -> Iterator[list[int]]:
    """Another process takes a place right after the learner's first SELECT, unless the row is locked; what it got."""
    from sqlalchemy import NullPool, create_engine, event, text
    from sqlalchemy.exc import OperationalError

    taken: list[int] = []
    asked: list[str] = []
    blocking: Any = getattr(engine, "sync_engine", engine)

    def come_between(connection: Any, cursor: Any, statement: str, *rest: object) -> None:
        words = statement.lower()
        if asked or "from depot" not in " ".join(words.split()) or not words.lstrip().startswith(("select", "with")):
            return
        asked.append(statement)
        address = engine.url.set(drivername=engine.url.get_backend_name())
        take = text("UPDATE depot SET free = free - 1 WHERE id = :id AND free > 0 RETURNING id")
        with contextlib.suppress(OperationalError):  # the row is locked
            with create_engine(address, poolclass=NullPool).begin() as other:
                other.execute(text("SET LOCAL lock_timeout = '100ms'"))
                taken.extend(other.scalars(take, {"id": depot}))

    event.listen(blocking, "after_cursor_execute", come_between)
    try:
        yield taken
    finally:
        event.remove(blocking, "after_cursor_execute", come_between)


@in_the_depot
def _solve_place() -> tuple[FastAPI, "AnyEngine"]:
    app = FastAPI()

    @app.post("/depots/{depot_id}/places", status_code=204)
    def take_free_place(depot_id: Annotated[int, Path(ge=1, le=2**31 - 1)]) -> None:
        take = update(Depot).where(Depot.id == depot_id, Depot.free > 0).values(free=Depot.free - 1).returning(Depot.id)
        with orm.Session(depots) as session, session.begin():
            taken = session.scalar(take)
        if taken is None:
            raise HTTPException(409, "no place is left")

    return app, depots


EXERCISE = Exercise(
    id="5.2-place",
    title="no place is given away twice",
    task="`POST /depots/{depot_id}/places` should take one free place: 204 when there was one, 409 when none is left, and no "
    "place twice, whoever comes between.",
    check=_check_place,
    hints=(
        "What may another process do between your SELECT and your UPDATE?",
        "`session.get(Depot, depot_id, with_for_update=True)` locks the row until the transaction ends.",
        "Or one statement: `update(Depot).where(Depot.id == depot_id, Depot.free > 0)`; `.returning(Depot.id)` says whether there was one.",
    ),
    solution=_solve_place,
    wants=("app", "value"),
    routes=("POST /depots/{depot_id}/places",),
)
