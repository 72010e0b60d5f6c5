import time


def test_a_known_and_an_unknown_address_get_the_same_answer(client, mails):
    first = client.post("/senders", json={"name": "Ada", "email": "ada@example.org"})
    again = client.post("/senders", json={"name": "Eve", "email": "ada@example.org"})
    assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert [subject for _, subject, _ in mails] == ["Welcome", "You are registered already"]


def test_only_registered_addresses_get_a_code(client, mails):
    client.post("/senders", json={"name": "Ada", "email": "ada@example.org"})
    known = client.post("/codes", json={"email": "ada@example.org"})
    unknown = client.post("/codes", json={"email": "eve@example.org"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert [address for address, subject, _ in mails if subject == "Your code"] == ["ada@example.org"]


def test_a_code_works_once(client, mails):
    client.post("/senders", json={"name": "Ada", "email": "ada@example.org"})
    code = mails[-1][2].rsplit(" ", 1)[-1]
    assert [client.post("/tokens", json={"code": code}).status_code for _ in range(2)] == [201, 401]


def test_a_code_expires(client, mails, monkeypatch):
    client.post("/senders", json={"name": "Ada", "email": "ada@example.org"})
    code = mails[-1][2].rsplit(" ", 1)[-1]
    monkeypatch.setattr("parcels.security.time.time", lambda: 9e9)
    assert client.post("/tokens", json={"code": code}).status_code == 401


def test_what_is_no_address_is_refused(client, mails):
    assert client.post("/senders", json={"name": "Ada", "email": "ada"}).status_code == 422
    assert client.post("/senders", json={"name": "Ada", "email": "a@example.org", "admin": True}).status_code == 422
    assert not mails


def test_mails_to_one_address_are_limited_registered_or_not(client, mails, monkeypatch):
    client.post("/senders", json={"name": "Ada", "email": "ada@example.org"})
    asked = {
        email: [client.post("/codes", json={"email": email}) for _ in range(11)]
        for email in ("ada@example.org", "eve@example.org")
    }
    codes = {email: [answer.status_code for answer in answers] for email, answers in asked.items()}
    assert codes["ada@example.org"] == [202] * 9 + [429] * 2, "registering was a mail, too"
    assert codes["eve@example.org"] == [202] * 10 + [429]
    assert asked["eve@example.org"][-1].headers["Retry-After"] == "60"
    assert client.post("/codes", json={"email": "grace@example.org"}).status_code == 202
    assert len(mails) == 10
    later = time.time() + 61
    monkeypatch.setattr("parcels.security.time.time", lambda: later)
    assert client.post("/codes", json={"email": "ada@example.org"}).status_code == 202


def test_codes_are_not_guessed_for_long(client):
    codes = [client.post("/tokens", json={"code": f"{number:016}"}).status_code for number in range(22)]
    assert codes == [401] * 20 + [429] * 2
