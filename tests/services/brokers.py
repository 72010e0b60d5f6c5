"""What every test of a broker asks for."""

import pytest


@pytest.fixture(autouse=True)
def no_broker_of_this_machine(monkeypatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
