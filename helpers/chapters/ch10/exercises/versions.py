"""10.3-versions: old and new side by side."""

from fastapi import APIRouter, FastAPI, HTTPException, Response

from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import logged_error


def _check(app: FastAPI) -> str:
    with running(app) as server:
        answers = {path: server.client.get(path) for path in ("/v1/parcels/7", "/v2/parcels/7", "/v1/parcels/99")}
    codes = {path: answer.status_code for path, answer in answers.items()}
    assert 500 not in codes.values(), f"your app answered 500: {logged_error(server.log)}."
    first, second, missing = answers.values()
    assert (first.status_code, second.status_code) == (200, 200), f"both versions should answer 200, but {codes} came."
    assert first.json() == {"weight_kg": 2.5}, f'v1 answers {{"weight_kg": 2.5}}, but {first.text} came.'
    assert second.json() == {"weight_g": 2500}, f'v2 answers {{"weight_g": 2500}}, but {second.text} came.'
    assert missing.status_code == 404, f"parcel 99 does not exist: 404, but {missing.status_code} came."
    assert "Deprecation" in first.headers, (
        "v1 should say that it goes: each of its answers needs the header `Deprecation`."
    )
    assert "Deprecation" not in second.headers, "v2 is not deprecated: the header belongs to the router of v1 alone."
    assert first.headers["Deprecation"] == DEPRECATED, (
        f"the header should be {DEPRECATED}, but {first.headers['Deprecation']} came."
    )
    assert "Deprecation" in missing.headers, (
        "the 404 of v1 lacks the header: what a dependency writes into `response.headers` is lost when an error makes an answer "
        "of its own. An `HTTPException` takes `headers=`."
    )
    return "Both versions are served side by side, and every answer of the old one says that it goes."


DEPRECATED = "@1798761600"
weights = {7: 2500}


def _solve() -> FastAPI:
    leaving = {"Deprecation": DEPRECATED}
    v1, v2 = APIRouter(prefix="/v1"), APIRouter(prefix="/v2")

    @v1.get("/parcels/{number}")
    def read_v1(number: int, response: Response) -> dict[str, float]:
        if number not in weights:
            raise HTTPException(404, headers=leaving)
        response.headers.update(leaving)
        return {"weight_kg": weights[number] / 1000}

    @v2.get("/parcels/{number}")
    def read_v2(number: int) -> dict[str, int]:
        if number not in weights:
            raise HTTPException(404)
        return {"weight_g": weights[number]}

    app = FastAPI()
    app.include_router(v1)
    app.include_router(v2)
    return app


EXERCISE = Exercise(
    id="10.3-versions",
    title="old and new side by side",
    task='`GET /v1/parcels/7` should answer `{"weight_kg": 2.5}`, `GET /v2/parcels/7` `{"weight_g": 2500}`, unknown parcels 404; every '
    "answer of v1, that of a 404 too, carries `Deprecation` with the value of `DEPRECATED`.",
    check=_check,
    hints=(
        "A parameter `response: Response` lets a path operation set headers of its answer. Of which answers?",
        "`HTTPException(404, headers=...)`.",
    ),
    solution=_solve,
    routes=("GET /v1/parcels/{number}", "GET /v2/parcels/{number}"),
)
