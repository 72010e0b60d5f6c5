"""Outside of a check: a served app that hangs is ended when the next one is served."""

import threading
import time

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI

from helpers.live import server as module
from helpers.live.server import serve


def spin() -> None:
    while True:
        pass


def endpoint_spins() -> None:
    spin()


async def endpoint_spins_on_the_loop() -> None:
    spin()


async def task_spins(tasks: BackgroundTasks) -> None:
    tasks.add_task(spin)


def app_of(endpoint) -> FastAPI:
    app = FastAPI()
    app.get("/go")(endpoint)
    return app


@pytest.mark.parametrize("endpoint", [endpoint_spins, endpoint_spins_on_the_loop, task_spins])
def test_a_request_that_hangs_does_not_outlive_its_app(endpoint, monkeypatch):
    monkeypatch.setattr(module, "HANDOVER", 0.2)
    server = serve(app_of(endpoint))
    try:
        server.client.get("/go", timeout=0.2)
    except httpx.ReadTimeout:
        pass
    begun = time.monotonic()
    assert serve(app_of(lambda: "right")).client.get("/go").json() == "right"
    assert time.monotonic() - begun < 20, "the request would have hung for good"
    used = time.process_time()
    time.sleep(0.2)
    assert time.process_time() - used < 0.1, "a thread spins on"


def test_a_stuck_app_lets_go_of_its_clients():
    server = serve(app_of(endpoint_spins_on_the_loop))
    failure = []

    def ask() -> None:
        try:
            server.client.get("/go", timeout=20)
        except httpx.HTTPError as error:
            failure.append(error)

    client = threading.Thread(target=ask)
    client.start()
    time.sleep(0.2)
    server.stop(0.1)
    client.join(2.0)
    assert not client.is_alive()
