"""10.3-role: nobody chooses a role."""

from typing import Any

from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running


class Member(BaseModel):
    """As in the notebook."""

    name: str
    password: str
    role: str = "sender"


accounts: dict[str, Member] = {}


def _check(app: FastAPI, accounts: dict[str, Any]) -> str:
    kept = dict(accounts)
    accounts.clear()
    try:
        with running(app) as server:
            _registers(server, accounts, {"name": "Ada", "password": "swordfish-1"})
            _registers(server, accounts, {"name": "Grace", "password": "tulip-fields-2", "role": "clerk"})
            for part in ("name", "password"):
                body = {"name": "Mallory", "password": "opensesame"}
                del body[part]
                code = ask(server, "POST", "/members", json=body).status_code
                assert code == 422, f"a body without a {part} should be a 422, but {code} came."
            _keeps_who_is_there(server, accounts)
        assert list(accounts) == ["Ada", "Grace"], f"`accounts` should hold Ada and Grace, but holds {list(accounts)}."
    finally:
        accounts.clear()
        accounts.update(kept)
    return "A client says a name and a password; the role is yours to give, and the password goes nowhere."


def _registers(server: Server, accounts: dict[str, Any], body: dict[str, str]) -> None:
    name, told = body["name"], " and the role clerk" if "role" in body else ""
    answer = ask(server, "POST", "/members", json=body)
    code = answer.status_code
    assert code != 500, f"your app answered 500: {logged(server)}."
    assert code != 422 or not told, (
        "a body with a role was refused: it should count for nothing, and the member becomes a sender all the same."
    )
    assert code == 201, f"201 was asked for, but {code} came for a name and a password: {answer.text:.120}."
    assert name in accounts, f"{name} was answered with 201 and is not in `accounts`: keep the member under the name."
    member = accounts[name]
    assert isinstance(getattr(member, "role", None), str), (
        f"`accounts` should hold a `Member` under each name, but holds {type(member).__name__} for {name}."
    )
    assert member.name == name and member.password, f"the `Member` under {name} should have that name and a password."
    assert body["password"] not in answer.text, (
        f"the answer shows the password: {answer.text:.90}. What goes out needs a model of its own."
    )
    assert member.role == "sender", (
        f"{name} sent a name, a password{told}, and is a {member.role} now: a client fills every field of the model that reads "
        "its body. What comes in needs a model without the role."
    )
    expected = {"name": name, "role": "sender"}
    assert answer.json() == expected, f"{wanted(expected, answer)}."


def _keeps_who_is_there(server: Server, accounts: dict[str, Any]) -> None:
    before = accounts["Ada"].password
    code = ask(server, "POST", "/members", json={"name": "Ada", "password": "anchor-chain-3"}).status_code
    assert accounts["Ada"].password == before, (
        "Ada is a member, a stranger sent her name and a password of his own, and hers is gone: who is there stays as it was."
    )
    assert code == 409, f"a name that is taken should be a 409, but {code} came."


def _solve() -> tuple[FastAPI, dict[str, Member]]:
    class Registration(BaseModel):
        name: str
        password: str

    class Registered(BaseModel):
        name: str
        role: str

    app = FastAPI()

    @app.post("/members", status_code=201, response_model=Registered)
    async def register(new: Registration) -> Member:  # without an `await`, so that no other comes in between
        if new.name in accounts:
            raise HTTPException(409, "This name is taken.")
        accounts[new.name] = Member(name=new.name, password=new.password)
        return accounts[new.name]

    return app, accounts


EXERCISE = Exercise(
    id="10.3-role",
    title="nobody chooses a role",
    task="`POST /members` should take a name and a password, both required, keep a `Member` with the role `sender` in `accounts` under the "
    "name, whatever else the body says, and answer 201 with name and role and nothing else; 409 where the name is taken.",
    check=_check,
    hints=(
        "`Member` is what is kept. Which of its fields may a client write, and which may it read?",
        "Three models: what comes in, what is kept, what goes out. A field that a model does not have is ignored on its way in.",
        "`response_model=...` filters what is returned, by another model than the one that you return.",
    ),
    solution=_solve,
    wants=("app", "value"),
    routes=("POST /members",),
)
