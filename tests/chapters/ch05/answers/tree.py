"""What learners pass to 5.5-tree."""

from collections.abc import Callable

from fastapi import FastAPI, HTTPException
from sqlalchemy import text
from sqlmodel import Session, select

from helpers.chapters.ch05.exercises.tables import tables
from tests.chapters.answers import right, stub, wrong

world = tables()
engine, Station = world.stations, world.Station
UP = """
WITH RECURSIVE above (city, parent_id, height) AS (
    SELECT city, parent_id, 0 FROM station WHERE id = :id
    UNION ALL SELECT station.city, station.parent_id, height + 1 FROM station JOIN above ON station.id = above.parent_id
) SELECT city FROM above ORDER BY height DESC
"""


def paths(read: Callable[[Session, int], list[str]], missing: int = 404):
    """An app that answers with what `read(session, id)` finds, and 404 for nothing."""
    app = FastAPI()

    @app.get("/stations/{station_id}/path")
    def read_path(station_id: int) -> list[str]:
        with Session(engine) as session:
            cities = read(session, station_id)
        if not cities and missing:
            raise HTTPException(missing)
        return cities

    return app, engine


def by_sql(statement: str = UP):
    return lambda session, id: list(session.execute(text(statement), {"id": id}).scalars())


@stub("5.5-tree")
def tree_shipped():
    app = FastAPI()

    @app.get("/stations/{station_id}/path")
    def read_path(station_id: int) -> list[str]: ...

    return app, engine


@wrong("5.5-tree", says="3 statements were needed for 3 cities")
def tree_step_by_step():
    def read(session: Session, id: int) -> list[str]:
        cities = []
        while id is not None and (station := session.get(Station, id)):
            cities.insert(0, station.city)
            id = station.parent_id
        return cities

    return paths(read)


@wrong("5.5-tree", says="the path begins at the top, and yours begins at the station")
def tree_upside_down():
    return paths(by_sql(UP.replace("height DESC", "height")))


@wrong("5.5-tree", says='the path of Elverum was asked for, and `["Oslo", "Hamar", "Elverum"]` was asked for, but')
def tree_two_levels():
    def read(session: Session, id: int) -> list[str]:
        from sqlalchemy.orm import aliased

        parent = aliased(Station)
        query = select(Station.city, parent.city).join(parent, Station.parent_id == parent.id, isouter=True)
        found = session.exec(query.where(Station.id == id)).first()
        return [city for city in reversed(found or ()) if city]

    return paths(read)


@wrong("5.5-tree", says="the path of Rena was asked for")
def tree_without_namesakes():
    return paths(
        by_sql(
            UP.replace(
                "SELECT city FROM above ORDER BY height DESC",
                "SELECT city FROM above GROUP BY city ORDER BY max(height) DESC",
            )
        )
    )


@wrong("5.5-tree", says="404 was asked for an unknown station, but 200 came")
def tree_of_nothing():
    return paths(by_sql(), missing=0)


@wrong("5.5-tree", says="your app answered 500 for a station that is there")
def tree_that_counts_on_children():
    def read(session: Session, id: int) -> list[str]:
        return [session.get_one(Station, id).parent.city]

    return paths(read)


@wrong("5.5-tree", says="held the event loop")
def tree_on_the_loop():
    app = FastAPI()

    @app.get("/stations/{station_id}/path")
    async def read_path(station_id: int) -> list[str]:
        with Session(engine) as session:
            cities = by_sql()(session, station_id)
        if not cities:
            raise HTTPException(404)
        return cities

    return app, engine


@right("5.5-tree")
def tree_by_sql():
    return paths(by_sql())


@right("5.5-tree")
def tree_in_python():
    def read(session: Session, id: int) -> list[str]:
        known = {
            found: (city, parent)
            for found, city, parent in session.exec(select(Station.id, Station.city, Station.parent_id))
        }
        cities: list[str] = []
        while id in known:
            city, id = known[id]
            cities.insert(0, city)
        return cities

    return paths(read)


@right("5.5-tree")
def tree_by_a_text_of_cities():
    def read(session: Session, id: int) -> list[str]:
        down = """
        WITH RECURSIVE below (id, way) AS (
            SELECT id, city FROM station WHERE parent_id IS NULL
            UNION ALL SELECT station.id, way || '/' || city FROM station JOIN below ON station.parent_id = below.id
        ) SELECT way FROM below WHERE id = :id
        """
        way = session.execute(text(down), {"id": id}).scalar()
        return way.split("/") if way else []

    return paths(read)
