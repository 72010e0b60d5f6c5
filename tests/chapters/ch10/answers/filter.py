"""What learners pass to 10.3-filter."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, Field, field_validator

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


@wrong("10.3-filter", says="with a state alone the limit is 20")
def filter_limit_depends():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> dict:
        return {"state": wanted.state, "limit": 10 if wanted.state and wanted.limit == 20 else wanted.limit}

    return filter_app(list_parcels)


@wrong("10.3-filter", says="beside `limit`")
def filter_only_typing_mistakes():
    def list_parcels(
        state: State | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        limt: Annotated[None, Query(deprecated=True)] = None,
    ) -> dict:
        return {"state": state, "limit": limit}

    return filter_app(list_parcels)


@wrong("10.3-filter", says="your function `list_parcels` returned `None`")
def filter_without_return():
    class Filter(BaseModel):
        model_config = {"extra": "forbid"}
        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        wanted.limit = 20

    return filter_app(list_parcels)


@right("10.3-filter")
def filter_by_a_dependency():
    def no_others(request: Request) -> None:
        if not request.query_params.keys() <= {"state", "limit"}:
            raise HTTPException(422, "unknown parameter")

    async def list_parcels(
        state: State | None = None, limit: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> dict[str, str | int | None]:
        return {"state": state, "limit": limit}

    app = FastAPI(dependencies=[Depends(no_others)])
    app.get("/parcels")(list_parcels)
    return app


@right("10.3-filter")
def filter_with_validators():
    class Filter(BaseModel, extra="forbid"):
        state: Literal["waiting", "travelling"] | None = None
        limit: int = 20

        @field_validator("limit")
        @classmethod
        def within(cls, limit: int) -> int:
            if not 0 < limit <= 100:
                raise ValueError("1 to 100")
            return limit

    def list_parcels(wanted: Annotated[Filter, Query()]) -> Filter:
        return wanted

    router = APIRouter(prefix="/parcels")
    router.get("")(list_parcels)
    app = FastAPI()
    app.include_router(router)
    return app
