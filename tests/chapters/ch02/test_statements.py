"""What chapter 2 says without a cell of its own."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import APIRouter, Depends, FastAPI, HTTPException

from helpers.live.server import running


def test_a_frontend_stands_behind_the_dependencies_of_its_router_or_app(tmp_path):
    (tmp_path / "page.css").write_text("h1 {}")

    def refuse() -> None:
        raise HTTPException(401)

    router = APIRouter(prefix="/admin", dependencies=[Depends(refuse)])
    router.frontend("/", directory=tmp_path)
    guarded = FastAPI(dependencies=[Depends(refuse)])
    guarded.frontend("/ui", directory=tmp_path)
    app = FastAPI()
    app.include_router(router)
    for served, path in ((app, "/admin/page.css"), (guarded, "/ui/page.css")):
        with running(served) as server:
            assert server.client.get(path).status_code == 401


def test_a_frontend_without_its_folder_is_told_at_once(tmp_path, monkeypatch):
    monkeypatch.delenv("FASTAPI_ENV", raising=False)
    with pytest.raises(RuntimeError, match="does not exist"):
        FastAPI().frontend("/", directory=tmp_path / "dist")


def test_a_redirect_repeats_the_method_and_can_be_switched_off():
    for redirects, code in ((True, 307), (False, 404)):
        app = FastAPI(redirect_slashes=redirects)
        app.post("/parcels")(lambda: "sent")
        with running(app) as server:
            assert server.client.post("/parcels/").status_code == code


@pytest.mark.parametrize(("code", "lives"), [(409, False), (None, True)])
def test_who_refuses_behind_the_yield_loses_the_next_request_of_the_connection(code: int | None, lives: bool):
    arrived = asyncio.Event()

    async def session() -> AsyncIterator[None]:
        yield
        await arrived.wait()
        if code:
            raise HTTPException(code)

    app = FastAPI()

    @app.post("/pay", dependencies=[Depends(session)])
    async def pay() -> None: ...

    @app.get("/next")
    async def follow() -> str:
        arrived.set()
        await asyncio.sleep(0.1)
        return "answered"

    with running(app) as server:
        assert server.client.post("/pay").status_code == 200
        if lives:
            assert server.client.get("/next").json() == "answered"
        else:
            with pytest.raises(httpx.TransportError):
                server.client.get("/next")
