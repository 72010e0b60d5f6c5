"""10.3-several: some of them, by number."""

from typing import Annotated

from fastapi import FastAPI, Query

from helpers.chapters.asking import ask, logged, wanted
from helpers.learning.model import Exercise
from helpers.live.server import Server, running

# What is asked for, and the answer from the parcels of the check.
ASKED = {
    "number=9&number=7": ["Ada", "Grace"],
    "number=12": ["Bern"],
    "number=7&number=99&number=12": ["Grace", "Bern"],
    "number=12&number=9&number=7&number=8&number=30": ["Bern", "Ada", "Grace", "Chur", "Basel"],
    "number=404": [],
}
SIX = "number=7&number=8&number=9&number=10&number=11&number=12"


def _check(app: FastAPI, parcels: dict[int, str]) -> str:
    kept = dict(parcels)
    parcels.clear()
    parcels.update({7: "Grace", 8: "Chur", 9: "Ada", 12: "Bern", 30: "Basel"})
    try:
        with running(app) as server:
            for query, expected in ASKED.items():
                _finds(server, query, expected)
            for query, why in {
                "": "without any number there is nothing to answer, and 422 was asked for",
                "number=seven": "`number=seven` is no number, and 422 was asked for",
                SIX: "six numbers are too many, and 422 was asked for",
            }.items():
                answer = ask(server, "GET", f"/parcels?{query}")
                assert answer.status_code == 422, f"{why}, but {answer.status_code} came."
    finally:
        parcels.clear()
        parcels.update(kept)
    return "One to five numbers, answered in the order in which they were asked for."


def _finds(server: Server, query: str, expected: list[str]) -> None:
    answer = ask(server, "GET", f"/parcels?{query}")
    assert answer.status_code != 500, f"for `{query}` your app answered 500: {logged(server)}."
    assert answer.status_code != 404, (
        f"for `{query}` 404 came: a number that is not there is left out, and the others are answered."
    )
    assert answer.status_code != 422 or '"body"' not in answer.text, (
        f"for `{query}` 422 came, because the list is read from the body: a list is taken from the query only with `Query()`."
    )
    assert answer.status_code == 200, (
        f"for `{query}` 200 was asked for, but {answer.status_code} came: {answer.text:.120}."
    )
    came = answer.json()
    assert came == expected or not isinstance(came, list) or came != expected[-1:], (
        f"for `{query}` only the last one was answered, {came}: a parameter that is sent several times is a list."
    )
    assert came == expected or not isinstance(came, list) or sorted(map(str, came)) != sorted(expected), (
        f"for `{query}` the right ones came in another order, {came}: go by what is asked for, not by what is kept."
    )
    assert came == expected, f"for `{query}` {wanted(expected, answer)}."


parcels: dict[int, str] = {7: "Grace", 9: "Ada", 12: "Grace"}


def _solve() -> tuple[FastAPI, dict[int, str]]:
    app = FastAPI()

    @app.get("/parcels")
    def read_several(number: Annotated[list[int], Query(min_length=1, max_length=5)]) -> list[str]:
        return [parcels[one] for one in number if one in parcels]

    return app, parcels


EXERCISE = Exercise(
    id="10.3-several",
    title="some of them, by number",
    task="`GET /parcels?number=9&number=7` should answer with what `parcels` holds under these numbers, in the order of the query, and "
    "leave out a number that is not there; fewer than one or more than five numbers, or what is none, are a 422.",
    check=_check,
    hints=(
        "How does a query say a list, and how does FastAPI learn that yours is in the query?",
        "`Annotated[list[int], Query(...)]`. Which two limits does `Query` have for a list?",
    ),
    solution=_solve,
    wants=("app", "value"),
    routes=("GET /parcels",),
)
