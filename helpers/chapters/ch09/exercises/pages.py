"""9.1-pages: pages that hold still."""

from typing import Annotated

from fastapi import APIRouter, Query

from helpers.chapters.ch09.exercises.face import GRACE, ParcelIn, ParcelOut, Shelf, ask, serving, shelf
from helpers.learning.model import Exercise
from helpers.live.server import Server


def _check(router: APIRouter, shelf: Shelf) -> str:
    kept = dict(shelf.parcels), dict(shelf.keys), shelf.last
    shelf.parcels.clear()
    try:
        with serving(router, "GET /parcels") as (server, _):
            return _page_through(server, shelf)
    finally:
        shelf.parcels.clear()
        shelf.parcels.update(kept[0])
        shelf.last = kept[2]


def _page_through(server: Server, shelf: Shelf) -> str:
    def page(query: str) -> list[int]:
        answer = ask(server, "GET", f"/parcels?{query}")
        assert answer.status_code == 200, f"`?{query}` should be answered with a page, but {answer.status_code} came."
        found = answer.json()
        assert isinstance(found, list), "a page is a list of parcels."
        assert all("email" not in item for item in found), (
            "the list shows the senders' addresses: it is made of `ParcelOut`."
        )
        for item in found:
            kept = shelf.parcels[item["id"]]
            assert item == {"id": kept.id, "to": kept.to, "weight_kg": kept.weight_kg}, (
                f"a page holds parcels as `ParcelOut` tells them, but {item} came."
            )
        return [item["id"] for item in found]

    assert page("") == [], "an empty shelf has an empty page."
    first = [shelf.add(ParcelIn.model_validate(GRACE | {"weight_kg": number})).id for number in range(1, 6)]
    top = page("limit=2")
    assert top != first[:2], "the oldest parcels came first. Newest first was asked for."
    assert len(top) == 2, f"`limit=2` should give two parcels, but {len(top)} came."
    assert top == first[:2:-1], "the first page should hold the two newest parcels, the newest first."
    shelf.add(ParcelIn(**GRACE))  # somebody hands in a parcel between two pages
    second = page(f"limit=2&before={top[-1]}")
    assert second[:1] != top[-1:], (
        "the parcel named by `before` came a second time: the next page begins with the one below it."
    )
    assert second == first[2:0:-1], (
        "the second page should go on below the parcel that `before` names, whatever was handed in meanwhile. `before` is an "
        "id, not a number of parcels to skip."
    )
    del shelf.parcels[first[1]]
    assert page(f"limit=2&before={first[1]}") == [first[0]], (
        "the parcel that `before` names has been fetched meanwhile, and the list broke. Compare ids; do not look it up."
    )
    assert page(f"before={first[0]}") == [], "below the oldest parcel there is nothing: an empty list, not an error."
    codes = {limit: ask(server, "GET", f"/parcels?limit={limit}").status_code for limit in (0, 101)}
    assert codes[101] == 422, "`limit=101` was accepted: without an upper limit one request can ask for everything."
    assert codes[0] == 422, "`limit=0` was accepted: a page holds at least one parcel."
    for _ in range(100):
        shelf.add(ParcelIn(**GRACE))
    for limit in (1, 100):
        answer = ask(server, "GET", f"/parcels?limit={limit}")
        assert answer.status_code == 200, (
            f"`limit={limit}` is allowed, 1 and 100 included, but {answer.status_code} came."
        )
        assert len(answer.json()) == limit, (
            f"`limit={limit}` should give as many parcels, but {len(answer.json())} came."
        )
    plain = page("")
    assert len(plain) == 20, f"without `limit` a page holds 20 parcels, but {len(plain)} came."
    return "No parcel came twice and none was missed, though one came and one went between the pages."


def _solve() -> tuple[APIRouter, Shelf]:
    listing = APIRouter()

    @listing.get("/parcels")
    def list_page(limit: Annotated[int, Query(ge=1, le=100)] = 20, before: int | None = None) -> list[ParcelOut]:
        newest_first = sorted(shelf.parcels.values(), key=lambda parcel: parcel.id, reverse=True)
        older = [parcel for parcel in newest_first if before is None or parcel.id < before]
        return [ParcelOut(**parcel.model_dump()) for parcel in older[:limit]]

    return listing, shelf


EXERCISE = Exercise(
    id="9.1-pages",
    title="pages that hold still",
    task="`GET /parcels` should give at most `limit` parcels (1 to 100, 20 when nothing is said), newest first, and with "
    "`before` only those whose id is below it.",
    check=_check,
    hints=(
        "The ids only grow. What does that say about the order of the shelf?",
        "`Annotated[int, Query(ge=1, le=100)]` refuses what is too small or too much.",
        "A parcel belongs to the page if its id is smaller than `before`; is `before` itself still needed on the shelf?",
    ),
    solution=_solve,
    wants=("value", "value"),
)
