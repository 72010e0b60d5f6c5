"""What has to hold before a version is deployed"""

from fastapi.testclient import TestClient
from pytest import MonkeyPatch, mark
from redis import Redis

from parcels import main, queued, queues, service


def test_a_label_is_ordered_and_printed(printed: list[int]) -> None:
    with TestClient(main.app) as client:
        assert client.post("/parcels/7/label").status_code == 202
    assert printed == [7]


@mark.parametrize("app", [main.app, queued.app, service.app], ids=["main", "queued", "service"])
def test_the_service_says_that_it_is_there(app) -> None:
    assert TestClient(app).get("/health").status_code == 200


@mark.parametrize("path", ["/parcels/7/label/rq", "/parcels/7/label/celery"])
def test_without_a_broker_an_order_is_refused_for_now(path: str, monkeypatch: MonkeyPatch) -> None:
    nobody = "redis://127.0.0.1:1/0"
    monkeypatch.setattr(queues.rq, "connection", Redis.from_url(nobody))
    monkeypatch.setattr(queues.app.conf, "broker_url", nobody)
    answer = TestClient(queued.app).post(path)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")


def test_without_a_broker_the_service_lives_and_is_not_ready(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setattr(main.settings, "redis_url", "redis://127.0.0.1:1/0")
    client = TestClient(main.app)
    assert [client.get(path).status_code for path in ("/health", "/ready")] == [200, 503]
