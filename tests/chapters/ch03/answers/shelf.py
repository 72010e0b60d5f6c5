"""What learners pass to 3.2-shelf."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query
from pydantic import BaseModel, Field

from helpers.chapters.ch03.exercises.shelf import ParcelPage, ParcelSummary, shelf
from tests.chapters.answers import right, stub, wrong

Offset = Annotated[int, Query(ge=0)]
Limit = Annotated[int, Query(ge=1, le=50)]


def shelf_app(search: Callable[..., Any]) -> tuple[FastAPI, list[ParcelSummary]]:
    app = FastAPI()
    app.get("/shelf")(search)
    return app, shelf


def found(city: str | None = None, max_kg: float | None = None) -> list[ParcelSummary]:
    """As in the solution: filtered and sorted."""
    fitting = [p for p in shelf if city in (None, p.city) and (max_kg is None or p.weight_kg <= max_kg)]
    return sorted(fitting, key=lambda p: (-p.weight_kg, p.id))


def page(rows: list[Any], offset: int, limit: int) -> ParcelPage:
    return ParcelPage(total=len(rows), items=rows[offset : offset + limit])


@stub("3.2-shelf")
def shelf_shipped():
    def search_shelf() -> ParcelPage: ...

    return shelf_app(search_shelf)


@wrong("3.2-shelf", says="count before you cut")
def shelf_counts_the_page():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        items = found(city, max_kg)[offset : offset + limit]
        return ParcelPage(total=len(items), items=items)

    return shelf_app(search)


@wrong("3.2-shelf", says="which counts the whole shelf")
def shelf_counts_all():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        return ParcelPage(total=len(shelf), items=found(city, max_kg)[offset : offset + limit])

    return shelf_app(search)


@wrong("3.2-shelf", says="`if max_kg:` is False for 0")
def shelf_without_a_zero():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        return page(found(city, max_kg or None), offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="All four parameters may be left out")
def shelf_with_a_required_city():
    def search(city: str, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10) -> ParcelPage:
        return page(found(city, max_kg), offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="`limit=51` was answered with 200")
def shelf_without_an_upper_limit():
    def search(
        city: str | None = None,
        max_kg: float | None = None,
        offset: Offset = 0,
        limit: Annotated[int, Query(ge=1)] = 10,
    ) -> ParcelPage:
        return page(found(city, max_kg), offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="`offset=-1` was answered with 200")
def shelf_from_the_end():
    def search(city: str | None = None, max_kg: float | None = None, offset: int = 0, limit: Limit = 10) -> ParcelPage:
        return page(found(city, max_kg), offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="the heaviest first")
def shelf_lightest_first():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        return page(found(city, max_kg)[::-1], offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="of equal weight, the smaller id comes first")
def shelf_reversed():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        rows = sorted(found(city, max_kg), key=lambda p: (p.weight_kg, p.id), reverse=True)
        return page(rows, offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="sort first, then cut the page")
def shelf_sorts_the_page():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        fitting = [p for p in shelf if p in found(city, max_kg)]
        items = sorted(fitting[offset : offset + limit], key=lambda p: (-p.weight_kg, p.id))
        return ParcelPage(total=len(fitting), items=items)

    return shelf_app(search)


@wrong("3.2-shelf", says="A GET changes nothing")
def shelf_sorted_in_place():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 10
    ) -> ParcelPage:
        shelf.sort(key=lambda p: (-p.weight_kg, p.id))
        return page(found(city, max_kg), offset, limit)

    return shelf_app(search)


@wrong("3.2-shelf", says="a page with `total` and `items`")
def shelf_as_a_list():
    def search(offset: Offset = 0, limit: Limit = 10) -> list[ParcelSummary]:
        return found()[offset : offset + limit]

    return shelf_app(search)


@wrong("3.2-shelf", says="a page holds 10")
def shelf_uncut():
    def search(
        city: str | None = None, max_kg: float | None = None, offset: Offset = 0, limit: Limit = 50
    ) -> ParcelPage:
        return page(found(city, max_kg), offset, limit)

    return shelf_app(search)


@right("3.2-shelf")
def shelf_with_a_query_model():
    class Wanted(BaseModel):
        city: str | None = None
        max_kg: float | None = None
        offset: int = Field(0, ge=0)
        limit: int = Field(10, ge=1, le=50)

    async def search(wanted: Annotated[Wanted, Query()]) -> ParcelPage:
        return page(found(wanted.city, wanted.max_kg), wanted.offset, wanted.limit)

    return shelf_app(search)


@right("3.2-shelf")
def shelf_with_a_dependency():
    class Slice:
        def __init__(self, offset: Offset = 0, limit: Limit = 10):
            self.offset, self.limit = offset, limit

    def search(
        cut: Annotated[Slice, Depends()], city: str | None = None, max_kg: float | None = None
    ) -> dict[str, Any]:
        rows = found(city, max_kg)
        return {"total": len(rows), "items": rows[cut.offset : cut.offset + cut.limit]}

    return shelf_app(search)


@right("3.2-shelf")
def shelf_of_a_router():
    router = APIRouter(prefix="/shelf")

    @router.get("", response_model=ParcelPage)
    def search(city: str = "", max_kg: float = 1e9, offset: Offset = 0, limit: Limit = 10) -> Any:
        rows = found(city or None, max_kg)
        return {"total": len(rows), "items": [row.model_dump() for row in rows[offset:][:limit]]}

    app = FastAPI()
    app.include_router(router)
    return app, shelf
