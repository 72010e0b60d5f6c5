"""Exercise 6.2-socket: a test that holds a WebSocket."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import Annotated, Any

import pytest
from fastapi import FastAPI, Query, WebSocket, WebSocketDisconnect, WebSocketException
from fastapi.testclient import TestClient

from helpers.chapters.judging import judge_test
from helpers.learning.model import Exercise

KEY = "k-1"


def _app(fault: str = "", protected: bool = True) -> FastAPI:
    """`/scans`: answers each code with its number in this connection; `key` has to be right."""
    app = FastAPI()
    everybody: list[str] = []

    @app.websocket("/scans")
    async def scans(websocket: WebSocket, key: Annotated[str, Query()] = "") -> None:
        if protected and (key != KEY if fault != "any key" else not key):
            raise WebSocketException(1011 if fault == "another code" else 1008)
        await websocket.accept()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(None if key == KEY else 1):  # a test may wait for the refusal
                await _answer(websocket, everybody if fault == "shared" else [], fault)
                return
        await websocket.close()

    return app


async def _answer(websocket: WebSocket, mine: list[str], fault: str) -> None:
    async for code in websocket.iter_text():
        mine.append(code)
        number = 1 if fault == "stuck" else len(mine)
        await websocket.send_json({"code": mine[0] if fault == "first" else code, "number": number})


_BROKEN = {
    "lets everybody in, without a key": lambda: (_app(protected=False),),
    "takes any key": lambda: (_app("any key"),),
    "refuses with another code than 1008": lambda: (_app("another code"),),
    "counts every code as number 1. Send a second one": lambda: (_app("stuck"),),
    "answers with the first code for ever. Send another code second": lambda: (_app("first"),),
    "counts on in the next connection. Open two, one after the other": lambda: (_app("shared"),),
}


def _check_socket(test_scans: Callable[..., Any]) -> str:
    return judge_test(
        test_scans,
        {"the right app": lambda: (_app(),)},
        _BROKEN,
        f"With `?key={KEY}` it answers each code with `code` and `number`, from 1 in each connection; else it refuses with 1008.",
        "an app",
    )


def _solve_socket() -> Callable[..., Any]:
    def test_scans(app: FastAPI) -> None:
        client = TestClient(app)
        for _ in range(2):
            with client.websocket_connect("/scans?key=k-1") as socket:
                for number, code in enumerate(["R-7", "R-8"], start=1):
                    socket.send_text(code)
                    assert socket.receive_json() == {"code": code, "number": number}
        for path in ("/scans", "/scans?key=k-2"):
            with pytest.raises(WebSocketDisconnect) as refused, client.websocket_connect(path):
                pass
            assert refused.value.code == 1008

    return test_scans


EXERCISE = Exercise(
    id="6.2-socket",
    title="a test that holds a WebSocket",
    task="`test_scans(app)` should be green for the right `/scans` (key `k-1`, each code back with its number) and red for "
    "each broken one.",
    check=_check_socket,
    hints=(
        'The test is a client: `with TestClient(app).websocket_connect("/scans?key=k-1") as socket`.',
        "How many codes in one connection, and how many connections, does it take to see a counter that is stuck or shared?",
        "A refused WebSocket raises `WebSocketDisconnect` at the `with`: `pytest.raises` holds it, and its `value.code`. "
        "Without a key is one case, a wrong key another.",
    ),
    solution=_solve_socket,
    wants="function",
)
