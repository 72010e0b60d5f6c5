"""What learners pass to exercise 7.4-smoke."""

from tests.chapters.answers import right, stub, wrong

PARCEL = {"recipient": "smoke test"}


@stub("7.4-smoke")
def smoke_shipped():
    def smoke(client, version): ...

    return smoke


@wrong("7.4-smoke", says="Do what a customer does")
def smoke_health_alone():
    def smoke(client, version):
        return client.get("/health").raise_for_status().json()["version"] == version

    return smoke


@wrong("7.4-smoke", says="the *old* version answered")
def smoke_any_version():
    def smoke(client, version):
        client.get("/health").raise_for_status()
        return _creates_and_reads(client)

    return smoke


def _creates_and_reads(client) -> bool:
    created = client.post("/parcels", json=PARCEL).raise_for_status().json()
    found = client.get(f"/parcels/{created['id']}")
    client.delete(f"/parcels/{created['id']}").raise_for_status()
    return found.is_success and found.json() == created


@wrong("7.4-smoke", says="a parcel was accepted with 201 and never kept")
def smoke_believes_the_201():
    def smoke(client, version):
        if client.get("/health").raise_for_status().json()["version"] != version:
            return False
        created = client.post("/parcels", json=PARCEL).raise_for_status().json()
        client.delete(f"/parcels/{created['id']}")
        return True

    return smoke


@wrong("7.4-smoke", says="left 1 parcel behind")
def smoke_leaves_its_parcel():
    def smoke(client, version):
        created = client.post("/parcels", json=PARCEL).raise_for_status().json()
        found = client.get(f"/parcels/{created['id']}").raise_for_status().json()
        return found == created and client.get("/health").json()["version"] == version

    return smoke


@wrong("7.4-smoke", says="`/health` answered 503")
def smoke_overlooks_the_status_of_health():
    def smoke(client, version):
        return client.get("/health").json().get("version", version) == version and _creates_and_reads(client)

    return smoke


@wrong("7.4-smoke", says="another recipient")
def smoke_compares_the_id_alone():
    def smoke(client, version):
        if client.get("/health").raise_for_status().json()["version"] != version:
            return False
        created = client.post("/parcels", json=PARCEL).raise_for_status().json()
        found = client.get(f"/parcels/{created['id']}")
        client.delete(f"/parcels/{created['id']}")
        return found.is_success and found.json()["id"] == created["id"]

    return smoke


@wrong("7.4-smoke", says="reading it fails with 500")
def smoke_looks_for_404_alone():
    def smoke(client, version):
        if client.get("/health").raise_for_status().json()["version"] != version:
            return False
        created = client.post("/parcels", json=PARCEL).raise_for_status().json()
        found = client.get(f"/parcels/{created['id']}")
        client.delete(f"/parcels/{created['id']}")
        return found.status_code != 404 and found.json().get("recipient", "smoke test") == "smoke test"

    return smoke


@wrong("7.4-smoke", says="Return `True` when all is well")
def smoke_asserts_and_returns_the_wrong_way_round():
    def smoke(client, version):
        return not (client.get("/health").json()["version"] == version and _creates_and_reads(client))

    return smoke


@wrong("7.4-smoke", says="a plain `def` will do")
def smoke_async():
    async def smoke(client, version):
        return client.get("/health").json()["version"] == version

    return smoke


@right("7.4-smoke")
def smoke_in_order():
    def smoke(client, version):
        running = client.get("/health").raise_for_status().json()["version"]
        return running == version and _creates_and_reads(client)

    return smoke


@right("7.4-smoke")
def smoke_with_assertions():
    def smoke(client, version):
        answer = client.get("/health")
        assert answer.status_code == 200 and answer.json() == {"version": version}
        answer = client.post("/parcels", json={"recipient": "Ada"})
        assert answer.status_code == 201
        id = answer.json()["id"]
        found = client.get(f"/parcels/{id}")
        assert client.delete(f"/parcels/{id}").status_code == 204
        assert found.status_code == 200 and found.json() == {"id": id, "recipient": "Ada"}
        return True

    return smoke


@right("7.4-smoke")
def smoke_that_says_false():
    def smoke(client, version):
        try:
            healthy = client.get("/health").raise_for_status().json()
            return healthy["version"] == version and _creates_and_reads(client)
        except Exception:
            return False

    return smoke


@wrong("7.4-smoke", says="stopped a half-dead version and left its parcel behind")
def smoke_tidies_up_what_is_sound():
    def smoke(client, version):
        if client.get("/health").raise_for_status().json()["version"] != version:
            return False
        created = client.post("/parcels", json=PARCEL).raise_for_status().json()
        found = client.get(f"/parcels/{created['id']}").raise_for_status().json()
        if found["recipient"] != PARCEL["recipient"]:
            return False
        client.delete(f"/parcels/{created['id']}")
        return True

    return smoke


@wrong("7.4-smoke", says="`DELETE /parcels/{id}` fails with 500")
def smoke_does_not_look_whether_it_tidied_up():
    def smoke(client, version):
        if client.get("/health").raise_for_status().json()["version"] != version:
            return False
        created = client.post("/parcels", json=PARCEL).raise_for_status().json()
        try:
            found = client.get(f"/parcels/{created['id']}").raise_for_status().json()
        finally:
            client.delete(f"/parcels/{created['id']}")
        return found["recipient"] == PARCEL["recipient"]

    return smoke
