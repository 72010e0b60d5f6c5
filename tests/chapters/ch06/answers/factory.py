"""What learners pass to 6.1-factory."""

import random
from dataclasses import asdict, dataclass, field
from itertools import count
from uuid import uuid4

from pydantic import BaseModel, ConfigDict, Field

from tests.chapters.answers import right, stub, wrong

TEMPLATE = {"to": "Ada", "grams": 750}


@stub("6.1-factory")
def factory_shipped():
    def parcel(**changes): ...

    return parcel


@wrong("6.1-factory", says="the same number")
def factory_one_number():
    def parcel(**changes):
        return {"number": 1, **TEMPLATE, "notes": []} | changes

    return parcel


@wrong("6.1-factory", says="the template itself was changed")
def factory_that_updates():
    numbers, template = count(1), {"to": "Ada", "grams": 750}

    def parcel(**changes):
        template.update(changes)
        return {"number": next(numbers), "notes": [], **template}

    return parcel


@wrong("6.1-factory", says="share one list")
def factory_of_copies():
    numbers, template = count(1), {**TEMPLATE, "notes": []}

    def parcel(**changes):
        return {"number": next(numbers)} | template.copy() | changes

    return parcel


@wrong("6.1-factory", says="misspells a field")
def factory_that_takes_all():
    numbers = count(1)

    def parcel(**changes):
        return {"number": next(numbers), **TEMPLATE, "notes": [], **changes}

    return parcel


@wrong("6.1-factory", says="the changes are not in the parcel")
def factory_the_other_way_round():
    numbers = count(1)

    def parcel(**changes):
        return changes | {"number": next(numbers), **TEMPLATE, "notes": []}

    return parcel


@wrong("6.1-factory", says="should be kept")
def factory_that_numbers_last():
    numbers = count(1)

    def parcel(**changes):
        return {**TEMPLATE, "notes": [], **changes, "number": next(numbers)}

    return parcel


@wrong("6.1-factory", says="because of `grams`")
def factory_of_the_limit():
    def parcel(**changes):
        return {"number": 1, "to": "Ada", "grams": 0, "notes": []} | changes

    return parcel


@wrong("6.1-factory", says="should return a dict")
def factory_of_objects():
    @dataclass
    class Parcel:
        number: int = 1

    def parcel(**changes):
        return Parcel(**changes)

    return parcel


@right("6.1-factory")
def factory_by_parameters():
    numbers = count(100)

    def parcel(*, number=None, to="Ada", grams=750, notes=None):
        return {"number": next(numbers) if number is None else number, "to": to, "grams": grams, "notes": notes or []}

    return parcel


@right("6.1-factory")
def factory_by_a_dataclass():
    numbers = count()

    @dataclass
    class Parcel:
        number: int = field(default_factory=lambda: next(numbers))
        to: str = "Grace"
        grams: int = 1
        notes: list[str] = field(default_factory=list)

    def parcel(**changes):
        return asdict(Parcel(**changes))

    return parcel


@right("6.1-factory")
def factory_by_a_model():
    class Parcel(BaseModel):
        model_config = ConfigDict(extra="forbid")
        number: int = Field(default_factory=lambda: uuid4().int >> 80)
        to: str = "Ada"
        grams: int = 30_000
        notes: list[str] = []

    def parcel(**changes):
        return Parcel(**changes).model_dump()

    return parcel


@wrong("6.1-factory", says="`or` takes it for nothing")
def factory_that_overlooks_nothing():
    numbers = count(1)

    def parcel(number=None, to=None, grams=None, notes=None):
        return {
            "number": number or next(numbers),
            "to": to or "Ada",
            "grams": grams or 750,
            "notes": notes or [],
        }

    return parcel


@wrong("6.1-factory", says="they are a field as well")
def factory_that_drops_notes():
    numbers, fields = count(1), {"number", "to", "grams", "notes"}

    def parcel(**changes):
        if changes.keys() - fields:
            raise TypeError(changes)
        return {"number": next(numbers), **TEMPLATE, **changes, "notes": []}

    return parcel


@wrong("6.1-factory", says="of a thousand parcels some have the same number")
def factory_by_chance():
    def parcel(**changes):
        body = {"number": random.randint(1, 9999), **TEMPLATE, "notes": []}
        if changes.keys() - body.keys():
            raise TypeError(changes)
        return body | changes

    return parcel
