"""What learners pass to 3.2-listing."""

from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Query
from pydantic import BaseModel, Field

from helpers.chapters.ch03.exercises.desk import Page, desk, desk_app, stock
from tests.chapters.answers import right, stub, wrong

State = Literal["waiting", "travelling", "delivered"]
Limit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0)]


def list_app(function) -> tuple[FastAPI, dict]:
    desk["list"] = APIRouter()
    desk["list"].get("/parcels")(function)
    return desk_app(), stock


def fitting(state: str | None) -> list[Any]:
    return [stock[number] for number in sorted(stock) if state in (None, stock[number].state)]


@stub("3.2-listing")
def list_shipped():
    def list_entries() -> Page: ...

    return list_app(list_entries)


@wrong("3.2-listing", says="the parcels came in the order of their arrival")
def list_unsorted():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        found = [parcel for parcel in stock.values() if state in (None, parcel.state)]
        return Page(items=found[offset : offset + limit], total=len(found))

    return list_app(list_entries)


@wrong("3.2-listing", says="it counts all that fit, not those of the page")
def list_counts_the_page():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        page = fitting(state)[offset : offset + limit]
        return Page(items=page, total=len(page))

    return list_app(list_entries)


@wrong("3.2-listing", says="filter first, then take the page")
def list_filters_the_page():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        page = fitting(None)[offset : offset + limit]
        return Page(items=[parcel for parcel in page if state in (None, parcel.state)], total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says="parcels wait, but the total said")
def list_total_of_all():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        return Page(items=fitting(state)[offset : offset + limit], total=len(stock))

    return list_app(list_entries)


@wrong("3.2-listing", says="an offset counts parcels, not pages")
def list_by_pages():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        return Page(items=fitting(state)[offset * limit :][:limit], total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says="should be [3, 10, 11, 12], but")
def list_without_a_limit():
    def list_entries(state: State | None = None) -> Page:
        return Page(items=fitting(state), total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says="without a limit a page has 20 parcels")
def list_with_another_default():
    def list_entries(state: State | None = None, limit: Limit = 10, offset: Offset = 0) -> Page:
        return Page(items=fitting(state)[offset : offset + limit], total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says="`state=lost` was answered with 200")
def list_of_any_state():
    def list_entries(state: str | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        return Page(items=fitting(state)[offset : offset + limit], total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says="`limit=0` was answered with 200")
def list_without_bounds():
    def list_entries(state: State | None = None, limit: int = 20, offset: int = 0) -> Page:
        return Page(items=fitting(state)[offset : offset + limit], total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says='`{"items": [], "total": 0}` was asked for')
def list_without_a_page():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> list[Any]:
        return fitting(state)[offset : offset + limit]

    return list_app(list_entries)


@wrong("3.2-listing", says="beyond the last parcel a page is empty")
def list_beyond_is_404():
    def list_entries(state: State | None = None, limit: Limit = 20, offset: Offset = 0) -> Page:
        if offset >= len(stock):
            return Page(items=[], total=0)
        return Page(items=fitting(state)[offset : offset + limit], total=len(fitting(state)))

    return list_app(list_entries)


@right("3.2-listing")
def list_by_a_model():
    class Wanted(BaseModel):
        state: State | None = None
        limit: Annotated[int, Field(ge=1, le=100)] = 20
        offset: Annotated[int, Field(ge=0)] = 0

    def list_entries(wanted: Annotated[Wanted, Query()]) -> Page:
        found = fitting(wanted.state)
        return Page(items=found[wanted.offset :][: wanted.limit], total=len(found))

    return list_app(list_entries)


@right("3.2-listing")
def list_by_a_dependency():
    def paging(limit: Limit = 20, offset: Offset = 0) -> slice:
        return slice(offset, offset + limit)

    async def list_entries(page: Annotated[slice, Depends(paging)], state: State | None = None) -> dict[str, Any]:
        return {"items": fitting(state)[page], "total": len(fitting(state))}

    return list_app(list_entries)


@right("3.2-listing")
def list_checked_by_hand():
    def list_entries(state: str | None = None, limit: int = 20, offset: int = 0) -> Page:
        known = state in (None, "waiting", "travelling", "delivered")
        if not (known and 1 <= limit <= 100 and offset >= 0):
            raise HTTPException(422, "out of bounds")
        found = sorted(stock.values(), key=lambda parcel: parcel.id)
        found = [parcel for parcel in found if state is None or parcel.state == state]
        return Page(items=list(islice(found, offset, offset + limit)), total=len(found))

    return list_app(list_entries)


@wrong("3.2-listing", says="a query of limit=1&offset=0 was answered with 422")
def list_from_the_second_on():
    def list_entries(
        state: State | None = None,
        limit: Annotated[int, Query(gt=1, le=100)] = 20,
        offset: Annotated[int, Query(gt=0)] = 0,
    ) -> Page:
        return Page(items=fitting(state)[offset : offset + limit], total=len(fitting(state)))

    return list_app(list_entries)


@wrong("3.2-listing", says="a list of parcels, each with its id")
def list_of_numbers():
    def list_entries():
        return {"items": sorted(stock), "total": len(stock)}

    return list_app(list_entries)
