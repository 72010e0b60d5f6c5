"""Exercise 3.5-postcode: a check of one's own."""

from typing import Annotated

import httpx
from fastapi import FastAPI, Path
from pydantic import AfterValidator, BeforeValidator

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import running

UNREADABLE = ("YO085", "LS760", "hx148")  # digits that sum to 13, and no "13" in them


def _check_postcode(app: FastAPI) -> str:
    with running(app) as server:

        def get(code: str) -> httpx.Response:
            answer = ask(server, "GET", f"/depots/{code}")
            assert answer.status_code < 500, (
                f"`{code}` was answered with {answer.status_code}: {logged(server)}. A `ValueError` becomes a 422 in a validator of "
                "the parameter, and a 500 in the function itself."
            )
            return answer

        for code in ("YO104", "LS100", "HX977"):
            answer = get(code)
            assert answer.status_code == 200, f"the good code `{code}` was refused with {answer.status_code}."
            assert answer.text.strip('"') == code, f"{wanted(code, answer)}."
        for code, words in (
            ("YO10", "has too few digits"),
            ("YO1042", "has a digit too many: `^` and `$` hold a pattern to the whole text"),
            ("XYO104", "has a letter too many: `^` and `$` hold a pattern to the whole text"),
            ("12345", "has no letters"),
            ("Y_104", "has an underscore for a letter"),
            ("YO104%0A", "ends with a line break, which `$` of Python's `re` lets pass: `fullmatch` does not"),
        ):
            answer = get(code)
            assert answer.status_code == 422, f"`{code}` {words}: 422 was asked for, but {answer.status_code} came."
        small = get("ls100")
        assert small.status_code == 200, (
            f"`ls100` was refused with {small.status_code}: make the letters large before the pattern is looked at, with a "
            "`BeforeValidator`."
        )
        assert small.text.strip('"') == "LS100", f"for `ls100`, {wanted('LS100', small)}."
        for code in UNREADABLE:
            answer = get(code)
            assert answer.status_code == 422, (
                f"the digits of `{code}` sum to 13: 422 was asked for, but {answer.status_code} came."
            )
            assert "13" in answer.text, f"`{code}` was refused, and the error does not say that its digits sum to 13."
    return "Good codes came back in capitals, and the others were refused with a reason, those with 13 included."


def _solve_postcode() -> FastAPI:
    def capitals(code: str) -> str:
        return code.upper() if code.isascii() else code  # `upper()` makes two letters of an ß

    def readable(code: str) -> str:
        if sum(int(digit) for digit in code[2:]) == 13:
            raise ValueError("digits that sum to 13 cannot be printed")
        return code

    app = FastAPI()

    @app.get("/depots/{code}")
    def show_depot(
        code: Annotated[str, BeforeValidator(capitals), Path(pattern="^[A-Z]{2}[0-9]{3}$"), AfterValidator(readable)],
    ) -> str:
        return code

    return app


EXERCISE = Exercise(
    id="3.5-postcode",
    title="a check of one's own",
    task="`GET /depots/{code}` should answer with the code in capitals: two letters and three digits that do not sum to 13; "
    "otherwise 422, and the error says 13 where that is why.",
    check=_check_postcode,
    hints=(
        "`Path(pattern=...)` takes a regular expression; `^` and `$` stand for its ends.",
        "`AfterValidator(function)` inside `Annotated` calls your function with the text. It returns the text, or raises a "
        "`ValueError` whose words the client reads.",
        "Pydantic's `BeforeValidator` works before the pattern: the place for `code.upper()`.",
    ),
    solution=_solve_postcode,
    routes=("GET /depots/{code}",),
)
