from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from parcels import tasks
from parcels.database import get_engine
from parcels.main import app
from parcels.settings import get_settings

Mail = tuple[str, str, str]  # address, subject, text


@pytest.fixture
def mails(monkeypatch: pytest.MonkeyPatch) -> list[Mail]:
    sent: list[Mail] = []
    monkeypatch.setattr(tasks, "send_mail", lambda *mail: sent.append(mail))
    return sent


@pytest.fixture
def client(mails: list[Mail], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[TestClient]:
    monkeypatch.setenv("PARCELS_SECRET_KEY", "a key that only these tests know, long enough")
    monkeypatch.setenv("PARCELS_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("PARCELS_QUEUE_URL", raising=False)
    get_settings.cache_clear()
    get_engine.cache_clear()
    with TestClient(app) as client:
        yield client
    get_settings.cache_clear()
    get_engine.cache_clear()


@pytest.fixture
def sign_in(client: TestClient, mails: list[Mail]) -> Callable[[str], dict[str, str]]:
    """Registers an address, and gives the header that its owner sends from then on."""

    def header(email: str) -> dict[str, str]:
        client.post("/senders", json={"name": "Somebody", "email": email})
        code = mails[-1][2].rsplit(" ", 1)[-1]
        token = client.post("/tokens", json={"code": code}).json()["access_token"]
        return {"Authorization": f"Bearer {token}"}

    return header
