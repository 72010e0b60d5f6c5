"""What learners pass to 2.2-handover."""

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import Body
from pydantic import BaseModel, Discriminator, Field, Tag

from tests.chapters.answers import right, stub, wrong


class Door(BaseModel):
    """A handover at a door."""

    at: Literal["door"]
    name: str


class Shop(BaseModel):
    """A handover in a shop."""

    at: Literal["shop"]
    shop_id: Annotated[int, Field(gt=0)]


@stub("2.2-handover")
def handover_shipped():
    return ...


@wrong("2.2-handover", says="a plain union tries every member")
def handover_of_a_plain_union():
    return Door | Shop


@wrong("2.2-handover", says="both bodies became `Handover`")
def handover_of_one_class():
    class Handover(BaseModel):
        at: Literal["door", "shop"]
        name: str | None = None
        shop_id: int | None = None

    return Handover


@wrong("2.2-handover", says="`shop_id` is 0")
def handover_without_a_limit():
    class AnyShop(BaseModel):
        at: Literal["shop"]
        shop_id: int

    return Annotated[Door | AnyShop, Field(discriminator="at")]


@wrong("2.2-handover", says="takes what fits, and drops the rest")
def handover_by_what_is_there():
    class AnyDoor(BaseModel):
        at: str
        name: str = "?"

    class AnyShop(BaseModel):
        at: str
        shop_id: Annotated[int, Field(gt=0)] = 1

    return Annotated[AnyDoor | AnyShop, Field(union_mode="left_to_right")]


@wrong("2.2-handover", says="though `at` is 'boat'")
def handover_by_any_word():
    class AnyDoor(BaseModel):
        at: str
        name: str

    def named(body: Any) -> str:
        return "shop" if body.get("at") == "shop" else "door"

    return Annotated[Annotated[AnyDoor, Tag("door")] | Annotated[Shop, Tag("shop")], Discriminator(named)]


@wrong("2.2-handover", says="is right, but was refused")
def handover_at_doors_alone():
    return Door


@wrong("2.2-handover", says="both bodies became `dict`")
def handover_of_anything():
    return dict[str, Any]


@right("2.2-handover")
def handover_of_dataclasses():
    @dataclass
    class ADoor:
        at: Literal["door"]
        name: str

    @dataclass
    class AShop:
        at: Literal["shop"]
        shop_id: Annotated[int, Field(gt=0)]

    return Annotated[ADoor | AShop, Field(discriminator="at")]


@right("2.2-handover")
def handover_by_the_body():
    return Annotated[Door | Shop, Body(discriminator="at")]


@right("2.2-handover")
def handover_by_a_function():
    def named(body: Any) -> Any:
        return body.get("at") if isinstance(body, dict) else getattr(body, "at", None)

    return Annotated[Annotated[Door, Tag("door")] | Annotated[Shop, Tag("shop")], Discriminator(named)]


@wrong("2.2-handover", says="greater than 1")
def handover_from_shop_two():
    class Shop(BaseModel):
        at: Literal["shop"]
        shop_id: Annotated[int, Field(gt=1)]

    return Annotated[Door | Shop, Field(discriminator="at")]


@wrong("2.2-handover", says="`shop_id`")
def handover_at_some_shop():
    class Shop(BaseModel):
        at: Literal["shop"]
        shop_id: Annotated[int, Field(gt=0)] = 1

    return Annotated[Door | Shop, Field(discriminator="at")]
