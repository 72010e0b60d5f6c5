"""What learners pass to 3.3-form."""

from typing import Annotated

from fastapi import Depends, FastAPI, Form, HTTPException, Request
from pydantic import BaseModel, Field, PositiveFloat, ValidationError, field_validator

from tests.chapters.answers import right, stub, wrong

FORM = Form()  # the spelling from before `Annotated`


def form_app(function):
    app = FastAPI()
    app.post("/parcels")(function)
    return app


class Known(BaseModel):
    """As in the solution."""

    model_config = {"extra": "forbid"}

    name: str
    weight_kg: Annotated[float, Field(gt=0)]
    fragile: bool = False


@stub("3.3-form")
def form_shipped():
    def hand_in_form() -> dict[str, str | float | bool]: ...

    return form_app(hand_in_form)


@wrong("3.3-form", says="the same as JSON was taken")
def form_as_json():
    def hand_in_form(form: Known) -> Known:
        return form

    return form_app(hand_in_form)


@wrong("3.3-form", says="the same values in the URL were taken")
def form_in_the_query():
    def hand_in_form(name: str, weight_kg: float, fragile: bool = False) -> dict[str, str | float | bool]:
        return {"name": name, "weight_kg": weight_kg, "fragile": fragile}

    return form_app(hand_in_form)


@wrong("3.3-form", says="a box that is not ticked is not sent")
def form_with_a_tick_required():
    class Ticked(Known):
        fragile: bool

    def hand_in_form(form: Annotated[Ticked, Form()]) -> Ticked:
        return form

    return form_app(hand_in_form)


@wrong("3.3-form", says='"fragile":"on"}` came')
def form_with_the_tick_as_text():
    def hand_in_form(
        name: Annotated[str, Form()], weight_kg: Annotated[float, Form(gt=0)], fragile: Annotated[str, Form()] = ""
    ) -> dict[str, str | float]:
        return {"name": name, "weight_kg": weight_kg, "fragile": fragile}

    return form_app(hand_in_form)


@wrong("3.3-form", says='"weight_kg":"2.5"')
def form_with_the_weight_as_text():
    def hand_in_form(
        name: Annotated[str, Form()], weight_kg: Annotated[str, Form()], fragile: Annotated[bool, Form()] = False
    ) -> dict[str, str | bool]:
        return {"name": name, "weight_kg": weight_kg, "fragile": fragile}

    return form_app(hand_in_form)


@wrong("3.3-form", says="a weight of -3 was taken")
def form_without_a_limit():
    class Unlimited(Known):
        weight_kg: float

    def hand_in_form(form: Annotated[Unlimited, Form()]) -> Unlimited:
        return form

    return form_app(hand_in_form)


@wrong("3.3-form", says="a weight of 0 was taken")
def form_from_0():
    class FromNothing(Known):
        weight_kg: Annotated[float, Field(ge=0)]

    def hand_in_form(form: Annotated[FromNothing, Form()]) -> FromNothing:
        return form

    return form_app(hand_in_form)


@wrong("3.3-form", says="mistyped field `fragil` was taken")
def form_that_ignores_the_rest():
    def hand_in_form(
        name: Annotated[str, Form()], weight_kg: Annotated[float, Form(gt=0)], fragile: Annotated[bool, Form()] = False
    ) -> dict[str, str | float | bool]:
        return {"name": name, "weight_kg": weight_kg, "fragile": fragile}

    return form_app(hand_in_form)


@wrong("3.3-form", says="a form without a weight was taken")
def form_with_a_default_weight():
    class Light(Known):
        weight_kg: Annotated[float, Field(gt=0)] = 1

    def hand_in_form(form: Annotated[Light, Form()]) -> Light:
        return form

    return form_app(hand_in_form)


@wrong("3.3-form", says="your function `hand_in_form` returned `None`")
def form_without_a_return():
    def hand_in_form(form: Annotated[Known, Form()]) -> dict[str, str | float | bool]:
        form.model_dump()

    return form_app(hand_in_form)


@right("3.3-form")
def form_dumped():
    class Other(BaseModel, extra="forbid"):
        fragile: bool = False
        weight_kg: PositiveFloat
        name: str

    async def hand_in_form(data: Annotated[Other, Form()]) -> dict[str, str | float | bool]:
        return data.model_dump()

    return form_app(hand_in_form)


@right("3.3-form")
def form_with_a_validator():
    class Validated(BaseModel):
        model_config = {"extra": "forbid"}

        name: str
        weight_kg: float
        fragile: bool = False

        @field_validator("weight_kg")
        @classmethod
        def weighs_something(cls, weight: float) -> float:
            if weight <= 0:
                raise ValueError("weighs nothing")
            return weight

    def hand_in_form(form: Validated = FORM) -> Validated:
        return form

    return form_app(hand_in_form)


@right("3.3-form")
def form_read_by_hand():
    async def hand_in_form(request: Request) -> Known:
        async with request.form() as form:
            try:
                return Known.model_validate(dict(form))
            except ValidationError as error:
                raise HTTPException(422, str(error)) from None

    return form_app(hand_in_form)


@right("3.3-form")
def form_by_a_dependency():
    def read(form: Annotated[Known, Form()]) -> Known:
        return form

    def hand_in_form(form: Annotated[Known, Depends(read)]) -> Known:
        return form

    return form_app(hand_in_form)
