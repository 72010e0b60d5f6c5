"""Exercise 3.4-change: change first, tell later."""

import time

import httpx
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel

from helpers.chapters.ch03.exercises.asking import ask, logged
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import running


def _check_change(app: FastAPI, told: list[int]) -> str:
    def put(address: str) -> tuple[httpx.Response, int, str]:
        """The answer, how often the carrier had been told when it came, and what a read right behind it gave."""
        answer = ask(server, "PUT", "/parcels/7/address", json={"address": address})
        told_by_then = len(told) - before
        return answer, told_by_then, str(ask(server, "GET", "/parcels/7/address").json().get("address"))

    with running(app) as server:
        before = len(told)
        with record():
            answer, told_by_then, read = put("1 Harbour Road")
        moved, error = len(told) - before, logged(server)
        assert answer.status_code < 400, (
            f"a good address was answered with {answer.status_code}{f': {error}' if error else ''}."
        )
        assert not told_by_then, "the client waited for the carrier: `tell_carrier` runs inside your path operation."
        assert read == "1 Harbour Road", (
            "a client that read the address right after the answer got the old one: the change belongs before the answer, "
            "only the call to the carrier into the task."
        )
        assert not error, f"the client has its answer, but the task then failed, seen by nobody but the log: {error}."
        assert moved, (
            "the address changed and the carrier was never told. Is the task added to the `background_tasks` that FastAPI hands "
            "you, and is the old address compared before you replace it?"
        )
        assert moved == 1, f"one move, but the carrier was told {moved} times."
        assert answer.status_code == 204 or answer.json() == {"address": "1 Harbour Road"}, (
            f'the new address should come back as {{"address": ...}}, but {answer.text[:60]} came.'
        )
        with record():
            put("1 Harbour Road")
        assert len(told) - before == 1, "the same PUT again changed nothing, and the carrier was told once more."
        with record():
            put("2 Mill Lane")
        assert len(told) - before == 2, "Grace moved a second time, and nobody told the carrier: compare the addresses."
    return "The new address was there with the answer, and the carrier heard of each change once, afterwards."


class Address(BaseModel):
    """As in the notebook."""

    address: str


told: list[int] = []


def tell_carrier(number: int) -> None:
    """As in the notebook."""
    time.sleep(0.5)
    told.append(number)


def _solve_change() -> tuple[FastAPI, list[int]]:
    addresses: dict[int, str] = {}
    app = FastAPI()

    @app.get("/parcels/{number}/address")
    def read_address(number: int) -> Address:
        return Address(address=addresses.get(number, "unknown"))

    @app.put("/parcels/{number}/address")
    def change_address(number: int, new: Address, background_tasks: BackgroundTasks) -> Address:
        if addresses.get(number) != new.address:
            addresses[number] = new.address
            background_tasks.add_task(tell_carrier, number)
        return new

    return app, told


EXERCISE = Exercise(
    id="3.4-change",
    title="change first, tell later",
    task="After the PUT every read should give the new address, and `tell_carrier` should run after the answer, once for "
    "each change.",
    check=_check_change,
    hints=(
        "Which of the two, the change or the call, does the next reader depend on?",
        "How do you know whether anything changed? Compare `addresses.get(number)` before you replace it.",
    ),
    solution=_solve_change,
    wants=("app", "value"),
    routes=("GET /parcels/{number}/address", "PUT /parcels/{number}/address"),
)
