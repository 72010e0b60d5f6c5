"""Exercise 2.5-leak: a response model that leaks nothing."""

import copy
from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running
from helpers.wording import code

ADA = {
    "name": "Ada",
    "password_hash": "$argon2id$v=19$ada",
    "address": {"city": "Bern", "alarm_code": "4711"},
}
GRACE = {
    "name": "Grace",
    "password_hash": "$argon2id$v=19$grace",
    "address": {"city": "Chur", "alarm_code": "0815", "key_below": "the mat"},
    "debt": "1200.00",
}
SECRETS = {
    "password_hash": "argon2id",
    "alarm_code of the address": "4711",
    "debt": "1200.00",
    "alarm_code": "0815",
    "key_below": "the mat",
}

customers: dict[str, dict[str, Any]] = {"ada": copy.deepcopy(ADA)}


def _public(row: dict[str, Any]) -> dict[str, Any]:
    return {"name": row["name"], "address": {"city": row["address"]["city"]}}


def _check_leak(app: FastAPI, customers: dict[str, dict[str, Any]]) -> str:
    before = dict(customers)
    customers.clear()
    customers["ada"] = copy.deepcopy(ADA)
    try:
        with running(app) as server:
            _shows(server, "ada", _public(ADA), customers, ADA)
            customers["grace"] = copy.deepcopy(GRACE)
            _shows(server, "grace", _public(GRACE), customers, GRACE)
            _get(server, "/customers", [_public(ADA), _public(GRACE)])
            assert customers == {"ada": ADA, "grace": GRACE}, (
                "after `GET /customers` the table is no longer what it was: the list was made of its own rows, and changing one changes "
                "the table. Leave the rows alone and filter the answer."
            )
            answer = ask(server, "GET", "/customers/nobody")
            assert answer.status_code == 404, (
                f"for a customer who is not there 404 was asked for, but {answer.status_code} came. `raise HTTPException(404, ...)` "
                "ends a request so."
            )
    finally:
        customers.clear()
        customers.update(before)
    return "Name and city went out, one by one and in the list; nothing else did, not even what was added to the table later."


def _shows(server: Server, key: str, public: dict[str, Any], rows: dict[str, Any], row: dict[str, Any]) -> None:
    _get(server, f"/customers/{key}", public)
    assert rows.get(key) == row, (
        "after the GET the table has lost what you took out of the answer: `pop` and `del` work on the row itself, and the next "
        "log-in finds no password. Leave the row alone and filter the answer."
    )


def _get(server: Server, path: str, public: Any) -> None:
    answer = ask(server, "GET", path)
    assert answer.status_code < 500, f"`GET {path}` answered 500: {logged(server)}."
    assert answer.status_code == 200, f"`GET {path}` should answer 200, but {answer.status_code} came."
    leaked = [name for name, secret in SECRETS.items() if secret in answer.text]
    later = {"debt", "key_below"} & set(leaked)
    assert not (later and len(leaked) <= len(later)), (
        f"`GET {path}` leaks {code(leaked[0])}, a column that was added after your code was written. A list of what must not "
        "leave is never complete; a model lists what may."
    )
    assert not leaked, f"`GET {path}` leaks the {code(leaked[0])}. " + (
        "A `dict` inside a model lets everything through: the address needs a model of its own."
        if "alarm" in leaked[0] and "argon2id" not in answer.text
        else "What you return is filtered only by a return type or a `response_model`; a response of your own is not filtered at all."
    )
    assert answer.json() == public, f"for `GET {path}` {wanted(public, answer)}."


def _solve_leak() -> tuple[FastAPI, dict[str, dict[str, Any]]]:
    class PublicAddress(BaseModel):
        city: str

    class PublicCustomer(BaseModel):
        name: str
        address: PublicAddress

    app = FastAPI()

    @app.get("/customers", response_model=list[PublicCustomer])
    def list_customers() -> Any:
        return list(customers.values())

    @app.get("/customers/{key}", response_model=PublicCustomer)
    def read_customer(key: str) -> Any:
        if key not in customers:
            raise HTTPException(404, "no such customer")
        return customers[key]

    return app, customers


EXERCISE = Exercise(
    id="2.5-leak",
    title="a response model that leaks nothing",
    task="Both path operations should show a customer's name and the address with its city, and nothing else; 404 for nobody.",
    check=_check_leak,
    hints=(
        "Write down, as a model, what may leave. What does FastAPI do with fields that the model does not have?",
        "The address is a `dict` inside a `dict`. What keeps its alarm code in?",
        "The function returns a row and the model is something else: which argument of the decorator is for that? And for a list?",
    ),
    solution=_solve_leak,
    wants=("app", "value"),
    routes=("GET /customers", "GET /customers/{key}"),
)
