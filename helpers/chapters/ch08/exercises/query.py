"""Exercise 8.2-query: a query that nobody can rewrite."""

import sqlite3
from collections.abc import Callable
from typing import Any, Literal

from fastapi import FastAPI

from helpers.chapters.asking import ask, is_app, logged
from helpers.learning.model import Exercise
from helpers.live.server import running
from helpers.wording import code

PARCELS = (
    ("ada", "Grace", 250),
    ("ada", "Alan", 9000),
    ("ada", "Barbara", 1100),
    ("o'hara", "Ada", 700),
    ("grace", "Edsger", 40),
)
BY_NAME, BY_GRAMS = ["Alan", "Barbara", "Grace"], ["Grace", "Barbara", "Alan"]


def _check_query(make_search: Callable[[Callable[..., list[tuple]]], FastAPI]) -> str:
    database = sqlite3.connect(":memory:", check_same_thread=False)
    database.execute("CREATE TABLE parcel (sender TEXT, recipient TEXT, grams INTEGER)")
    database.executemany("INSERT INTO parcel VALUES (?, ?, ?)", PARCELS)
    app = make_search(lambda sql, *values: database.execute(sql, values).fetchall())
    is_app(app, "make_search", "GET /recipients")

    with running(app) as server:

        def found(sender: str, **order: str) -> tuple[int, Any]:
            answer = ask(server, "GET", "/recipients", params={"sender": sender, **order})
            return answer.status_code, answer.json() if answer.status_code == 200 else logged(server)

        _sorts(found)
        attack = "x' OR '1'='1"
        status, stolen = found(attack)
        assert status != 200 or not stolen, (
            f"for a sender called {code(attack)} your app gave out {len(stolen)} parcels of other people: "
            "the word became a part of the SQL. Hand it over beside the SQL, for a `?`."
        )
        assert (status, stolen) == (200, []), (
            f"nobody has such a name, so `[]` was asked for, but {status} came: {stolen}."
        )
        for pattern in ("%", "_da"):
            status, matched = found(pattern)
            assert (status, matched) == (200, []), (
                f"nobody is called {code(pattern)}, and {status} came: {matched}. `LIKE` reads signs of the value as a pattern, so that one "
                "sender finds the parcels of others: compare by `=`."
            )
        status, own = found("o'hara")
        assert (status, own) == (200, ["Ada"]), (
            f"a sender whose name holds a quote has one parcel, to Ada, but {status} came: {own}. A value beside the SQL "
            "needs no escaping."
        )
        for order in ("sender", "grams; DROP TABLE parcel", "(SELECT grams FROM parcel)", "1"):
            status, _ = found("ada", order=order)
            assert status == 422, (
                f"`order` may be `recipient` or `grams`, but {code(order)} was answered with {status}: a column's name "
                "cannot be a `?`, so choose it from a list, and refuse the rest with 422."
            )
        again = found("ada", order="grams")
    assert again == (200, BY_GRAMS), "after these questions the table was another one."
    return "Values stood beside the SQL, the order came from a list of two, and nobody saw what is not theirs."


def _sorts(found: Callable[..., tuple[int, Any]]) -> None:
    for order, expected in ({}, BY_NAME), ({"order": "grams"}, BY_GRAMS), ({"order": "recipient"}, BY_NAME):
        status, names = found("ada", **order)
        what = f"Ada's parcels, sorted by `{order.get('order', 'recipient')}`,"
        assert status == 200, f"{what} should be answered with 200, but {status} came: {names}."
        assert not isinstance(names, list) or sorted(map(str, names)) == sorted(expected), (
            f"{what} should name {', '.join(expected)}, but {code(str(names)[:60])} came: one name for each parcel of hers."
        )
        assert names == expected, (
            f"{what} came as {', '.join(map(str, names))}. A `?` in `ORDER BY` is a value, the same for each row, and "
            "grams are numbers, not words."
        )


def _solve_query() -> Callable[[Callable[..., list[tuple]]], FastAPI]:
    def make_search(rows: Callable[..., list[tuple]]) -> FastAPI:
        app = FastAPI()

        @app.get("/recipients")
        def find_recipients(sender: str, order: Literal["recipient", "grams"] = "recipient") -> list[str]:
            found = rows(f"SELECT recipient FROM parcel WHERE sender = ? ORDER BY {order}", sender)
            return [recipient for (recipient,) in found]

        return app

    return make_search


EXERCISE = Exercise(
    id="8.2-query",
    title="a query that nobody can rewrite",
    task="`make_search(rows)` should make an app whose `GET /recipients` answers with the recipients of one `sender`'s "
    "parcels, sorted by `order`, which is `recipient` (if nothing is said) or `grams`; another order is a 422.",
    check=_check_query,
    hints=(
        "What may stand for a `?`, a value or a column's name?",
        '`rows("... WHERE sender = ?", sender)` hands the value over. For the column, only two words are good.',
        '`order: Literal["recipient", "grams"]` lets FastAPI refuse the rest; then the word may stand in the SQL.',
    ),
    solution=_solve_query,
    wants="function",
)
