"""Exercise 4.6-shape: one shape for every error."""

import json
from collections.abc import Callable
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException as StarletteHTTPException

from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import logged_error

TYPE = "application/problem+json"


def _check_shape(shape: Callable[..., Any]) -> str:
    _try(shape, "staff only", "weight_kg", {"X-Depot": "7"})
    _try(shape, "ask in the office", "depot", {"WWW-Authenticate": "Bearer"})
    return "Refused by you, by the router or by a model: every error has the same shape, and its headers."


def _try(shape: Callable[..., Any], detail: str, field: str, headers: dict[str, str]) -> None:
    app = _app(detail, field, headers)
    shape(app)
    with running(app) as server:

        def ask(method: str, path: str, body: Any = None) -> httpx.Response:
            # A connection each: after a 500 uvicorn closes it.
            return server.client.request(method, path, json=body, headers={"Connection": "close"})

        refused, lost, wrong_method = ask("GET", "/refused"), ask("GET", "/nowhere"), ask("DELETE", "/refused")
        taken, teapot = ask("GET", "/taken"), ask("GET", "/teapot")
        invalid, fine = ask("POST", "/parcels", {field: "heavy"}), ask("POST", "/parcels", {field: 1})
    of_router = "The router raises Starlette's `HTTPException`, the parent of FastAPI's."
    error = logged_error(server.log)
    _judge(refused, error, "your 403", "A handler for `HTTPException` makes it.", 403, detail)
    _judge(lost, error, "the router's 404", of_router, 404, "Not Found")
    _judge(wrong_method, error, "the router's 405", of_router, 405, "Method Not Allowed")
    _judge(invalid, error, "the 422 of a wrong body", "A `RequestValidationError` has a handler of its own.", 422)
    assert field in invalid.text, (
        f"the 422 should say which field is wrong, `{field}`, but it said {invalid.text[:200]}"
    )
    assert (fine.status_code, fine.text) == (200, "1"), "an answer that is no error should stay as it was."
    name, value = next(iter(headers.items()))
    assert refused.headers.get(name) == value, (
        f"the 403 was raised with a header {name}, which is gone: hand `error.headers` on."
    )
    assert "Allow" in wrong_method.headers, "the router's 405 lost its header `Allow`: hand `error.headers` on."
    for answer, status in ((taken, 409), (teapot, 418)):
        _judge(answer, error, f"your {status}", "Every 4xx was asked for.", status)
    assert "gone" in teapot.json()["detail"], (
        "a `detail` that is no text, here {'why': 'gone'}, became one that does not hold it."
    )


def _judge(answer: httpx.Response, error: str, what: str, made_by: str, status: int, detail: str | None = None) -> None:
    assert answer.status_code != 500, (
        f"{what} became a 500: {error or 'the handler failed'}. A handler returns a response, such as a `JSONResponse`."
    )
    assert answer.status_code == status, f"{what} should keep its status, but {answer.status_code} came."
    body, media_type = _json(answer), answer.headers.get("Content-Type", "nothing").partition(";")[0]
    is_default = media_type == "application/json" and isinstance(body, dict) and list(body) == ["detail"]
    assert not is_default, f"{what} has FastAPI's shape still, {answer.text[:200]}. {made_by}"
    assert media_type == TYPE, f"{what} should be of type {TYPE}, but {media_type} came: `media_type` says so."
    assert isinstance(body, dict) and body.get("status") == status, (
        f"the body of {what} should hold `status`, {status}, but it is {answer.text[:200]}"
    )
    told = body.get("detail")
    assert isinstance(told, str), f"the `detail` of {what} should be a text, but it is {told!r}."
    assert detail in (None, told), f"the `detail` of {what} should be {detail!r}, but it is {told!r}."


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _app(detail: str, field: str, headers: dict[str, str]) -> FastAPI:
    app = FastAPI()
    parcel = type("Parcel", (BaseModel,), {"__annotations__": {field: int}})

    @app.get("/refused")
    async def refuse() -> None:
        raise HTTPException(403, detail, headers)

    @app.get("/taken")
    async def take() -> None:
        raise HTTPException(409, detail)

    @app.get("/teapot")
    async def brew() -> None:
        raise HTTPException(418, {"why": "gone"})

    @app.post("/parcels")
    async def create(given: parcel) -> int:  # type: ignore[valid-type]
        return getattr(given, field)

    return app


def _solve_shape() -> Callable[..., Any]:
    def shape(app: FastAPI) -> None:
        def answer(status: int, detail: Any, headers: Any = None) -> JSONResponse:
            body = {"status": status, "detail": detail if isinstance(detail, str) else json.dumps(detail)}
            return JSONResponse(body, status, headers, media_type="application/problem+json")

        @app.exception_handler(StarletteHTTPException)
        async def tell_http(request: Request, error: StarletteHTTPException) -> Response:
            if error.status_code < 400:  # 204 and 304 have no body
                return await http_exception_handler(request, error)
            return answer(error.status_code, error.detail, error.headers)

        @app.exception_handler(RequestValidationError)
        async def tell_invalid(request: Request, error: RequestValidationError) -> JSONResponse:
            return answer(422, "; ".join(f"{entry['loc']}: {entry['msg']}" for entry in error.errors()))

    return shape


EXERCISE = Exercise(
    id="4.6-shape",
    title="one shape for every error",
    task="`shape(app)` should give every 4xx answer of the app, also the router's own, the type "
    "`application/problem+json` and a body with `status` and a text `detail`, and keep status and headers.",
    check=_check_shape,
    hints=(
        "Which exception does the router raise for a path that does not exist? And what raises a wrong body?",
        "Two handlers: one for Starlette's `HTTPException`, one for `RequestValidationError`.",
        "`JSONResponse(body, status, headers, media_type=...)`; the error has `status_code`, `detail` and `headers`.",
    ),
    solution=_solve_shape,
    wants="function",
)
