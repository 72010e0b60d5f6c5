"""Nobody asks over a connection that the server is about to close."""

import asyncio
import subprocess
import sys
import time

import httpx
import pytest
from fastapi import FastAPI, Request

from helpers.live.client import AsyncClient, Client
from helpers.live.pinging import ping
from helpers.live.server import running


@pytest.fixture(scope="module")
def server():
    app = FastAPI()

    @app.get("/ping")
    async def tell_connection(request: Request) -> int:
        return request.client.port if request.client else 0

    with running(app) as server:
        yield server


def test_a_client_gives_up_an_idle_connection_long_before_a_server_closes_it(server):
    clients = [server.client, Client(base_url=server.url), ping(server)._client]
    first = [client.get("/ping").json() for client in clients]
    assert [client.get("/ping").json() for client in clients] == first, "kept while it is used"
    time.sleep(1.2)
    again = [client.get("/ping").json() for client in clients]
    assert not set(again) & set(first)


def test_an_asynchronous_one_does_so_too(server):
    async def ask() -> list[int]:
        async with AsyncClient(base_url=server.url) as client:
            return [(await client.get("/ping")).json() for rest in (0.0, 0.0, 1.2) if not time.sleep(rest)]

    first, second, third = asyncio.run(ask())
    assert first == second != third


def test_who_asks_for_other_limits_gets_them(server):
    with Client(base_url=server.url, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        assert client.get("/ping").json() != client.get("/ping").json()


@pytest.mark.slow
def test_the_server_keeps_a_connection_for_a_client_that_was_held_up(server):
    """After uvicorn's own 5 s a request was lost where a long call had kept its client from the interpreter."""
    with httpx.Client(base_url=server.url, limits=httpx.Limits(keepalive_expiry=60)) as client:
        first = client.get("/ping").json()
        time.sleep(7.0)
        assert client.get("/ping").json() == first


def test_http_2_is_loaded_by_who_speaks_it_alone(tmp_path):
    tmp_path.joinpath("main.py").write_text(
        "async def app(scope, receive, send):\n"
        "    if scope['type'] == 'http':\n"
        "        await send({'type': 'http.response.start', 'status': 200})\n"
        "        await send({'type': 'http.response.body', 'body': scope['http_version'].encode()})\n"
    )
    asks = """
import sys, httpx
from helpers import Client, process
assert "httpcore" not in sys.modules and "h2" not in sys.modules
Client().close()
assert "httpcore" in sys.modules and "h2" not in sys.modules
with process(["-m", "hypercorn", "main:app", "--bind", "127.0.0.1:{port}"]) as server:
    for options in ({}, {"http1": False, "http2": True}):
        with Client(trust_env=False, base_url=server.url, **options) as client:
            print(client.get("/").text, "h2" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", asks], cwd=tmp_path, capture_output=True, text=True)
    assert said.stdout.split("\n")[:2] == ["1.1 False", "2 True"], said.stderr
