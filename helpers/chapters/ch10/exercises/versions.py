"""10.3-versions: old and new side by side."""

import httpx
from fastapi import APIRouter, FastAPI, HTTPException, Response

from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running
from helpers.wording import logged_error


def _check(app: FastAPI, weights: dict[int, int]) -> str:
    kept = dict(weights)
    weights.clear()
    weights.update({7: 2500, 8: 1250})
    try:
        with running(app) as server:

            def ask(path: str) -> httpx.Response:
                server.client.hang_up()
                with record():  # until the server has logged what failed
                    answer = server.client.get(path)
                assert answer.status_code != 500, f"`GET {path}` got 500: {logged_error(server.log)}."
                return answer

            for number, in_kg, in_g in ((7, 2.5, 2500), (8, 1.25, 1250)):
                _side_by_side(ask(f"/v1/parcels/{number}"), ask(f"/v2/parcels/{number}"), in_kg, in_g)
            missing, missing_in_v2 = ask("/v1/parcels/99"), ask("/v2/parcels/99")
    finally:
        weights.clear()
        weights.update(kept)
    for version, answer in (("v1", missing), ("v2", missing_in_v2)):
        assert answer.status_code == 404, f"{version} has no parcel 99 either: 404, but {answer.status_code} came."
    assert missing.headers.get("Deprecation") == DEPRECATED, (
        "the 404 of v1 lacks the header: what a dependency writes into `response.headers` is lost when an error makes an answer "
        "of its own. An `HTTPException` takes `headers=`."
    )
    assert "Deprecation" not in missing_in_v2.headers, "the 404 of v2 says that v2 goes: only v1 does."
    return "Both versions are served side by side, and the old one says that it goes, by its 404 as well."


def _side_by_side(first: httpx.Response, second: httpx.Response, in_kg: float, in_g: int) -> None:
    codes = first.status_code, second.status_code
    assert codes == (200, 200), f"both versions should answer 200, but {codes[0]} and {codes[1]} came."
    assert first.json() == {"weight_kg": in_kg}, f'v1 answers {{"weight_kg": {in_kg}}}, but {first.text} came.'
    assert second.json() == {"weight_g": in_g}, f'v2 answers {{"weight_g": {in_g}}}, but {second.text} came.'
    assert "Deprecation" in first.headers, "v1 should say that it goes: its answer needs the header `Deprecation`."
    assert "Deprecation" not in second.headers, "v2 is not deprecated: the header belongs to the router of v1 alone."
    assert first.headers["Deprecation"] == DEPRECATED, (
        f"the header should be {DEPRECATED}, but {first.headers['Deprecation']} came."
    )


DEPRECATED = "@1798761600"
weights = {7: 2500}


def _solve() -> tuple[FastAPI, dict[int, int]]:
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
    return app, weights


EXERCISE = Exercise(
    id="10.3-versions",
    title="old and new side by side",
    task='`GET /v1/parcels/7` should answer `{"weight_kg": 2.5}`, `GET /v2/parcels/7` `{"weight_g": 2500}`, unknown parcels 404; '
    "the 200 and the 404 of v1 carry `Deprecation` with the value of `DEPRECATED`.",
    check=_check,
    hints=(
        "A parameter `response: Response` lets a path operation set headers of its answer. Of which answers?",
        "`HTTPException(404, headers=...)`.",
    ),
    solution=_solve,
    wants=("app", "value"),
    routes=("GET /v1/parcels/{number}", "GET /v2/parcels/{number}"),
)
