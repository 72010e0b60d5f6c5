"""Exercise 6.1-factory: a parcel for every test."""

from collections.abc import Callable
from itertools import count
from typing import Annotated, Any

from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel, Field

from helpers.learning.model import Exercise


class _Parcel(BaseModel):
    number: int
    to: Annotated[str, Field(min_length=1)]
    grams: Annotated[int, Field(gt=0, le=30_000)]
    notes: list[str]


def _desk() -> TestClient:
    app = FastAPI()

    @app.post("/parcels")
    def hand_in(parcel: _Parcel) -> _Parcel:
        return parcel

    return TestClient(app)


def _check_factory(parcel: Callable[..., Any]) -> str:
    desk = _desk()

    def taken(body: Any) -> dict[str, Any]:
        assert isinstance(body, dict), "`parcel` should return a dict, the body of a request."
        answer = desk.post("/parcels", json=body)
        if answer.status_code == 200:
            return answer.json()
        where = ", ".join(str(error["loc"][-1]) for error in answer.json()["detail"])
        raise AssertionError(
            f"the desk refuses the parcel because of `{where}`: without changes it should be a good one."
        )

    first, second = taken(parcel()), taken(parcel())
    assert first["number"] != second["number"], "two parcels have the same number; each call should give the next one."
    assert {**second, "number": 0} == {**first, "number": 0}, (
        "two parcels without changes differ in more than the number."
    )
    heavy = taken(parcel(grams=29_000, to="Grace"))
    assert (heavy["grams"], heavy["to"]) == (29_000, "Grace"), "the changes are not in the parcel."
    assert heavy["notes"] == first["notes"], "a change of one field should leave the others as they are."
    assert taken(parcel())["grams"] == first["grams"], (
        "a change stays in the parcels made later: the template itself was changed. Make a new dict."
    )
    assert taken(parcel(number=70_007))["number"] == 70_007, "a number that the test asks for should be kept."
    assert parcel(notes=["fragile"])["notes"] == ["fragile"], (
        '`parcel(notes=["fragile"])` has other notes: they are a field as well.'
    )
    many = [parcel()["number"] for _ in range(1000)]
    assert len(set(many)) == len(many), "of a thousand parcels some have the same number: count, or take a `uuid4`."
    for field, value in (("grams", 0), ("to", ""), ("number", 0)):
        assert parcel(**{field: value})[field] == value, (
            f"`parcel({field}={value!r})` has another `{field}`. A test of what the desk refuses asks for that: `or` takes it for "
            "nothing, so ask whether it `is None`, or whether the name was given."
        )
    parcel()["notes"].append("fragile")
    assert taken(parcel())["notes"] == first["notes"], (
        "all parcels share one list of notes: what a test adds is in the next one, too. Make a new list in each call."
    )
    try:
        parcel(gramms=5)
    except Exception:
        return "Each test gets a good parcel of its own, and names only what it is about."
    raise AssertionError(
        "`parcel(gramms=5)` gives a parcel with the usual weight, and a test that misspells a field proves nothing. Refuse "
        "a name that is no field."
    )


def _solve_factory() -> Callable[..., Any]:
    numbers = count(1)

    def parcel(**changes: object) -> dict[str, object]:
        body = {"number": next(numbers), "to": "Ada", "grams": 750, "notes": []}
        unknown = changes.keys() - body.keys()
        if unknown:
            raise TypeError(f"a parcel has no {unknown}")
        return body | changes

    return parcel


EXERCISE = Exercise(
    id="6.1-factory",
    title="a parcel for every test",
    task="`parcel(**changes)` should return the JSON body of a good parcel: `number` (a new one each time), `to`, `grams` and "
    "an empty list `notes`, with the changes, and refuse a name that is no field.",
    check=_check_factory,
    hints=(
        "Two dicts become one with `|`: of equal keys the right one counts. Where does the template have to be made?",
        "`itertools.count` gives a new number each time that `next` asks.",
        "`changes.keys() - body.keys()` are the names that are no field. Or name the fields as parameters, and Python refuses "
        "the others itself.",
    ),
    solution=_solve_factory,
    wants="function",
)
