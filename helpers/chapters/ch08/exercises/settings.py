"""Exercise 8.1-settings: settings that a test can override."""

import os
from collections.abc import Callable
from functools import lru_cache
from types import SimpleNamespace
from typing import Annotated, Any
from unittest.mock import patch

from fastapi import Depends, FastAPI
from pydantic_settings import BaseSettings, SettingsConfigDict

from helpers.chapters.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

NAME = "SHOP_FEE"


def _check_settings(app: FastAPI, get_shop: Callable[[], Any]) -> str:
    forget = getattr(get_shop, "cache_clear", None)
    assert forget is not None, (
        "`get_shop` makes new settings at each call, and reads the environment each time. `@lru_cache` keeps the first."
    )
    with patch.dict(os.environ), running(app) as server:
        os.environ.pop(NAME, None)
        forget()
        fee = _fee(server)
        assert fee == 490, f"nobody has set `{NAME}`, so the fee should be 490, but {code(repr(fee))} came."
        os.environ[NAME] = "520"
        forget()
        fee = _fee(server)
        _took_it(fee, get_shop)
        os.environ[NAME] = "610"
        fee = _fee(server)
        assert fee == 520, (
            f"`{NAME}` changed while the service ran, and the next answer was {fee}: the path operation reads the "
            "environment past `get_shop`, which keeps what was there at the start."
        )
        app.dependency_overrides[get_shop] = lambda: SimpleNamespace(fee=5)
        try:
            fee = _fee(server)
        finally:
            app.dependency_overrides.pop(get_shop)
            forget()
    assert fee == 5, (
        f"a test overrode `get_shop` with a fee of 5, but the app answered {fee}. Only what FastAPI calls can be "
        "overridden: let the path operation depend on it."
    )
    return "The environment is read once, by its own name, and a test exchanges it without touching it."


def _fee(server: Server) -> Any:
    answer = ask(server, "GET", "/fee")
    assert answer.status_code == 200, f"`GET /fee` should answer 200, but {answer.status_code} came: {logged(server)}."
    return answer.json()


def _took_it(fee: Any, get_shop: Callable[[], Any]) -> None:
    if fee == 520:
        return
    given = getattr(get_shop(), "fee", None)
    assert given != 520, (
        f"with `{NAME}=520` `get_shop()` gives 520, but the app answered {fee}: it read the settings when the cell ran. "
        "Ask for them at each request."
    )
    raise AssertionError(f"`{NAME}=520` is set, but the fee is {given}. Which `env_prefix` makes `fee` that name?")


def _solve_settings() -> tuple[FastAPI, Callable[[], Any]]:
    class ShopSettings(BaseSettings):
        model_config = SettingsConfigDict(env_prefix="SHOP_")

        fee: int = 490

    @lru_cache
    def get_shop() -> ShopSettings:
        return ShopSettings()

    app = FastAPI()

    @app.get("/fee")
    def read_fee(shop: Annotated[ShopSettings, Depends(get_shop)]) -> int:
        return shop.fee

    return app, get_shop


EXERCISE = Exercise(
    id="8.1-settings",
    title="settings that a test can override",
    task="`GET /fee` should answer with the setting `SHOP_FEE`, 490 where nobody sets it; `get_shop`, cached, should give "
    "the settings, and a test should be able to override it.",
    check=_check_settings,
    hints=(
        "Which variable does a field called `fee` come from, and which line of `model_config` changes that?",
        '`SettingsConfigDict(env_prefix="SHOP_")` names the variable. `get_shop` returns `ShopSettings()`.',
        "What `app.dependency_overrides` exchanges is called by FastAPI: take it with `Annotated[..., Depends(get_shop)]`.",
    ),
    solution=_solve_settings,
    wants=("app", "function"),
    routes=("GET /fee",),
)
