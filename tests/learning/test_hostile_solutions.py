"""What a solution prints is what a learner takes home: no path operation of one answers 500 to an odd number or letter."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from helpers.learning import catalogue
from helpers.learning.model import Exercise
from tests.chapters import answers

ODD = [str(2**63), str(-(2**63) - 1), "0", "-1", "é", "\U0001f4e6"]  # no column holds the first two
# Where the text says that nobody asks for anything else, because it is about something else.
KNOWS_ITS_PARCEL_ALONE = {"2.2-label"}
SOLVED = [
    exercise
    for _, exercise in answers.written(catalogue.exercises)
    if "app" in exercise.wants and exercise.id not in KNOWS_ITS_PARCEL_ALONE  # "app" alone, or one of several
]


def odd_requests(app: FastAPI) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, path and query of each path operation that has parameters, once for each odd value of them all."""
    operations = [(path, *one) for path, methods in app.openapi()["paths"].items() for one in methods.items()]
    for path, method, operation in operations:
        named = {one["name"]: one["in"] for one in operation.get("parameters", [])}
        for odd in ODD if named else []:
            address = path.format(**{name: odd for name, place in named.items() if place == "path"})
            yield method.upper(), address, {name: odd for name, place in named.items() if place == "query"}


def failing(app: FastAPI) -> list[str]:
    """The odd requests that an app answers with a 5xx."""
    found = []
    with TestClient(app, raise_server_exceptions=False) as client:
        for method, address, query in odd_requests(app):
            code = client.request(method, address, params=query).status_code
            found += [f"{method} {address} {query} {code}"] if code >= 500 else []
    return found


@pytest.mark.slow
@pytest.mark.parametrize("exercise", SOLVED, ids=lambda exercise: exercise.id)
def test_no_solution_fails_at_an_odd_parameter(exercise: Exercise):
    solved = exercise.solution()
    app = solved[0] if isinstance(solved, tuple) else solved
    assert failing(app) == []


def test_an_app_that_fails_is_named():
    app = FastAPI()
    app.get("/parcels/{number}")(lambda number, size="1": {}[number])
    assert f"GET /parcels/{2**63} {{'size': '{2**63}'}} 500" in failing(app) and len(failing(app)) == len(ODD)
