"""What a solution prints is what a learner takes home: it holds where its check does not look.

No path operation answers 500 to an odd number or letter, no client is told another's count, and no failure goes unseen.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from functools import partial

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from helpers.learning import catalogue
from helpers.learning.model import Exercise
from tests.chapters import answers

ODD = [str(2**63), str(-(2**63) - 1), "0", "-1", "é", "\U0001f4e6"]  # no column holds the first two
# "app" alone, or one of several.
SOLVED = [exercise for _, exercise in answers.written(catalogue.exercises) if "app" in exercise.wants]


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


# Where the check does not look


def test_a_cart_refuses_what_json_or_a_column_cannot_hold():
    app, engine = catalogue.exercise("5.3-refuse").solution()
    with engine.begin() as connection:
        connection.exec_driver_sql("INSERT INTO cart (label, capacity) VALUES ('odd', 1)")
        number = connection.exec_driver_sql("SELECT id FROM cart WHERE label = 'odd'").scalar()
    try:
        for body in (b'{"capacity": NaN}', b'{"capacity": 1e999}', rb'{"label": "\ud800"}', rb'{"label": "\u0000"}'):
            with TestClient(app, raise_server_exceptions=False) as client:
                answer = client.patch(f"/carts/{number}", content=body, headers={"Content-Type": "application/json"})
            assert answer.status_code == 422, body
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql("DELETE FROM cart WHERE label = 'odd'")


def test_two_scans_of_one_number_at_once_are_counted_apart():
    async def send(client: httpx.AsyncClient, turns: asyncio.Barrier) -> httpx.Response:
        async def pieces() -> AsyncIterator[bytes]:
            for _ in range(6):
                await turns.wait()
                yield bytes(100_000)

        return await client.put("/scans/7", content=pieces())

    async def both() -> list[httpx.Response]:
        transport, turns = httpx.ASGITransport(catalogue.exercise("3.7-scan").solution()), asyncio.Barrier(2)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await asyncio.gather(send(client, turns), send(client, turns))

    assert [answer.json() for answer in asyncio.run(both())] == [{"bytes": 600_000}] * 2


def test_an_answer_without_a_body_keeps_its_shape_and_a_detail_is_a_text():
    app = FastAPI()
    catalogue.exercise("4.6-shape").solution()(app)

    @app.get("/{code}")
    def refuse(code: int) -> None:
        raise HTTPException(code, {"parcel": 7})

    client = TestClient(app)
    assert (client.get("/204").status_code, client.get("/204").content) == (204, b"")
    assert client.get("/409").json() == {"status": 409, "detail": '{"parcel": 7}'}


def test_a_task_without_a_name_is_given_up_like_the_others():
    patient, given_up = catalogue.exercise("4.6-patient").solution()
    before = len(given_up)
    asyncio.run(patient(partial(int, "no number"))())
    assert len(given_up) == before + 1 and "int" in given_up[-1]


def test_a_carrier_whose_call_was_cancelled_is_named():
    async def tell(carrier: str) -> None:
        if carrier == "b":
            raise asyncio.CancelledError

    assert asyncio.run(catalogue.exercise("10.3-together").solution()(["a", "b"], tell)) == ["b"]


@pytest.mark.parametrize("answer", [httpx.Response(202, json={}), httpx.Response(204), httpx.Response(200, text="<p>")])
def test_what_is_no_answer_of_a_carrier_is_a_502(answer):
    carrier = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda request: answer), base_url="https://carrier.example"
    )
    client = TestClient(catalogue.exercise("10.3-gateway").solution()(carrier), raise_server_exceptions=False)
    assert client.get("/parcels/7").status_code == 502
