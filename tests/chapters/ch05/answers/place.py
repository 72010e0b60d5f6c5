"""What learners pass to 5.2-place."""

from collections.abc import Callable

from fastapi import FastAPI, HTTPException, Response
from sqlalchemy import create_engine, select, text, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session

from helpers.chapters.ch05.exercises.depot import depot_office
from tests.chapters.answers import right, stub, wrong

world = depot_office()
depots, Depot = world.depots, world.Depot


def place(function: Callable, used=depots):
    app = FastAPI()
    app.post("/depots/{depot_id}/places", status_code=204)(function)
    return app, used


def one(depot_id: int):
    return update(Depot).where(Depot.id == depot_id, Depot.free > 0).values(free=Depot.free - 1)


@stub("5.2-place")
def place_shipped():
    def take(depot_id: int) -> None: ...

    return place(take)


@wrong("5.2-place", says="between your look and your change another process took it")
def place_looked_at():
    def take(depot_id: int) -> None:
        with Session(depots) as session:
            depot = session.get_one(Depot, depot_id)
            if not depot.free:
                raise HTTPException(409)
            depot.free -= 1
            session.commit()

    return place(take)


@wrong("5.2-place", says="as many places are free as before")
def place_never_committed():
    def take(depot_id: int) -> None:
        with Session(depots) as session:
            if not session.execute(one(depot_id)).rowcount:
                raise HTTPException(409)

    return place(take)


@wrong("5.2-place", says="three places were free, and five clients got one")
def place_without_end():
    def take(depot_id: int) -> None:
        with Session(depots) as session, session.begin():
            session.execute(update(Depot).where(Depot.id == depot_id).values(free=Depot.free - 1))

    return place(take)


@wrong("5.2-place", says="which rows does your statement reach")
def place_everywhere():
    def take(depot_id: int) -> None:
        with Session(depots) as session, session.begin():
            if not session.get_one(Depot, depot_id, with_for_update=True).free:
                raise HTTPException(409)
            session.execute(update(Depot).values(free=Depot.free - 1))

    return place(take)


@wrong("5.2-place", says="could not serialize access")
def place_in_one_picture():
    def take(depot_id: int) -> None:
        with Session(depots.execution_options(isolation_level="REPEATABLE READ")) as session, session.begin():
            depot = session.get_one(Depot, depot_id)
            if not depot.free:
                raise HTTPException(409)
            depot.free -= 1

    return place(take)


@wrong("5.2-place", says="409 was asked for")
def place_not_found():
    def take(depot_id: int) -> None:
        with Session(depots) as session, session.begin():
            if not session.execute(one(depot_id)).rowcount:
                raise HTTPException(404)

    return place(take)


@wrong("5.2-place", says="is it the one that your app uses?")
def place_with_another_engine():
    other = create_engine(depots.url)

    def take(depot_id: int) -> None:
        with Session(other) as session, session.begin():
            if not session.execute(one(depot_id)).rowcount:
                raise HTTPException(409)

    return place(take)


@right("5.2-place")
def place_locked():
    def take(depot_id: int) -> None:
        with Session(depots) as session, session.begin():
            depot = session.get(Depot, depot_id, with_for_update=True)
            if depot is None or depot.free == 0:
                raise HTTPException(409)
            depot.free -= 1

    return place(take)


@right("5.2-place")
def place_in_sql():
    def take(depot_id: int) -> Response:
        statement = text("UPDATE depot SET free = free - 1 WHERE id = :id AND free > 0 RETURNING free")
        with depots.begin() as connection:
            left = connection.scalar(statement, {"id": depot_id})
        return Response(status_code=409 if left is None else 204)

    return place(take)


@right("5.2-place")
def place_tried_again():
    def take(depot_id: int) -> None:
        for _ in range(5):
            try:
                with Session(depots.execution_options(isolation_level="SERIALIZABLE")) as session, session.begin():
                    depot = session.get_one(Depot, depot_id)
                    if not depot.free:
                        raise HTTPException(409)
                    depot.free -= 1
                return
            except OperationalError:
                continue
        raise HTTPException(409)

    return place(take)


@right("5.2-place")
def place_awaited():
    asynchronous = create_async_engine(depots.url)

    async def take(depot_id: int) -> None:
        async with AsyncSession(asynchronous) as session, session.begin():
            if not (await session.execute(one(depot_id))).rowcount:
                raise HTTPException(409)

    return place(take, asynchronous)


@wrong("5.2-place", says="there was one more")
def place_given_up_when_another_came():
    def take(depot_id: int) -> None:
        with Session(depots) as session, session.begin():
            free = session.get_one(Depot, depot_id).free
            seen = update(Depot).where(Depot.id == depot_id, Depot.free == free).values(free=free - 1)
            if not free or not session.execute(seen).rowcount:
                raise HTTPException(409)

    return place(take)


@wrong("5.2-place", says="A locked row is not one without a place")
def place_that_skips_what_is_locked():
    def take(depot_id: int) -> None:
        with Session(depots) as session, session.begin():
            free = select(Depot).where(Depot.id == depot_id, Depot.free > 0).with_for_update(skip_locked=True)
            depot = session.scalar(free)
            if depot is None:
                raise HTTPException(409)
            depot.free -= 1

    return place(take)
