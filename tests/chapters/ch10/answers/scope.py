"""What learners pass to 10.3-scope."""

import contextlib
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException

from helpers.chapters.ch10.exercises.scope import pool, work_slowly
from tests.chapters.answers import right, stub, wrong


def scope_app(dependency):
    """The notebook's path operations with this `ConnectionDep`."""
    app = FastAPI()

    @app.get("/parcels")
    def list_parcels(connection: dependency, background_tasks: BackgroundTasks) -> dict[str, int]:
        background_tasks.add_task(work_slowly)
        return {"held": pool.held}

    @app.get("/broken")
    def fail(connection: dependency) -> None:
        raise HTTPException(409)

    return app


def scope_of(get_connection, **options):
    return scope_app(Annotated[str, Depends(get_connection, **options)]), pool, get_connection


@stub("10.3-scope")
def scope_shipped():
    def get_connection(): ...

    return scope_of(get_connection)


def get_connection():
    connection = pool.acquire()
    try:
        yield connection
    finally:
        pool.release(connection)


@wrong("10.3-scope", says="still held when the answer went out")
def scope_default():
    return scope_of(get_connection)


@wrong("10.3-scope", says="leaves its connection behind")
def scope_without_finally():
    def get_connection():
        connection = pool.acquire()
        yield connection
        pool.release(connection)

    return scope_of(get_connection, scope="function")


@wrong("10.3-scope", says="one connection is held")
def scope_returned():
    def get_connection():
        connection = pool.acquire()
        pool.release(connection)
        return connection

    return scope_of(get_connection)


@right("10.3-scope")
def scope_async():
    async def get_connection():
        connection = pool.acquire()
        try:
            yield connection
        finally:
            pool.release(connection)

    return scope_of(get_connection, scope="function")


@wrong("10.3-scope", says="no connection was acquired")
def scope_never_acquired():
    def get_connection():
        yield "connection"

    return scope_of(get_connection, scope="function")


@wrong("10.3-scope", says="GET /parcels should answer 200, but 500 came: NameError")
def scope_misspelt():
    def get_connection():
        connection = pol.acquire()  # noqa: F821
        yield connection

    return scope_of(get_connection, scope="function")


@wrong("10.3-scope", says="but 6 were acquired")
def scope_acquires_twice():
    def get_connection():
        pool.release(pool.acquire())
        connection = pool.acquire()
        try:
            yield connection
        finally:
            pool.release(connection)

    return scope_of(get_connection, scope="function")


@right("10.3-scope")
def scope_by_a_with_block():
    @contextlib.contextmanager
    def connected():
        connection = pool.acquire()
        try:
            yield connection
        finally:
            pool.release(connection)

    def get_connection():
        with connected() as connection:
            yield connection

    return scope_of(get_connection, scope="function")


@right("10.3-scope")
def scope_by_an_object():
    class Connections:
        def __call__(self):
            with contextlib.ExitStack() as stack:
                connection = pool.acquire()
                stack.callback(pool.release, connection)
                yield connection

    return scope_of(Connections(), scope="function")
