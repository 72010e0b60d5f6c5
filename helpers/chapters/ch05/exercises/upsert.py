"""Exercise 5.3-upsert: add or begin, and lose nothing."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Annotated

from fastapi import FastAPI, Query

from helpers.chapters.asking import ask, logged, wanted
from helpers.chapters.ch05.exercises.database import borrowed, execute
from helpers.chapters.ch05.exercises.tables import at_the_tables
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

if TYPE_CHECKING:
    from helpers.chapters.ch05.exercises.database import AnyEngine
    from helpers.chapters.ch05.exercises.tables import Session, Stock, insert, stock_engine

CLIENTS = 30


def _check_upsert(app: FastAPI, engine: "AnyEngine") -> str:
    execute(engine, "INSERT INTO stock (item, amount) VALUES ('check tape', 40)")
    try:
        with borrowed(engine) as connections, running(app) as server:
            for item, amount, total in (
                ("check string", 5, 5),
                ("check string", 2, 7),
                ("check tape", 2, 42),
                ("check tape", 1, 43),
            ):
                _put(server, item, amount, total)
                assert _stored(engine, item) == total, (
                    f"{amount} were added, which makes {total}, and the table says {_stored(engine, item)}: was it committed?"
                )
            for amount in ("0", "-3", "lots"):
                code = ask(server, "PUT", f"/stock/check string?amount={amount}").status_code
                assert code == 422, f"422 was asked for an amount of {amount}, but {code} came."
            assert _stored(engine, "check string") == 7, "an amount was refused, and added all the same."
            assert _stored(engine, "check tape") == 43, "another item's amount was changed, too."
            codes = _crowd(server)
            errors = logged(server)
        assert connections.ever, (
            "no connection of the engine that you passed was borrowed: is it the one that your app uses?"
        )
        left = _stored(engine, "check crowd")
        assert set(codes) == {200}, (
            f"{CLIENTS} clients added to a new item at once, and some of them failed: {errors or 'no error was logged'}. Between "
            "your look and your change another one came; let one statement do both."
        )
        assert left == 2 * CLIENTS, (
            f"{CLIENTS} clients added 2 each at once, and some of it is lost: what you add to was read by another, too. "
            "`Stock.amount + new` in the statement lets the database add."
        )
    finally:
        execute(engine, "DELETE FROM stock WHERE item LIKE 'check %'")
    return f"What {CLIENTS} clients added at once is all there."


def _put(server: Server, item: str, amount: int, total: int) -> None:
    answer = ask(server, "PUT", f"/stock/{item}?amount={amount}")
    assert answer.status_code < 500, f"your app answered 500: {logged(server)}."
    assert answer.status_code in (200, 201), f"{amount} of an item were added, and {answer.status_code} came."
    assert answer.json() == total, f"{amount} were added, and {wanted(total, answer)}."


def _crowd(server: Server) -> list[int]:
    import httpx

    def add(number: int) -> int:
        with httpx.Client(base_url=server.url, trust_env=False, verify=False, timeout=20) as client:
            return client.put("/stock/check crowd?amount=2").status_code

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(add, range(CLIENTS)))


def _stored(engine: "AnyEngine", item: str) -> int | None:
    found = execute(engine, "SELECT amount FROM stock WHERE item = :item", item=item)
    return found[0][0] if found else None


@at_the_tables
def _solve_upsert() -> tuple[FastAPI, "AnyEngine"]:
    app = FastAPI()

    @app.put("/stock/{item}")
    def add_stock(item: str, amount: Annotated[int, Query(ge=1, le=1_000_000)]) -> int:
        new = insert(Stock).values(item=item, amount=amount)
        added = new.on_conflict_do_update(index_elements=["item"], set_={"amount": Stock.amount + amount})
        with Session(stock_engine) as session:
            total = session.scalars(added.returning(Stock.amount)).one()
            session.commit()
        return total

    return app, stock_engine


EXERCISE = Exercise(
    id="5.3-upsert",
    title="add or begin, and lose nothing",
    task="`PUT /stock/{item}?amount=5` should add to what is there, or begin with it, and answer with the new total; nothing is "
    "lost when many add at once, and an amount below 1 is refused.",
    check=_check_upsert,
    hints=(
        "Thirty clients look, and none finds the item. What do they all do next?",
        '`insert(Stock).values(...).on_conflict_do_update(index_elements=["item"], set_=...)` is one statement.',
        "`set_` may hold an expression, `Stock.amount + amount`, and `.returning(Stock.amount)` gives the total.",
    ),
    solution=_solve_upsert,
    wants=("app", "value"),
    routes=("PUT /stock/{item}",),
)
