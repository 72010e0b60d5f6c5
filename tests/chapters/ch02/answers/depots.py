"""What learners pass to 2.4-depots."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.responses import JSONResponse, PlainTextResponse

from helpers.chapters.ch02.exercises.depots import counts
from tests.chapters.answers import right, stub, wrong


def count(name: str) -> int:
    if name not in counts:
        raise HTTPException(404)
    return counts[name]


def largest() -> str:
    return max(counts, key=lambda name: counts[name])


def depots_app(
    count: Callable[..., Any] = count,
    largest: Callable[..., Any] = largest,
    tags: Any = ("depots",),
    last: bool = False,
) -> tuple[FastAPI, dict[str, int]]:
    router = APIRouter(prefix="/v1/depots", tags=list(tags))
    for path, function in sorted({"/largest": largest, "/{name}": count}.items(), reverse=last):
        router.get(path)(function)
    app = FastAPI()
    app.include_router(router)
    return app, counts


@stub("2.4-depots")
def depots_shipped():
    router = APIRouter()

    @router.get("/{name}")
    def count_parcels(name: str) -> int: ...

    @router.get("/largest")
    def find_largest() -> str: ...

    app = FastAPI()
    app.include_router(router)
    return app, counts


@wrong("2.4-depots", says="Your app has no `GET /v1/depots/{name}`")
def depots_without_a_prefix():
    router = APIRouter(tags=["depots"])
    router.get("/largest")(largest)
    router.get("/{name}")(count)
    app = FastAPI()
    app.include_router(router)
    return app, counts


@wrong("2.4-depots", says="looks for a depot that is called largest")
def depots_in_the_wrong_order():
    return depots_app(last=True)


@wrong("2.4-depots", says="and no depot is called largest")
def depots_in_the_wrong_order_unchecked():
    def count(name: str) -> int:
        return counts[name]

    return depots_app(count=count, last=True)


@wrong("2.4-depots", says="the name of the depot was asked for")
def depots_largest_number():
    def largest() -> int:
        return max(counts.values())

    return depots_app(largest=largest)


@wrong("2.4-depots", says="`max(counts)` compares the names")
def depots_last_of_the_alphabet():
    def largest() -> str:
        return max(counts)

    return depots_app(largest=largest)


@wrong("2.4-depots", says="find it at each request")
def depots_largest_of_then():
    found = largest()

    def still() -> str:
        return found

    return depots_app(largest=still)


@wrong("2.4-depots", says="ended in a KeyError, which is a 500")
def depots_unknown_raises():
    def count(name: str) -> int:
        return counts[name]

    return depots_app(count=count)


@wrong("2.4-depots", says="answered with 200")
def depots_unknown_is_empty():
    def count(name: str) -> int:
        return counts.get(name, 0)

    return depots_app(count=count)


@wrong("2.4-depots", says="answered with 400; 404 was asked for")
def depots_unknown_is_400():
    def count(name: str) -> int:
        if name not in counts:
            raise HTTPException(400)
        return counts[name]

    return depots_app(count=count)


@wrong("2.4-depots", says="has no tag")
def depots_without_a_tag():
    return depots_app(tags=())


@wrong("2.4-depots", says="stands under `depot`")
def depots_with_another_tag():
    return depots_app(tags=["depot"])


@wrong("2.4-depots", says="your function `find_nothing` returned `None`")
def depots_without_a_return():
    def find_nothing() -> str:
        max(counts, key=lambda name: counts[name])

    return depots_app(largest=find_nothing)


@right("2.4-depots")
def depots_prefix_where_included():
    router = APIRouter()
    router.get("/largest")(largest)
    router.get("/{name}")(count)
    app = FastAPI()
    app.include_router(router, prefix="/v1/depots", tags=["depots"])
    return app, counts


@right("2.4-depots")
def depots_router_in_a_router():
    inner = APIRouter(prefix="/depots", tags=["depots"])
    inner.get("/largest")(largest)
    inner.get("/{name}")(count)
    outer = APIRouter(prefix="/v1")
    outer.include_router(inner)
    app = FastAPI()
    app.include_router(outer)
    return app, counts


@right("2.4-depots")
def depots_by_a_dependency():
    def known(name: str) -> str:
        if name not in counts:
            raise HTTPException(404, "unknown")
        return name

    async def count(name: Annotated[str, Depends(known)]) -> int:
        return counts[name]

    return depots_app(count=count)


@right("2.4-depots")
def depots_on_the_app_with_a_response():
    app = FastAPI()

    @app.get("/v1/depots/largest", tags=["depots"], response_class=PlainTextResponse)
    def find() -> str:
        return sorted(counts.items(), key=lambda depot: depot[1])[-1][0]

    @app.get("/v1/depots/{depot}", tags=["depots"], response_model=None)
    def count(depot: str) -> JSONResponse | int:
        return counts[depot] if depot in counts else JSONResponse({"detail": "no"}, status_code=404)

    return app, counts


@wrong("2.4-depots", says="`0` counts as false")
def depots_empty_is_unknown():
    def count(name: str) -> int:
        number = counts.get(name)
        if not number:
            raise HTTPException(404)
        return number

    return depots_app(count=count)
