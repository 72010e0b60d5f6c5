"""Exercise 5.5-gone: a locker goes, and its keys with it."""

from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, HTTPException, Path

from helpers.chapters.asking import ask, logged
from helpers.chapters.ch05.exercises.database import execute, statements
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.live.server import running

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.tables import Key, Locker, Session, delete, lockers_engine

FIRST = 900_000
MOST = 3


def _check_gone(app: FastAPI, engine: "AnyEngine") -> str:
    for locker, keys in ((1, 3), (2, 2), (3, 40), (4, 0)):
        execute(engine, "INSERT INTO locker (id) VALUES (:id)", id=FIRST + locker)
        for _ in range(keys):
            execute(engine, "INSERT INTO key (locker_id) VALUES (:id)", id=FIRST + locker)
    # What was said on one connection alone is not said on the next.
    getattr(engine, "sync_engine", engine).dispose(close=False)
    try:
        with statements(engine) as told, running(app) as server:
            for locker, keys in ((1, 3), (3, 40), (4, 0)):
                told.clear()
                answer = ask(server, "DELETE", f"/lockers/{FIRST + locker}")
                sent = [statement for statement in told if not statement.upper().lstrip().startswith("PRAGMA")]
                assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
                assert answer.status_code == 204, f"204 was asked for, but {answer.status_code} came."
                assert sent, "no statement reached the engine that was passed: use `Session(lockers_engine)`."
                assert not _count(engine, "locker", "id", locker), (
                    "the answer was 204, and the locker is still in the table: was it committed?"
                )
                left = _count(engine, "key", "locker_id", locker)
                assert not left, (
                    f"the locker is gone, and {left} of its keys hang on a locker that is not there. SQLite follows `ondelete` "
                    "only where `PRAGMA foreign_keys=ON` was said, on each connection; or delete them yourself."
                )
                assert len(sent) <= MOST, (
                    f"{len(sent)} statements were needed for a locker with {keys} keys, at most {MOST} were asked for."
                )
            assert _count(engine, "locker", "id", 2) and _count(engine, "key", "locker_id", 2) == 2, (
                "another locker, or its keys, went along: which rows do your statements reach?"
            )
            unknown = ask(server, "DELETE", f"/lockers/{FIRST + 1}")
            assert unknown.status_code == 404, (
                f"404 was asked for a locker that is not there any more, but {unknown.status_code} came."
            )
    finally:
        execute(engine, "DELETE FROM key WHERE locker_id > :first", first=FIRST)
        execute(engine, "DELETE FROM locker WHERE id > :first", first=FIRST)
    return "The lockers went with their keys, forty as fast as none."


def _count(engine: "AnyEngine", table: str, column: str, locker: int) -> int:
    return execute(engine, f"SELECT count(*) FROM {table} WHERE {column} = :id", id=FIRST + locker)[0][0]


@at_the_tables
def _solve_gone() -> tuple[FastAPI, "AnyEngine"]:
    app = FastAPI()

    @app.delete("/lockers/{locker_id}", status_code=204)
    def remove_locker(locker_id: Annotated[int, Path(ge=1, le=2**63 - 1)]) -> None:
        with Session(lockers_engine) as session:
            session.exec(delete(Key).where(Key.locker_id == locker_id))
            gone = session.exec(delete(Locker).where(Locker.id == locker_id)).rowcount
            session.commit()
        if not gone:
            raise HTTPException(404, "no such locker")

    return app, lockers_engine


EXERCISE = Exercise(
    id="5.5-gone",
    title="a locker goes, and its keys with it",
    task="`DELETE /lockers/{locker_id}` should take the locker and its keys away, in at most three statements: 204, or 404 when "
    "there is no such locker.",
    check=_check_gone,
    hints=(
        '`ondelete="CASCADE"` stands in the table. Who reads it, and does SQLite?',
        '`event.listen(lockers_engine, "connect", ...)` can say `PRAGMA foreign_keys=ON` on each new connection.',
        "Or two statements, keys first: `delete(Key).where(Key.locker_id == locker_id)`; `rowcount` says whether there was a locker.",
    ),
    solution=_solve_gone,
    wants=("app", "value"),
    routes=("DELETE /lockers/{locker_id}",),
)
