"""What learners pass to 8.2-query."""

from enum import StrEnum
from typing import Annotated, Literal

from fastapi import FastAPI, HTTPException, Query

from tests.chapters.answers import right, stub, wrong

BY = Literal["recipient", "grams"]
FIND = "SELECT recipient FROM parcel WHERE sender = ? ORDER BY "


def made(search):
    """`make_search` with this path operation, made from `rows`."""

    def make_search(rows):
        app = FastAPI()
        app.get("/recipients")(search(rows))
        return app

    return make_search


@stub("8.2-query")
def query_shipped():
    def make_search(rows) -> FastAPI: ...

    return make_search


@wrong("8.2-query", says="the word became a part of the SQL")
def query_glued():
    def search(rows):
        def find(sender: str, order: BY = "recipient") -> list[str]:
            return [name for (name,) in rows(FIND.replace("?", f"'{sender}'") + order)]

        return find

    return made(search)


@wrong("8.2-query", says="A `?` in `ORDER BY` is a value")
def query_by_a_parameter():
    def search(rows):
        def find(sender: str, order: BY = "recipient") -> list[str]:
            return [name for (name,) in rows(f"{FIND}?", sender, order)]

        return find

    return made(search)


@wrong("8.2-query", says="choose it from a list")
def query_by_any_word():
    def search(rows):
        def find(sender: str, order: str = "recipient") -> list[str]:
            return [name for (name,) in rows(f"{FIND}{order}", sender)]

        return find

    return made(search)


@wrong("8.2-query", says="`(SELECT grams FROM parcel)` was answered with 200")
def query_without_some_words():
    def search(rows):
        def find(sender: str, order: str = "recipient") -> list[str]:
            if ";" in order or order == "sender":
                raise HTTPException(422, "no")
            return [name for (name,) in rows(f"{FIND}{order}", sender)]

        return find

    return made(search)


@wrong("8.2-query", says="was answered with 400")
def query_says_400():
    def search(rows):
        def find(sender: str, order: str = "recipient") -> list[str]:
            if order not in ("recipient", "grams"):
                raise HTTPException(400, "no such column")
            return [name for (name,) in rows(f"{FIND}{order}", sender)]

        return find

    return made(search)


@wrong("8.2-query", says="sorted by `recipient`, should be answered with 200")
def query_rows_as_they_are():
    def search(rows):
        def find(sender: str, order: BY = "recipient") -> list[str]:
            return rows(f"{FIND}{order}", sender)

        return find

    return made(search)


@wrong("8.2-query", says="one name for each parcel of hers")
def query_everybody():
    def search(rows):
        def find(sender: str, order: BY = "recipient") -> list[str]:
            return [name for (name,) in rows(f"SELECT recipient FROM parcel ORDER BY {order}")]

        return find

    return made(search)


@wrong("8.2-query", says="a sender whose name holds a quote has one parcel")
def query_with_quotes_taken_out():
    def search(rows):
        def find(sender: str, order: BY = "recipient") -> list[str]:
            return [name for (name,) in rows(f"{FIND}{order}", sender.replace("'", ""))]

        return find

    return made(search)


@right("8.2-query")
def query_by_an_enum():
    class Order(StrEnum):
        recipient = "recipient"
        grams = "grams"

    def search(rows):
        def find(sender: str, order: Order = Order.recipient) -> list[str]:
            return [row[0] for row in rows(FIND + order.value, sender)]

        return find

    return made(search)


@right("8.2-query")
def query_by_a_dictionary():
    columns = {"recipient": "recipient", "grams": "grams"}

    def search(rows):
        def find(sender: str, order: str = "recipient") -> list[str]:
            if order not in columns:
                raise HTTPException(422, "sorted by recipient or grams alone")
            return [row[0] for row in rows(f"{FIND}{columns[order]}", sender)]

        return find

    return made(search)


@right("8.2-query")
def query_in_python():
    def search(rows):
        def find(sender: str, order: Annotated[str, Query(pattern="^(recipient|grams)$")] = "recipient") -> list[str]:
            found = rows("SELECT recipient, grams FROM parcel WHERE sender = ?", sender)
            return [name for name, _ in sorted(found, key=lambda row: row[order == "grams"])]

        return find

    return made(search)


@wrong("8.2-query", says="`LIKE` reads signs of the value as a pattern")
def query_by_like():
    def search(rows):
        def find(sender: str, order: BY = "recipient") -> list[str]:
            return [name for (name,) in rows(FIND.replace("=", "LIKE") + order, sender)]

        return find

    return made(search)
