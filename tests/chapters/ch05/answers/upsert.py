"""What learners pass to 5.3-upsert."""

import threading
import time
from collections.abc import Callable
from typing import Annotated

from fastapi import FastAPI, Query
from sqlalchemy import text
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, update

from helpers.chapters.ch05.exercises.tables import tables
from tests.chapters.answers import right, stub, wrong

world = tables()
engine, Stock = world.stock_engine, world.Stock
Amount = Annotated[int, Query(ge=1, le=1_000_000)]


def stock(add: Callable[[Session, str, int], int], commit: bool = True):
    """An app that adds by `add(session, item, amount)`."""
    app = FastAPI()

    @app.put("/stock/{item}")
    def add_stock(item: str, amount: Amount) -> int:
        with Session(engine) as session:
            total = add(session, item, amount)
            if commit:
                session.commit()
            return total

    return app, engine


def upsert(session: Session, item: str, amount: int, change=None) -> int:
    new = insert(Stock).values(item=item, amount=amount)
    change = Stock.amount + amount if change is None else change
    added = new.on_conflict_do_update(index_elements=["item"], set_={"amount": change})
    return session.scalars(added.returning(Stock.amount)).one()


@stub("5.3-upsert")
def upsert_shipped():
    app = FastAPI()

    @app.put("/stock/{item}")
    def add_stock(item: str, amount: int) -> int: ...

    return app, engine


@wrong("5.3-upsert", says="some of them failed: sqlalchemy.exc.IntegrityError")
def upsert_look_first():
    def add(session: Session, item: str, amount: int) -> int:
        known = session.get(Stock, item)
        if known is None:
            time.sleep(0.5)
            session.add(Stock(item=item, amount=amount))
            return amount
        known.amount += amount
        return known.amount

    return stock(add)


@wrong("5.3-upsert", says="some of it is lost")
def upsert_what_was_read():
    def add(session: Session, item: str, amount: int) -> int:
        known = session.get(Stock, item)
        total = (known.amount if known else 0) + amount
        session.rollback()
        time.sleep(0.1)
        return upsert(session, item, total, change=total)

    return stock(add)


@wrong("5.3-upsert", says="`7` was asked for, but `2` came")
def upsert_that_replaces():
    return stock(lambda session, item, amount: upsert(session, item, amount, change=amount))


@wrong("5.3-upsert", says="`7` was asked for, but `5` came")
def upsert_that_does_nothing():
    def add(session: Session, item: str, amount: int) -> int:
        session.exec(insert(Stock).values(item=item, amount=amount).on_conflict_do_nothing())
        return session.get_one(Stock, item).amount

    return stock(add)


@wrong("5.3-upsert", says="was it committed?")
def upsert_without_a_commit():
    return stock(upsert, commit=False)


@wrong("5.3-upsert", says="422 was asked for an amount of 0, but 200 came")
def upsert_of_anything():
    app = FastAPI()

    @app.put("/stock/{item}")
    def add_stock(item: str, amount: int) -> int:
        with Session(engine) as session:
            total = upsert(session, item, amount)
            session.commit()
            return total

    return app, engine


@wrong("5.3-upsert", says="`42` was asked for, but `9` came")
def upsert_into_one_row():
    def add(session: Session, item: str, amount: int) -> int:
        item = "check string" if item.startswith("check t") else item
        return upsert(session, item, amount)

    return stock(add)


@right("5.3-upsert")
def upsert_by_sql():
    def add(session: Session, item: str, amount: int) -> int:
        statement = text(
            "INSERT INTO stock (item, amount) VALUES (:item, :amount) "
            "ON CONFLICT (item) DO UPDATE SET amount = stock.amount + excluded.amount RETURNING amount"
        )
        return session.execute(statement, {"item": item, "amount": amount}).scalar_one()

    return stock(add)


@right("5.3-upsert")
def upsert_in_two_statements():
    def add(session: Session, item: str, amount: int) -> int:
        session.exec(insert(Stock).values(item=item, amount=0).on_conflict_do_nothing())
        session.exec(update(Stock).where(Stock.item == item).values(amount=Stock.amount + amount))
        return session.get_one(Stock, item).amount

    return stock(add)


@right("5.3-upsert")
def upsert_one_after_the_other():
    turn = threading.Lock()
    app = FastAPI()

    @app.put("/stock/{item}")
    def add_stock(item: str, amount: Amount) -> int:
        with turn, Session(engine) as session:
            known = session.get(Stock, item) or Stock(item=item, amount=0)
            known.amount += amount
            session.add(known)
            session.commit()
            return known.amount

    return app, engine


@right("5.3-upsert")
def upsert_in_async():
    import asyncio

    app = FastAPI()

    @app.put("/stock/{item}")
    async def add_stock(item: str, amount: Amount) -> int:
        def work() -> int:
            with Session(engine) as session:
                total = upsert(session, item, amount)
                session.commit()
                return total

        return await asyncio.to_thread(work)

    return app, engine


@wrong("5.3-upsert", says="1 of an item were added, and 422 came")
def upsert_from_two_on():
    app = FastAPI()

    @app.put("/stock/{item}")
    def add_stock(item: str, amount: Annotated[int, Query(gt=1, le=1_000_000)]) -> int:
        with Session(engine) as session:
            total = upsert(session, item, amount)
            session.commit()
            return total

    return app, engine
