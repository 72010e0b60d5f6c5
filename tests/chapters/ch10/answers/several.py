"""What learners pass to 10.3-several."""

from typing import Annotated

from fastapi import FastAPI, HTTPException, Query, Request
from pydantic import BaseModel, Field

from helpers.chapters.ch10.exercises.several import parcels
from tests.chapters.answers import right, stub, wrong

Several = Annotated[list[int], Query(min_length=1, max_length=5)]


def several_app(function):
    app = FastAPI()
    app.get("/parcels")(function)
    return app, parcels


@stub("10.3-several")
def several_shipped():
    def read_several() -> list[str]: ...

    return several_app(read_several)


@wrong("10.3-several", says="because the list is read from the body")
def several_from_the_body():
    def read_several(number: list[int]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)


@wrong("10.3-several", says="only the last one was answered")
def several_of_one():
    def read_several(number: int) -> list[str]:
        return [parcels[number]] if number in parcels else []

    return several_app(read_several)


@wrong("10.3-several", says="came in another order")
def several_as_stored():
    def read_several(number: Several) -> list[str]:
        return [to for one, to in parcels.items() if one in number]

    return several_app(read_several)


@wrong("10.3-several", says="your app answered 500: KeyError: 99")
def several_all_there():
    def read_several(number: Several) -> list[str]:
        return [parcels[one] for one in number]

    return several_app(read_several)


@wrong("10.3-several", says="a number that is not there is left out")
def several_or_404():
    def read_several(number: Several) -> list[str]:
        if any(one not in parcels for one in number):
            raise HTTPException(404)
        return [parcels[one] for one in number]

    return several_app(read_several)


@wrong("10.3-several", says="without any number there is nothing to answer")
def several_or_none():
    def read_several(number: Annotated[list[int], Query(max_length=5, default_factory=list)]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)


@wrong("10.3-several", says="six numbers are too many")
def several_without_end():
    def read_several(number: Annotated[list[int], Query(min_length=1)]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)


@wrong("10.3-several", says="`number=12&number=9&number=7&number=8&number=30` 200 was asked for")
def several_up_to_four():
    def read_several(number: Annotated[list[int], Query(min_length=1, max_length=4)]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)


@wrong("10.3-several", says='but 422 came: {"detail":[{"type":"less_than_equal"')
def several_small_numbers():
    def read_several(number: Annotated[list[Annotated[int, Field(le=5)]], Query(min_length=1)]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)


@wrong("10.3-several", says="`[]` came")
def several_of_texts():
    def read_several(number: Annotated[list[str], Query(min_length=1, max_length=5)]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)


@right("10.3-several")
def several_of_a_model():
    class Wanted(BaseModel):
        number: list[int] = Field(min_length=1, max_length=5)

    async def read_several(wanted: Annotated[Wanted, Query()]) -> list[str]:
        return list(filter(None, map(parcels.get, wanted.number)))

    return several_app(read_several)


@right("10.3-several")
def several_by_an_alias():
    def read_several(
        numbers: Annotated[list[int], Field(min_length=1, max_length=5), Query(alias="number")],
    ) -> list[str]:
        found = []
        for number in numbers:
            if (to := parcels.get(number)) is not None:
                found.append(to)
        return found

    return several_app(read_several)


@right("10.3-several")
def several_by_hand():
    def read_several(request: Request) -> list[str]:
        try:
            numbers = [int(text) for text in request.query_params.getlist("number")]
        except ValueError:
            raise HTTPException(422, "no number") from None
        if not 1 <= len(numbers) <= 5:
            raise HTTPException(422, "one to five numbers")
        return [parcels[one] for one in numbers if one in parcels]

    return several_app(read_several)


@right("10.3-several")
def several_the_old_way():
    def read_several(number: list[int] = Query(..., min_length=1, max_length=5)):  # noqa: B008
        return [parcels[one] for one in number if one in parcels]

    return several_app(read_several)
