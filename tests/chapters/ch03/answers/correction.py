"""What learners pass to 3.4-correction."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, FastAPI, HTTPException, Response
from pydantic import BaseModel, Field, field_validator

from helpers.chapters.ch03.exercises.desk import Stored, desk, desk_app, stock
from tests.chapters.answers import right, stub, wrong

Weight = Annotated[float, Field(gt=0, le=30)]
State = Literal["waiting", "travelling", "delivered"]


class Change(BaseModel):
    weight_kg: Weight = 1
    state: State = "waiting"


class Nullable(BaseModel):
    weight_kg: Weight | None = None
    state: State | None = None


def change_app(change=None, delete=None, **options) -> tuple[FastAPI, dict]:
    """An app of these two, the usual ones where none is given."""
    router = desk["change"] = APIRouter()
    router.patch("/parcels/{number}")(change or usual_change)
    router.delete("/parcels/{number}", **({"status_code": 204} | options))(delete or usual_delete)
    return desk_app(), stock


def found(number: int) -> Any:
    if number not in stock:
        raise HTTPException(404)
    return stock[number]


def usual_change(number: int, change: Change) -> Stored:
    stock[number] = found(number).model_copy(update=change.model_dump(exclude_unset=True))
    return stock[number]


def usual_delete(number: int) -> None:
    del stock[found(number).id]


@stub("3.4-correction")
def change_shipped():
    def change_entry(number: int) -> Stored: ...

    def delete_entry(number: int) -> None: ...

    return change_app(change_entry, delete_entry)


@wrong("3.4-correction", says="only the weight was sent, and the state changed too")
def change_with_defaults():
    def change_entry(number: int, change: Change) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump())
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="a PATCH with `to` and `id`")
def change_of_everything():
    class All(Change):
        id: int = 0
        to: str = ""

    def change_entry(number: int, change: All) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="a null in `weight_kg` was answered with 200")
def change_ignores_null():
    def change_entry(number: int, change: Nullable) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_none=True))
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="the stock now holds a parcel without it")
def change_keeps_null():
    def change_entry(number: int, change: Nullable) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="{'weight_kg': 0} was answered with 200")
def change_without_limits():
    class Loose(BaseModel):
        weight_kg: float = 1
        state: State = "waiting"

    def change_entry(number: int, change: Loose) -> dict[str, Any]:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number].model_dump()

    return change_app(change_entry)


@wrong("3.4-correction", says="the answer has the new weight, and the stock the old one")
def change_of_a_copy():
    def change_entry(number: int, change: Change) -> Stored:
        return found(number).model_copy(update=change.model_dump(exclude_unset=True))

    return change_app(change_entry)


@wrong("3.4-correction", says="a new weight was answered with 422")
def change_all_required():
    class Whole(BaseModel):
        weight_kg: Weight
        state: State

    def change_entry(number: int, change: Whole) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump())
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="PATCH with {'weight_kg': 1} was answered with 500: KeyError")
def change_of_an_unknown():
    def change_entry(number: int, change: Change) -> Stored:
        stock[number] = stock[number].model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="DELETE answered 204, and the parcel is still in the stock")
def change_deletes_nothing():
    def delete_entry(number: int) -> None:
        found(number)

    return change_app(None, delete_entry)


@wrong("3.4-correction", says="DELETE of what is no longer there should be a 404, but 204 came")
def change_deletes_twice():
    def delete_entry(number: int) -> None:
        stock.pop(number, None)

    return change_app(None, delete_entry)


@wrong("3.4-correction", says="and parcel 6 with it")
def change_deletes_all():
    def delete_entry(number: int) -> None:
        found(number)
        stock.clear()

    return change_app(None, delete_entry)


@wrong("3.4-correction", says="DELETE should answer 204, but 200 came")
def change_deletes_with_200():
    return change_app(status_code=200)


@right("3.4-correction")
def change_by_a_validator():
    class Checked(Nullable):
        @field_validator("weight_kg", "state")
        @classmethod
        def no_null(cls, value: Any) -> Any:
            if value is None:
                raise ValueError("leave it out instead")
            return value

    def change_entry(number: int, change: Checked) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number]

    return change_app(change_entry)


@right("3.4-correction")
def change_field_by_field():
    async def change_entry(number: int, change: Change) -> Stored:
        parcel = found(number)
        for name in change.model_fields_set:
            setattr(parcel, name, getattr(change, name))
        return parcel

    async def delete_entry(number: int) -> Response:
        if number not in stock:
            raise HTTPException(404)
        del stock[number]
        return Response(status_code=204)

    return change_app(change_entry, delete_entry)


@right("3.4-correction")
def change_checked_by_hand():
    def change_entry(number: int, change: Nullable) -> Stored:
        sent = change.model_dump(exclude_unset=True)
        if None in sent.values():
            raise HTTPException(422, "null")
        stock[number] = Stored(**(found(number).model_dump() | sent))
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="30 kg are within the models' limits")
def change_below_thirty():
    class Lighter(BaseModel):
        weight_kg: Annotated[float, Field(gt=0, lt=30)] = 1
        state: State = "waiting"

    def change_entry(number: int, change: Lighter) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_unset=True))
        return stock[number]

    return change_app(change_entry)


@wrong("3.4-correction", says="null")
def change_that_tells_nothing():
    def change_entry(number: int, change: Change):
        usual_change(number, change)

    return change_app(change_entry)


@wrong("3.4-correction", says="a value that equals your model's default was sent all the same")
def change_without_what_equals_a_default():
    def change_entry(number: int, change: Change) -> Stored:
        stock[number] = found(number).model_copy(update=change.model_dump(exclude_defaults=True))
        return stock[number]

    return change_app(change_entry)
