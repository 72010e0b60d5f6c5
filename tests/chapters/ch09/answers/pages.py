"""What learners pass to 9.1-pages."""

from typing import Annotated

from fastapi import APIRouter, Query

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
    def list_parcels(limit: int = 20, before: int | None = None) -> list[ParcelOut]: ...

    return listing(list_parcels)


@wrong("9.1-pages", says="not a number of parcels to skip")
def pages_by_offset():
    def list_parcels(limit: Limit = 20, before: int = 0) -> list[ParcelOut]:
        return out(newest()[before:][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="the oldest parcels came first")
def pages_oldest_first():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in shelf.parcels.values() if before is None or parcel.id < before][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="came a second time")
def pages_with_itself():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id <= before][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="has been fetched meanwhile, and the list broke")
def pages_that_look_it_up():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        ids = [parcel.id for parcel in newest()]
        start = ids.index(before) + 1 if before in ids else 0
        return out(newest()[start:][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="`limit=101` was accepted")
def pages_without_limit():
    def list_parcels(limit: int = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before][:limit])

    return listing(list_parcels)


@wrong("9.1-pages", says="two parcels, but 5 came")
def pages_all_at_once():
    def list_parcels(limit: Limit = 20, before: int | None = None) -> list[ParcelOut]:
        return out([parcel for parcel in newest() if before is None or parcel.id < before])

    return listing(list_parcels)


@right("9.1-pages")
def pages_by_ids():
    def list_parcels(limit: Limit = 20, before: Annotated[int, Query()] = 2**62) -> list[ParcelOut]:
        ids = sorted((number for number in shelf.parcels if number < before), reverse=True)
        return out(shelf.parcels[number] for number in ids[:limit])

    return listing(list_parcels)
