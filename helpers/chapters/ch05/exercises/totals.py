"""Exercise 5.2-totals: the heaviest shelf of each depot."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from helpers.chapters.ch05.exercises.database import statements
from helpers.chapters.ch05.exercises.depot import in_the_depot
from helpers.learning.model import Exercise
from helpers.wording import describe

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from helpers.chapters.ch05.exercises.depot import Depot, Shelf, depots, func, orm, select

# City -> its shelves; inserted in this order, which is not that of the alphabet.
_DEPOTS = {"check C": [2.5, 40.0, 7.0], "check A": [], "check B": [1.0], "check D": [3.0, 3.0]}


def _check_totals(heaviest: Callable[..., Any], engine: "Engine") -> str:
    from sqlalchemy import text
    from sqlalchemy.orm import Session

    counts, results = [], []
    with engine.connect() as connection, connection.begin() as transaction:  # rolled back: the tables stay as they are
        for city, weights in _DEPOTS.items():
            connection.execute(text("INSERT INTO depot (city, free) VALUES (:city, 1)"), {"city": city})
            id = connection.scalar(text("SELECT id FROM depot WHERE city = :city"), {"city": city})
            for weight in weights:
                values = {"id": id, "weight": weight}
                connection.execute(text("INSERT INTO shelf (depot_id, weight_kg) VALUES (:id, :weight)"), values)
            with (
                statements(engine) as told,
                Session(connection, join_transaction_mode="create_savepoint") as session,
            ):
                results.append(heaviest(session))
                counts.append(len([what for what in told if "SAVEPOINT" not in what]))
        transaction.rollback()
    found = results[-1]
    assert isinstance(found, list | tuple), f"a list of pairs was asked for, but {describe(found)} came."
    assert counts[-1] > 0, "no statement was sent: ask by the session that is passed."
    assert all(isinstance(pair, tuple) or len(getattr(pair, "_fields", ())) == 2 for pair in found), (
        f"a list of pairs was asked for, each a city and a weight, but {describe(found[0])} is in it."
    )
    pairs = [tuple(pair) for pair in found if str(pair[0]).startswith("check ")]
    _compare(pairs)
    cities = [str(pair[0]) for pair in found]
    assert cities == sorted(cities), "the cities should come in the order of the alphabet: `order_by(Depot.city)`."
    assert counts[-1] == counts[0], (
        f"with three depots more the statements went from {counts[0]} to {counts[-1]}: each depot is asked for one by one."
    )
    assert counts[-1] == 1, f"{counts[-1]} statements were sent, and one was asked for."
    return "Every depot came with its heaviest shelf, the empty one with 0, and all that in one statement."


def _compare(pairs: list[tuple]) -> None:
    expected = {city: max(weights, default=0) for city, weights in _DEPOTS.items()}
    cities = [city for city, *_ in pairs]
    assert len(cities) == len(set(cities)), (
        "a depot came several times: a join gives one row for each shelf. Group them."
    )
    assert "check A" in cities, "a depot without a shelf is missing: an inner join leaves it out, `outerjoin` keeps it."
    assert set(cities) == set(expected), f"{len(expected)} depots were added, but {len(cities)} of them came."
    found = dict(pairs)
    assert found["check A"] is not None, (
        "a depot without a shelf came with None: the maximum of nothing is NULL. `func.coalesce(..., 0)` takes 0 for it."
    )
    assert found["check C"] != sum(_DEPOTS["check C"]), "the weights were added up: the heaviest shelf was asked for."
    assert found["check C"] != len(_DEPOTS["check C"]), "the shelves were counted: the heaviest one was asked for."
    wrong = [city for city in expected if found[city] != expected[city]]
    assert not wrong, f"shelves of {_DEPOTS[wrong[0]]} kg came as {found[wrong[0]]}: the heaviest one was asked for."


@in_the_depot
def _solve_totals() -> tuple[Callable[..., Any], "Engine"]:
    def heaviest(session: orm.Session) -> list[tuple[str, float]]:
        query = select(Depot.city, func.coalesce(func.max(Shelf.weight_kg), 0))
        query = query.outerjoin(Shelf).group_by(Depot.id).order_by(Depot.city)
        return [(city, weight) for city, weight in session.execute(query)]

    return heaviest, depots


EXERCISE = Exercise(
    id="5.2-totals",
    title="the heaviest shelf of each depot",
    task="`heaviest(session)` should return every depot's city with the weight of its heaviest shelf, or 0, in the order of "
    "the alphabet, in one statement.",
    check=_check_totals,
    hints=(
        "Which kind of join keeps a depot that has no shelf?",
        "`func.max(Shelf.weight_kg)` with `group_by(Depot.id)` gives one row for each depot.",
        "The maximum of nothing is NULL: `func.coalesce(func.max(Shelf.weight_kg), 0)`.",
    ),
    solution=_solve_totals,
    wants=("function", "value"),
)
