"""What a stored notebook must never hold: a token, a key, a password's hash."""

import json
import re

import pytest

from helpers.authoring import refresh

SECRET = re.compile(
    r"eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}"  # a JWT
    r"|\$argon2\w*\$v=\d+\$[^\s\"]{20,}"  # a password's hash
    r"|(?:gh[pousr]|github_pat)_\w{20,}|AKIA[0-9A-Z]{16}|-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"|[?&]token=[0-9a-f]{16,}"
)


def outputs(notebook: dict) -> str:
    """Everything that a notebook's cells stored."""
    return json.dumps([cell.get("outputs", []) for cell in notebook["cells"]])


@pytest.mark.parametrize("path", refresh.stored(), ids=lambda path: path.stem)
def test_no_secret_is_stored(path):
    assert SECRET.findall(outputs(json.loads(path.read_text(encoding="utf-8")))) == []


def test_a_stored_secret_would_be_noticed():
    for secret in (
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJlLWhlcmU",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$aGFzaGhhc2hoYXNo",
        "http://127.0.0.1/?token=0123456789abcdef0123",
    ):
        assert SECRET.findall(outputs({"cells": [{"outputs": [{"text": secret}]}]}))
