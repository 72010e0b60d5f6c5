"""What learners pass to 5.2-totals."""

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from helpers.chapters.ch05.exercises.depot import depot_office
from tests.chapters.answers import right, stub, wrong

world = depot_office()
depots, Depot, Shelf = world.depots, world.Depot, world.Shelf
HEAVIEST = func.coalesce(func.max(Shelf.weight_kg), 0)


def totals_by(query, used=depots):
    def heaviest(session: Session) -> list[tuple[str, float]]:
        return [(city, weight) for city, weight in session.execute(query)]

    return heaviest, used


@stub("5.2-totals")
def totals_shipped():
    def heaviest(session: Session) -> list[tuple[str, float]]: ...

    return heaviest, depots


@wrong("5.2-totals", says="an inner join leaves it out")
def totals_of_full_depots():
    return totals_by(select(Depot.city, HEAVIEST).join(Shelf).group_by(Depot.id).order_by(Depot.city))


@wrong("5.2-totals", says="the maximum of nothing is NULL")
def totals_with_none():
    return totals_by(
        select(Depot.city, func.max(Shelf.weight_kg)).outerjoin(Shelf).group_by(Depot.id).order_by(Depot.city)
    )


@wrong("5.2-totals", says="the weights were added up")
def totals_added_up():
    return totals_by(
        select(Depot.city, func.coalesce(func.sum(Shelf.weight_kg), 0))
        .outerjoin(Shelf)
        .group_by(Depot.id)
        .order_by(Depot.city)
    )


@wrong("5.2-totals", says="the shelves were counted")
def totals_counted():
    return totals_by(select(Depot.city, func.count(Shelf.id)).outerjoin(Shelf).group_by(Depot.id).order_by(Depot.city))


@wrong("5.2-totals", says="a join gives one row for each shelf")
def totals_ungrouped():
    return totals_by(select(Depot.city, func.coalesce(Shelf.weight_kg, 0)).outerjoin(Shelf).order_by(Depot.city))


@wrong("5.2-totals", says="in the order of the alphabet")
def totals_in_any_order():
    return totals_by(select(Depot.city, HEAVIEST).outerjoin(Shelf).group_by(Depot.id).order_by(Depot.city.desc()))


@wrong("5.2-totals", says="each depot is asked for one by one")
def totals_one_by_one():
    def heaviest(session: Session) -> list[tuple[str, float]]:
        found = []
        for depot in session.scalars(select(Depot).order_by(Depot.city)).all():
            weights = session.scalars(select(Shelf.weight_kg).where(Shelf.depot_id == depot.id)).all()
            found.append((depot.city, max(weights, default=0)))
        return found

    return heaviest, depots


@wrong("5.2-totals", says="2 statements were sent, and one was asked for")
def totals_in_two():
    def heaviest(session: Session) -> list[tuple[str, float]]:
        depots_found = session.execute(select(Depot.id, Depot.city).order_by(Depot.city)).all()
        rows = session.execute(select(Shelf.depot_id, func.max(Shelf.weight_kg)).group_by(Shelf.depot_id))
        weights = dict(rows.all())
        return [(city, weights.get(id, 0)) for id, city in depots_found]

    return heaviest, depots


@wrong("5.2-totals", says="a list of pairs was asked for")
def totals_as_a_dict():
    def heaviest(session: Session) -> dict[str, float]:
        return dict(totals_by(select(Depot.city, HEAVIEST).outerjoin(Shelf).group_by(Depot.id))[0](session))

    return heaviest, depots


@right("5.2-totals")
def totals_by_subquery():
    weight = select(HEAVIEST).where(Shelf.depot_id == Depot.id).scalar_subquery()
    return totals_by(select(Depot.city, weight).order_by(Depot.city))


@right("5.2-totals")
def totals_in_sql():
    return totals_by(
        text(
            "SELECT city, coalesce(max(weight_kg), 0) FROM depot LEFT JOIN shelf ON depot_id = depot.id "
            "GROUP BY depot.id, city ORDER BY city"
        )
    )


@right("5.2-totals")
def totals_in_python():
    def heaviest(session: Session) -> list[tuple[str, float]]:
        found: dict[str, float] = {}
        for city, weight in session.execute(select(Depot.city, Shelf.weight_kg).outerjoin(Shelf)):
            found[city] = max(found.get(city, 0), weight or 0)
        return sorted(found.items())

    return heaviest, depots


@right("5.2-totals")
def totals_as_rows():
    def heaviest(session: Session):
        return session.execute(
            select(Depot.city, HEAVIEST).outerjoin(Shelf).group_by(Depot.id).order_by(Depot.city)
        ).all()

    return heaviest, depots
