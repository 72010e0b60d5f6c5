"""What learners pass to 10.3-private."""

import pytest

from tests.chapters.answers import right, stub, wrong

ADA, GRACE = {"X-Key": "k-ada"}, {"X-Key": "k-grace"}


def parcel_of(client, headers, to="Bern"):
    return client.post("/parcels", json={"to": to}, headers=headers).json()


@stub("10.3-private")
def private_shipped():
    def test_private(client): ...

    return test_private


@wrong("10.3-private", says="that lets everybody read a parcel who knows its number")
def private_only_the_list():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        assert client.get("/parcels", headers=ADA).json() == [parcel]
        assert client.get("/parcels", headers=GRACE).json() == []

    return test_private


@wrong("10.3-private", says="that lists everybody's parcels")
def private_only_the_parcel():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        one = f"/parcels/{parcel['number']}"
        assert client.get(one, headers=ADA).json() == parcel
        assert client.get(one, headers=GRACE).status_code == 404

    return test_private


@wrong("10.3-private", says="learns which numbers there are")
def private_any_refusal():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        one = f"/parcels/{parcel['number']}"
        assert client.get(one, headers=GRACE).is_error
        assert client.get("/parcels", headers=GRACE).json() == []

    return test_private


@wrong("10.3-private", says="takes whoever sends no key for Ada")
def private_without_strangers():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        one = f"/parcels/{parcel['number']}"
        assert client.get(one, headers=ADA).json() == parcel
        assert client.get("/parcels", headers=ADA).json() == [parcel]
        assert client.get(one, headers=GRACE).status_code == 404
        assert client.get("/parcels", headers=GRACE).json() == []

    return test_private


@wrong("10.3-private", says="takes any key, `k-mallory` too")
def private_without_false_keys():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        one = f"/parcels/{parcel['number']}"
        assert client.get(one, headers=ADA).json() == parcel
        assert client.get("/parcels", headers=ADA).json() == [parcel]
        assert client.get(one, headers=GRACE).status_code == 404
        assert client.get("/parcels", headers=GRACE).json() == []
        assert client.get("/parcels").status_code == 401

    return test_private


@wrong("10.3-private", says="hides a parcel from its own sender")
def private_never_as_the_sender():
    def test_private(client):
        one = f"/parcels/{parcel_of(client, ADA)['number']}"
        assert client.get(one, headers=GRACE).status_code == 404
        assert client.get("/parcels", headers=GRACE).json() == []
        for headers in ({}, {"X-Key": "k-mallory"}):
            assert client.get(one, headers=headers).status_code == 401

    return test_private


@wrong("10.3-private", says="lists nothing, to its sender neither")
def private_list_never_full():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        one = f"/parcels/{parcel['number']}"
        assert client.get(one, headers=ADA).json() == parcel
        assert client.get(one, headers=GRACE).status_code == 404
        assert client.get("/parcels", headers=GRACE).json() == []
        for headers in ({}, {"X-Key": "k-mallory"}):
            assert client.get(one, headers=headers).status_code == 401

    return test_private


@wrong("10.3-private", says="red for the right API, whose numbers begin at 100")
def private_of_number_one():
    def test_private(client):
        parcel_of(client, ADA)
        assert client.get("/parcels/1", headers=ADA).status_code == 200
        assert client.get("/parcels/1", headers=GRACE).status_code == 404

    return test_private


@wrong("10.3-private", says="your test is red for the right API: ")
def private_expects_403():
    def test_private(client):
        parcel = parcel_of(client, ADA)
        found = client.get(f"/parcels/{parcel['number']}", headers=GRACE).status_code
        assert found == 403, f"{found} is not 403"

    return test_private


@wrong("10.3-private", says="Your code raised `KeyError: 'number'`")
def private_without_a_key():
    def test_private(client):
        parcel = client.post("/parcels", json={"to": "Bern"}).json()
        assert client.get(f"/parcels/{parcel['number']}", headers=GRACE).status_code == 404

    return test_private


@right("10.3-private")
def private_of_two_senders():
    def test_private(client):
        mine = [parcel_of(client, ADA, to) for to in ("Bern", "Chur")]
        other = parcel_of(client, GRACE, "Basel")
        assert client.get("/parcels", headers=ADA).json() == mine
        assert client.get("/parcels", headers=GRACE).json() == [other]
        for parcel, owner in [*((one, ADA) for one in mine), (other, GRACE)]:
            for headers in (ADA, GRACE, {}, {"X-Key": "nobody"}):
                wanted = 200 if headers == owner else 404 if headers in (ADA, GRACE) else 401
                assert client.get(f"/parcels/{parcel['number']}", headers=headers).status_code == wanted

    return test_private


@right("10.3-private")
def private_in_words():
    def test_private(client):
        answer = client.post("/parcels", json={"to": "Bern"}, headers=GRACE)
        assert answer.status_code == 201
        number = answer.json()["number"]

        def seen(path, key):
            headers = {"X-Key": key} if key else None
            answer = client.get(path, headers=headers)
            return answer.json() if answer.is_success else answer.status_code

        keys = ("k-grace", "k-ada", "", "k-mallory")
        parcel = {"number": number, "to": "Bern"}
        if [seen(f"/parcels/{number}", key) for key in keys] != [parcel, 404, 401, 401]:
            pytest.fail("by number")
        if [seen("/parcels", key) for key in keys] != [[parcel], [], 401, 401]:
            pytest.fail("by list")

    return test_private


@right("10.3-private")
def private_and_async():
    async def test_private(client):
        parcel = parcel_of(client, ADA)
        none = client.get(f"/parcels/{parcel['number'] + 1}", headers=GRACE)
        hidden = client.get(f"/parcels/{parcel['number']}", headers=GRACE)
        assert (hidden.status_code, hidden.json()) == (none.status_code, none.json()), "nobody can tell them apart"
        for headers in ({}, {"X-Key": "k-mallory"}):
            assert client.get("/parcels", headers=headers).status_code == 401
        assert client.get("/parcels", headers=ADA).json()[0] == parcel
        assert len(client.get("/parcels", headers=GRACE).json()) == 0
        assert client.get(f"/parcels/{parcel['number']}", headers=ADA).is_success

    return test_private
