"""What learners pass to 5.3-refuse."""

from typing import Annotated, Any

from fastapi import FastAPI, HTTPException, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, field_validator
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select, update

from helpers.chapters.ch05.exercises.tables import tables
from tests.chapters.answers import right, stub, wrong

world = tables()
engine, Cart = world.carts_engine, world.Cart
CartId = Annotated[int, Path(le=2**63 - 1)]


class CartUpdate(BaseModel):
    label: str = ""
    capacity: int | None = Field(default=None, ge=0, le=500)


def carts(model: Any = CartUpdate, id: Any = CartId, taken: Any = 409, missing: Any = 404, **dump: bool):
    """An app as the solution, but for what is passed."""
    app = FastAPI()

    @app.patch("/carts/{cart_id}")
    def change_cart(cart_id: id, changes: model) -> Cart:
        with Session(engine) as session:
            cart = session.get(Cart, cart_id)
            if cart is None and missing:
                raise HTTPException(missing)
            cart.sqlmodel_update(changes.model_dump(**(dump or {"exclude_unset": True})))
            try:
                session.commit()
            except IntegrityError:
                if taken is None:
                    raise
                raise HTTPException(taken) from None
            session.refresh(cart)
            return cart

    return app, engine


@stub("5.3-refuse")
def refuse_shipped():
    app = FastAPI()

    @app.patch("/carts/{cart_id}")
    def change_cart(cart_id: int) -> Cart: ...

    return app, engine


@wrong("5.3-refuse", says="`{'label': None}` for a cart that is there was answered with a 500")
def refuse_a_null_label_at_the_database():
    class Nullable(CartUpdate):
        label: str | None = None

    return carts(Nullable, taken=None)


@wrong("5.3-refuse", says="because a label is never null, but 409 came")
def refuse_a_null_label_as_a_conflict():
    class Nullable(CartUpdate):
        label: str | None = None

    return carts(Nullable)


@wrong("5.3-refuse", says="for a cart 2**63 was answered with a 500")
def refuse_no_large_id():
    return carts(id=int)


@wrong("5.3-refuse", says="another cart has this label: 409 was asked for, but 422 came")
def refuse_a_taken_label_as_bad_input():
    return carts(taken=422)


@wrong("5.3-refuse", says="for a cart that is not there was answered with a 500")
def refuse_nobody_looks():
    return carts(missing=None)


@wrong("5.3-refuse", says="because a capacity begins at 0, but 200 came")
def refuse_no_limits():
    class Free(BaseModel):
        label: str = ""
        capacity: int | None = None

    return carts(Free)


@wrong("5.3-refuse", says="the table should hold ('check first', 7), but it holds ('', 7)")
def refuse_with_the_defaults():
    return carts(exclude_unset=False)


@wrong("5.3-refuse", says="the table should hold ('check moved', None), but it holds ('check moved', 7)")
def refuse_without_none():
    return carts(exclude_none=True, exclude_unset=True)


@wrong("5.3-refuse", says="the table should hold ('check first', 7), but it holds ('check first', 100)")
def refuse_without_a_commit():
    app = FastAPI()

    @app.patch("/carts/{cart_id}")
    def change_cart(cart_id: CartId, changes: CartUpdate) -> Cart:
        with Session(engine) as session:
            cart = session.get(Cart, cart_id)
            cart.sqlmodel_update(changes.model_dump(exclude_unset=True))
            return Cart.model_validate(cart.model_dump())

    return app, engine


@right("5.3-refuse")
def refuse_by_a_handler():
    async def taken(request: Request, error: IntegrityError) -> JSONResponse:
        return JSONResponse({"detail": "this label is taken"}, 409)

    app, _ = carts(taken=None)
    app.add_exception_handler(IntegrityError, taken)
    return app, engine


@right("5.3-refuse")
def refuse_by_a_validator():
    class Checked(BaseModel):
        label: str | None = None
        capacity: int | None = None

        @field_validator("label")
        @classmethod
        def no_null(cls, label: str | None) -> str:
            if label is None:
                raise ValueError("a label is never null")
            return label

        @field_validator("capacity")
        @classmethod
        def within(cls, capacity: int | None) -> int | None:
            if capacity is not None and not 0 <= capacity <= 500:
                raise ValueError("from 0 to 500")
            return capacity

    return carts(Checked)


@right("5.3-refuse")
def refuse_by_one_update():
    app = FastAPI()

    @app.patch("/carts/{cart_id}")
    def change_cart(cart_id: int, changes: CartUpdate) -> Cart:
        if cart_id > 10**12:
            raise HTTPException(404)
        with Session(engine) as session:
            sent = changes.model_dump(exclude_unset=True)
            if (
                "label" in sent
                and session.exec(select(Cart).where(Cart.label == sent["label"], Cart.id != cart_id)).first()
            ):
                raise HTTPException(409)
            if sent:
                session.exec(update(Cart).where(Cart.id == cart_id).values(**sent))
                session.commit()
            cart = session.get(Cart, cart_id)
            if cart is None:
                raise HTTPException(404)
            return cart

    return app, engine
