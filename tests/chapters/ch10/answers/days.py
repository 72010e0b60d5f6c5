"""What learners pass to 10.3-days."""

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import FastAPI, HTTPException, Query
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, model_validator

from tests.chapters.answers import right, stub, wrong


def days_app(function):
    app = FastAPI()
    app.get("/storage")(function)
    return app


@stub("10.3-days")
def days_shipped():
    def count_days() -> int: ...

    return days_app(count_days)


@wrong("10.3-days", says="both days count")
def days_difference():
    def count_days(first: date, last: date | None = None) -> int:
        return ((last or first) - first).days

    return days_app(count_days)


@wrong("10.3-days", says="`last` may be left out")
def days_last_required():
    def count_days(first: date, last: date) -> int:
        return (last - first).days + 1

    return days_app(count_days)


@wrong("10.3-days", says="`first=tomorrow` is no date and should be a 422, but 500 came")
def days_parsed_by_hand():
    def count_days(first: str, last: str = "") -> int:
        days = (date.fromisoformat(last or first) - date.fromisoformat(first)).days + 1
        if days < 1:
            raise HTTPException(422)
        return days

    return days_app(count_days)


@wrong("10.3-days", says="was answered with -2 days")
def days_negative():
    def count_days(first: date, last: date | None = None) -> int:
        return ((last or first) - first).days + 1

    return days_app(count_days)


@wrong("10.3-days", says="was answered with 0 days")
def days_of_the_day_before():
    def count_days(first: date, last: date | None = None) -> int:
        days = ((last or first) - first).days + 1
        if days < 0:
            raise HTTPException(422, "last is before first")
        return days

    return days_app(count_days)


@wrong("10.3-days", says="should be a 422, but 400 came")
def days_with_400():
    def count_days(first: date, last: date | None = None) -> int:
        if last and last < first:
            raise HTTPException(400)
        return ((last or first) - first).days + 1

    return days_app(count_days)


@wrong("10.3-days", says="for `first=2026-12-24&last=2026-12-27` your app answered 500: TypeError")
def days_of_texts():
    def count_days(first: str, last: str | None = None) -> int:
        return (last - first).days + 1

    return days_app(count_days)


@wrong("10.3-days", says="both are simple parameters of the query")
def days_from_the_body():
    class Stay(BaseModel):
        first: date
        last: date | None = None

    def count_days(stay: Stay) -> int:
        return ((stay.last or stay.first) - stay.first).days + 1

    return days_app(count_days)


@wrong("10.3-days", says="without `last`: `1` was asked for")
def days_until_today():
    def count_days(first: date, last: date = date(2026, 12, 31)) -> int:
        if last < first:
            raise HTTPException(422)
        return (last - first).days + 1

    return days_app(count_days)


@wrong("10.3-days", says="your function `count_days` returned `None`")
def days_without_return():
    def count_days(first: date, last: date | None = None) -> int:
        ((last or first) - first).days + 1

    return days_app(count_days)


@right("10.3-days")
def days_of_a_model():
    class Stay(BaseModel):
        first: date
        last: date | None = None

        @model_validator(mode="after")
        def in_order(self):
            if self.last and self.last < self.first:
                raise ValueError("last is before first")
            return self

    async def count_days(stay: Annotated[Stay, Query()]) -> int:
        return len(
            {stay.first + timedelta(days=day) for day in range(((stay.last or stay.first) - stay.first).days + 1)}
        )

    return days_app(count_days)


@right("10.3-days")
def days_of_moments():
    def count_days(first: datetime, last: datetime | None = None) -> int:
        if last is None:
            return 1
        if last < first:
            raise RequestValidationError([{"loc": ("query", "last"), "msg": "before first", "type": "value_error"}])
        return (last - first).days + 1

    return days_app(count_days)


@right("10.3-days")
def days_by_ordinals():
    def read(text: str) -> int:
        try:
            return date.fromisoformat(text).toordinal()
        except ValueError:
            raise HTTPException(422, "no date") from None

    def count_days(first: str, last: str | None = None) -> int:
        begin = read(first)
        end = begin if last is None else read(last)
        if end < begin:
            raise HTTPException(422, "last is before first")
        return end - begin + 1

    return days_app(count_days)
