"""What learners pass to 1.1-convert."""

from typing import Annotated, Optional

from fastapi import FastAPI, HTTPException, Path, Query
from pydantic import BaseModel

from tests.chapters.answers import right, stub, wrong


def label_app(function):
    """An app whose `GET /labels/{parcel}` is `function`."""
    app = FastAPI()
    app.get("/labels/{parcel}")(function)
    return app


@stub("1.1-convert")
def convert_shipped():
    def print_label(parcel, copies, depot): ...

    return label_app(print_label)


@wrong("1.1-convert", says="`parcel` came back as a text")
def convert_without_types():
    def print_label(parcel, copies=1, depot=None):
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return label_app(print_label)


@wrong("1.1-convert", says="`depot` is required. `| None` allows None")
def convert_without_a_default():
    def print_label(parcel: int, depot: str | None, copies: int = 1):
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return label_app(print_label)


@wrong("1.1-convert", says="parcel 7.5 was taken")
def convert_to_a_float():
    def print_label(parcel: float, copies: int = 1, depot: str | None = None):
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return label_app(print_label)


@wrong("1.1-convert", says="one and a half copies")
def convert_copies_to_a_float():
    def print_label(parcel: int, copies: float = 1, depot: str | None = None):
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return label_app(print_label)


@wrong("1.1-convert", says='["query", "depot"]')
def convert_depot_to_a_number():
    def print_label(parcel: int, copies: int = 1, depot: int | None = None):
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return label_app(print_label)


@wrong("1.1-convert", says="because your function failed: ValueError")
def convert_by_hand():
    def print_label(parcel, copies="1", depot=None):
        return {"parcel": int(parcel), "copies": int(copies), "depot": depot}

    return label_app(print_label)


@wrong("1.1-convert", says="refused with 400")
def convert_by_hand_with_400():
    def print_label(parcel, copies="1", depot=None):
        try:
            return {"parcel": int(parcel), "copies": int(copies), "depot": depot}
        except ValueError:
            raise HTTPException(400, "a whole number, please") from None

    return label_app(print_label)


@wrong("1.1-convert", says='but `{"parcel":7,"copies":1}` came')
def convert_and_forget_the_depot():
    def print_label(parcel: int, copies: int = 1, depot: str | None = None):
        return {"parcel": parcel, "copies": copies} | ({"depot": depot} if depot else {})

    return label_app(print_label)


@wrong("1.1-convert", says="your function `print_label` returned `None`")
def convert_without_a_return():
    def print_label(parcel: int, copies: int = 1, depot: str | None = None) -> dict[str, int | str | None]:
        print(parcel, copies, depot)

    return label_app(print_label)


@right("1.1-convert")
def convert_with_annotated():
    async def print_label(
        parcel: Annotated[int, Path()],
        copies: Annotated[int, Query()] = 1,
        depot: Annotated[str | None, Query()] = None,
    ):
        return {"parcel": parcel, "copies": copies, "depot": depot}

    return label_app(print_label)


@right("1.1-convert")
def convert_in_older_words():
    def print_label(parcel: int, depot: Optional[str] = None, copies: int = 1):  # noqa: UP045
        return {"depot": depot, "copies": copies, "parcel": parcel}

    return label_app(print_label)


@right("1.1-convert")
def convert_by_models():
    class Wanted(BaseModel):
        copies: int = 1
        depot: str | None = None

    class Label(Wanted):
        parcel: int

    def print_label(parcel: int, wanted: Annotated[Wanted, Query()]) -> Label:
        return Label(parcel=parcel, copies=wanted.copies, depot=wanted.depot)

    return label_app(print_label)
