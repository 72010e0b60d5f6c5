"""What learners pass to 5.1-ready."""

from collections.abc import Callable

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.responses import JSONResponse
from sqlalchemy import NullPool, create_engine, text
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine

from helpers.chapters.ch05.exercises.depot import depot_office
from tests.chapters.answers import right, stub, wrong

small = depot_office().small
two = {"pool_size": 2, "max_overflow": 0, "pool_timeout": 2}


def engine(**options):
    return create_engine(small.url, **(options if "poolclass" in options else two | options))


def service(ready: Callable, used, live: Callable | None = None, **options):
    app = FastAPI()
    app.get("/live")(live or (lambda: "alive"))
    app.get("/ready", **options)(ready)
    return app, used, small


def ask(used) -> None:
    with used.connect() as connection:
        connection.execute(text("SELECT 1"))


def refuse(used) -> None:
    try:
        ask(used)
    except OperationalError:
        raise HTTPException(503, "the database does not answer") from None


@stub("5.1-ready")
def ready_shipped():
    def ready() -> str: ...

    return service(ready, engine())


@wrong("5.1-ready", says="the pool still held a connection from before")
def ready_with_dead_connections():
    used = engine()

    def ready() -> str:
        refuse(used)
        return "ready"

    return service(ready, used)


@wrong("5.1-ready", says="is it the one that your app asks?")
def ready_always():
    used = engine()

    def ready() -> str:
        return "ready"

    return service(ready, used)


@wrong("5.1-ready", says="`connect()` alone takes a connection out of the pool")
def ready_by_the_pool():
    used = engine()

    def ready() -> str:
        try:
            used.connect().close()
        except OperationalError:
            raise HTTPException(503, "the database does not answer") from None
        return "ready"

    return service(ready, used)


@wrong("5.1-ready", says="An answer that you foresee is no crash")
def ready_crashes():
    used = engine(pool_pre_ping=True)

    def ready() -> str:
        ask(used)
        return "ready"

    return service(ready, used)


@wrong("5.1-ready", says="who asks it reads the status code alone")
def ready_says_it_in_words():
    used = engine(pool_pre_ping=True)

    def ready() -> dict[str, bool]:
        try:
            ask(used)
        except OperationalError:
            return {"ready": False}
        return {"ready": True}

    return service(ready, used)


@wrong("5.1-ready", says="kills a process that has nothing wrong")
def ready_and_alive_are_one():
    used = engine(pool_pre_ping=True)

    def ready() -> str:
        refuse(used)
        return "ready"

    return service(ready, used, live=ready)


@wrong("5.1-ready", says="503 was asked for while the database is away, but 404 came")
def ready_not_found():
    used = engine(pool_pre_ping=True)

    def ready() -> str:
        try:
            ask(used)
        except OperationalError:
            raise HTTPException(404) from None
        return "ready"

    return service(ready, used)


@wrong("5.1-ready", says="who borrows one gives it back")
def ready_keeps_a_connection():
    used = create_engine(small.url, pool_size=20, pool_pre_ping=True)
    kept = []

    def ready() -> str:
        try:
            connection = used.connect()
            connection.execute(text("SELECT 1"))
        except OperationalError:
            raise HTTPException(503) from None
        kept.append(connection)
        return "ready"

    return service(ready, used)


@right("5.1-ready")
def ready_without_a_pool():
    used = engine(poolclass=NullPool)

    def ready(response: Response) -> str:
        try:
            used.connect().close()
        except SQLAlchemyError:
            response.status_code = 503
            return "not ready"
        return "ready"

    return service(ready, used)


@right("5.1-ready")
def ready_that_throws_the_pool_away():
    used = engine()

    def ready() -> Response:
        for _ in range(2):
            try:
                ask(used)
                return JSONResponse("ready")
            except OperationalError:
                used.dispose()
        return JSONResponse("not ready", 503)

    return service(ready, used)


@right("5.1-ready")
def ready_by_a_dependency():
    used = engine(pool_pre_ping=True)

    def database_answers() -> None:
        refuse(used)

    def ready() -> str:
        return "ready"

    return service(ready, used, dependencies=[Depends(database_answers)])


@right("5.1-ready")
def ready_awaits():
    used = create_async_engine(small.url, pool_pre_ping=True, **two)

    async def ready() -> str:
        try:
            async with used.connect() as connection:
                await connection.execute(text("SELECT 1"))
        except OperationalError:
            raise HTTPException(503) from None
        return "ready"

    return service(ready, used)
