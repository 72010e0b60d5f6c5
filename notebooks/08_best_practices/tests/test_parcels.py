def test_a_parcel_belongs_to_its_sender(client, sign_in):
    ada, grace = sign_in("ada@example.org"), sign_in("grace@example.org")
    parcel = client.post("/parcels", headers=ada, json={"to": "Alan", "weight_g": 500}).json()
    path = f"/parcels/{parcel['id']}"
    assert client.get(path, headers=ada).json() == parcel
    assert client.get(path, headers=grace).status_code == 404
    assert client.get("/parcels", headers=ada).json() == [parcel]
    assert client.get("/parcels", headers=grace).json() == []


def test_without_a_token_nothing_is_told(client):
    assert client.get("/parcels").status_code == 401
    assert client.get("/parcels", headers={"Authorization": "Bearer nonsense"}).status_code == 401


def test_weights_have_limits(client, sign_in):
    ada = sign_in("ada@example.org")
    weights = (0, 1, 30_000, 30_001)
    answers = [client.post("/parcels", headers=ada, json={"to": "Alan", "weight_g": weight}) for weight in weights]
    assert [answer.status_code for answer in answers] == [422, 201, 201, 422]
