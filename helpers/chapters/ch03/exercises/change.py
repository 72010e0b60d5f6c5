"""Exercise 3.4-change: change first, tell later."""

import time
from functools import partial

import httpx
from fastapi import BackgroundTasks, FastAPI
from pydantic import BaseModel
from starlette.types import Scope

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.answered import Answered, ask_inside
from helpers.learning.model import Exercise
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.services.waiting import until


def _check_change(app: FastAPI, told: list[int]) -> str:
    reads: list[httpx.Response] = []

    async def read(scope: Scope) -> None:
        """What another client reads at the moment at which the PUT is answered."""
        if scope["method"] == "PUT":
            reads.append(await ask_inside(app, "GET", scope["path"]))

    answered = Answered(app, lambda: list(told), read)
    with running(answered) as server:
        change = partial(_put, server, answered, told, reads)
        home = _other_than(_read(server, 7), "1 Harbour Road", "5 Station Road")
        mill = _other_than(_read(server, 8), "2 Mill Lane", "3 Mill Lane")
        new = next((number for number in range(100, 200) if _read(server, number) == "unknown"), 7)
        first = change(new, home)
        assert first or not change(new, mill), (
            "a parcel got its first address and the carrier was not told, as it was of the next one: from none to one is a change "
            "too."
        )
        assert first, (
            "the address changed and the carrier was never told. Is the task added to the `background_tasks` that FastAPI hands "
            "you, and is the old address compared before you replace it?"
        )
        assert first == [new], f"parcel {new} moved once, but the carrier was told of {' and '.join(map(str, first))}."
        assert _read(server, 7) != home, (
            f"parcel {new} moved, and parcel 7 with it: each number has an address of its own."
        )
        assert change(7, home) == [7], "parcel 7 moved, and the carrier was not told."
        second = change(8, mill)
        assert second == [8], (
            f"then parcel 8 moved, and the carrier was told of {' and '.join(map(str, second)) or 'nothing'}: each number has an "
            "address of its own, and the task gets the number."
        )
        assert _read(server, 7) == home, "parcel 8 moved, and parcel 7 with it: each number has an address of its own."
        assert not change(7, home), "the same PUT again changed nothing, and the carrier was told once more."
        assert change(7, mill) == [7], (
            "Grace moved a second time, and the carrier was not told: compare with the address that this parcel had until then."
        )
        assert change(7, home) == [7], (
            "Grace moved back to where she had been, and the carrier was not told: compare with the last address alone."
        )
    return "The new address was there with the answer, and the carrier heard of each change once, afterwards."


def _read(server: Server, number: int) -> str:
    return _address_in(ask(server, "GET", f"/parcels/{number}/address"))


def _other_than(old: str, *addresses: str) -> str:
    return next(address for address in addresses if address != old)


def _put(
    server: Server, answered: Answered, told: list[int], reads: list[httpx.Response], number: int, address: str
) -> list[int]:
    """Change an address, look at what came of it at once, and give the numbers that the carrier was told afterwards."""
    before = len(told)
    with record():
        answer = ask(server, "PUT", f"/parcels/{number}/address", json={"address": address})
    error = logged(server)
    assert answer.status_code < 400, (
        f"a good address was answered with {answer.status_code}: {error or answer.text[:90]}."
    )
    assert not answered.seen[-1][before:], (
        "the client waited for the carrier: `tell_carrier` runs inside your path operation."
    )
    assert _address_in(reads[-1]) == address, (
        "a client that read the address when the PUT was answered got the old one: the change belongs before the answer, only "
        "the call to the carrier into the task."
    )
    assert not error, f"the client has its answer, but the task then failed, seen by nobody but the log: {error}."
    numbers = answered.done[-1][before:]
    assert numbers or not until(lambda: len(told) > before, 0.0 if numbers else TELLING + 0.2), (
        "the carrier was told by a thread or a task of your own, which no shutdown waits for and whose failure nobody logs. Add "
        "`tell_carrier` as a background task."
    )
    assert answer.status_code == 204 or answer.json() == {"address": address}, (
        f"{wanted({'address': address}, answer)}."
    )
    return numbers


def _address_in(answer: httpx.Response) -> str:
    assert answer.status_code == 200, (
        f"`GET /parcels/{{number}}/address` should answer as before, but {answer.status_code} came: what stands in `addresses` is a text."
    )
    return str(answer.json().get("address"))


TELLING = 0.5  # seconds that `tell_carrier` takes


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
