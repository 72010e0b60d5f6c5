"""Exercise 3.3-intake: the desk takes in."""

from typing import Any

import httpx
from fastapi import APIRouter, FastAPI, HTTPException, Response

from helpers.chapters.asking import ask, logged, wanted
from helpers.chapters.ch03.exercises.desk import Entry, Stored, desk, desk_app, held, holding, stock
from helpers.learning.model import Exercise
from helpers.live.server import Server, running


def _check_create(app: FastAPI, stock: dict[int, Any]) -> str:
    with holding(stock), running(app) as server:
        before = dict(stock)
        ada, grace = {"to": "Ada", "weight_kg": 11.25}, {"to": "Grace", "weight_kg": 12.5}
        first = _created(server, stock, ada | {"id": 1, "state": "delivered"})
        second = _created(server, stock, grace)
        assert first != second, f"two parcels got the same id, {first}."
        again = _post(server, ada)
        assert again.status_code == 409, (
            f"the same parcel was sent twice, and the second time {again.status_code} came, not 409."
        )
        assert len(stock) == len(before) + 2, "the second sending got its 409, and was stored all the same."
        _created(server, stock, {"to": "Ada", "weight_kg": 12.5})
        _created(server, stock, {"to": "Grace", "weight_kg": 11.25})
        stock[first] = stock[first].model_copy(update={"state": "travelling"})
        _created(server, stock, ada, "A parcel like it is on its way, not waiting, so this is another one")
        del stock[second]
        kept = dict(stock)
        _created(server, stock, grace, "The one before was taken out")
        assert all(stock.get(number) is parcel for number, parcel in kept.items()), (
            "a parcel was taken out of the stock, and the next one then overwrote another: how many there are says nothing of "
            "which ids are free."
        )
        assert all(stock.get(number) == parcel for number, parcel in before.items()), (
            "a new parcel overwrote one that was there before: its id was not free."
        )
        stock.clear()
        empty = ask(server, "POST", "/parcels", json=grace)
        assert empty.status_code < 500, (
            f"when all parcels had been taken out, your app answered {empty.status_code}: {logged(server)}. The largest id of "
            "none is a question of its own."
        )
        _created(server, stock, ada, "The stock was empty but for a parcel to Grace")
    return "Each new parcel got an id of its own, 201 and its address; what was sent twice got 409."


def _post(server: Server, entry: dict[str, Any]) -> httpx.Response:
    answer = ask(server, "POST", "/parcels", json=entry)
    assert answer.status_code < 500, f"your app answered {answer.status_code}: {logged(server)}."
    return answer


def _created(server: Server, stock: dict[int, Any], entry: dict[str, Any], why: str = "") -> int:
    """Send an entry, look at what became of it, and give its id."""
    sent = {name: entry[name] for name in ("to", "weight_kg")}
    answer = _post(server, entry)
    assert answer.status_code != 409, (
        f"{why or f'Nothing like {sent} is waiting'}, but a 409 came: compare `to`, weight and state, all three."
    )
    assert answer.status_code == 201, f"201 Created was asked for, but {answer.status_code} came: {answer.text[:90]}"
    came = answer.json()
    assert isinstance(came, dict) and isinstance(came.get("id"), int), (
        f"{wanted(sent | {'id': 3, 'state': 'waiting'}, answer)}."
    )
    assert came == sent | {"id": came["id"], "state": "waiting"}, (
        f"{wanted(sent | {'id': came['id'], 'state': 'waiting'}, answer)}: the id and the state are not the client's to choose."
    )
    location = answer.headers.get("Location", "")
    assert location, "the answer has no header `Location`: where is the new parcel?"
    assert location.endswith(f"/parcels/{came['id']}"), (
        f"the new parcel has the id {came['id']}, but `Location` says `{location}`."
    )
    assert held(stock, came["id"]) == came, (
        f"the answer was good, but `stock` has no such parcel under {came['id']}: keep it there, by its id."
    )
    return came["id"]


def _solve_create() -> tuple[FastAPI, dict[int, Stored]]:
    creating = APIRouter()

    @creating.post("/parcels", status_code=201)
    def create_entry(entry: Entry, response: Response) -> Stored:
        for parcel in stock.values():
            if (parcel.to, parcel.weight_kg, parcel.state) == (entry.to, entry.weight_kg, "waiting"):
                raise HTTPException(409, f"sent twice? parcel {parcel.id} is waiting")
        number = max(stock, default=0) + 1
        stock[number] = Stored(id=number, to=entry.to, weight_kg=entry.weight_kg)
        response.headers["Location"] = f"/parcels/{number}"
        return stock[number]

    desk["create"] = creating
    app = desk_app()
    return app, stock


EXERCISE = Exercise(
    id="3.3-intake",
    title="the desk takes in",
    task="`POST /parcels` should keep an `Entry` under a free id, answer 201 with the stored parcel and its `Location`, and 409 "
    "when the same is waiting already.",
    check=_check_create,
    hints=(
        "Which id is free for sure? One more than the largest: `max(stock, default=0) + 1`.",
        "Look through `stock.values()` before you store: `raise HTTPException(409, ...)` ends the request.",
        '`response.headers["Location"]` takes the path as a text.',
    ),
    solution=_solve_create,
    wants=("app", "value"),
    routes=("POST /parcels",),
)
