"""The reverse proxy does what `nginx.conf` says, as nginx and in Python alike, and nobody's port or key is left open."""

import asyncio
import os
import re
import subprocess
from pathlib import Path

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI, Request, Response
from fastapi.responses import StreamingResponse

from helpers.errors import CourseError
from helpers.live.server import running
from helpers.services import proxying, reverse_proxy
from helpers.services.waiting import until
from tests.services.conftest import CONF, certified


def service() -> FastAPI:
    app = FastAPI()

    @app.post("/parcels/{parcel}")
    async def echo(parcel: int, request: Request, tasks: BackgroundTasks, fail: bool = False) -> dict:
        async def break_down() -> None:
            await asyncio.wait_for(next_request.wait(), 20)
            raise RuntimeError

        if fail:
            tasks.add_task(break_down)
        kept = ("host", "x-forwarded-for", "x-forwarded-proto", "x-course-visitor", "x-own")
        return {
            "headers": {name: request.headers[name] for name in kept if name in request.headers},
            "query": request.url.query,
            "body": (await request.body()).decode(),
        }

    @app.post("/slow")
    async def slow() -> None:
        next_request.set()
        await asyncio.sleep(0.5)

    @app.get("/events")
    async def events() -> StreamingResponse:
        async def pieces():
            yield b"first\n"
            await released.wait()
            yield b"second\n"

        return StreamingResponse(pieces())

    released, next_request = asyncio.Event(), asyncio.Event()

    @app.post("/release")
    async def release() -> None:
        released.set()

    return app


@pytest.fixture(params=["nginx", "Python"])
def kind(request, monkeypatch) -> str:
    if request.param == "Python":
        monkeypatch.setattr(reverse_proxy, "nginx", lambda: None)
    return request.param


def test_both_kinds_hand_on_the_same(kind, front):
    with running(service(), proxy_headers=False) as server, front(server.port) as proxy:
        assert proxy.kind == kind
        client = proxy.visitor()
        answer = client.post(
            "/api/parcels/7?x=1%202", content="hi", headers={"X-Forwarded-For": "203.0.113.7", "X-Own": "kept"}
        )
        assert answer.json() == {
            "headers": {
                "host": proxy.url.removeprefix("https://"),
                "x-forwarded-for": "203.0.113.7, 127.0.0.1",
                "x-forwarded-proto": "https",
                "x-own": "kept",
            },
            "query": "x=1%202",
            "body": "hi",
        }
        assert client.get("/elsewhere").status_code == 404
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(proxy.url, trust_env=False)


def test_both_kinds_pass_a_stream_on_piece_by_piece(kind, front):
    with running(service()) as server, front(server.port) as proxy:
        client = proxy.visitor()
        with client.stream("GET", "/api/events") as answer:
            lines = answer.iter_lines()
            assert next(lines) == "first", "the second is not sent yet"
            assert client.post("/api/release").status_code == 200
            assert list(lines) == ["second"]


def test_both_kinds_answer_502_where_a_failing_task_closes_the_connection(kind, front):
    with running(service()) as server, front(server.port) as proxy:
        client, other = (proxy.visitor() for _ in range(2))
        assert client.post("/api/parcels/7?fail=true").status_code == 200
        assert [other.post("/api/slow").status_code for _ in range(2)] == [502, 200]


def test_both_kinds_end_with_their_owner(kind, front):
    with running(service()) as server:
        with front(server.port) as proxy:
            assert proxy._process.running
        assert not proxy._process.running
        with pytest.raises(CourseError, match=r"The reverse proxy has ended \(.+\): make another ReverseProxy"):
            proxy.visitor().get("/api/parcels/7")
        another = front(server.port)
        pid = another._process.pid
        del another
        assert until(lambda: not Path(f"/proc/{pid}").exists(), 5.0) or not Path("/proc").exists()


def test_a_configuration_that_is_wrong_is_told(kind, tmp_path, front):
    conf = tmp_path / "nginx.conf"
    conf.write_text(CONF.read_text().replace("certificate.pem", "nowhere.pem"))
    told = "nowhere.pem" if kind == "nginx" else "No such file"
    with pytest.raises(CourseError, match=rf"(?s)^the reverse proxy ended \(.+\) before it was ready\..*{told}"):
        front(1, conf=conf)


def test_nginx_takes_the_file_as_it_is_deployed(tmp_path, monkeypatch):
    """But for what differs here: nobody is called `web`, not everybody may open port 443, and its files lie in `tmp_path`."""
    certified(tmp_path)
    text = CONF.read_text().replace("server web:8000;", "server 127.0.0.1:8000;").replace("listen 443", "listen 8443")
    commands = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "execv", lambda program, command: commands.append(command))
        proxying.become_nginx(proxying.nginx(), text, tmp_path)
    told = subprocess.run([*commands[0], "-t", "-q"], capture_output=True, text=True)
    assert told.returncode == 0 and "[emerg]" not in told.stderr, told.stderr


def test_a_secret_keeps_others_out_of_nginx_and_reaches_no_app():
    text = proxying.here(CONF.read_text(), 4711, 4712, "abc")
    assert "listen 127.0.0.1:4711 ssl" in text and "server 127.0.0.1:4712;" in text
    assert re.search(r'if \(\$http_x_course_visitor != "abc"\) \{ return 403; \}', text)


def test_both_kinds_pass_each_cookie_on(kind, front):
    app = FastAPI()

    @app.get("/log-in")
    def log_in(response: Response) -> None:
        response.set_cookie("session", "1", expires="Thu, 01 Jan 2099 00:00:00 GMT")
        response.set_cookie("theme", "dark")

    with running(app) as server, front(server.port) as proxy:
        client = proxy.visitor()
        answer = client.get("/api/log-in")
        assert len(answer.headers.get_list("set-cookie")) == 2 and answer.json() is None
        assert dict(client.cookies) == {"session": "1", "theme": "dark"}
