"""Exercise 2.2-charge: a total that nobody sends."""

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, computed_field, model_validator

from helpers.chapters.ch02.exercises.echo import complaint, echo, sent
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code, describe

BILLS = (  # what is sent, and the total
    ({"units": 3, "unit_price": "12.35"}, "37.05"),
    ({"units": 3, "unit_price": "0.10"}, "0.30"),
    ({"units": 4, "unit_price": "2.50", "rebate": "1.25"}, "8.75"),
    ({"units": 2, "unit_price": "2.50", "rebate": "5.00"}, "0.00"),
    ({"units": 3, "unit_price": "0.70", "rebate": "2.10"}, "0.00"),
)


def _check_charge(charge: type) -> str:
    with running(echo(charge)) as server:
        for bill, total in BILLS:
            came = _total(server, bill)
            assert came == Decimal(total), _off(bill, total, came)
        for total in ("0.01", "99.00"):
            bill = {"units": 2, "unit_price": "4.20", "total": total}
            answer = sent(server, bill)
            assert answer.status_code == 422 or Decimal(str(answer.json()["total"])) == Decimal("8.40"), (
                f"a client sent a total of {total}, and got it: then everybody fixes the price. A computed field is never read "
                "from what was sent."
            )
        answer = sent(server, {"units": 2, "unit_price": "2.50", "rebate": "5.01"})
        assert answer.status_code == 422, (
            f"a rebate of 5.01 on 5.00 was accepted, and the total is {code(str(answer.json()['total']))}. A check over several "
            "fields is a `model_validator`, or a `field_validator` of the last of them."
        )
    return "Every total was computed and exact, sent totals counted for nothing, and no rebate was above its sum."


def _total(server: Server, bill: dict[str, Any]) -> Decimal:
    answer = sent(server, bill)
    assert answer.status_code == 200, f"a good charge, {code(str(bill))}, was refused: {complaint(answer)}." + (
        "" if "rebate" in bill else " It came without a rebate, and total is nothing that a client sends."
    )
    body = answer.json()
    assert "total" in body, (
        "the answer has no `total`. A property is no field, and stays inside, unless `@computed_field` stands above it."
    )
    try:
        return Decimal(str(body["total"]))
    except InvalidOperation:
        raise AssertionError(
            f"the total should be a number or a text like 37.05, but {describe(body['total'])} came."
        ) from None


def _off(bill: dict[str, Any], total: str, came: Decimal) -> str:
    wanted = f"for {code(str(bill))} the total should be {total}, but {code(str(came))} came"
    if abs(came - Decimal(total)) < Decimal("0.001"):
        return f"{wanted}: a `float` cannot hold most cents. `Decimal` is exact."
    if "rebate" in bill:
        return f"{wanted}: the rebate is taken off the sum, once."
    return f"{wanted}."


def _solve_charge() -> type:
    class Charge(BaseModel):
        units: Annotated[int, Field(gt=0)]
        unit_price: Decimal
        rebate: Decimal = Decimal(0)

        @computed_field
        @property
        def total(self) -> Decimal:
            return self.units * self.unit_price - self.rebate

        @model_validator(mode="after")
        def rebate_is_smaller(self) -> Self:
            if self.total < 0:
                raise ValueError("the rebate is above the sum")
            return self

    return Charge


EXERCISE = Exercise(
    id="2.2-charge",
    title="a total that nobody sends",
    task="`Charge` should take `units`, `unit_price` and maybe a `rebate`, and answer with the exact `total`; a rebate above the "
    "sum is a 422.",
    check=_check_charge,
    hints=(
        "Three fields come in. The fourth thing is worked out from them: which decorator makes a property go out?",
        "What is 3 times 0.1 in Python? Which type of section 2.2 counts money?",
        "Which kind of validator sees all fields, after they were checked?",
    ),
    solution=_solve_charge,
    wants="class",
)
