"""What learners pass to 8.1-factory."""

from functools import lru_cache
from itertools import count
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import PlainTextResponse

from tests.chapters.answers import right, stub, wrong


def filled(app, currency, visits):
    app.get("/currency")(lambda: currency)
    app.post("/visits")(lambda: next(visits))
    return app


@stub("8.1-factory")
def factory_shipped():
    def create_app(currency: str, docs: bool) -> FastAPI: ...

    return create_app


@wrong("8.1-factory", says="is there a `return app`?")
def factory_without_a_return():
    def create_app(currency, docs):
        filled(FastAPI(), currency, count(1))

    return create_app


@wrong("8.1-factory", says="the same app twice")
def factory_of_one_app():
    app = FastAPI()

    def create_app(currency, docs):
        return filled(app, currency, count(1))

    return create_app


@wrong("8.1-factory", says="who else writes there?")
def factory_with_one_word():
    kept = {}

    def create_app(currency, docs):
        kept["currency"] = currency
        app = FastAPI(openapi_url="/openapi.json" if docs else None)
        app.get("/currency")(lambda: kept["currency"])
        visits = count(1)
        app.post("/visits")(lambda: next(visits))
        return app

    return create_app


@wrong("8.1-factory", says="the count stands outside `create_app`")
def factory_with_one_count():
    visits = count(1)

    def create_app(currency, docs):
        return filled(FastAPI(openapi_url="/openapi.json" if docs else None), currency, visits)

    return create_app


@wrong("8.1-factory", says="`/openapi.json` still names every door")
def factory_without_pages():
    def create_app(currency, docs):
        pages = {} if docs else {"docs_url": None, "redoc_url": None}
        return filled(FastAPI(**pages), currency, count(1))

    return create_app


@wrong("8.1-factory", says="still describes the app")
def factory_that_describes_all():
    def create_app(currency, docs):
        return filled(FastAPI(), currency, count(1))

    return create_app


@wrong("8.1-factory", says="should be there, but 404 came")
def factory_that_describes_nothing():
    def create_app(currency, docs):
        return filled(FastAPI(openapi_url=None), currency, count(1))

    return create_app


@wrong("8.1-factory", says="two visits should be answered with 1 and 2")
def factory_that_counts_from_nothing():
    def create_app(currency, docs):
        return filled(FastAPI(openapi_url="/openapi.json" if docs else None), currency, count())

    return create_app


@right("8.1-factory")
def factory_with_state():
    def create_app(currency, docs):
        app = FastAPI(**({} if docs else {"openapi_url": None, "docs_url": None, "redoc_url": None}))
        app.state.currency, app.state.visits = currency, 0

        @app.get("/currency")
        def read_currency(request: Request) -> str:
            return request.app.state.currency

        @app.post("/visits")
        async def add_visit(request: Request) -> int:
            request.app.state.visits += 1
            return request.app.state.visits

        return app

    return create_app


@right("8.1-factory")
def factory_with_a_router():
    def create_app(currency, docs):
        router = APIRouter()
        filled(router, currency, count(1))
        app = FastAPI(openapi_url="/openapi.json" if docs else "")
        app.include_router(router)
        return app

    return create_app


@right("8.1-factory")
def factory_with_a_dependency():
    def create_app(currency, docs):
        app = FastAPI() if docs else FastAPI(openapi_url=None)
        numbers = []

        def get_currency() -> str:
            return currency

        @app.get("/currency")
        def read_currency(word: Annotated[str, Depends(get_currency)]) -> str:
            return word

        @app.post("/visits")
        def add_visit() -> int:
            numbers.append(1)
            return len(numbers)

        return app

    return create_app


@wrong("8.1-factory", says="what is kept by the word")
def factory_with_a_count_by_word():
    counts: dict[str, count] = {}

    def create_app(currency, docs):
        visits = counts.setdefault(currency, count(1))
        return filled(FastAPI(openapi_url="/openapi.json" if docs else None), currency, visits)

    return create_app


@wrong("8.1-factory", says="a cache on it makes one app")
def factory_that_is_cached():
    @lru_cache
    def create_app(currency, docs):
        return filled(FastAPI(openapi_url="/openapi.json" if docs else None), currency, count(1))

    return create_app


@right("8.1-factory")
def factory_that_answers_with_plain_text():
    def create_app(currency, docs):
        app, visits = FastAPI(openapi_url="/openapi.json" if docs else None), count(1)
        app.get("/currency", response_class=PlainTextResponse)(lambda: currency)
        app.post("/visits")(lambda: next(visits))
        return app

    return create_app
