"""A migrated, empty database: that of PARCELS_DATABASE_URL, as in the workflow, or else a file of each test's own"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command, config
from fastapi.testclient import TestClient
from pytest import MonkeyPatch
from sqlmodel import Session, create_engine, delete

from parcels import database, jobs, orders, service
from parcels.settings import settings


@pytest.fixture
def alembic() -> config.Config:
    return config.Config(Path(__file__).parent.parent / "alembic.ini")


@pytest.fixture
def printed(monkeypatch: MonkeyPatch) -> list[int]:
    """The parcels whose labels have been printed; none takes a second here."""
    labels: list[int] = []
    monkeypatch.setattr(jobs, "print_label", labels.append)
    return labels


@pytest.fixture
def url(tmp_path: Path, monkeypatch: MonkeyPatch, alembic: config.Config) -> str:
    """The address of a database as the newest migration leaves it."""
    address = os.environ.get("PARCELS_DATABASE_URL", f"sqlite:///{tmp_path / 'parcels.db'}")
    monkeypatch.setattr(settings, "database_url", address)
    command.upgrade(alembic, "head")
    return address


@pytest.fixture
def client(url: str, printed: list[int]) -> Iterator[TestClient]:
    engine = create_engine(url)
    with Session(engine) as session:
        session.exec(delete(database.Parcel))
        session.commit()

    def get_session() -> Iterator[Session]:
        with Session(engine) as session:
            yield session

    service.app.dependency_overrides[orders.get_session] = get_session
    with TestClient(service.app) as client:
        yield client
    service.app.dependency_overrides.clear()
    engine.dispose()
