"""What learners pass to 3.5-postcode."""

import re
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Path
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from tests.chapters.answers import right, stub, wrong

PATTERN = "^[A-Z]{2}[0-9]{3}$"


def readable(code: str) -> str:
    """As in the solution."""
    if sum(map(int, code[2:])) == 13:
        raise ValueError("digits that sum to 13 cannot be printed")
    return code


def postcode_app(kind, answer=lambda code: code):
    app = FastAPI()

    @app.get("/depots/{code}")
    def show_depot(code: kind) -> str:
        return answer(code)

    return app


def good(pattern: str = PATTERN, before=str.upper, after=readable):
    return Annotated[str, BeforeValidator(before), Path(pattern=pattern), AfterValidator(after)]


@stub("3.5-postcode")
def postcode_shipped():
    app = FastAPI()

    @app.get("/depots/{code}")
    def show_depot(code: str) -> str: ...

    return app


@wrong("3.5-postcode", says="`YO1042` has a digit too many")
def postcode_with_an_open_end():
    return postcode_app(good("^[A-Z]{2}[0-9]{3}"))


@wrong("3.5-postcode", says="`XYO104` has a letter too many")
def postcode_with_an_open_start():
    def of_the_digits(code: str) -> str:
        readable("--" + "".join(re.findall("[0-9]", code)))
        return code

    return postcode_app(good("[A-Z]{2}[0-9]{3}$", after=of_the_digits))


@wrong("3.5-postcode", says="`YO10` has too few digits")
def postcode_of_any_text():
    return postcode_app(Annotated[str, BeforeValidator(str.upper)])


@wrong("3.5-postcode", says="`12345` has no letters")
def postcode_of_any_letters():
    return postcode_app(good("^..[0-9]{3}$"))


@wrong("3.5-postcode", says="`Y_104` has an underscore for a letter")
def postcode_of_any_second_letter():
    return postcode_app(good("^[A-Z].[0-9]{3}$"))


@wrong("3.5-postcode", says="the good code `HX977` was refused")
def postcode_of_small_sums():
    def small(code: str) -> str:
        if sum(map(int, code[2:])) >= 13:
            raise ValueError("too large")
        return code

    return postcode_app(good(after=small))


@wrong("3.5-postcode", says="`ls100` was refused with 422")
def postcode_of_capitals():
    return postcode_app(Annotated[str, Path(pattern=PATTERN), AfterValidator(readable)])


@wrong("3.5-postcode", says='for `ls100`, `"LS100"` was asked for')
def postcode_left_small():
    return postcode_app(Annotated[str, Path(pattern="^[A-Za-z]{2}[0-9]{3}$"), AfterValidator(readable)])


@wrong("3.5-postcode", says="the digits of `YO085` sum to 13: 422 was asked for, but 200 came")
def postcode_unsummed():
    return postcode_app(Annotated[str, BeforeValidator(str.upper), Path(pattern=PATTERN)])


@wrong("3.5-postcode", says="the error does not say that its digits sum to 13")
def postcode_without_words():
    def silent(code: str) -> str:
        assert sum(map(int, code[2:])) != 13
        return code

    return postcode_app(good(after=silent))


@wrong("3.5-postcode", says="a 500 in the function itself")
def postcode_raised_in_the_function():
    return postcode_app(Annotated[str, BeforeValidator(str.upper), Path(pattern=PATTERN)], readable)


@wrong("3.5-postcode", says='`"YO104"` was asked for, but `null` came')
def postcode_without_a_return():
    app = FastAPI()

    def check(code: str) -> None:
        readable(code)

    @app.get("/depots/{code}")
    def show_depot(code: Annotated[str, Path(pattern=PATTERN), AfterValidator(check)]) -> str | None:
        return code

    return app


@right("3.5-postcode")
def postcode_by_one_validator():
    def read(code: str) -> str:
        code = code.upper()
        if not re.fullmatch("[A-Z]{2}[0-9]{3}", code):
            raise ValueError("two letters and three digits")
        return readable(code)

    return postcode_app(Annotated[str, AfterValidator(read)])


@right("3.5-postcode")
def postcode_of_either_case():
    return postcode_app(
        Annotated[
            str, StringConstraints(pattern="^[A-Za-z]{2}[0-9]{3}$"), AfterValidator(readable), AfterValidator(str.upper)
        ]
    )


@right("3.5-postcode")
def postcode_by_a_dependency():
    app = FastAPI()

    def read(code: str) -> str:
        if not re.fullmatch("[A-Z]{2}[0-9]{3}", code.upper()):
            raise HTTPException(422, "two letters and three digits")
        if sum(map(int, code[2:])) == 13:
            raise HTTPException(422, "the digits sum to 13")
        return code.upper()

    @app.get("/depots/{code}")
    async def show_depot(code: Annotated[str, Depends(read)]) -> str:
        return code

    return app


@wrong("3.5-postcode", says="ends with a line break")
def postcode_by_a_match():
    def checked(code: str) -> str:
        code = code.upper()
        if not re.match(PATTERN, code):
            raise ValueError("two letters and three digits, please")
        if sum(int(digit) for digit in code if digit.isdigit()) == 13:
            raise ValueError("digits that sum to 13 cannot be printed")
        return code

    return postcode_app(Annotated[str, AfterValidator(checked)])
