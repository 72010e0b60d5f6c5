"""Exercise 3.5-stock: what fits the query."""

from enum import StrEnum
from typing import Annotated, Any

from fastapi import FastAPI, Query
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code

# Number, state and weight: enough for a first page, and waiting ones behind it.
PARCELS = [(number, "travelling" if number % 3 else "waiting", 1 + number % 7) for number in range(90, 30, -1)]


def _check_stock(app: FastAPI, stock: list[Any]) -> str:
    assert isinstance(stock, list) and stock, (
        "the second thing to pass is the list `stock`, with a parcel or more in it."
    )
    kept, parcel = list(stock), type(stock[0])
    stock[:] = [parcel(number=number, state=state, weight_kg=weight) for number, state, weight in PARCELS]
    try:
        with running(app) as server:

            def get(query: str) -> tuple[int, list[int]]:
                """The status and the numbers of the parcels that came."""
                answer = ask(server, "GET", f"/parcels?{query}".removesuffix("?"))
                assert answer.status_code < 500, (
                    f"{code('?' + query)} was answered with {answer.status_code}: {logged(server)}."
                )
                if answer.status_code >= 400:
                    return answer.status_code, []
                rows = answer.json()
                assert isinstance(rows, list) and all(isinstance(row, dict) and "number" in row for row in rows), (
                    f"a list of parcels was asked for, but `{answer.text[:60]}` came."
                )
                return answer.status_code, [row["number"] for row in rows]

            _try_queries(get)
    finally:
        stock[:] = kept
    return "Each query got what fits it, in the order of the stock, and what cannot be meant was refused."


def _try_queries(get: Any) -> None:
    waiting = [number for number, state, _ in PARCELS if state == "waiting"]
    everything = [number for number, _, _ in PARCELS]
    light = [number for number, _, weight in PARCELS if weight <= 3]
    for query, numbers, words in (
        ("", everything[:20], "without `state` all states are meant, without `limit` 20 parcels"),
        ("limit=3", everything[:3], "`limit` says how many"),
        ("state=waiting&limit=50", waiting, "of all parcels, those that wait were asked for"),
        ("state=waiting&limit=5", waiting[:5], "first choose by `state`, then cut off at `limit`"),
        ("state=waiting&state=travelling", everything[:20], "two states were sent, and either of them fits"),
        ("max-kg=3&limit=50", light, "`max-kg` is the name in the query, and 3 kg are not more than 3 kg"),
        ("max-kg=2.5&limit=50", [number for number, _, weight in PARCELS if weight <= 2.5], "2.5 kg is a weight too"),
        ("state=waiting&max-kg=3", [number for number in waiting if number in light], "both conditions count"),
    ):
        status, came = get(query)
        assert (status, came) == (200, numbers), (
            f"{words}: {code('?' + query)} should give {_some(numbers)}, but {_some(came) if status == 200 else status} came."
        )
    for query, words in (
        ("limit=0", "`limit` starts at 1"),
        ("limit=51", "`limit` ends at 50"),
        ("max-kg=0", "0 is no weight, so `gt` and not `ge`"),
        ("state=lost", "there is no such state, and a list of texts does not know that"),
        ("state=waiting&state=lost", "each of several states is checked"),
    ):
        status, _ = get(query)
        assert status >= 400, f"{words}: {code('?' + query)} should be refused, but {status} came."


def _some(numbers: list[int]) -> str:
    """A list of numbers, in a few words when it is long."""
    shown = ", ".join(map(str, numbers[:4])) + (" ..." if len(numbers) > 4 else "")
    return f"{len(numbers)} parcels ({shown})" if numbers else "no parcels"


class State(StrEnum):
    """As in the notebook."""

    waiting = "waiting"
    travelling = "travelling"


class Stored(BaseModel):
    """As in the notebook."""

    number: int
    state: State
    weight_kg: float


stock = [
    Stored(number=7, state=State.waiting, weight_kg=2.5),
    Stored(number=8, state=State.travelling, weight_kg=12),
]


def _solve_stock() -> tuple[FastAPI, list[Stored]]:
    app = FastAPI()

    @app.get("/parcels")
    def list_stock(
        state: Annotated[list[State] | None, Query()] = None,
        max_kg: Annotated[float | None, Query(alias="max-kg", gt=0)] = None,
        limit: Annotated[int, Query(ge=1, le=50)] = 20,
    ) -> list[Stored]:
        found = []
        for parcel in stock:
            if state and parcel.state not in state:
                continue
            if max_kg is not None and parcel.weight_kg > max_kg:
                continue
            found.append(parcel)
        return found[:limit]

    return app, stock


EXERCISE = Exercise(
    id="3.5-stock",
    title="what fits the query",
    task="`GET /parcels` should give those of `stock` that fit `state` (several, or all without it), `max-kg` (more than 0) and "
    "`limit` (1 to 50, else 20), in their order.",
    check=_check_stock,
    hints=(
        "Three parameters of the query: a list of `State`, a number with an alias, a number with two limits.",
        "`Annotated[list[State], Query()] = []` is empty when nothing was sent, and with `| None` and `= None` it is None: then "
        "every state fits.",
        "Choose first and cut off at the end: `found[:limit]`.",
    ),
    solution=_solve_stock,
    wants=("app", "value"),
    routes=("GET /parcels",),
)
