"""Exercise 3.7-scan: an upload that streams."""

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import httpx
from fastapi import FastAPI, HTTPException, Request

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

LIMIT = 1_000_000  # bytes
PIECE = 100_000  # bytes
HALF = 300_000  # bytes


def _check_scan(app: FastAPI) -> str:
    with running(app) as server:
        halfway: list[Any] = []

        def slow() -> Iterator[bytes]:
            yield b"a" * HALF
            halfway.append(_count_by(server, HALF))
            yield b"b" * 200_000

        first = ask(server, "PUT", "/scans/7", content=slow())
        assert first.status_code < 500, f"your app answered {first.status_code}: {logged(server)}."
        assert first.status_code != 422, (
            "plain bytes were refused with 422: a form or JSON was expected. They come without either: take the `Request`."
        )
        assert first.status_code < 400, f"half a megabyte is within the limit, but {first.status_code} came."
        assert halfway[0] in (HALF, None, 0), (
            f"{HALF:,} bytes had come and the rest was still on its way, but `GET /scans/7` said {halfway[0]!r}: the count is of "
            "all pieces so far."
        )
        assert halfway[0] == HALF, (
            "half of the scan was there and the rest still on its way, but `GET /scans/7` knew nothing of it: `request.body()` "
            "and forms wait for the end. Take `request.stream()` piece by piece, and count each at once."
        )
        assert first.json() == {"bytes": 500_000}, f"{wanted({'bytes': 500_000}, first)}."
        assert first.status_code == 201, f"201 Created was asked for, but {first.status_code} came."
        ask(server, "PUT", "/scans/8", content=b"c" * 41)
        assert _count(server, 7) == 500_000 and _count(server, 8) == 41, (
            f"scan 7 had 500,000 bytes and scan 8 has 41, but they say {_count(server, 7)!r} and {_count(server, 8)!r}: each number "
            "has a count of its own."
        )
        again = ask(server, "PUT", "/scans/7", content=b"d" * 10)
        assert again.json() == {"bytes": 10}, (
            f"scan 7 came once more, with 10 bytes: {wanted({'bytes': 10}, again)}. A PUT replaces."
        )
        unknown = ask(server, "GET", "/scans/987654")
        assert unknown.status_code == 404, (
            f"a number that nobody sent should be a 404, but {unknown.status_code} came{_error(server, unknown)}."
        )
        ask(server, "PUT", "/scans/10", content=b"")
        empty = ask(server, "GET", "/scans/10")
        assert empty.status_code == 200 and empty.json() == {"bytes": 0}, (
            f"scan 10 came and held nothing, and then `GET /scans/10` answered {empty.status_code}{_error(server, empty)}: 0 bytes are "
            "a count, too, and only a number that nobody sent is a 404."
        )
        fitting = ask(server, "PUT", "/scans/9", content=bytes(LIMIT))
        assert fitting.status_code < 400, f"{LIMIT:,} bytes are within the limit, but {fitting.status_code} came."
        over = ask(server, "PUT", "/scans/9", content=bytes(LIMIT + 1)).status_code
        assert over != 201, f"one byte more than {LIMIT:,} was accepted."
    status, taken = asyncio.run(_pieces_taken(app, 80))
    assert status < 400 or status == 413, f"more than {LIMIT:,} bytes were refused with {status}; 413 was asked for."
    assert status == 413, (
        f"a scan of 8 MB, whose length no header tells, should be a 413, but {status} came: count what arrives."
    )
    assert taken <= LIMIT // PIECE + 10, (
        f"the 413 came when all of 8 MB had been read: refuse as soon as more than {LIMIT:,} bytes are there."
    )
    return (
        "The scan was counted while it came, each number for itself, and too much was refused before the rest had come."
    )


def _count(server: Server, number: int) -> Any:
    """What `GET /scans/{number}` says of the bytes; None when it says nothing of them."""
    answer = httpx.get(f"{server.url}/scans/{number}", timeout=2.0)
    came = answer.json() if answer.status_code == 200 else None
    return came.get("bytes") if isinstance(came, dict) else None


def _count_by(server: Server, expected: int) -> Any:
    """The last count within a second, or as soon as it is what was sent so far."""
    end = time.monotonic() + 1.0
    while (count := _count(server, 7)) != expected and time.monotonic() < end:
        time.sleep(0.02)
    return count


def _error(server: Server, answer: httpx.Response) -> str:
    return f": {logged(server)}" if answer.status_code >= 500 else ""


async def _pieces_taken(app: FastAPI, pieces: int) -> tuple[int, int]:
    """The status of a PUT of so many pieces, and how many the app had taken when its answer began.

    Asked without a connection, whose buffers would take some more.
    """
    taken, told = 0, (0, 0)

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        await asyncio.sleep(0)
        return {"type": "http.request", "body": bytes(PIECE), "more_body": taken < pieces}

    async def send(message: Any) -> None:
        nonlocal told
        if message["type"] == "http.response.start":
            told = message["status"], taken

    address = {"method": "PUT", "path": "/scans/9", "raw_path": b"/scans/9", "query_string": b"", "root_path": ""}
    peers = {"scheme": "http", "http_version": "1.1", "server": ("inside", 80), "client": ("inside", 1)}
    try:
        await app({"type": "http", "asgi": {"version": "3.0"}, "headers": [], **address, **peers}, receive, send)
    except Exception:  # the answer is a 500 by then
        pass
    return told


def _solve_scan() -> FastAPI:
    arrived: dict[int, int] = {}
    app = FastAPI()

    @app.put("/scans/{number}", status_code=201)
    async def take_scan(number: int, request: Request) -> dict[str, int]:
        count = arrived[number] = 0  # one of this request's own: another may send the same number
        async for piece in request.stream():
            count += len(piece)
            if count > 1_000_000:
                raise HTTPException(413, "at most 1,000,000 bytes")
            arrived[number] = count
        return {"bytes": count}

    @app.get("/scans/{number}")
    async def read_scan(number: int) -> dict[str, int]:
        if number not in arrived:
            raise HTTPException(404, "no such scan")
        return {"bytes": arrived[number]}

    return app


EXERCISE = Exercise(
    id="3.7-scan",
    title="an upload that streams",
    task="`PUT /scans/{number}` should count a scan while it comes, answer 201 with `bytes`, and refuse more than 1,000,000 "
    "with 413 at once; `GET /scans/{number}` should say how many are there so far, or 404.",
    check=_check_scan,
    hints=(
        "`async for piece in request.stream()` gives each piece as soon as it is there.",
        "Count in a variable of this request, and note it where `read_scan` can see it: `arrived[number] = count`.",
        "Within the loop, what does `raise HTTPException(413, ...)` do to the rest of the scan?",
    ),
    solution=_solve_scan,
    routes=("PUT /scans/{number}", "GET /scans/{number}"),
)
