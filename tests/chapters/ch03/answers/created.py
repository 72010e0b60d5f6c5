"""What learners pass to 3.3-created."""

from uuid import UUID, uuid4

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse

from helpers.chapters.ch03.exercises.created import DepotEntry
from tests.chapters.answers import right, stub, wrong


def created_app(
    *,
    status=201,
    place=lambda name: f"/depots/{name}",
    taken=409,
    replace=False,
    unknown=404,
    path="/depots/{name}",
    answer=lambda depot: depot,
):
    """The solution, with one thing different."""
    app, depots = FastAPI(), {}

    @app.post("/depots", status_code=status)
    def open_depot(depot: DepotEntry, response: Response) -> DepotEntry:
        if replace:
            depots[depot.name], known = depot, depot.name in depots
        else:
            known = depot.name in depots
        if known and taken:
            raise HTTPException(taken)
        depots.setdefault(depot.name, depot)
        if place(depot.name):
            response.headers["Location"] = place(depot.name)
        return answer(depot)

    @app.get(path)
    def read_depot(name: str) -> DepotEntry | None:
        if unknown is KeyError:
            return depots[name]
        if name not in depots and unknown:
            raise HTTPException(unknown)
        return depots.get(name)

    return app


@stub("3.3-created")
def created_shipped():
    app = FastAPI()

    @app.post("/depots")
    def open_depot(depot: DepotEntry) -> DepotEntry: ...

    return app


@wrong("3.3-created", says="201 Created was asked for, but 200 came")
def created_with_200():
    return created_app(status=200)


@wrong("3.3-created", says="no header `Location`")
def created_nowhere():
    return created_app(place=lambda name: None)


@wrong("3.3-created", says="the client followed `Location` and got 404")
def created_with_another_path():
    return created_app(path="/depot/{name}")


@wrong("3.3-created", says="the client followed `Location` and got 405")
def created_with_the_address_of_all():
    app = FastAPI()

    @app.post("/depots", status_code=201)
    def open_depot(depot: DepotEntry, response: Response) -> DepotEntry:
        response.headers["Location"] = f"/depots?name={depot.name}"
        return depot

    return app


@wrong("3.3-created", says="two depots got the same address")
def created_at_one_place():
    app = FastAPI()

    @app.post("/depots", status_code=201)
    def open_depot(depot: DepotEntry, response: Response) -> DepotEntry:
        response.headers["Location"] = "/depots"
        app.state.last = depot
        return depot

    @app.get("/depots")
    def read_depot() -> DepotEntry:
        return app.state.last

    return app


@wrong("3.3-created", says="replaced the first")
def created_over_the_first():
    return created_app(replace=True)


@wrong("3.3-created", says="a name that is taken was answered with 201, as if all were well")
def created_once_more():
    return created_app(taken=None)


@wrong("3.3-created", says="409 Conflict was asked for a name that is taken, but 400 came")
def created_with_400():
    return created_app(taken=400)


@wrong("3.3-created", says="KeyError")
def created_with_a_key_error():
    return created_app(unknown=KeyError)


@wrong("3.3-created", says="an unknown depot was answered with 200 and `null`")
def created_or_null():
    return created_app(unknown=None)


@wrong("3.3-created", says="404 was asked for an unknown depot, but 400 came")
def created_unknown_400():
    return created_app(unknown=400)


@wrong("3.3-created", says="your function `open_depot` returned `None`")
def created_without_a_return():
    return created_app(answer=lambda depot: None)


@right("3.3-created")
def created_by_number():
    app, depots = FastAPI(), []

    @app.post("/depots", status_code=201)
    async def open_depot(depot: DepotEntry, request: Request, response: Response) -> DepotEntry:
        for other in depots:
            if other.name == depot.name:
                raise HTTPException(409, "taken")
        depots.append(depot)
        response.headers["location"] = str(request.url_for("depot", number=len(depots)))
        return depot

    @app.get("/depots/{number}", name="depot")
    async def read_depot(number: int) -> DepotEntry:
        if not 1 <= number <= len(depots):
            raise HTTPException(404)
        return depots[number - 1]

    return app


@right("3.3-created")
def created_by_a_response():
    app, depots = FastAPI(), {}

    @app.post("/depots")
    def open_depot(depot: DepotEntry) -> JSONResponse:
        if depot.name in depots:
            return JSONResponse({"detail": "taken"}, 409)
        depots[depot.name] = depot
        return JSONResponse(depot.model_dump(), 201, {"Location": f"/depots/{depot.name}"})

    @app.get("/depots/{name}")
    def read_depot(name: str) -> DepotEntry:
        try:
            return depots[name]
        except KeyError:
            raise HTTPException(404) from None

    return app


@right("3.3-created")
def created_by_uuid():
    app, depots = FastAPI(), {}

    @app.post("/depots", status_code=201)
    def open_depot(depot: DepotEntry, response: Response) -> DepotEntry:
        if depot.name in [other.name for other in depots.values()]:
            raise HTTPException(409)
        depot_id = uuid4()
        depots[depot_id] = depot
        response.headers["Location"] = f"/depots/{depot_id}"
        return depot

    @app.get("/depots/{depot_id}")
    def read_depot(depot_id: UUID) -> DepotEntry:
        if depot_id not in depots:
            raise HTTPException(404)
        return depots[depot_id]

    return app


@right("3.3-created")
def created_elsewhere():
    return created_app(path="/places/{name}", place=lambda name: f"/places/{name}")


@right("3.3-created")
def created_with_the_status_on_the_response():
    app, depots = FastAPI(), {}

    @app.post("/depots")
    def open_depot(depot: DepotEntry, response: Response) -> dict[str, str]:
        if depots.setdefault(depot.name, depot) is not depot:
            raise HTTPException(status_code=409)
        response.status_code = 201
        response.headers["Location"] = app.url_path_for("read_depot", name=depot.name)
        return depot.model_dump()

    @app.get("/depots/{name}")
    def read_depot(name: str) -> DepotEntry:
        if depot := depots.get(name):
            return depot
        raise HTTPException(404)

    return app
