"""What learners pass to 2.4-docs."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, FastAPI, HTTPException, Path, Response
from fastapi.responses import PlainTextResponse

from tests.chapters.answers import right, stub, wrong

PARCEL: dict[str, Any] = {
    "tags": ["parcels"],
    "summary": "Find a parcel",
    "responses": {404: {"description": "No such parcel"}},
}


def find_by_number(number: int) -> str:
    if number < 1:
        raise HTTPException(404)
    return f"parcel {number}"


def docs_app(parcel: Any = find_by_number, find: Any = None, ping: Any = None, **options: Any) -> FastAPI:
    """The app as it was asked for, with other decorators or another first function."""
    app = FastAPI()
    app.get("/parcels/{number}", **(PARCEL | options))(parcel)

    @app.get("/find", **({"deprecated": True} if find is None else find))
    def find_by_name() -> str:
        return "gone"

    @app.get("/ping", **({"include_in_schema": False} if ping is None else ping))
    def say_pong() -> str:
        return "pong"

    return app


@stub("2.4-docs")
def docs_shipped():
    app = FastAPI()

    @app.get("/parcels/{number}")
    def find_by_number(number: int) -> str: ...

    @app.get("/find")
    def find_by_name() -> str: ...

    @app.get("/ping")
    def say_pong() -> str: ...

    return app


@wrong("2.4-docs", says="`/ping` is still documented")
def docs_ping_shown():
    return docs_app(ping={})


@wrong("2.4-docs", says="is not documented any more: deprecated means that it is shown")
def docs_find_hidden():
    return docs_app(find={"include_in_schema": False})


@wrong("2.4-docs", says="`/find` is not marked as deprecated")
def docs_find_in_words():
    return docs_app(find={"summary": "Deprecated"})


@wrong("2.4-docs", says="FastAPI does not read what a function raises")
def docs_404_raised_only():
    return docs_app(responses=None)


@wrong("2.4-docs", says="that is what `response_description` is for")
def docs_404_as_the_description_of_200():
    return docs_app(response_description="No such parcel", responses=None)


@wrong("2.4-docs", says="which FastAPI makes from the function's name")
def docs_without_a_summary():
    return docs_app(summary=None)


@wrong("2.4-docs", says="A docstring is the description")
def docs_summary_in_the_docstring():
    def find_by_number(number: int) -> str:
        """Find a parcel"""
        if number < 1:
            raise HTTPException(404)
        return f"parcel {number}"

    return docs_app(find_by_number, summary=None)


@wrong("2.4-docs", says="`parcels` alone was asked for")
def docs_without_a_tag():
    return docs_app(tags=None)


@wrong("2.4-docs", says="numbers below 1 get a 404, which you raise")
def docs_404_announced_only():
    def find_by_number(number: int) -> str:
        return f"parcel {number}"

    return docs_app(find_by_number)


@wrong("2.4-docs", says="FastAPI's answer to a declared limit")
def docs_404_by_a_limit():
    def find_by_number(number: Annotated[int, Path(ge=1)]) -> str:
        return f"parcel {number}"

    return docs_app(find_by_number)


@right("2.4-docs")
def docs_with_a_router():
    class Tag(StrEnum):
        parcels = "parcels"

    router = APIRouter(prefix="/parcels", tags=[Tag.parcels], responses={404: {"description": "No such parcel"}})
    router.get("/{number}", summary="Find a parcel")(find_by_number)
    app = FastAPI()
    app.include_router(router)

    @app.get("/find", deprecated=True, response_class=PlainTextResponse)
    def find() -> str:
        return "gone"

    hidden = APIRouter(include_in_schema=False)

    @hidden.get("/ping")
    async def ping() -> str:
        return "pong"

    app.include_router(hidden)
    return app


@right("2.4-docs")
def docs_with_a_model_and_extras():
    responses = {404: {"description": "No such parcel", "model": dict[str, str]}, 418: {"description": "Tea"}}
    return docs_app(
        responses=responses, description="Anywhere.", response_description="The place", operation_id="findParcel"
    )


@right("2.4-docs")
def docs_with_plain_responses():
    def find_by_number(number: int) -> Response:
        return PlainTextResponse(f"parcel {number}") if number > 0 else Response(status_code=404)

    return docs_app(find_by_number)


@wrong("2.4-docs", says="/parcels/1")
def docs_from_parcel_two():
    def find_by_number(number: int) -> str:
        if number <= 1:
            raise HTTPException(404)
        return f"parcel {number}"

    return docs_app(find_by_number)
