"""10.3-private: a test that looks through the keyhole."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.testclient import TestClient
from pydantic import BaseModel

from helpers.chapters.judging import judge_test
from helpers.learning.model import Exercise


class _New(BaseModel):
    to: str


class _Stored(_New):
    number: int


class _Rules:
    """The API of the notebook's text, and what a subclass does otherwise."""

    first = 1

    def who(self, x_key: Annotated[str, Header()] = "") -> str:
        if x_key not in ("k-ada", "k-grace"):
            raise HTTPException(401)
        return x_key

    def hides(self, key: str, sender: str) -> int:
        """The code for a parcel of `sender` when `key` asks for it, or 0."""
        return 0 if key == sender else 404

    def lists(self, key: str, sender: str) -> bool:
        return key == sender


class _Late(_Rules):
    first = 100


class _AnyKey(_Rules):
    def who(self, x_key: Annotated[str, Header()] = "") -> str:
        if not x_key:
            raise HTTPException(401)
        return x_key


class _NoKey(_Rules):
    def who(self, x_key: Annotated[str, Header()] = "k-ada") -> str:
        return super().who(x_key)


class _ReadsAll(_Rules):
    def hides(self, key: str, sender: str) -> int:
        return 0


class _Forbids(_Rules):
    def hides(self, key: str, sender: str) -> int:
        return 0 if key == sender else 403


class _ListsAll(_Rules):
    def lists(self, key: str, sender: str) -> bool:
        return True


class _ListsNone(_Rules):
    def lists(self, key: str, sender: str) -> bool:
        return False


class _HidesAll(_Rules):
    def hides(self, key: str, sender: str) -> int:
        return 404


def _client(rules: _Rules) -> TestClient:
    """A client of the API, new, with these rules."""
    stored: dict[int, tuple[str, _Stored]] = {}
    app = FastAPI()
    Key = Annotated[str, Depends(rules.who)]

    @app.post("/parcels", status_code=201)
    def hand_in(new: _New, key: Key) -> _Stored:
        number = rules.first + len(stored)
        stored[number] = key, _Stored(number=number, to=new.to)
        return stored[number][1]

    @app.get("/parcels")
    def list_mine(key: Key) -> list[_Stored]:
        return [parcel for sender, parcel in stored.values() if rules.lists(key, sender)]

    @app.get("/parcels/{number}")
    def read(number: int, key: Key) -> _Stored:
        if number not in stored:
            raise HTTPException(404)
        if code := rules.hides(key, stored[number][0]):
            raise HTTPException(code)
        return stored[number][1]

    return TestClient(app)


_RIGHT: dict[str, _Rules] = {"the right API": _Rules(), "the right API, whose numbers begin at 100": _Late()}
_BROKEN: dict[str, _Rules] = {
    "lets everybody read a parcel who knows its number": _ReadsAll(),
    "lists everybody's parcels": _ListsAll(),
    "answers 403 for another's parcel, and 404 for none: whoever counts up learns which numbers there are": _Forbids(),
    "takes whoever sends no key for Ada": _NoKey(),
    "takes any key, `k-mallory` too": _AnyKey(),
    "hides a parcel from its own sender. A test that only looks for 404 is happy with an empty shop": _HidesAll(),
    "lists nothing, to its sender neither": _ListsNone(),
}


def _check(test_private: Callable[..., Any]) -> str:
    return judge_test(
        test_private,
        {kind: _asked(rules) for kind, rules in _RIGHT.items()},
        {fault: _asked(rules) for fault, rules in _BROKEN.items()},
        "Every request needs the header `X-Key`, and a parcel's number is what the 201 says.",
        "an API",
    )


def _asked(rules: _Rules) -> Callable[[], tuple]:
    return lambda: (_client(rules),)


def _solve() -> Callable[[TestClient], None]:
    def test_private(client: TestClient) -> None:
        ada, grace = {"X-Key": "k-ada"}, {"X-Key": "k-grace"}
        parcel = client.post("/parcels", json={"to": "Bern"}, headers=ada).json()
        one = f"/parcels/{parcel['number']}"
        assert client.get(one, headers=ada).json() == parcel
        assert client.get("/parcels", headers=ada).json() == [parcel]
        assert client.get(one, headers=grace).status_code == 404
        assert client.get("/parcels", headers=grace).json() == []
        for headers in ({}, {"X-Key": "k-mallory"}):
            assert client.get("/parcels", headers=headers).status_code == 401

    return test_private


EXERCISE = Exercise(
    id="10.3-private",
    title="a test that looks through the keyhole",
    task="`test_private(client)` should be green for an API that answers a key which is none of the two with 401, shows each key what it "
    "has handed in, by its number and in the list, and nothing of the other's; and red for each that breaks this in one place.",
    check=_check,
    hints=(
        "Ada hands in a parcel. What must she see, what must Grace see, and what does somebody see who has no key or a false one?",
        'Each request takes `headers={"X-Key": "k-ada"}`. The number stands in the answer to the POST.',
        "A broken API may hide too much as well: ask as Ada, too, for the one parcel and for the list.",
    ),
    solution=_solve,
    wants="function",
)
