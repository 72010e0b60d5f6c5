"""What learners pass to 2.2-plate."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import HTTPException
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
    model_validator,
)

from tests.chapters.answers import right, stub, wrong

PATTERN = "^[A-Z]{2}-[0-9]{1,6}$"


@stub("2.2-plate")
def plate_shipped():
    class Van(BaseModel): ...

    return Van


@wrong("2.2-plate", says="checked before any after validator")
def plate_tidied_too_late():
    class Van(BaseModel):
        plate: Annotated[str, Field(pattern=PATTERN), AfterValidator(lambda plate: plate.strip().upper())]

    return Van


@wrong("2.2-plate", says="does yours return it")
def plate_never_returned():
    class Van(BaseModel):
        plate: str

        @field_validator("plate")
        @classmethod
        def tidy(cls, plate: str):
            plate.strip().upper()

    return Van


@wrong("2.2-plate", says="was kept as it was typed")
def plate_of_texts_that_do_not_change():
    class Van(BaseModel):
        plate: str

        @field_validator("plate")
        @classmethod
        def tidy(cls, plate: str) -> str:
            plate.strip().upper()
            return plate

    return Van


@wrong("2.2-plate", says="because your model's code failed with AttributeError")
def plate_of_texts_alone():
    class Van(BaseModel):
        plate: Annotated[str, Field(pattern=PATTERN)]

        @field_validator("plate", mode="before")
        @classmethod
        def tidy(cls, typed: Any) -> Any:
            return typed.strip().upper()

    return Van


@wrong("2.2-plate", says="it holds a plate, but is none")
def plate_somewhere_inside():
    class Van(BaseModel):
        plate: str

        @field_validator("plate")
        @classmethod
        def tidy(cls, plate: str) -> str:
            if not re.search("[A-Z]{2}-[0-9]{1,6}", plate.upper()):
                raise ValueError("no plate")
            return plate.strip().upper()

    return Van


@wrong("2.2-plate", says="the number 4021 was accepted")
def plate_of_anything():
    class Van(BaseModel):
        plate: str

        @field_validator("plate", mode="before")
        @classmethod
        def tidy(cls, typed: Any) -> str:
            return f"CH-{typed}" if isinstance(typed, int) else typed.strip().upper() if typed else "?"

        @field_validator("plate")
        @classmethod
        def check(cls, plate: str) -> str:
            if not re.fullmatch("[A-Z]{2}-[0-9]{1,6}", plate):
                raise ValueError("no plate")
            return plate

    return Van


@wrong("2.2-plate", says="A model knows nothing of HTTP")
def plate_by_http_exception():
    class Van(BaseModel):
        plate: str

        @field_validator("plate")
        @classmethod
        def tidy(cls, plate: str) -> str:
            if not re.fullmatch("[A-Z]{2}-[0-9]{1,6}", plate.strip().upper()):
                raise HTTPException(400, "no plate")
            return plate.strip().upper()

    return Van


@wrong("2.2-plate", says="`'CH4021'` was accepted")
def plate_without_a_pattern():
    class Van(BaseModel):
        plate: Annotated[
            str, StringConstraints(strip_whitespace=True, to_upper=True, pattern="^[A-Za-z]{2}-?[0-9]{1,6}$")
        ]

    return Van


@wrong("2.2-plate", says="`'CH - 4021'` was accepted")
def plate_without_any_space():
    def tidy(typed: object) -> object:
        return typed.replace(" ", "").upper() if isinstance(typed, str) else typed

    class Van(BaseModel):
        plate: Annotated[str, BeforeValidator(tidy), Field(pattern="^[A-Z]{2}-[0-9]{1,6}$")]

    return Van


@wrong("2.2-plate", says="`plate` is the name of the only one")
def plate_by_another_name():
    class Van(BaseModel):
        number: Annotated[str, Field(pattern=PATTERN)]

    return Van


@right("2.2-plate")
def plate_by_a_field_validator():
    class Van(BaseModel):
        plate: str

        @field_validator("plate")
        @classmethod
        def tidy(cls, plate: str) -> str:
            plate = plate.strip().upper()
            assert re.fullmatch("[A-Z]{2}-[0-9]{1,6}", plate), "no plate"
            return plate

    return Van


@right("2.2-plate")
def plate_by_constraints():
    class Van(BaseModel):
        plate: Annotated[
            str, StringConstraints(strip_whitespace=True, to_upper=True, pattern="^[A-Za-z]{2}-[0-9]{1,6}$")
        ]

    return Van


@right("2.2-plate")
def plate_by_the_model():
    class Van(BaseModel):
        plate: Annotated[str, Field(pattern=PATTERN)]

        @model_validator(mode="before")
        @classmethod
        def tidy(cls, sent: Any) -> Any:
            if isinstance(sent, dict) and isinstance(sent.get("plate"), str):
                return sent | {"plate": sent["plate"].strip().upper()}
            return sent

    return Van


@right("2.2-plate")
def plate_of_a_dataclass():
    def tidy(plate: str) -> str:
        plate = plate.strip().upper()
        if not re.fullmatch("[A-Z]{2}-[0-9]{1,6}", plate):
            raise ValueError("no plate")
        return plate

    @dataclass
    class Van:
        plate: Annotated[str, AfterValidator(tidy)]

    return Van


@wrong("2.2-plate", says="CH- 4021")
def plate_tests_digits_by_int():
    class Van(BaseModel):
        plate: str

        @field_validator("plate")
        @classmethod
        def tidy(cls, plate: str) -> str:
            letters, hyphen, digits = plate.strip().upper().partition("-")
            if not (hyphen and len(letters) == 2 and letters.isascii() and letters.isalpha() and 1 <= len(digits) <= 6):
                raise ValueError("no plate")
            int(digits)
            return f"{letters}{hyphen}{digits}"

    return Van
