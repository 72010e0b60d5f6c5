"""Exercise 2.2-handover: one of two, told apart."""

from typing import Annotated, Any, Literal

import httpx
from fastapi import FastAPI
from pydantic import BaseModel, Field

from helpers.chapters.ch02.exercises.echo import complaint, sent
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

RIGHT = (
    {"at": "door", "name": "Grace"},
    {"at": "shop", "shop_id": 12},
    {"at": "door", "name": "Ada"},
    {"at": "shop", "shop_id": 1},
)
WRONG = (  # and the field that is wrong
    ({"at": "shop", "shop_id": 0}, "shop_id"),
    ({"at": "shop", "shop_id": "near"}, "shop_id"),
    ({"at": "shop"}, "shop_id"),
    ({"at": "door"}, "name"),
    ({"at": "boat", "name": "Ada"}, "at"),
    ({"name": "Ada"}, "at"),
)


def _check_handover(handover: Any) -> str:
    app = FastAPI()
    classes: list[str] = []

    def take(body: Any) -> Any:
        classes.append(type(getattr(body, "root", body)).__name__)
        return getattr(body, "root", body)

    take.__annotations__ = {"body": handover, "return": Any}
    app.post("/")(take)
    with running(app) as server:
        for body in RIGHT:
            answer = sent(server, body)
            assert answer.status_code == 200, f"{code(str(body))} is right, but was refused: {complaint(answer)}."
            came = answer.json()
            assert isinstance(came, dict) and body.items() <= came.items(), (
                f"{code(str(body))} came in, and {code(str(came))} was made of it: a union without a word to tell its members apart "
                "takes what fits, and drops the rest."
            )
        doors, shops = set(classes[::2]), set(classes[1::2])
        assert not doors & shops, (
            f"both bodies became {code(classes[0])}: then your code has to find out which fields count. Write a class for each, "
            "and a union of them."
        )
        for body, field in WRONG:
            _is_told(server, body, field)
    return "Each body became its own class, and each wrong one was told of its own fault alone."


def _is_told(server: Server, body: dict[str, Any], field: str) -> None:
    answer = sent(server, body)
    assert answer.status_code == 422, f"{code(str(body))} was accepted, though {code(field)} is {_fault(body, field)}."
    told = _complaints(answer)
    assert len(told) == 1, (
        f"for {code(str(body))} the client was told of {len(told)} faults, {_places(told)}: a plain union tries every member and "
        "reports them all. Name the field that tells them apart: the discriminator."
    )


def _fault(body: dict[str, Any], field: str) -> str:
    return "missing" if field not in body else f"{body[field]!r}"


def _complaints(answer: httpx.Response) -> list[dict[str, Any]]:
    detail = answer.json().get("detail")
    return detail if isinstance(detail, list) else []


def _places(told: list[dict[str, Any]]) -> str:
    return ", ".join(code(".".join(map(str, one["loc"][1:]))) for one in told)


def _solve_handover() -> Any:
    class Door(BaseModel):
        at: Literal["door"]
        name: str

    class Shop(BaseModel):
        at: Literal["shop"]
        shop_id: Annotated[int, Field(gt=0)]

    Handover = Annotated[Door | Shop, Field(discriminator="at")]  # noqa: N806

    return Handover


EXERCISE = Exercise(
    id="2.2-handover",
    title="one of two, told apart",
    task="`Handover` should take a door with a name or a shop with a `shop_id` above 0, as a class each, told apart by `at`; a "
    "wrong body is told of its own faults only.",
    check=_check_handover,
    hints=(
        'Write two models first. Which type has exactly one value, such as `"door"`?',
        "`Door | Shop` is a union. What was the difference between the two lines that section 2.2 printed for a locker?",
        "`Annotated[Door | Shop, Field(...)]`: which word in `Field` names the field `at`?",
    ),
    solution=_solve_handover,
    wants="value",
)
