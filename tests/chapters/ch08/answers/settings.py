"""What learners pass to 8.1-settings."""

import os
from functools import cache, lru_cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from tests.chapters.answers import right, stub, wrong


class Shop(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="SHOP_")

    fee: int = 490


def cached(settings=Shop):
    @lru_cache
    def get_shop():
        return settings()

    return get_shop


def service(get_shop, read_fee):
    app = FastAPI()
    app.get("/fee")(read_fee)
    return app, get_shop


def reading(get_shop):
    def read_fee(shop: Annotated[Any, Depends(get_shop)]) -> Any:
        return shop.fee

    return read_fee


@stub("8.1-settings")
def settings_shipped():
    @lru_cache
    def get_shop() -> Shop: ...

    def read_fee() -> int: ...

    return service(get_shop, read_fee)


@wrong("8.1-settings", says="makes new settings at each call")
def settings_each_time():
    def get_shop():
        return Shop()

    return service(get_shop, reading(get_shop))


@wrong("8.1-settings", says="Which `env_prefix` makes `fee` that name?")
def settings_without_a_prefix():
    class Plain(BaseSettings):
        fee: int = 490

    get_shop = cached(Plain)
    return service(get_shop, reading(get_shop))


@wrong("8.1-settings", says="it read the settings when the cell ran")
def settings_of_the_import():
    get_shop = cached()
    shop = get_shop()
    return service(get_shop, lambda: shop.fee)


@wrong("8.1-settings", says="let the path operation depend on it")
def settings_called_inside():
    get_shop = cached()
    return service(get_shop, lambda: get_shop().fee)


@wrong("8.1-settings", says="reads the environment past `get_shop`")
def settings_past_them():
    return service(cached(), lambda: int(os.environ.get("SHOP_FEE", "490")))


@wrong("8.1-settings", says="so the fee should be 490, but `'490'` came")
def settings_as_a_text():
    class Text(Shop):
        fee: str = "490"

    get_shop = cached(Text)
    return service(get_shop, reading(get_shop))


@wrong("8.1-settings", says="should answer 200, but 500 came")
def settings_that_must_be_set():
    class Needed(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_")

        fee: int

    get_shop = cached(Needed)
    return service(get_shop, reading(get_shop))


@right("8.1-settings")
def settings_by_default_value():
    get_shop = cached()
    depends = Depends(get_shop)

    def read_fee(shop: Shop = depends) -> int:
        return shop.fee

    return service(get_shop, read_fee)


@right("8.1-settings")
def settings_by_an_alias():
    class Named(BaseSettings):
        fee: Annotated[int, Field(validation_alias="SHOP_FEE")] = 490

    @cache
    def get_shop() -> Named:
        return Named()

    async def read_fee(shop: Annotated[Named, Depends(get_shop)]) -> int:
        return shop.fee

    return service(get_shop, read_fee)


@right("8.1-settings")
def settings_below_another_dependency():
    get_shop = cached()

    def get_fee(shop: Annotated[Shop, Depends(get_shop)]) -> int:
        return shop.fee

    router = APIRouter()

    @router.get("/fee")
    def read_fee(fee: Annotated[int, Depends(get_fee)]) -> int:
        return fee

    app = FastAPI()
    app.include_router(router)
    return app, get_shop
