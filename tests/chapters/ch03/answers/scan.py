"""What learners pass to 3.7-scan."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request, UploadFile

from tests.chapters.answers import right, stub, wrong

LIMIT = 1_000_000


def scan_app(take, arrived: dict[int, int], read=None, **options) -> FastAPI:
    """An app of these two; without `read` with the usual one."""

    async def read_scan(number: int) -> dict[str, int]:
        if number not in arrived:
            raise HTTPException(404)
        return {"bytes": arrived[number]}

    app = FastAPI()
    app.put("/scans/{number}", **({"status_code": 201} | options))(take)
    app.get("/scans/{number}")(read or read_scan)
    return app


@stub("3.7-scan")
def scan_shipped():
    async def take_scan(number: int, request: Request) -> dict[str, int]: ...

    async def read_scan(number: int) -> dict[str, int]: ...

    return scan_app(take_scan, {}, read_scan)


@wrong("3.7-scan", says="knew nothing of it: `request.body()` and forms wait for the end")
def scan_of_the_whole_body():
    arrived: dict[int, int] = {}

    async def take_scan(number: int, request: Request) -> dict[str, int]:
        arrived[number] = len(await request.body())
        return {"bytes": arrived[number]}

    return scan_app(take_scan, arrived, max_body_size=LIMIT)


@wrong("3.7-scan", says="plain bytes were refused with 422")
def scan_as_a_form():
    arrived: dict[int, int] = {}

    def take_scan(number: int, scan: UploadFile) -> dict[str, int]:
        arrived[number] = scan.size or 0
        return {"bytes": arrived[number]}

    return scan_app(take_scan, arrived)


def streaming(arrived: dict[int, int], limit: int | None = LIMIT, add: bool = True, reset: bool = True, late=False):
    async def take_scan(number: int, request: Request) -> dict[str, int]:
        if reset:
            arrived[number] = 0
        async for piece in request.stream():
            arrived[number] = (arrived.get(number, 0) if add else 0) + len(piece)
            if limit and not late and arrived[number] > limit:
                raise HTTPException(413)
        if limit and arrived[number] > limit:
            raise HTTPException(413)
        return {"bytes": arrived[number]}

    return take_scan


@wrong("3.7-scan", says="but `GET /scans/7` said")
def scan_of_the_last_piece():
    arrived: dict[int, int] = {}

    async def take_scan(number: int, request: Request) -> dict[str, int]:
        async for piece in request.stream():
            if piece:
                arrived[number] = len(piece) // 2
        return {"bytes": arrived[number]}

    return scan_app(take_scan, arrived)


@wrong("3.7-scan", says="one byte more than 1,000,000 was accepted")
def scan_without_a_limit():
    arrived: dict[int, int] = {}
    return scan_app(streaming(arrived, limit=None), arrived)


@wrong("3.7-scan", says="the 413 came when all of 8 MB had been read")
def scan_refused_at_the_end():
    arrived: dict[int, int] = {}
    return scan_app(streaming(arrived, late=True), arrived)


@wrong("3.7-scan", says="whose length no header tells")
def scan_believes_the_header():
    arrived: dict[int, int] = {}
    stream = streaming(arrived, limit=None)

    async def take_scan(number: int, request: Request) -> dict[str, int]:
        if int(request.headers.get("Content-Length", 0)) > LIMIT:
            raise HTTPException(413)
        return await stream(number, request)

    return scan_app(take_scan, arrived)


@wrong("3.7-scan", says="each number has a count of its own")
def scan_with_one_count():
    arrived: dict[int, int] = {}
    stream = streaming(arrived)

    async def take_scan(number: int, request: Request) -> dict[str, int]:
        return await stream(0, request)

    async def read_scan(number: int) -> dict[str, int]:
        return {"bytes": arrived[0]}

    return scan_app(take_scan, arrived, read_scan)


@wrong("3.7-scan", says="A PUT replaces")
def scan_that_adds_up():
    arrived: dict[int, int] = {}
    return scan_app(streaming(arrived, reset=False), arrived)


@wrong("3.7-scan", says="should be a 404, but 500 came: KeyError: 987654")
def scan_of_an_unknown_number():
    arrived: dict[int, int] = {}

    async def read_scan(number: int) -> dict[str, int]:
        return {"bytes": arrived[number]}

    return scan_app(streaming(arrived), arrived, read_scan)


@wrong("3.7-scan", says="should be a 404, but 200 came")
def scan_of_an_unknown_number_is_zero():
    arrived: dict[int, int] = {}

    async def read_scan(number: int) -> dict[str, int]:
        return {"bytes": arrived.get(number, 0)}

    return scan_app(streaming(arrived), arrived, read_scan)


@wrong("3.7-scan", says="1,000,000 bytes are within the limit")
def scan_with_a_limit_too_low():
    arrived: dict[int, int] = {}
    return scan_app(streaming(arrived, limit=LIMIT - 1), arrived)


@right("3.7-scan")
def scan_limited_by_fastapi():
    arrived: dict[int, int] = {}
    return scan_app(streaming(arrived, limit=None), arrived, max_body_size=LIMIT)


@right("3.7-scan")
def scan_kept_in_pieces():
    kept: dict[int, list[bytes]] = {}

    def size(number: int) -> int:
        return sum(map(len, kept[number]))

    async def take_scan(number: int, request: Request) -> dict[str, int]:
        kept[number] = []
        async for piece in request.stream():
            kept[number].append(piece)
            if size(number) > LIMIT:
                raise HTTPException(413, "too large")
        return {"bytes": size(number)}

    def read_scan(number: int) -> dict[str, int]:
        if number in kept:
            return {"bytes": size(number)}
        raise HTTPException(404, "unknown")

    return scan_app(take_scan, {}, read_scan)


@right("3.7-scan")
def scan_by_a_dependency():
    arrived: dict[int, int] = {}

    async def pieces(request: Request) -> Any:
        async def checked() -> AsyncIterator[bytes]:
            size = 0
            async for piece in request.stream():
                size += len(piece)
                if size > LIMIT:
                    raise HTTPException(413)
                yield piece

        return checked()

    async def take_scan(number: int, scan: Annotated[Any, Depends(pieces)]) -> dict[str, int]:
        arrived[number] = 0
        async for piece in scan:
            arrived[number] += len(piece)
        return {"bytes": arrived[number]}

    return scan_app(take_scan, arrived)


@wrong("3.7-scan", says="0 bytes are a count, too")
def scan_of_nothing_is_unknown():
    arrived: dict[int, int] = {}

    async def take_scan(number: int, request: Request) -> dict[str, int]:
        count = arrived[number] = 0
        async for piece in request.stream():
            count += len(piece)
            if count > LIMIT:
                raise HTTPException(413)
            arrived[number] = count
        return {"bytes": count}

    async def read_scan(number: int) -> dict[str, int]:
        if not arrived.get(number):
            raise HTTPException(404)
        return {"bytes": arrived[number]}

    return scan_app(take_scan, arrived, read_scan)
