"""Exercise 3.3-created: what was created has an address."""

from itertools import count
from uuid import UUID, uuid4

import httpx
from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

_numbers = count(1)  # no check meets a name of an earlier one: the learner's dict outlives it


def _check_created(app: FastAPI) -> str:
    first, second = ({"name": f"Depot{next(_numbers)}", "town": town} for town in ("York", "Leeds"))
    with running(app) as server:
        places = [_open(server, depot) for depot in (first, second)]
        assert places[0] != places[1], (
            "two depots got the same address in `Location`: the client wants the one that it has just created."
        )
        for place, depot in zip(places, (first, second)):
            assert _read(server, place).json() == depot, (
                f"the client followed `Location`, and {wanted(depot, _read(server, place))}."
            )
        again = _send(server, "POST", "/depots", json=first | {"town": "Hull"})
        kept = _read(server, places[0]).json()
        assert kept == first, (
            "a second depot of the same name replaced the first: look whether the name is there before you keep anything."
        )
        assert again.status_code >= 400, (
            f"a name that is taken was answered with {again.status_code}, as if all were well."
        )
        assert again.status_code == 409, (
            f"409 Conflict was asked for a name that is taken, but {again.status_code} came."
        )
        unknown = _send(server, "GET", _elsewhere(places[0]))
        assert unknown.status_code >= 400, (
            f"an unknown depot was answered with {unknown.status_code} and `{unknown.text[:40]}`, as if it were there."
        )
        assert unknown.status_code == 404, f"404 was asked for an unknown depot, but {unknown.status_code} came."
    return "Each new depot was answered with 201 and an address that leads to it; a taken name got 409, an unknown one 404."


def _open(server: Server, depot: dict[str, str]) -> str:
    """Create a depot, and give its `Location`."""
    answer = _send(server, "POST", "/depots", json=depot)
    assert answer.status_code < 400, f"a new depot was refused with {answer.status_code}: {answer.text[:120]}."
    assert answer.status_code == 201, (
        f"201 Created was asked for, but {answer.status_code} came: the decorator's `status_code=` sets it."
    )
    location = answer.headers.get("Location")
    assert location, "the answer has no header `Location`, so the client does not know where its depot is."
    assert answer.json() == depot, f"{wanted(depot, answer)}."
    return location


def _read(server: Server, place: str) -> httpx.Response:
    answer = _send(server, "GET", place)
    assert answer.status_code == 200, (
        f"the client followed `Location` and got {answer.status_code}. Does a path operation read a single depot, and is that its "
        "path?"
    )
    return answer


def _elsewhere(place: str) -> str:
    """An address of the same kind, with nothing there: of a number another number, of a UUID another UUID."""
    path, _, last = place.rpartition("/")
    try:
        other = str(uuid4()) if UUID(last) else ""
    except ValueError:
        other = "987654"
    return f"{path}/{other}"


def _send(server: Server, method: str, path: str, **request: dict[str, str]) -> httpx.Response:
    answer = ask(server, method, path, **request)
    assert answer.status_code < 500, f"`{method}` was answered with {answer.status_code}: {logged(server)}."
    return answer


class DepotEntry(BaseModel):
    """As in the notebook."""

    name: str
    town: str


depots: dict[str, DepotEntry] = {}


def _solve_created() -> FastAPI:
    app = FastAPI()

    @app.post("/depots", status_code=201)
    def open_depot(depot: DepotEntry, response: Response) -> DepotEntry:
        if depot.name in depots:
            raise HTTPException(409, "this name is taken")
        depots[depot.name] = depot
        response.headers["Location"] = app.url_path_for("read_depot", name=depot.name)
        return depot

    @app.get("/depots/{name}")
    def read_depot(name: str) -> DepotEntry:
        if name not in depots:
            raise HTTPException(404, "no such depot")
        return depots[name]

    return app


EXERCISE = Exercise(
    id="3.3-created",
    title="what was created has an address",
    task="`POST /depots` should answer 201 with the depot and its address in `Location`, which leads to it; a name that is taken "
    "should be a 409, an unknown depot a 404.",
    check=_check_created,
    hints=(
        "The decorator's `status_code=` sets 201; a parameter `response: Response` takes the header.",
        'Which path will read one depot? Write it, `@app.get("/depots/{name}")`, and put that path into `Location`.',
        "Before you keep a depot: is its name in `depots`? `HTTPException(409, ...)` ends the request.",
    ),
    solution=_solve_created,
    routes=("POST /depots",),
)
