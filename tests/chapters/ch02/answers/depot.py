"""What learners pass to 2.5-depot."""

from collections.abc import Callable
from typing import Any

from fastapi import FastAPI, HTTPException, Response
from fastapi.encoders import jsonable_encoder
from fastapi.responses import JSONResponse

from helpers.chapters.ch02.exercises.depot import Depot, depots
from tests.chapters.answers import right, stub, wrong


def depot_app(put_depot: Callable[..., Any], **options: Any) -> tuple[FastAPI, dict[str, Depot]]:
    """An app with this path operation, and the depots."""
    app = FastAPI()
    app.put("/depots/{name}", **options)(put_depot)
    return app, depots


@stub("2.5-depot")
def depot_shipped():
    def put_depot(name: str, depot: Depot) -> Depot: ...

    return depot_app(put_depot)


@wrong("2.5-depot", says="came again: 200 was asked for, but 201 came")
def depot_always_new():
    def put_depot(name: str, depot: Depot, response: Response) -> Depot:
        response.headers["Location"] = f"/depots/{name}"
        depots[name] = depot
        return depot

    return depot_app(put_depot, status_code=201)


@wrong("2.5-depot", says="looked up before you keep the depot")
def depot_looked_up_too_late():
    def put_depot(name: str, depot: Depot, response: Response) -> Depot:
        depots[name] = depot
        if name not in depots:
            response.status_code = 201
        return depot

    return depot_app(put_depot)


@wrong("2.5-depot", says="must be plain JSON data")
def depot_in_a_response():
    def put_depot(name: str, depot: Depot) -> JSONResponse:
        status = 200 if name in depots else 201
        depots[name] = depot
        return JSONResponse(depot.model_dump(), status_code=status)

    return depot_app(put_depot)


@wrong("2.5-depot", says="the answer is empty")
def depot_forgotten():
    def put_depot(name: str, depot: Depot) -> Response:
        status = 200 if name in depots else 201
        depots[name] = depot
        return Response(status_code=status, headers={"Location": f"/depots/{name}"})

    return depot_app(put_depot)


@wrong("2.5-depot", says="should say where it is: `Location: /depots/brn`, but none came")
def depot_without_a_place():
    def put_depot(name: str, depot: Depot, response: Response) -> Depot:
        response.status_code = 200 if name in depots else 201
        depots[name] = depot
        return depot

    return depot_app(put_depot)


@wrong("2.5-depot", says="is Flask's way")
def depot_with_its_status():
    def put_depot(name: str, depot: Depot) -> Depot:
        status = 200 if name in depots else 201
        depots[name] = depot
        return depot, status  # as in Flask

    return depot_app(put_depot)


@wrong("2.5-depot", says="is for what went wrong")
def depot_raised():
    def put_depot(name: str, depot: Depot) -> Depot:
        new, depots[name] = name not in depots, depot
        if new:
            raise HTTPException(201, "created", {"Location": f"/depots/{name}"})
        return depot

    return depot_app(put_depot)


@right("2.5-depot")
def depot_encoded():
    def put_depot(name: str, depot: Depot) -> JSONResponse:
        new = name not in depots
        depots[name] = depot
        headers = {"Location": f"/depots/{name}"} if new else {}
        return JSONResponse(jsonable_encoder(depot), status_code=201 if new else 200, headers=headers)

    return depot_app(put_depot)


@right("2.5-depot")
def depot_two_answers():
    def put_depot(name: str, depot: Depot) -> Any:
        if depots.setdefault(name, depot) is not depot:
            depots[name] = depot
            return depot
        content = depot.model_dump_json()
        return Response(content, 201, {"Location": f"/depots/{name}"}, media_type="application/json")

    return depot_app(put_depot)


@right("2.5-depot")
def depot_new_by_default():
    async def put_depot(name: str, depot: Depot, response: Response) -> Any:
        if name in depots:
            response.status_code = 200
        else:
            response.headers["location"] = f"/depots/{name}"
        depots[name] = depot
        return depots[name]

    return depot_app(put_depot, status_code=201, response_model=Depot)


@right("2.5-depot")
def depot_always_placed():
    def put_depot(name: str, depot: Depot, response: Response) -> Depot:
        response.status_code = 200 if name in depots else 201
        response.headers["Location"] = f"/depots/{name}"
        depots[name] = depot
        return depot

    return depot_app(put_depot)
