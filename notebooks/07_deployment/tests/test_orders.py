"""Orders, their table, and the smoke test that looks at both after a deployment"""

import pytest
from alembic import command
from alembic.config import Config
from fastapi import HTTPException
from fastapi.testclient import TestClient
from sqlmodel import Session, create_engine

from parcels import orders, smoke
from parcels.settings import settings


def test_an_order_is_kept_and_its_label_printed(client: TestClient, printed: list[int]) -> None:
    created = client.post("/parcels", json={"recipient": "Ada"})
    assert created.status_code == 201
    parcel = created.json()
    assert client.get(f"/parcels/{parcel['id']}").json() == parcel
    assert printed == [parcel["id"]]


def test_an_unknown_parcel_is_not_found(client: TestClient) -> None:
    assert client.get("/parcels/0").status_code == 404


def test_the_service_is_ready_when_its_table_is_there(client: TestClient) -> None:
    assert client.get("/ready").status_code == 204


def test_it_is_not_ready_before_the_migration() -> None:
    with Session(create_engine("sqlite://")) as session, pytest.raises(HTTPException) as refusal:
        orders.check_readiness(session)
    assert refusal.value.status_code == 503


def test_the_models_are_what_the_migrations_make(url: str, alembic: Config) -> None:
    command.check(alembic)


def test_the_migrations_lead_back_and_up_again(url: str, alembic: Config) -> None:
    for direction, revision in ((command.downgrade, "base"), (command.upgrade, "head")):
        direction(alembic, revision)


def test_the_smoke_test_passes_and_leaves_nothing(client: TestClient, printed: list[int]) -> None:
    assert smoke.smoke(client, settings.version) == ""
    assert client.get(f"/parcels/{printed[0]}").status_code == 404


def test_the_smoke_test_knows_its_version(client: TestClient) -> None:
    assert smoke.smoke(client, "0.9") == f"{settings.version} answers, not 0.9"
