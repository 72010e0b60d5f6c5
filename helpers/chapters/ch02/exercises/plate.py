"""Exercise 2.2-plate: a validator that tidies up."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field

from helpers.chapters.ch02.exercises.echo import complaint, echo, sent
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code, describe

TIDY = {" ch-4021 ": "CH-4021", "Be-7": "BE-7", "ZH-123456": "ZH-123456"}  # typed, and kept
LONGER = ("xxch-4021", "ch-4021x", "CH-1234567", "CHE-12")  # hold a plate, but are none
WRONG = ("CH - 4021", "CH4021", "C-1", "CH-", "C1-12", "", "CH- 4021", "CH-+12", "CH-0000012")


def _check_plate(van: type) -> str:
    with running(echo(van)) as server:
        for typed, kept in TIDY.items():
            _keeps(server, typed, kept)
        for typed in (*LONGER, *WRONG, 4021, None):
            answer = sent(server, {"plate": typed})
            assert answer.status_code in (200, 422), (
                f"for {code(repr(typed))} the client got {answer.status_code}. A model knows nothing of HTTP: raise `ValueError`, "
                "and FastAPI makes the 422."
            )
            accepted = answer.status_code == 200
            assert not (accepted and typed in LONGER), (
                f"{code(repr(typed))} was accepted: it holds a plate, but is none. The pattern must reach from the first letter "
                "to the last digit, `^...$` or `re.fullmatch`."
            )
            assert not (accepted and typed == 4021), "the number 4021 was accepted: a plate is a text."
            assert not accepted, (
                f"{code(repr(typed))} was accepted: two letters, a hyphen and one to six digits were asked for."
            )
    return "Plates came out tidy, however they were typed, and what is none was refused."


def _keeps(server: Server, typed: str, kept: str) -> None:
    answer = sent(server, {"plate": typed})
    assert complaint(answer) != "Field required", (
        "a body with a `plate` alone was refused, because another field is required: `plate` is the name of the only one."
    )
    assert answer.status_code == 200, f"{code(repr(typed))} was refused: {complaint(answer)}. " + (
        'A pattern in `Field` is checked before any after validator: tidy up first, with `mode="before"`, or check the '
        "pattern in your own function."
        if typed == next(iter(TIDY))
        else "Two letters, a hyphen and one to six digits were asked for."
    )
    plate: Any = answer.json().get("plate") if isinstance(answer.json(), dict) else answer.json()
    assert plate is not None, (
        "the plate was gone after your validator. What a validator returns is the new value: does yours return it, and is the "
        "field called `plate`?"
    )
    assert plate != typed or typed == kept, (
        f"{code(repr(typed))} was kept as it was typed. `strip()` and `upper()` make a new text, which the validator must return."
    )
    assert plate == kept, f"for {code(repr(typed))} the plate should be {code(repr(kept))}, but {describe(plate)} came."


def _solve_plate() -> type:
    def tidy(typed: Any) -> Any:
        return typed.strip().upper() if isinstance(typed, str) and typed.isascii() else typed

    class Van(BaseModel):
        plate: Annotated[str, BeforeValidator(tidy), Field(pattern=r"^[A-Z]{2}-[0-9]{1,6}$")]

    return Van


EXERCISE = Exercise(
    id="2.2-plate",
    title="a validator that tidies up",
    task="`Van` should have a `plate`: spaces around it gone, in capitals, then two letters, a hyphen and one to six digits; "
    "a 422 for anything else.",
    check=_check_plate,
    hints=(
        "Two things are asked for: change what was typed, and refuse what is wrong. Which has to come first?",
        'A validator with `mode="before"`, or `BeforeValidator(tidy)` in `Annotated`, runs before the field\'s pattern.',
        "Before the type is checked, the value may be a number. What does `4021.strip()` raise, and what becomes of that?",
    ),
    solution=_solve_plate,
    wants="class",
)
