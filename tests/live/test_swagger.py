"""Swagger UI behind the Jupyter proxy: its page, its files and the app itself, under a prefix and without one."""

import os
import re
import socket
import subprocess
import sys
import time
from contextlib import closing

import httpx
import pytest
from fastapi import FastAPI

from helpers.errors import CourseError
from helpers.live import jupyter
from helpers.live.server import serve
from helpers.live.swagger import swagger_ui

PREFIX = {"X-Forwarded-Context": "/user/ada/proxy/1"}


@pytest.fixture
def app():
    app = FastAPI(title="Parcels", version="2.0.0")

    @app.get("/parcels/{number}")
    def read(number: int) -> int:
        return number

    @app.post("/old", deprecated=True)
    def post() -> None: ...

    yield app
    serve(FastAPI()).stop()


def test_its_words_name_the_operations_and_are_equal_everywhere(app):
    page = swagger_ui(app)
    assert repr(page).splitlines() == [
        "Swagger UI of Parcels, version 2.0.0: 2 operations",
        "  GET /parcels/{number}",
        "  POST /old (deprecated)",
        "No Jupyter server runs this notebook, so the page itself is not shown here.",
    ]
    assert page._repr_mimebundle_() == {"text/plain": repr(page)}


def test_one_operation_is_one_and_only_what_a_reader_can_press_counts():
    app = FastAPI(title="One")
    app.get("/a")(lambda: None)
    app.options("/b")(lambda: None)
    app.head("/c")(lambda: None)
    assert repr(swagger_ui(app)).splitlines()[:2] == ["Swagger UI of One, version 0.1.0: 1 operation", "  GET /a"]


@pytest.mark.parametrize("headers", [{}, PREFIX])
def test_the_page_needs_no_network_under_a_prefix_and_without(app, headers):
    client = swagger_ui(app).server.client
    prefix = headers.get("X-Forwarded-Context", "")
    page = client.get("/docs", headers=headers).text
    assert not re.search(r"https?://", page.replace(str(client.base_url), "")), "everything comes from this machine"
    for address in re.findall(r'(?:src|href)="([^"]+)"', page):
        if not address.startswith("data:"):
            assert address.startswith(f"{prefix}/_swagger/")
            assert client.get(address.removeprefix(prefix), headers=headers).status_code == 200
    assert f"'{prefix}/openapi.json'" in page
    described = client.get("/openapi.json", headers=headers).json()
    assert described.get("servers", [{"url": ""}]) == [{"url": prefix}]
    assert client.get("/parcels/7", headers=headers).json() == 7
    assert client.get("/_swagger/nowhere.js", headers=headers).status_code == 404


def test_other_apps_keep_their_own_page(app):
    swagger_ui(app)
    assert "cdn.jsdelivr.net" in serve(FastAPI()).client.get("/docs").text


def test_under_jupyter_it_shows_a_frame(app, monkeypatch):
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.setenv("JUPYTERHUB_SERVICE_PREFIX", "/user/ada/")
    page = swagger_ui(app)
    shown = page._repr_mimebundle_()
    assert f'src="/user/ada/proxy/{page.server.port}/docs"' in shown["text/html"] and 'title="' in shown["text/html"]
    assert "No Jupyter server" not in shown["text/plain"]


def test_without_jupyter_there_is_no_address(monkeypatch):
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    monkeypatch.setenv("JPY_PARENT_PID", "1")
    assert jupyter.base_url() is None


def test_the_kernels_parent_is_looked_up_among_the_running_servers(monkeypatch):
    monkeypatch.delenv("COURSE_RUN")
    monkeypatch.delenv("JUPYTERHUB_SERVICE_PREFIX", raising=False)
    monkeypatch.setenv("JPY_PARENT_PID", "4711")
    running = [{"pid": 12, "base_url": "/other/"}, {"pid": 4711, "base_url": "/mine/"}]
    monkeypatch.setattr("jupyter_server.serverapp.list_running_servers", lambda: iter(running))
    assert jupyter.base_url() == "/mine/" and jupyter.proxied(8000, "/docs") == "/mine/proxy/8000/docs"


def test_what_cannot_be_shown_gets_a_sentence():
    with pytest.raises(CourseError, match="expects an app such as FastAPI"):
        swagger_ui("app")
    with pytest.raises(CourseError, match="nothing to show"):
        swagger_ui(FastAPI(docs_url=None))


@pytest.mark.slow
def test_through_a_real_jupyter_server(app, monkeypatch, tmp_path):
    """A Jupyter server with a base URL, whose id stands where a kernel finds its parent's."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    folders = {f"JUPYTER_{name}_DIR": str(tmp_path / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    options = ["--ServerApp.base_url=/user/ada/", "--IdentityProvider.token=", "--ServerApp.port_retries=0"]
    command = [sys.executable, "-m", "jupyter", "server", "--no-browser", "--allow-root", f"--port={port}", *options]
    lab = subprocess.Popen(
        command, env=os.environ | folders, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path
    )
    try:
        monkeypatch.delenv("COURSE_RUN")
        monkeypatch.setenv("JUPYTER_RUNTIME_DIR", folders["JUPYTER_RUNTIME_DIR"])
        monkeypatch.setenv("JPY_PARENT_PID", str(lab.pid))
        end = time.monotonic() + 30
        while jupyter.base_url() is None and time.monotonic() < end:
            time.sleep(0.1)
        page = swagger_ui(app)
        assert page.address == f"/user/ada/proxy/{page.server.port}/docs"
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as browser:
            while time.monotonic() < end:
                try:
                    shown = browser.get(page.address)
                    break
                except httpx.ConnectError:
                    time.sleep(0.1)
            assert shown.status_code == 200
            for address in re.findall(r'(?:src|href)="(/[^"]+)"', shown.text):
                assert browser.get(address).status_code == 200
            assert browser.get(page.address.replace("docs", "openapi.json")).json()["servers"]
            assert browser.get(page.address.replace("docs", "parcels/7")).json() == 7
    finally:
        lab.terminate()
        lab.wait(10)
