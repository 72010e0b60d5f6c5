"""What learners pass to 10.3-versions."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from helpers.chapters.ch10.exercises.versions import DEPRECATED, weights
from tests.chapters.answers import right, stub, wrong


def versions_app(v1, v2, dependencies=()):
    old, new, app = APIRouter(prefix="/v1", dependencies=list(dependencies)), APIRouter(prefix="/v2"), FastAPI()
    old.get("/parcels/{number}")(v1)
    new.get("/parcels/{number}")(v2)
    app.include_router(old)
    app.include_router(new)
    return app, weights


def read_v2(number: int) -> dict[str, int]:
    if number not in weights:
        raise HTTPException(404)
    return {"weight_g": weights[number]}


@stub("10.3-versions")
def versions_shipped():
    def read_v1(number: int) -> dict[str, float]: ...

    return versions_app(read_v1, read_v2)


def deprecate(response: Response) -> None:
    response.headers["Deprecation"] = DEPRECATED


def read_v1_plainly(number: int) -> dict[str, float]:
    if number not in weights:
        raise HTTPException(404)
    return {"weight_kg": weights[number] / 1000}


def read_v1_with_headers(number: int, response: Response) -> dict[str, float]:
    if number not in weights:
        raise HTTPException(404, headers={"Deprecation": DEPRECATED})
    response.headers["Deprecation"] = DEPRECATED
    return {"weight_kg": weights[number] / 1000}


@wrong("10.3-versions", says="is lost when an error makes an answer")
def versions_by_dependency():
    return versions_app(read_v1_plainly, read_v2, [Depends(deprecate)])


@wrong("10.3-versions", says="v1 should say that it goes")
def versions_silent():
    return versions_app(read_v1_plainly, read_v2)


@wrong("10.3-versions", says='v2 answers {"weight_g": 2500}')
def versions_same():
    return versions_app(read_v1_plainly, read_v1_plainly, [Depends(deprecate)])


@wrong("10.3-versions", says="v2 is not deprecated")
def versions_both_marked():
    app, _ = versions_app(read_v1_plainly, read_v2)

    @app.middleware("http")
    async def mark(request: Request, call_next) -> Response:
        response = await call_next(request)
        response.headers["Deprecation"] = DEPRECATED
        return response

    return app, weights


@wrong("10.3-versions", says=f"the header should be {DEPRECATED}")
def versions_true():
    def mark(response: Response) -> None:
        response.headers["Deprecation"] = "true"

    return versions_app(read_v1_plainly, read_v2, [Depends(mark)])


@right("10.3-versions")
def versions_by_middleware():
    app, _ = versions_app(read_v1_plainly, read_v2)

    @app.middleware("http")
    async def mark(request: Request, call_next) -> Response:
        response = await call_next(request)
        if request.url.path.startswith("/v1/"):
            response.headers["Deprecation"] = DEPRECATED
        return response

    return app, weights


@wrong("10.3-versions", says="`GET /v2/parcels/99` got 500: KeyError: 99")
def versions_breaks_in_v2():
    def read_v2(number: int) -> dict[str, int]:
        return {"weight_g": weights[number]}

    return versions_app(read_v1_with_headers, read_v2)


@wrong("10.3-versions", says='v1 answers {"weight_kg": 1.25}')
def versions_of_parcel_seven():
    def read_v1(number: int, response: Response) -> dict[str, float]:
        if number not in weights:
            raise HTTPException(404, headers={"Deprecation": DEPRECATED})
        response.headers["Deprecation"] = DEPRECATED
        return {"weight_kg": 2.5}

    return versions_app(read_v1, read_v2)


@wrong("10.3-versions", says="the 404 of v2 says that v2 goes")
def versions_marks_every_404():
    def read_v2(number: int) -> dict[str, int]:
        if number not in weights:
            raise HTTPException(404, headers={"Deprecation": DEPRECATED})
        return {"weight_g": weights[number]}

    return versions_app(read_v1_with_headers, read_v2)


@right("10.3-versions")
def versions_by_responses():
    async def read_v1(number: int) -> JSONResponse:
        headers = {"Deprecation": DEPRECATED}
        if number not in weights:
            return JSONResponse({"detail": "no such parcel"}, 404, headers)
        return JSONResponse({"weight_kg": weights[number] / 1000}, headers=headers)

    return versions_app(read_v1, read_v2)


@right("10.3-versions")
def versions_by_a_dependency_that_looks():
    def find(number: int, response: Response) -> int:
        if number not in weights:
            raise HTTPException(404, headers={"Deprecation": DEPRECATED})
        response.headers["Deprecation"] = DEPRECATED
        return weights[number]

    def read_v1(number: int, grams: Annotated[int, Depends(find)]) -> dict[str, float]:
        return {"weight_kg": grams / 1000}

    return versions_app(read_v1, read_v2)
