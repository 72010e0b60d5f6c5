"""What learners pass to 1.3-port."""

from enum import Enum
from typing import Annotated

from fastapi import Body, FastAPI, HTTPException, Query
from pydantic import BaseModel, Field, PositiveFloat, field_validator

from tests.chapters.answers import right, stub, wrong


class Parcel(BaseModel):
    to: str
    weight_kg: Annotated[float, Field(gt=0)]


def price_app(function):
    """An app whose `POST /price` is `function`."""
    app = FastAPI()
    app.post("/price")(function)
    return app


@stub("1.3-port")
def port_shipped():
    def price(): ...

    return price_app(price)


@wrong("1.3-port", says="looked for in the query: plain parameters are")
def port_with_plain_parameters():
    def price(to: str, weight_kg: float, express: bool = False):
        return {"price": 2 + weight_kg + 5 * express}

    return price_app(price)


@wrong("1.3-port", says="a text that is not empty counts as true")
def port_with_express_as_text():
    def price(parcel: Parcel, express: str = ""):
        return {"price": 2 + parcel.weight_kg + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="`express` is required in yours")
def port_with_express_required():
    def price(parcel: Parcel, express: bool):
        return {"price": 2 + parcel.weight_kg + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="a weight of -1 kg was taken")
def port_without_a_limit():
    class Any(BaseModel):
        to: str
        weight_kg: float

    def price(parcel: Any, express: bool = False):
        return {"price": 2 + parcel.weight_kg + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="a weight of 0 kg was taken")
def port_from_zero():
    class FromZero(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(ge=0)]

    def price(parcel: FromZero, express: bool = False):
        return {"price": 2 + parcel.weight_kg + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="a parcel without a weight was refused with 400")
def port_by_hand():
    def price(parcel: dict, express: bool = False):
        weight = parcel.get("weight_kg")
        if "to" not in parcel or not isinstance(weight, int | float) or weight <= 0:
            raise HTTPException(400, "a weight above 0, please")
        return {"price": 2 + weight + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="because your function failed: KeyError")
def port_with_a_dict():
    def price(parcel: dict, express: bool = False):
        return {"price": 2 + parcel["weight_kg"] + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="a parcel without an address was taken")
def port_with_the_weight_alone():
    def price(weight_kg: Annotated[float, Body(embed=True, gt=0)], express: bool = False):
        return {"price": 2 + weight_kg + (5 if express else 0)}

    return price_app(price)


@wrong("1.3-port", says="`express` was looked for in the body")
def port_with_express_in_the_body():
    class Express(Parcel):
        express: bool

    def price(parcel: Express):
        return {"price": 2 + parcel.weight_kg + (5 if parcel.express else 0)}

    return price_app(price)


@wrong("1.3-port", says='`{"price": 4.5}` was asked for')
def port_with_a_bare_number():
    def price(parcel: Parcel, express: bool = False):
        return 2 + parcel.weight_kg + (5 if express else 0)

    return price_app(price)


@wrong("1.3-port", says="your function `price` returned `None`")
def port_without_a_return():
    def price(parcel: Parcel, express: bool = False) -> dict[str, float]:
        print({"price": 2 + parcel.weight_kg + (5 if express else 0)})

    return price_app(price)


@right("1.3-port")
def port_with_a_response_model():
    class Price(BaseModel):
        price: float

    class Positive(BaseModel):
        to: str
        weight_kg: PositiveFloat

    async def price(parcel: Positive, express: Annotated[bool, Query()] = False) -> Price:
        return Price(price=2 + parcel.weight_kg + 5 * express)

    return price_app(price)


@right("1.3-port")
def port_with_body_fields():
    def price(to: Annotated[str, Body()], weight_kg: Annotated[float, Body(gt=0)], express: bool = False):
        return {"price": 2 + weight_kg + (5 if express else 0)}

    return price_app(price)


@right("1.3-port")
def port_with_a_validator():
    class Checked(BaseModel):
        to: str
        weight_kg: float

        @field_validator("weight_kg")
        @classmethod
        def above_zero(cls, weight: float) -> float:
            if weight <= 0:
                raise ValueError("a weight above 0, please")
            return weight

    class Express(Enum):
        yes = "true"
        no = "false"

    def price(parcel: Checked, express: Express = Express.no):
        return {"price": 2 + parcel.weight_kg + (5 if express is Express.yes else 0)}

    return price_app(price)


@wrong("1.3-port", says="Input should be less than or equal to 30")
def port_with_the_model_of_another_exercise():
    class AtMostThirty(BaseModel):
        to: str
        weight_kg: Annotated[float, Field(gt=0, le=30)]

    def price(parcel: AtMostThirty, express: bool = False):
        return {"price": 2 + parcel.weight_kg + (5 if express else 0)}

    return price_app(price)
