"""What learners pass to 10.3-scope."""

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


@wrong("10.3-scope", says="still held when the answer had come")
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
