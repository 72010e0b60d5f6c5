"""What learners pass to 9.1-pages."""

import itertools
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from helpers.chapters.ch09.exercises.face import ParcelOut, Shelved, shelf
from tests.chapters.answers import right, stub, wrong


def listing(function):
    router = APIRouter()
    router.get("/parcels")(function)
    return router, shelf


def out(parcels) -> list[ParcelOut]:
    return [ParcelOut(**parcel.model_dump()) for parcel in parcels]


Limit = Annotated[int, Query(ge=1, le=100)]


def newest() -> list[Shelved]:
    return sorted(shelf.parcels.values(), key=lambda parcel: -parcel.id)


@stub("9.1-pages")
def pages_shipped():
    def list_page(limit: int = 20, before: int | None = None) -> list[ParcelOut]: ...

    return listing(list_page)


@wrong("9.1-pages", says="not a number of parcels to skip")
def pages_by_offset():
    def list_page(limit: Limit = 20, before: int = 0) -> list[ParcelOut]:
        return out(newest()[before:][:limit])

    return listing(list_page)


@wrong("9.1-pages", says="the oldest parcels came first")
def pages_oldest_first():
    def list_page(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in shelf.parcels.values() if before is None or parcel.id < before][:limit])

    return listing(list_page)


@wrong("9.1-pages", says="came a second time")
def pages_with_itself():
    def list_page(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id <= before][:limit])

    return listing(list_page)


@wrong("9.1-pages", says="has been fetched meanwhile, and the list broke")
def pages_that_look_it_up():
    def list_page(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        ids = [parcel.id for parcel in newest()]
        start = ids.index(before) + 1 if before in ids else 0
        return out(newest()[start:][:limit])

    return listing(list_page)


@wrong("9.1-pages", says="`limit=101` was accepted")
def pages_without_limit():
    def list_page(limit: int = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before][:limit])

    return listing(list_page)


@wrong("9.1-pages", says="two parcels, but 5 came")
def pages_all_at_once():
    def list_page(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before])

    return listing(list_page)


@right("9.1-pages")
def pages_by_ids():
    def list_page(limit: Limit = 20, before: Annotated[int, Query()] = 2**62) -> list[ParcelOut]:
        ids = sorted((number for number in shelf.parcels if number < before), reverse=True)
        return out(shelf.parcels[number] for number in ids[:limit])

    return listing(list_page)


@wrong("9.1-pages", says="shows the senders' addresses")
def pages_with_addresses():
    def list_page(limit: Limit = 20, before: int | None = None) -> list[Shelved]:
        return [parcel for parcel in newest() if before is None or parcel.id < before][:limit]

    return listing(list_page)


@wrong("9.1-pages", says="your function failed")
def pages_of_a_dictionary():
    def list_page(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return [ParcelOut(**parcel) for parcel in newest()][:limit]

    return listing(list_page)


@right("9.1-pages")
def pages_async_by_filter():
    async def list_page(limit: Limit = 20, before: int | None = None):
        parcels = reversed(shelf.parcels.values())
        older = filter(lambda parcel: before is None or parcel.id < before, parcels)
        return list(itertools.islice(older, limit))

    router = APIRouter(prefix="/parcels")
    router.get("", response_model=list[ParcelOut])(list_page)
    return router, shelf


@right("9.1-pages")
def pages_by_a_model():
    class Page(BaseModel):
        limit: Annotated[int, Field(ge=1, le=100)] = 20
        before: int | None = None

    def list_page(page: Annotated[Page, Query()]) -> list[ParcelOut]:
        older = [parcel for parcel in newest() if page.before is None or parcel.id < page.before]
        return out(older[: page.limit])

    return listing(list_page)


@wrong("9.1-pages", says="`limit=1` is allowed, 1 and 100 included")
def pages_between_the_limits():
    def list_page(limit: Annotated[int, Query(gt=1, lt=100)] = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before][:limit])

    return listing(list_page)


@wrong("9.1-pages", says="`limit=100` is allowed, 1 and 100 included")
def pages_below_a_hundred():
    def list_page(limit: Annotated[int, Query(ge=1, lt=100)] = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before][:limit])

    return listing(list_page)
