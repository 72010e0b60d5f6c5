"""What learners pass to 2.2-charge."""

from decimal import Decimal
from typing import Annotated, Self

from pydantic import BaseModel, Field, ValidationInfo, computed_field, field_validator, model_validator

from tests.chapters.answers import right, stub, wrong


class Bill(BaseModel):
    """The three fields that come in."""

    units: int
    unit_price: Decimal
    rebate: Decimal = Decimal(0)


@stub("2.2-charge")
def charge_shipped():
    class Charge(BaseModel): ...

    return Charge


@wrong("2.2-charge", says="a `float` cannot hold most cents")
def charge_of_floats():
    class Charge(BaseModel):
        units: int
        unit_price: float
        rebate: float = 0

        @computed_field
        @property
        def total(self) -> float:
            return self.units * self.unit_price - self.rebate

    return Charge


@wrong("2.2-charge", says="A property is no field")
def charge_of_a_plain_property():
    class Charge(Bill):
        @property
        def total(self) -> Decimal:
            return self.units * self.unit_price - self.rebate

    return Charge


@wrong("2.2-charge", says="then everybody fixes the price")
def charge_that_believes_the_client():
    class Charge(Bill):
        total: Decimal | None = None

        @model_validator(mode="after")
        def fill_in(self) -> Self:
            if self.total is None:
                self.total = self.units * self.unit_price - self.rebate
            if self.rebate > self.units * self.unit_price:
                raise ValueError("the rebate is above the sum")
            return self

    return Charge


@wrong("2.2-charge", says="a rebate of 5.01 on 5.00 was accepted, and the total is `-0.01`")
def charge_below_nothing():
    class Charge(Bill):
        @computed_field
        @property
        def total(self) -> Decimal:
            return self.units * self.unit_price - self.rebate

    return Charge


@wrong("2.2-charge", says="It came without a rebate")
def charge_that_wants_a_rebate():
    class Charge(BaseModel):
        units: int
        unit_price: Decimal
        rebate: Decimal | None

        @computed_field
        @property
        def total(self) -> Decimal:
            return self.units * self.unit_price - (self.rebate or 0)

    return Charge


@wrong("2.2-charge", says="the rebate is taken off the sum, once")
def charge_with_a_rebate_on_each():
    class Charge(Bill):
        @computed_field
        @property
        def total(self) -> Decimal:
            return self.units * (self.unit_price - self.rebate)

    return Charge


@wrong("2.2-charge", says="too late for a 422")
def charge_that_fails_late():
    class Charge(Bill):
        @computed_field
        @property
        def total(self) -> Decimal:
            if self.rebate > self.units * self.unit_price:
                raise ValueError("the rebate is above the sum")
            return self.units * self.unit_price - self.rebate

    return Charge


@right("2.2-charge")
def charge_checked_by_a_field():
    class Charge(BaseModel):
        units: int
        unit_price: Decimal
        rebate: Decimal = Decimal(0)

        @field_validator("rebate")
        @classmethod
        def is_smaller(cls, rebate: Decimal, info: ValidationInfo) -> Decimal:
            if rebate > info.data.get("units", 0) * info.data.get("unit_price", 0):
                raise ValueError("the rebate is above the sum")
            return rebate

        @computed_field
        def total(self) -> Decimal:
            return self.units * self.unit_price - self.rebate

    return Charge


@wrong("2.2-charge", says="was refused")
def charge_rounded():
    class Charge(BaseModel):
        units: int
        unit_price: float
        rebate: float = 0

        @model_validator(mode="after")
        def is_smaller(self) -> Self:
            assert self.rebate <= self.units * self.unit_price, "the rebate is above the sum"
            return self

        @computed_field
        @property
        def total(self) -> float:
            return round(self.units * self.unit_price - self.rebate, 2)

    return Charge


@right("2.2-charge")
def charge_whose_total_is_refused():
    class Charge(BaseModel, extra="forbid"):
        units: int
        unit_price: Decimal
        rebate: Decimal | None = None

        @model_validator(mode="after")
        def is_smaller(self) -> Self:
            if self.total < 0:
                raise ValueError("the rebate is above the sum")
            return self

        @computed_field
        @property
        def total(self) -> Decimal:
            return self.units * self.unit_price - (self.rebate or Decimal(0))

    return Charge


@right("2.2-charge")
def charge_with_a_total_of_its_own():
    class Charge(Bill):
        total: Annotated[Decimal, Field(init=False)] = Decimal(0)

        @model_validator(mode="after")
        def fill_in(self) -> Self:
            self.total = self.units * self.unit_price - self.rebate
            if self.total < 0:
                raise ValueError("the rebate is above the sum")
            return self

    return Charge
