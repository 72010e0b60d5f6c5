"""Exercise 3.2-listing: the desk lists."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, Query

from helpers.chapters.asking import ask, logged, wanted
from helpers.chapters.ch03.exercises.desk import Page, Stored, desk, desk_app, holding, stock
from helpers.learning.model import Exercise
from helpers.live.server import running

STATES = ("waiting", "travelling", "delivered")
PARCELS = [
    {"id": id, "to": "Ada" if id % 2 else "Grace", "weight_kg": id / 2, "state": STATES[id % 3]}
    for id in [*range(40, 9, -1), 3]
]


def _check_list(app: FastAPI, stock: dict[int, Any]) -> str:
    ordered = sorted(PARCELS, key=lambda parcel: parcel["id"])
    waiting = [parcel for parcel in ordered if parcel["state"] == "waiting"]
    with holding(stock, *PARCELS), running(app) as server:

        def page(**query: str | int) -> list[int]:
            """The ids of a page, with its total behind them."""
            answer = ask(server, "GET", "/parcels", params=query)
            assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
            asked = "&".join(f"{name}={value}" for name, value in query.items()) or "nothing"
            assert answer.status_code == 200, (
                f"a query of {asked} was answered with {answer.status_code}: {answer.text[:90]}"
            )
            came = answer.json()
            assert isinstance(came, dict) and {"items", "total"} <= set(came), (
                f"{wanted({'items': [], 'total': 0}, answer)}."
            )
            parcels = came["items"]
            assert isinstance(parcels, list) and all(isinstance(one, dict) and "id" in one for one in parcels), (
                f"`items` should be a list of parcels, each with its id, but {answer.text[:80]} came."
            )
            return [*(parcel["id"] for parcel in came["items"]), came["total"]]

        def ids(parcels: list[dict[str, Any]]) -> list[int]:
            return [parcel["id"] for parcel in parcels]

        few = page(limit=4)
        assert few[:-1] != ids(PARCELS[:4]), "the parcels came in the order of their arrival: sort by `id`."
        assert few[:-1] == ids(ordered[:4]), f"the first four of all should be {ids(ordered[:4])}, but {few[:-1]} came."
        assert few[-1] == len(PARCELS), (
            f"of {len(PARCELS)} parcels four were asked for, and the total said {few[-1]}: it counts all that fit, not those of "
            "the page."
        )
        some = page(state="waiting", limit=3)
        assert some[:-1] == ids(waiting[:3]), (
            f"the first three that wait should be {ids(waiting[:3])}, but {some[:-1]} came: filter first, then take the page."
        )
        assert some[-1] == len(waiting), (
            f"{len(waiting)} parcels wait, but the total said {some[-1]}: it counts what fits."
        )
        third = page(limit=5, offset=7)
        assert third[:-1] == ids(ordered[7:12]), (
            f"five from offset 7 on should be {ids(ordered[7:12])}, but {third[:-1]} came: an offset counts parcels, not pages."
        )
        assert page(limit=1, offset=0)[:-1] == ids(ordered[:1]), "a limit of 1 and an offset of 0 are allowed."
        plain = page()
        assert len(plain) - 1 == 20, f"without a limit a page has 20 parcels, but {len(plain) - 1} came."
        beyond = page(offset=500)
        assert beyond == [len(PARCELS)], "beyond the last parcel a page is empty, and the total stays."
        for query in ({"limit": 0}, {"limit": 101}, {"offset": -1}, {"state": "lost"}):
            answer = ask(server, "GET", "/parcels", params=query)
            name, value = next(iter(query.items()))
            assert answer.status_code == 422, (
                f"`{name}={value}` was answered with {answer.status_code}, not 422: let FastAPI check it, by limits or by the "
                "type of the parameter."
            )
        assert len(page(limit=100)) - 1 == len(PARCELS), "a limit of 100 is allowed."
    return "Filtered, sorted, a page at a time, with the total of what fits; what made no sense got a 422."


def _solve_list() -> tuple[FastAPI, dict[int, Stored]]:
    listing = APIRouter()

    @listing.get("/parcels")
    def list_entries(
        state: Literal["waiting", "travelling", "delivered"] | None = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
        offset: Annotated[int, Query(ge=0)] = 0,
    ) -> Page:
        fitting = [stock[number] for number in sorted(stock) if state in (None, stock[number].state)]
        return Page(items=fitting[offset : offset + limit], total=len(fitting))

    desk["list"] = listing
    app = desk_app()
    return app, stock


EXERCISE = Exercise(
    id="3.2-listing",
    title="the desk lists",
    task="`GET /parcels` should answer a `Page` in the order of the ids, by `state`, `limit` and `offset`, with the `total` of "
    "what fits, and 422 for what is out of bounds.",
    check=_check_list,
    hints=(
        "Three steps: filter by state, sort by id, take the slice. When is the total counted?",
        "A slice does it: `fitting[offset : offset + limit]`. Beyond the end it is empty.",
        'The type `Literal["waiting", "travelling", "delivered"] | None` refuses other states, and `Query(ge=1, le=100)` bounds '
        "the limit.",
    ),
    solution=_solve_list,
    wants=("app", "value"),
    routes=("GET /parcels",),
)
