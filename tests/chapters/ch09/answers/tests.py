"""What learners pass to 9.1-tests."""

import secrets

import httpx
import pytest

from helpers.chapters.ch09.exercises.face import GRACE
from tests.chapters.answers import right, stub, wrong


def hand_in(client: httpx.Client, count: int) -> list[int]:
    answers = [
        client.post("/parcels", json=GRACE, headers={"Idempotency-Key": secrets.token_hex(8)}) for _ in range(count)
    ]
    return [answer.json()["id"] for answer in answers]


def page(client: httpx.Client, query: str) -> list[int]:
    return [parcel["id"] for parcel in client.get(f"/parcels?{query}").json()]


@stub("9.1-tests")
def tests_shipped():
    def test_pages(client: httpx.Client) -> None: ...

    return test_pages


@wrong("9.1-tests", says="ignores `limit`")
def tests_only_status():
    def test_pages(client: httpx.Client) -> None:
        hand_in(client, 3)
        assert client.get("/parcels?limit=2").status_code == 200

    return test_pages


@wrong("9.1-tests", says="gives the parcel named by `before` once more")
def tests_only_the_first_page():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 3)
        assert page(client, "limit=2") == ids[:0:-1]

    return test_pages


@wrong("9.1-tests", says="takes `before` as a number of parcels to skip")
def tests_only_empty_page():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 3)
        assert len(page(client, "limit=2")) == 2
        assert ids[1] not in page(client, f"limit=2&before={ids[1]}")

    return test_pages


@wrong("9.1-tests", says="lists the oldest first")
def tests_without_order():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 4)
        top = page(client, "limit=2")
        rest = page(client, f"limit=2&before={top[-1]}")
        assert len(top) == 2 and set(top + rest) == set(ids) and len(top + rest) == 4

    return test_pages


@wrong("9.1-tests", says="fails for an API that keeps the contract (AssertionError")
def tests_of_fixed_ids():
    def test_pages(client: httpx.Client) -> None:
        hand_in(client, 4)
        assert page(client, "limit=2") == [1, 2]

    return test_pages


@wrong("9.1-tests", says="what it returns is never looked at")
def tests_that_return():
    def test_pages(client: httpx.Client) -> bool:
        return page(client, "limit=2") == []

    return test_pages


@wrong("9.1-tests", says="nobody awaits it")
def tests_that_need_await():
    async def test_pages(client: httpx.Client) -> None:
        assert page(client, "limit=2") == []

    return test_pages


@right("9.1-tests")
def tests_by_walking():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 5)
        found = page(client, "limit=2")
        assert len(found) == 2
        hand_in(client, 1)
        while more := page(client, f"limit=2&before={found[-1]}"):
            found += more
            assert len(found) <= 5
        assert found == sorted(ids, reverse=True)

    return test_pages


@wrong("9.1-tests", says="without an `Idempotency-Key`, got the 422 of the contract")
def tests_without_a_key():
    def test_pages(client: httpx.Client) -> None:
        ids = [client.post("/parcels", json=GRACE).json()["id"] for _ in range(3)]
        assert page(client, "limit=2") == ids[:0:-1]

    return test_pages


@wrong("9.1-tests", says="fails for an API that keeps the contract (AssertionError")
def tests_with_one_key():
    def test_pages(client: httpx.Client) -> None:
        headers = {"Idempotency-Key": "mine"}
        ids = [client.post("/parcels", json=GRACE, headers=headers).json()["id"] for _ in range(4)]
        assert len(set(ids)) == 4, "four parcels"

    return test_pages


@wrong("9.1-tests", says="[102, 101]")
def tests_of_the_ids_seen():
    def test_pages(client: httpx.Client) -> None:
        hand_in(client, 2)
        assert page(client, "") == [102, 101], f"not {[102, 101]}"

    return test_pages


@right("9.1-tests")
def tests_by_location_and_without_a_key():
    def test_pages(client: httpx.Client) -> None:
        assert client.post("/parcels", json=GRACE).status_code == 422, "the contract asks for a key"
        places = [
            client.post("/parcels", json=GRACE, headers={"Idempotency-Key": key}).headers["Location"] for key in "abcde"
        ]
        ids = [int(place.rpartition("/")[2]) for place in places]
        assert page(client, "limit=3") == ids[:1:-1]
        hand_in(client, 1)
        assert page(client, f"limit=3&before={ids[2]}") == [ids[1], ids[0]]
        assert page(client, f"limit=1&before={ids[2]}") == [ids[1]]

    return test_pages


@right("9.1-tests")
def tests_by_a_list_of_all():
    def test_pages(client: httpx.Client) -> None:
        hand_in(client, 6)
        everything = page(client, "limit=100")
        assert everything == sorted(everything, reverse=True) and len(everything) == 6
        for position, number in enumerate(everything):
            assert page(client, f"limit=2&before={number}") == everything[position + 1 : position + 3]

    return test_pages


@right("9.1-tests")
def tests_by_pytests_own_failure():
    def test_pages(client: httpx.Client) -> None:
        ids = hand_in(client, 4)
        top = page(client, "limit=2")
        if top != [ids[3], ids[2]]:
            pytest.fail("the first page")
        hand_in(client, 1)
        if page(client, f"limit=2&before={top[-1]}") != [ids[1], ids[0]]:
            pytest.fail("the second page")

    return test_pages
