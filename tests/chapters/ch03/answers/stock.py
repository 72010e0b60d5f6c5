"""What learners pass to 3.5-stock."""

from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Depends, FastAPI, Query
from pydantic import BaseModel, Field

from helpers.chapters.ch03.exercises.stock import State, Stored
from tests.chapters.answers import right, stub, wrong

States = Annotated[list[State], Query()]
MaxKg = Annotated[float | None, Query(alias="max-kg", gt=0)]
Limit = Annotated[int, Query(ge=1, le=50)]


def new_stock() -> list[Stored]:
    return [
        Stored(number=7, state=State.waiting, weight_kg=2.5),
        Stored(number=8, state=State.travelling, weight_kg=12),
    ]


def fitting(stock, state, max_kg, limit):
    """As in the solution."""
    found = [parcel for parcel in stock if not state or parcel.state in state]
    return [parcel for parcel in found if max_kg is None or parcel.weight_kg <= max_kg][:limit]


def stock_app(states=States, heaviest=MaxKg, most=Limit, choose=fitting, every=()):
    app, stock, every = FastAPI(), new_stock(), list(every)

    @app.get("/parcels")
    def list_stock(state: states = every, max_kg: heaviest = None, limit: most = 20) -> list[Stored]:
        return choose(stock, state, max_kg, limit)

    return app, stock


@stub("3.5-stock")
def stock_shipped():
    app = FastAPI()

    @app.get("/parcels")
    def list_stock() -> list[Stored]: ...

    return app, new_stock()


@wrong("3.5-stock", says="of all parcels, those that wait were asked for")
def stock_with_a_body():
    return stock_app(states=list[State])


@wrong("3.5-stock", says="two states were sent, and either of them fits")
def stock_of_one_state():
    def choose(stock, state, max_kg, limit):
        return fitting(stock, [state] if state else [], max_kg, limit)

    app, stock = FastAPI(), new_stock()

    @app.get("/parcels")
    def list_stock(state: State | None = None, max_kg: MaxKg = None, limit: Limit = 20) -> list[Stored]:
        return choose(stock, state, max_kg, limit)

    return app, stock


@wrong("3.5-stock", says="`max-kg` is the name in the query")
def stock_without_the_alias():
    return stock_app(heaviest=Annotated[float | None, Query(gt=0)])


@wrong("3.5-stock", says="3 kg are not more than 3 kg")
def stock_below_the_limit():
    def choose(stock, state, max_kg, limit):
        return [p for p in fitting(stock, state, None, 99) if max_kg is None or p.weight_kg < max_kg][:limit]

    return stock_app(choose=choose)


@wrong("3.5-stock", says="first choose by `state`, then cut off at `limit`")
def stock_cut_off_first():
    def choose(stock, state, max_kg, limit):
        return fitting(stock[:limit] if limit < 50 else stock, state, max_kg, limit)

    return stock_app(choose=choose)


@wrong("3.5-stock", says="without `state` all states are meant")
def stock_without_a_state():
    def choose(stock, state, max_kg, limit):
        return [p for p in stock if p.state in state and (max_kg is None or p.weight_kg <= max_kg)][:limit]

    return stock_app(choose=choose)


@wrong("3.5-stock", says="`limit` says how many")
def stock_without_a_limit():
    return stock_app(choose=lambda stock, state, max_kg, limit: fitting(stock, state, max_kg, 20))


@wrong("3.5-stock", says="`limit` starts at 1")
def stock_from_0():
    return stock_app(most=Annotated[int, Query(ge=0, le=50)])


@wrong("3.5-stock", says="`limit` ends at 50")
def stock_without_an_end():
    return stock_app(most=Annotated[int, Query(gt=0)])


@wrong("3.5-stock", says="0 is no weight")
def stock_of_no_weight():
    return stock_app(heaviest=Annotated[float | None, Query(alias="max-kg", ge=0)])


@wrong("3.5-stock", says="there is no such state")
def stock_of_texts():
    return stock_app(states=Annotated[list[str], Query()])


@wrong("3.5-stock", says="2.5 kg is a weight too")
def stock_of_whole_weights():
    return stock_app(heaviest=Annotated[int | None, Query(alias="max-kg", gt=0)])


@wrong("3.5-stock", says="without `limit` 20 parcels")
def stock_sorted():
    return stock_app(
        choose=lambda stock, state, max_kg, limit: fitting(
            sorted(stock, key=lambda parcel: parcel.number), state, max_kg, limit
        )
    )


@wrong("3.5-stock", says="your function `list_stock` returned `None`")
def stock_without_a_return():
    return stock_app(choose=lambda *given: None)


@right("3.5-stock")
def stock_by_a_model():
    class Wanted(BaseModel):
        state: set[State] = set()
        max_kg: Annotated[Decimal | None, Field(alias="max-kg", gt=0)] = None
        limit: Annotated[int, Field(ge=1, le=50)] = 20

    app, stock = FastAPI(), new_stock()

    @app.get("/parcels")
    async def list_stock(wanted: Annotated[Wanted, Query()]) -> list[Stored]:
        return fitting(stock, wanted.state, wanted.max_kg, wanted.limit)

    return app, stock


@right("3.5-stock")
def stock_by_a_class():
    class Wanted:
        def __init__(
            self,
            state: Annotated[list[Literal["waiting", "travelling"]] | None, Query()] = None,
            heaviest: float = Query(1000, alias="max-kg", gt=0),
            limit: int = Query(20, gt=0, lt=51),
        ):
            self.state, self.heaviest, self.limit = state, heaviest, limit

    app, stock = FastAPI(), new_stock()

    @app.get("/parcels")
    def list_stock(wanted: Annotated[Wanted, Depends()]) -> list[Stored]:
        return fitting(stock, wanted.state, wanted.heaviest, wanted.limit)

    return app, stock


@right("3.5-stock")
def stock_as_dicts():
    return stock_app(
        states=Annotated[set[State], Query()],
        choose=lambda *given: [parcel.model_dump() for parcel in fitting(*given)],
        every=State,
    )
