"""What learners pass to 10.3-opened."""

import asyncio
from contextlib import AsyncExitStack, aclosing, asynccontextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request

from tests.chapters.answers import right, stub, wrong


def app_with(lifespan):
    """An app with this lifespan and the notebook's path operation, which looks into `app.state`."""
    app = FastAPI(lifespan=lifespan)

    @app.get("/count")
    async def count() -> int:
        return await app.state.connection.count()

    return app


@stub("10.3-opened")
def opened_shipped():
    def make_app(connect): ...

    return make_app


@wrong("10.3-opened", says="the app had started, and `connect` was not called")
def opened_for_each_request():
    def make_app(connect):
        app = FastAPI()

        @app.get("/count")
        async def count() -> int:
            connection = await connect()
            try:
                return await connection.count()
            finally:
                await connection.close()

        return app

    return make_app


@wrong("10.3-opened", says="the connection was still open")
def opened_and_left():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.connection = await connect()
            yield

        return app_with(lifespan)

    return make_app


@wrong("10.3-opened", says="what stands behind the `yield` runs when the server stops")
def opened_and_closed_at_once():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.connection = await connect()
            await app.state.connection.close()
            yield

        return app_with(lifespan)

    return make_app


@wrong("10.3-opened", says="what belongs to one app is kept by that app")
def opened_for_everybody():
    shared = {}

    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            shared["connection"] = mine = await connect()
            yield
            await mine.close()

        app = FastAPI(lifespan=lifespan)

        @app.get("/count")
        async def count() -> int:
            return await shared["connection"].count()

        return app

    return make_app


@wrong("10.3-opened", says="the app started all the same")
def opened_or_not():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            try:
                app.state.connection = await connect()
            except ConnectionError:
                app.state.connection = None
            yield
            if app.state.connection:
                await app.state.connection.close()

        return app_with(lifespan)

    return make_app


@wrong("10.3-opened", says="`make_app` connected itself")
def opened_when_made():
    def make_app(connect):
        with asyncio.Runner() as runner:
            connection = runner.run(connect())
        app = FastAPI()

        @app.get("/count")
        async def count() -> int:
            return await connection.count()

        return app

    return make_app


@wrong("10.3-opened", says="and 3 were: connect where the app starts")
def opened_twice():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.connection = await connect()
            yield
            await app.state.connection.close()

        app = FastAPI(lifespan=lifespan)

        @app.get("/count")
        async def count() -> int:
            await connect()
            return await app.state.connection.count()

        return app

    return make_app


@wrong("10.3-opened", says="the connection was closed while the server runs")
def opened_closed_by_the_request():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.connection = await connect()
            yield

        app = FastAPI(lifespan=lifespan)

        @app.get("/count")
        async def count() -> int:
            async with AsyncExitStack() as stack:
                stack.push_async_callback(app.state.connection.close)
                return await app.state.connection.count()

        return app

    return make_app


@wrong("10.3-opened", says="`make_app` returned `None`")
def opened_without_return():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.connection = await connect()
            yield
            await app.state.connection.close()

        app_with(lifespan)

    return make_app


@wrong("10.3-opened", says="a coroutine, which begins when it is awaited")
def opened_without_await():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.connection = connect()
            yield
            app.state.connection.close()

        return app_with(lifespan)

    return make_app


@wrong("10.3-opened", says="but 500 came: AttributeError: 'State' object has no attribute 'connection'")
def opened_under_another_name():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            app.state.database = await connect()
            yield
            await app.state.database.close()

        return app_with(lifespan)

    return make_app


@right("10.3-opened")
def opened_and_yielded():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            connection = await connect()
            yield {"connection": connection}
            await connection.close()

        app = FastAPI(lifespan=lifespan)

        @app.get("/count")
        async def count(request: Request) -> int:
            return await request.state.connection.count()

        return app

    return make_app


@right("10.3-opened")
def opened_and_depended_on():
    def make_app(connect):
        found = {}

        def get_connection() -> Any:
            return found["connection"]

        @asynccontextmanager
        async def lifespan(app):
            async with aclosing(opened()) as connections:
                async for found["connection"] in connections:
                    yield
                    break

        async def opened():
            connection = await connect()
            try:
                yield connection
            finally:
                await connection.close()

        router = APIRouter()

        @router.get("/count")
        async def count(connection: Annotated[Any, Depends(get_connection)]) -> int:
            return await connection.count()

        app = FastAPI(lifespan=lifespan)
        app.include_router(router)
        return app

    return make_app


@right("10.3-opened")
def opened_in_a_stack():
    def make_app(connect):
        @asynccontextmanager
        async def lifespan(app):
            async with AsyncExitStack() as stack:
                app.state.connection = await connect()
                stack.push_async_callback(app.state.connection.close)
                yield

        app = FastAPI(lifespan=lifespan)

        @app.get("/count", response_model=int)
        async def count(request: Request):
            return await request.app.state.connection.count()

        return app

    return make_app


@right("10.3-opened")
def opened_by_a_closure():
    def make_app(connect):
        connection = None

        @asynccontextmanager
        async def lifespan(app):
            nonlocal connection
            connection = await connect()
            try:
                yield
            finally:
                await connection.close()

        app = FastAPI(lifespan=lifespan)

        @app.get("/count")
        async def count() -> int:
            return await connection.count()

        return app

    return make_app


@right("10.3-opened")
def opened_or_refused_in_other_words():
    @asynccontextmanager
    async def open_with(app, connect):
        try:
            app.state.connection = await connect()
        except ConnectionError as error:
            raise RuntimeError("no database, no service") from error
        yield
        await app.state.connection.close()

    def make_app(connect):
        return app_with(lambda app: open_with(app, connect))

    return make_app


@wrong("10.3-opened", says="`make_app` is an `async def`, and calling it gives no app")
def opened_by_an_async_function():
    async def make_app(connect):
        connection = await connect()
        app = FastAPI()

        @app.get("/count")
        async def count() -> int:
            return await connection.count()

        return app

    return make_app
