"""9.1-tests: a test with teeth."""

from collections.abc import Callable
from typing import Annotated, Any

import httpx
from fastapi import FastAPI, Header, HTTPException, Query, Request, Response
from fastapi.exception_handlers import request_validation_exception_handler
from fastapi.exceptions import RequestValidationError

from helpers.chapters.ch09.exercises.face import ParcelIn, ParcelOut, Shelf, book
from helpers.chapters.judging import is_pytests
from helpers.learning.model import Exercise
from helpers.live.server import running


class _Desk:
    """The public face with parcels of its own, whose ids begin behind `last`; `pick` chooses a page's ids."""

    def __init__(self, pick: Callable[[list[int], int, int | None, int], list[int]], last: int):
        self.shelf, self.pick, self.refused = Shelf(), pick, 0
        self.shelf.last = last  # an id is not taken for a number of parcels by chance
        self.app = FastAPI()
        self.app.post("/parcels", status_code=201)(self.create)
        self.app.get("/parcels")(self.pages)
        self.app.exception_handler(RequestValidationError)(self.count)

    def create(self, new: ParcelIn, idempotency_key: Annotated[str, Header()], response: Response) -> ParcelOut:
        parcel = self.shelf.keys.get(idempotency_key)
        if parcel is None:
            parcel = self.shelf.keys[idempotency_key] = self.shelf.add(new)
        elif parcel.model_dump(exclude={"id"}) != new.model_dump():
            raise HTTPException(409)
        response.headers["Location"] = f"/parcels/{parcel.id}"
        return ParcelOut(**parcel.model_dump())

    def pages(
        self, limit: Annotated[int, Query(ge=1, le=100)] = 20, before: int | None = None, offset: int = 0
    ) -> list[ParcelOut]:
        ids = self.pick(sorted(self.shelf.parcels, reverse=True), limit, before, offset)
        return [ParcelOut(**self.shelf.parcels[number].model_dump()) for number in ids]

    async def count(self, request: Request, error: RequestValidationError) -> Response:
        self.refused += "idempotency-key" not in request.headers and request.method == "POST"
        return await request_validation_exception_handler(request, error)


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
    def passes(pick: Callable[..., list[int]], last: int = 100) -> tuple[str, bool]:
        """What the test fails with, if it does; and whether a parcel came without the key that the contract asks for."""
        desk = _Desk(pick, last)
        with running(desk.app) as server:
            try:
                outcome = test(server.client)
            except BaseException as error:
                if not isinstance(error, Exception) and not is_pytests(error):
                    raise
                return f"{type(error).__name__}: {error}".rstrip(": "), desk.refused > 0
        if hasattr(outcome, "__await__"):
            outcome.close()
        assert not hasattr(outcome, "__await__"), (
            "the test is `async def`, and nobody awaits it: this client needs no `await`."
        )
        assert outcome is None, "a test tells by `assert`; what it returns is never looked at."
        return "", False

    for last in (100, 30):
        failed, keyless = passes(lambda ids, limit, before, offset: _below(ids, before)[:limit], last)
        assert not (failed and keyless), (
            f"your test handed in a parcel without an `Idempotency-Key`, got the 422 of the contract, and failed ({failed}). Give "
            "each parcel a key of its own."
        )
        assert not failed, (
            f"your test fails for an API that keeps the contract ({failed}). It would hold up every change."
        )
    for fault, pick in BROKEN.items():
        assert passes(pick)[0], f"your test also passes for an API that {fault}."
    return f"Your test passes for the right API and fails for {len(BROKEN)} broken ones."


def _solve() -> Callable[[httpx.Client], None]:
    def hand_in(client: httpx.Client, key: str) -> int:
        return client.post("/parcels", json=book, headers={"Idempotency-Key": key}).json()["id"]

    def test_pages(client: httpx.Client) -> None:
        ids = [hand_in(client, key) for key in "abcd"]
        top = [parcel["id"] for parcel in client.get("/parcels?limit=2").json()]
        assert top == [ids[3], ids[2]]
        hand_in(client, "e")  # between the two pages
        rest = [parcel["id"] for parcel in client.get(f"/parcels?limit=2&before={top[-1]}").json()]
        assert rest == [ids[1], ids[0]]

    return test_pages


EXERCISE = Exercise(
    id="9.1-tests",
    title="a test with teeth",
    task="`test_pages(client)` should pass for an API whose pages hold still, and fail for every one whose pages do not.",
    check=_check,
    hints=(
        'The contract asks for a key with every parcel: `headers={"Idempotency-Key": ...}`, another one each time.',
        "Hand in four parcels, and read two pages of two. Which ids must they hold, in which order?",
        "A page that counts from the top looks right until something arrives between two pages.",
    ),
    solution=_solve,
    wants="function",
)
