"""The public face of 9.1, as in the notebook, and how its exercises ask it."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Annotated, Any

import httpx
from fastapi import FastAPI
from pydantic import BaseModel, Field

from helpers.chapters import post
from helpers.learning.answered import Answered
from helpers.learning.stubs import missing_route
from helpers.live.recording import record
from helpers.live.server import Server, running
from helpers.wording import logged_error


class ParcelIn(BaseModel):
    """As in the notebook."""

    to: Annotated[str, Field(min_length=1)]
    email: str
    weight_kg: Annotated[float, Field(gt=0, le=30)]


class Shelved(ParcelIn):
    """As in the notebook."""

    id: int


class ParcelOut(BaseModel):
    """As in the notebook."""

    id: int
    to: str
    weight_kg: float


class Shelf:
    """As in the notebook."""

    def __init__(self) -> None:
        self.parcels: dict[int, Shelved] = {}
        self.keys: dict[str, Shelved] = {}
        self.last = 0

    def add(self, new: ParcelIn) -> Shelved:
        """As in the notebook."""
        self.last += 1
        self.parcels[self.last] = Shelved(id=self.last, **new.model_dump())
        return self.parcels[self.last]


shelf = Shelf()


def send_receipt(parcel_id: int, email: str) -> None:
    """As in the notebook."""
    post.mail(email, f"Parcel {parcel_id}", "desk@parcels.example")


book = GRACE = {"to": "Grace", "email": "ada@example.org", "weight_kg": 2.5}
ADA = {"to": "Ada", "email": "grace@example.org", "weight_kg": 0.75}


def told_of(parcel: dict[str, Any], number: int) -> dict[str, Any]:
    """What the answer says of a parcel with this number: `ParcelOut`, without the sender's address."""
    return {"id": number, "to": parcel["to"], "weight_kg": parcel["weight_kg"]}


@contextlib.contextmanager
def serving(router: Any, route: str, look: Callable[[], Any] = lambda: None) -> Iterator[tuple[Server, Answered]]:
    """The learner's router as an app, when it has the route, and what `look` saw at the moment of each answer."""
    missing = missing_route(router, [route])
    assert not missing, missing.replace("Your app", "Your router")
    app = FastAPI()
    app.include_router(router)
    answered = Answered(app, look)
    with running(answered) as server:
        yield server, answered


def ask(server: Server, method: str, path: str, **options: Any) -> httpx.Response:
    """The answer to a request, when the tasks behind it have ended too; AssertionError for a 500."""
    server.client.hang_up()  # after a failing task uvicorn closes the connection
    with record():
        answer = server.client.request(method, path, **options)
    assert answer.status_code != 500, f"your function failed, and the client got 500: {logged_error(server.log)}."
    return answer
