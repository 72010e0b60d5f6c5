"""The parcel desk: what chapter 3's cells give to the exercises that build it, and how their checks fill its stock."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, HTTPException
from pydantic import BaseModel, Field

__all__ = ["Entry", "Page", "Stored", "desk", "desk_app", "held", "holding", "stock"]


class Entry(BaseModel):
    """As in the notebook."""

    to: Annotated[str, Field(min_length=1)]
    weight_kg: Annotated[float, Field(gt=0, le=30)]


class Stored(Entry):
    """As in the notebook."""

    id: int
    state: Literal["waiting", "travelling", "delivered"] = "waiting"


class Page(BaseModel):
    """As in the notebook."""

    items: list[Stored]
    total: int


stock: dict[int, Stored] = {
    1: Stored(id=1, to="Ada", weight_kg=1.2),
    2: Stored(id=2, to="Grace", weight_kg=8, state="travelling"),
}
reading = APIRouter()
desk: dict[str, APIRouter] = {"read": reading}


@reading.get("/parcels/{number}")
def read_entry(number: int) -> Stored:
    """As in the notebook."""
    if number not in stock:
        raise HTTPException(404, "no such parcel")
    return stock[number]


def desk_app() -> FastAPI:
    """As in the notebook."""
    app = FastAPI(title="Parcel desk")
    for router in desk.values():
        app.include_router(router)
    return app


@contextmanager
def holding(stock: dict[int, Any], *parcels: dict[str, Any]) -> Iterator[None]:
    """Meanwhile the learner's stock holds these parcels, where some are given; afterwards what it held before.

    They are made with the model of the learner's own first parcel. AssertionError when there is none.
    """
    assert isinstance(stock, dict) and stock, "`stock` is empty: run the cell that fills it again."
    before, model = dict(stock), type(next(iter(stock.values())))
    try:
        if parcels:
            stock.clear()
            stock.update({parcel["id"]: model(**parcel) for parcel in parcels})
        yield
    finally:
        stock.clear()
        stock.update(before)


def held(stock: dict[int, Any], number: int) -> dict[str, Any] | None:
    """A parcel of the learner's stock as a dictionary; None when there is none. AssertionError when it is no model."""
    parcel = stock.get(number)
    assert parcel is None or isinstance(parcel, BaseModel), (
        f"`stock[{number}]` is now a value of type {type(parcel).__name__}: keep a `Stored`, which the other steps expect."
    )
    return parcel.model_dump() if parcel is not None else None
