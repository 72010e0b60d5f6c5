"""What learners pass to 10.3-filter."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, Field

from helpers.chapters.ch10.exercises.filter import State
from tests.chapters.answers import right, stub, wrong


def filter_app(function):
    app = FastAPI()
    app.get("/parcels")(function)
    return app


@stub("10.3-filter")
def filter_shipped():
    def list_parcels() -> dict[str, str]: ...

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a mistyped parameter was accepted")
def filter_plain():
    def list_parcels(state: State | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20) -> dict:
        return {"state": state, "limit": limit}

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a limit of 0 was accepted")
def filter_without_limits():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: State | None = None
        limit: int = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a state that does not exist was accepted")
def filter_any_state():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: str | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return filter_app(list_parcels)


@wrong("10.3-filter", says="a limit of 1 is allowed")
def filter_too_strict():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: State | None = None
        limit: Annotated[int, Field(gt=1, lt=100)] = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    return filter_app(list_parcels)


@wrong("10.3-filter", says="without a query all defaults hold")
def filter_from_the_body():
    class Filter(BaseModel):
        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    def list_parcels(wanted: Filter) -> Filter:
        return wanted

    return filter_app(list_parcels)


@right("10.3-filter")
def filter_by_hand():
    def list_parcels(
        request: Request, state: State | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> dict:
        if set(request.query_params) - {"state", "limit"}:
            raise HTTPException(422)
        return {"state": state, "limit": limit}

    return filter_app(list_parcels)
