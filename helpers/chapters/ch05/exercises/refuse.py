"""Exercise 5.3-refuse: no 500, whatever comes."""

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, HTTPException, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import StringConstraints

from helpers.chapters.asking import ask, logged
from helpers.chapters.ch05.exercises.database import borrowed, execute
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.tables import BaseModel, Cart, Field, IntegrityError, Session, carts_engine

HUGE = 2**63
REFUSED = (
    ({"label": None}, "a label is never null"),
    ({"label": 7}, "a label is text"),
    ({"capacity": -1}, "a capacity begins at 0"),
    ({"capacity": 501}, "a capacity ends at 500"),
    ({"capacity": HUGE}, "no capacity is that large, and no column of a database either"),
    ({"capacity": "many"}, "a capacity is a number"),
)


def _check_refuse(app: FastAPI, engine: "AnyEngine") -> str:
    add = "INSERT INTO cart (label, capacity) VALUES (:label, 100)"
    first, second = (execute(engine, add, label=f"check {name}")[0] for name in ("first", "second"))
    try:
        with borrowed(engine) as connections, running(app) as server:
            _try_changes(server, engine, first)
            _try_refusals(server, engine, first, second)
        assert connections.ever, (
            "no connection of the engine that you passed was borrowed: is it the one that your app uses?"
        )
    finally:
        execute(engine, "DELETE FROM cart WHERE label LIKE 'check %'")
    return "Changes were kept, and 404, 409 and 422 were told apart; nothing that came was a 500."


def _change(server: Server, id: int, changes: dict[str, Any]) -> tuple[int, Any]:
    answer = ask(server, "PATCH", f"/carts/{id}", json=changes)
    what = f"cart {'2**63' if id == HUGE else 'that is there' if id < 900_000 else 'that is not there'}"
    assert answer.status_code < 500, f"`{changes}` for a {what} was answered with a 500: {logged(server)}."
    return answer.status_code, answer.json()


def _try_changes(server: Server, engine: "AnyEngine", id: int) -> None:
    for changes, kept in (
        ({"capacity": 7}, ("check first", 7)),
        ({"label": "check moved"}, ("check moved", 7)),
        ({"capacity": None}, ("check moved", None)),
        ({"capacity": 0}, ("check moved", 0)),
        ({}, ("check moved", 0)),
        ({"label": "check moved", "capacity": 500}, ("check moved", 500)),
    ):
        code, body = _change(server, id, changes)
        assert code == 200, f"200 was asked for `{changes}`, but {code} came."
        stored = _stored(engine, id)
        assert stored == kept, f"after `{changes}` the table should hold {kept}, but it holds {stored}."
        wanted = {"id": id, "label": kept[0], "capacity": kept[1]}
        assert body == wanted, (
            f"after `{changes}` the answer lacks what the cart is now: its label, its capacity and its id."
        )


def _try_refusals(server: Server, engine: "AnyEngine", first: int, second: int) -> None:
    before = _stored(engine, first)
    for changes, why in REFUSED:
        code, _ = _change(server, first, changes)
        shown = str(changes).replace(str(HUGE), "2**63")
        assert code == 422, f"422 was asked for `{shown}`, because {why}, but {code} came."
    code, _ = _change(server, second, {"label": before[0]})
    assert code == 409, f"another cart has this label: 409 was asked for, but {code} came."
    code, _ = _change(server, 987_654, {"capacity": 1})
    assert code == 404, f"404 was asked for a cart that is not there, but {code} came."
    code, _ = _change(server, HUGE, {"capacity": 1})
    assert code in (404, 422), f"404 or 422 was asked for cart 2**63, but {code} came."
    assert _stored(engine, first) == before and _stored(engine, second) == ("check second", 100), (
        "something was refused, and changed in the table all the same."
    )


def _stored(engine: "AnyEngine", id: int) -> tuple[str, int | None]:
    return tuple(execute(engine, "SELECT label, capacity FROM cart WHERE id = :id", id=id)[0])


@at_the_tables
def _solve_refuse() -> tuple[FastAPI, "AnyEngine"]:
    class CartUpdate(BaseModel):
        label: Annotated[str, StringConstraints(pattern=r"^[^\x00]*$")] = ""  # also refuses half a character, "\ud800"
        capacity: int | None = Field(default=None, ge=0, le=500)

    async def tell_faults(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = [{key: fault[key] for key in ("type", "loc", "msg")} for fault in error.errors()]
        return JSONResponse({"detail": faults}, 422)  # without what was sent: JSON cannot write NaN

    app = FastAPI(exception_handlers={RequestValidationError: tell_faults})

    @app.patch("/carts/{cart_id}")
    def change_cart(cart_id: Annotated[int, Path(ge=1, le=2**63 - 1)], changes: CartUpdate) -> Cart:
        with Session(carts_engine) as session:
            cart = session.get(Cart, cart_id)
            if cart is None:
                raise HTTPException(404, "no such cart")
            cart.sqlmodel_update(changes.model_dump(exclude_unset=True))
            try:
                session.commit()
            except IntegrityError:
                raise HTTPException(409, "this label is taken") from None
            session.refresh(cart)
            return cart

    return app, carts_engine


EXERCISE = Exercise(
    id="5.3-refuse",
    title="no 500, whatever comes",
    task="`PATCH /carts/{cart_id}` should change what is sent, and answer with the cart; 404 when there is none, 409 when the "
    "label is taken, 422 for a null label or a capacity outside 0 to 500.",
    check=_check_refuse,
    hints=(
        "A model for the change: which field may be left out, and which may be null? A default is not checked.",
        "A path parameter needs a limit: `Annotated[int, Path(ge=1, le=2**63 - 1)]`.",
        "Only the commit finds out that a label is taken: `except IntegrityError` around it.",
    ),
    solution=_solve_refuse,
    wants=("app", "value"),
    routes=("PATCH /carts/{cart_id}",),
)
