"""What learners pass to 1.2-weight."""

from typing import Annotated, Self

from fastapi import Depends, FastAPI, HTTPException
from pydantic import AfterValidator, BaseModel, Field, field_validator, model_validator

from tests.chapters.answers import right, stub, wrong


def weight_app(model, function=None):
    """An app whose `POST /parcels` takes `model` and returns it, or is `function`."""
    app = FastAPI()

    def hand_in(parcel: model) -> model:
        return parcel

    app.post("/parcels")(function or hand_in)
    return app


class Unlimited(BaseModel):
    to: str
    weight_kg: float


@stub("1.2-weight")
def weight_shipped():
    def hand_in(parcel: Unlimited) -> Unlimited: ...

    return weight_app(Unlimited, hand_in)


@wrong("1.2-weight", says="a parcel of -1 kg was accepted")
def weight_unlimited():
    return weight_app(Unlimited)


@wrong("1.2-weight", says="while `ge` allows 0")
def weight_from_zero():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(ge=0, le=30)]

    return weight_app(Parcel)


@wrong("1.2-weight", says="30 kg is still allowed")
def weight_below_thirty():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, lt=30)]

    return weight_app(Parcel)


@wrong("1.2-weight", says="is there an upper limit of 30?")
def weight_without_upper_limit():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0)]

    return weight_app(Parcel)


@wrong("1.2-weight", says="refused, with 400")
def weight_in_the_function():
    def hand_in(parcel: Unlimited) -> Unlimited:
        if not 0 < parcel.weight_kg <= 30:
            raise HTTPException(400, "wrong weight")
        return parcel

    return weight_app(Unlimited, hand_in)


@right("1.2-weight")
def weight_in_a_validator():
    class Parcel(BaseModel):
        to: str
        weight_kg: float

        @field_validator("weight_kg")
        @classmethod
        def limits(cls, weight: float) -> float:
            if not 0 < weight <= 30:
                raise ValueError("wrong weight")
            return weight

    return weight_app(Parcel)


@wrong("1.2-weight", says="a parcel of 2.5 kg to Grace is fine, but 422 came")
def weight_whole_numbers():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[int, Field(gt=0, le=30)]

    return weight_app(Parcel)


@wrong("1.2-weight", says="the client got 500, because your function failed: ValueError: wrong weight")
def weight_raises():
    def hand_in(parcel: Unlimited) -> Unlimited:
        if not 0 < parcel.weight_kg <= 30:
            raise ValueError("wrong weight")
        return parcel

    return weight_app(Unlimited, hand_in)


@wrong("1.2-weight", says="the lower limit is 0 itself")
def weight_from_ten_grams():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(ge=0.01, le=30)]

    return weight_app(Parcel)


@wrong("1.2-weight", says="the parcel itself should come back")
def weight_not_returned():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, le=30)]

    def hand_in(parcel: Parcel) -> dict[str, str]:
        return {"status": "fine"}

    return weight_app(Parcel, hand_in)


@right("1.2-weight")
def weight_with_a_default_field():
    class Parcel(BaseModel):
        to: str = Field(min_length=1)
        weight_kg: float = Field(gt=0, le=30)

    return weight_app(Parcel)


@right("1.2-weight")
def weight_in_a_model_validator():
    class Parcel(BaseModel):
        to: str
        weight_kg: float

        @model_validator(mode="after")
        def limits(self) -> Self:
            if not 0 < self.weight_kg <= 30:
                raise ValueError("wrong weight")
            return self

    return weight_app(Parcel)


def carried(weight: float) -> float:
    if not 0 < weight <= 30:
        raise ValueError("wrong weight")
    return weight


@right("1.2-weight")
def weight_in_a_type():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, AfterValidator(carried)]

    return weight_app(Parcel)


@wrong("1.2-weight", says="with a 422 of your own")
def weight_in_a_dependency():
    def checked(parcel: Unlimited) -> Unlimited:
        if not 0 < parcel.weight_kg <= 30:
            raise HTTPException(422, "wrong weight")
        return parcel

    def hand_in(parcel: Annotated[Unlimited, Depends(checked)]) -> Unlimited:
        return parcel

    return weight_app(Unlimited, hand_in)


@wrong("1.2-weight", says='but `{"to":"Grace","weight_kg":2.5}` came')
def weight_always_the_same():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, le=30)]

    def hand_in(parcel: Parcel) -> Parcel:
        return Parcel(to="Grace", weight_kg=2.5)

    return weight_app(Parcel, hand_in)


@wrong("1.2-weight", says="your function `hand_in` returned `None`")
def weight_without_a_return():
    class Parcel(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, le=30)]

    def hand_in(parcel: Parcel) -> Parcel:
        print(parcel)

    return weight_app(Parcel, hand_in)
