"""9.1-tests: a test with teeth."""

from collections.abc import Callable
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Query

from helpers.chapters.ch09.exercises.face import ParcelIn, ParcelOut, Shelf, book
from helpers.learning.model import Exercise
from helpers.live.server import running


def _face(pick: Callable[[list[int], int, int | None, int], list[int]]) -> FastAPI:
    """The public face with parcels of its own; `pick` chooses a page's ids."""
    own, app = Shelf(), FastAPI()
    own.last = 100  # an id is not taken for a number of parcels by chance

    @app.post("/parcels", status_code=201)
    def create(new: ParcelIn) -> ParcelOut:
        return ParcelOut(**own.add(new).model_dump())

    @app.get("/parcels")
    def pages(
        limit: Annotated[int, Query(ge=1, le=100)] = 20, before: int | None = None, offset: int = 0
    ) -> list[ParcelOut]:
        ids = pick(sorted(own.parcels, reverse=True), limit, before, offset)
        return [ParcelOut(**own.parcels[number].model_dump()) for number in ids]

    return app


def _below(ids: list[int], before: int | None) -> list[int]:
    return [number for number in ids if before is None or number < before]


BROKEN = {
    "ignores `limit` and gives everything": lambda ids, limit, before, offset: _below(ids, before),
    "gives the parcel named by `before` once more": lambda ids, limit, before, offset: _below(
        ids, None if before is None else before + 1
    )[:limit],
    "takes `before` as a number of parcels to skip": lambda ids, limit, before, offset: ids[before or 0 :][:limit],
    "lists the oldest first": lambda ids, limit, before, offset: [
        number for number in reversed(ids) if before is None or number > before
    ][:limit],
}


def _check(test: Callable[[httpx.Client], Any]) -> str:
    def passes(pick: Callable[..., list[int]]) -> str:
        with running(_face(pick)) as server:
            try:
                outcome = test(server.client)
            except Exception as error:
                return f"{type(error).__name__}: {error}".rstrip(": ")
        if hasattr(outcome, "__await__"):
            outcome.close()
        assert not hasattr(outcome, "__await__"), (
            "the test is `async def`, and nobody awaits it: this client needs no `await`."
        )
        assert outcome is None, "a test tells by `assert`; what it returns is never looked at."
        return ""

    failed = passes(lambda ids, limit, before, offset: _below(ids, before)[:limit])
    assert not failed, f"your test fails for an API that keeps the contract ({failed}). It would hold up every change."
    for fault, pick in BROKEN.items():
        assert passes(pick), f"your test also passes for an API that {fault}."
    return f"Your test passes for the right API and fails for {len(BROKEN)} broken ones."


def _solve() -> Callable[[httpx.Client], None]:
    def test_pages(client: httpx.Client) -> None:
        ids = [client.post("/parcels", json=book).json()["id"] for _ in range(4)]
        top = [parcel["id"] for parcel in client.get("/parcels?limit=2").json()]
        assert top == [ids[3], ids[2]]
        client.post("/parcels", json=book)
        rest = [parcel["id"] for parcel in client.get(f"/parcels?limit=2&before={top[-1]}").json()]
        assert rest == [ids[1], ids[0]]

    return test_pages


EXERCISE = Exercise(
    id="9.1-tests",
    title="a test with teeth",
    task="`test_pages(client)` should pass for an API whose pages hold still, and fail for every one whose pages do not.",
    check=_check,
    hints=(
        "Hand in four parcels, and read two pages of two. Which ids must they hold, in which order?",
        "A page that counts from the top looks right until something arrives between two pages.",
    ),
    solution=_solve,
    wants="function",
)
