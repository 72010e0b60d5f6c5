"""The service from outside: what is ordered is drawn, once, for whom it belongs to."""

import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from main import app, engine
from sqlmodel import SQLModel

BOOK = {"to": "Grace", "weight_kg": 2.5}


@pytest.fixture
def client() -> Iterator[TestClient]:
    SQLModel.metadata.drop_all(engine)
    with TestClient(app) as client:
        token = client.post("/token", data={"username": "ada", "password": "the-engine"}).json()["access_token"]
        client.headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "first"}
        yield client


def test_a_label_is_accepted_and_drawn(client):
    answer = client.post("/labels", json=BOOK)
    assert answer.status_code == 202
    end = time.monotonic() + 10
    while time.monotonic() < end:
        label = client.get(f"/labels/{answer.json()['id']}").json()
        if label["state"] == "drawn":
            break
        time.sleep(0.01)
    assert label["code"] and label["to"] == "Grace"


def test_the_same_key_means_the_same_label(client):
    ids = {client.post("/labels", json=BOOK).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert [label["id"] for label in client.get("/labels").json()] == list(ids)
    assert client.post("/labels", json=BOOK | {"to": "Ada"}).status_code == 409


def test_nobody_orders_without_a_token(client):
    assert client.post("/labels", json=BOOK, headers={"Authorization": ""}).status_code == 401


@pytest.mark.parametrize("body", [{}, BOOK | {"to": ""}, BOOK | {"weight_kg": 31}])
def test_what_no_label_can_be_is_refused(client, body):
    assert client.post("/labels", json=body).status_code == 422
