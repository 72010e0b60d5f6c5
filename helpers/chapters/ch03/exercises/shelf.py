"""Exercise 3.2-shelf: a list that can be searched."""

from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code, describe


class ParcelSummary(BaseModel):
    """As in the notebook."""

    id: int
    city: str
    weight_kg: float


class ParcelPage(BaseModel):
    """As in the notebook."""

    total: int
    items: list[ParcelSummary]


shelf = [ParcelSummary(id=1, city="Bern", weight_kg=2)]

Row = tuple[int, str, float]
BERN: list[Row] = [
    (5, "Bern", 2.5),
    (9, "Zug", 0.5),
    (2, "Bern", 7.0),
    (4, "Bern", 0.0),
    (8, "Bern", 2.5),
    (6, "Zug", 3.0),
]
MANY: list[Row] = [(number, "Chur", number % 7 / 2) for number in range(40, 0, -1)]
ASKED: list[dict[str, Any]] = [
    {},
    {"city": "Bern"},
    {"city": "Bern", "limit": 1},
    {"max_kg": 2.5},
    {"max_kg": 0},
    {"city": "Chur", "max_kg": 1, "offset": 2, "limit": 3},
    {"offset": 3},
    {"city": "Atlantis"},
    {"offset": 500},
    {"limit": 50},
]


def _check_shelf(app: FastAPI, shelf: list[Any]) -> str:
    kept = list(shelf)
    assert kept, "the list `shelf` is empty: let it be as the cell made it."
    with running(app) as server:
        try:
            for rows in (BERN, MANY):
                shelf[:] = [
                    kept[0].model_copy(update={"id": id, "city": city, "weight_kg": kg}) for id, city, kg in rows
                ]
                for query in ASKED:
                    _compare(server, rows, query)
                assert [parcel.id for parcel in shelf] == [id for id, _, _ in rows], (
                    "a request changed the list `shelf` itself: sort a copy, as `sorted` makes it. A GET changes nothing."
                )
            for query in ({"limit": 0}, {"limit": 51}, {"offset": -1}):
                answer = ask(server, "GET", "/shelf", params=query)
                assert answer.status_code == 422, (
                    f"`{_shown(query)}` was answered with {answer.status_code}: 422 was asked for. `Query(ge=..., le=...)` sets "
                    "the limits."
                )
        finally:
            shelf[:] = kept
    return "Filtered, sorted, counted and cut, in this order; and nobody can ask for more than a page."


def _shown(query: dict[str, Any]) -> str:
    return "&".join(f"{key}={value}" for key, value in query.items()) or "no query"


def _compare(server: Server, rows: list[Row], query: dict[str, Any]) -> None:
    answer = ask(server, "GET", "/shelf", params=query)
    error = logged(server) if answer.status_code >= 500 else ""
    shown = f"`/shelf` with `{_shown(query)}`" if query else "`/shelf` without a query"
    assert answer.status_code < 500, f"{shown} answered {answer.status_code}: {error}."
    assert answer.status_code == 200, (
        f"{shown} answered {answer.status_code}: {describe(answer.text[:80])}. All four parameters may be left out."
    )
    page = answer.json()
    assert isinstance(page, dict) and {"total", "items"} <= set(page), (
        f"{shown} should give a page with `total` and `items`, but {code(answer.text[:60])} came."
    )
    city, max_kg, offset, limit = (query.get(key) for key in ("city", "max_kg", "offset", "limit"))
    in_city = [row for row in rows if city in (None, row[1])]
    found = [row for row in in_city if max_kg is None or row[2] <= max_kg]
    ordered = sorted(found, key=lambda row: (-row[2], row[0]))
    begin, end = offset or 0, (offset or 0) + (limit or 10)
    wanted = [id for id, _, _ in ordered[begin:end]]
    got = [parcel["id"] for parcel in page["items"]]
    assert max_kg != 0 or got == wanted or len(got) <= len(wanted), (
        "`max_kg=0` did not filter: `if max_kg:` is False for 0. Ask for `is not None`."
    )
    assert page["total"] == len(found) or page["total"] != len(got), (
        f"{shown} found {len(found)} parcels, and `total` says {page['total']}, the number of those on the page: count before "
        "you cut."
    )
    assert page["total"] == len(found) or page["total"] != len(rows), (
        f"{shown} found {len(found)} parcels, and `total` says {page['total']}, which counts the whole shelf: filter first."
    )
    assert page["total"] == len(found), f"{shown} found {len(found)} parcels, but `total` says {page['total']}."
    assert len(got) <= end - begin, f"{shown} gave {len(got)} parcels: a page holds {end - begin}, 10 unless asked."
    late = [row[0] for row in sorted(found[begin:end], key=lambda row: (-row[2], row[0]))]
    assert got == wanted or got != late, (
        f"{shown} gave the parcels {_ids(got)}, and {_ids(wanted)} were asked for: sort first, then cut the page."
    )
    assert (
        got == wanted or got[::-1] != [row[0] for row in sorted(found, key=lambda row: (-row[2], row[0]))][begin:end]
    ), f"{shown} came in the opposite order: the heaviest first."
    assert got == wanted or [_weight(rows, id) for id in got] != [_weight(rows, id) for id in wanted], (
        f"{shown} gave the parcels {_ids(got)}, and {_ids(wanted)} were asked for: of equal weight, the smaller id comes first."
    )
    assert got == wanted, f"{shown} should give the parcels {_ids(wanted)}, but {_ids(got)} came."


def _ids(ids: list[int]) -> str:
    return ", ".join(map(str, ids)) or "none"


def _weight(rows: list[Row], id: int) -> float | None:
    return {row[0]: row[2] for row in rows}.get(id)


def _solve_shelf() -> tuple[FastAPI, list[ParcelSummary]]:
    app = FastAPI()

    @app.get("/shelf")
    def search_shelf(
        city: str | None = None,
        max_kg: float | None = None,
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=50)] = 10,
    ) -> ParcelPage:
        found = [parcel for parcel in shelf if city is None or parcel.city == city]
        if max_kg is not None:
            found = [parcel for parcel in found if parcel.weight_kg <= max_kg]
        found.sort(key=lambda parcel: (-parcel.weight_kg, parcel.id))
        return ParcelPage(total=len(found), items=found[offset : offset + limit])

    return app, shelf


EXERCISE = Exercise(
    id="3.2-shelf",
    title="a list that can be searched",
    task="`GET /shelf` should filter by `city` and `max_kg`, put the heaviest first (of equal weight the smaller id), and give "
    "the page that `offset` and `limit` (10, at most 50) name, with the total.",
    check=_check_shelf,
    hints=(
        "Four parameters, all with a default. What tells that `max_kg` was left out from `max_kg=0`?",
        "Filter, sort, count, cut: which of these does `total` belong to?",
        "A key of two parts sorts by the second where the first is equal: `(-parcel.weight_kg, parcel.id)`.",
    ),
    solution=_solve_shelf,
    wants=("app", "value"),
    routes=("GET /shelf",),
)
