"""Exercise 2.2-customs: camelCase outside, snake_case inside."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from helpers.chapters.echo import complaint, echo, sent
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code, describe, raised

BODIES = (
    {"declaredValue": "120.50", "hsCode": "0901", "sentAt": "2026-11-25T09:30:00Z"},
    {"declaredValue": "8", "hsCode": "420212", "sentAt": None},
    {"declaredValue": "8.25", "hsCode": "0101"},
)


def _check_customs(customs: type) -> str:
    with running(echo(customs)) as server:
        for body in BODIES:
            answer = sent(server, body)
            assert answer.status_code == 200, (
                f"{code(str(body))} was refused: {complaint(answer)}, {code(str(_place(answer)))}."
                + (
                    " `sentAt` may be missing, and a type of `... | None` alone is no default."
                    if "sentAt" not in body
                    else ""
                )
            )
            _is_camel(answer.json())
            assert str(answer.json()["hsCode"]) == body["hsCode"], (
                f"the code {code(str(body['hsCode']))} came back as {describe(answer.json()['hsCode'])}: a number has no leading zero."
            )
        answer = sent(server, BODIES[0] | {"decalredValue": "1"})
        assert answer.status_code == 422, (
            'a body with the misspelt `decalredValue` was accepted, and nobody was told. `extra="forbid"` refuses what no '
            "field has asked for."
        )
    _is_built_by_name(customs)
    return "The office was understood and answered in camelCase, and Python may say `declared_value`."


def _place(answer: Any) -> Any:
    detail = answer.json().get("detail")
    return detail[0]["loc"] if isinstance(detail, list) and detail else detail


def _is_camel(body: dict[str, Any]) -> None:
    snake = [name for name in body if "_" in name]
    assert not snake, (
        f"the answer says {code(snake[0])}, which the office does not know. A `validation_alias` works on the way in only; `alias` "
        "and `alias_generator` both ways."
    )
    missing = [name for name in ("declaredValue", "hsCode", "sentAt") if name not in body]
    assert not missing, f"the answer has no {code(missing[0])}."


def _is_built_by_name(customs: type) -> None:
    for value, number in (("75", "0901"), ("4.5", "6404")):
        try:
            built = customs(declared_value=Decimal(value), hs_code=number)
        except Exception as error:
            unknown = "Field required" in str(error) or isinstance(error, TypeError)
            raise AssertionError(
                f"a colleague wrote `Customs(declared_value=..., hs_code=...)` and got {raised(error)[:120]}."
                + (
                    " With an alias, the name itself counts only if `validate_by_name=True` is in the config."
                    if unknown
                    else ""
                )
            ) from None
        assert getattr(built, "declared_value", None) == Decimal(value), (
            "`customs.declared_value` should be the declared value: the name in Python is snake_case."
        )


def _solve_customs() -> type:
    class Customs(BaseModel):
        model_config = ConfigDict(alias_generator=to_camel, validate_by_name=True, extra="forbid")

        declared_value: Decimal
        hs_code: str
        sent_at: datetime | None = None

    return Customs


EXERCISE = Exercise(
    id="2.2-customs",
    title="camelCase outside, snake_case inside",
    task="`Customs` should come in and go out as `declaredValue`, `hsCode` and maybe `sentAt`, be built in Python as "
    "`Customs(declared_value=..., hs_code=...)`, and refuse unknown names.",
    check=_check_customs,
    hints=(
        "Which setting of `model_config` gives every field a second name by rule?",
        "An alias takes the place of the name. Which setting lets the name count as well?",
        "What does a field need so that it may be missing: a type with `None`, or a default?",
    ),
    solution=_solve_customs,
    wants="class",
)
