"""What learners pass to 5.3-soft."""

from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update

from helpers.chapters.ch05.exercises.tables import tables
from tests.chapters.answers import right, stub, wrong

world = tables()
engine, Tour = world.tours_engine, world.Tour


class Tours:
    """The solution in parts, each of which an answer may replace."""

    def committed(self, session: Session, tour: Any) -> Any:
        try:
            session.commit()
        except IntegrityError:
            raise HTTPException(409) from None
        session.refresh(tour)
        return tour

    def found(self, session: Session, id: int, deleted: bool) -> Any:
        tour = session.get(Tour, id)
        if tour is None or tour.deleted != deleted:
            raise HTTPException(404)
        return tour

    def create(self, session: Session, name: str) -> Any:
        tour = Tour(name=name)
        session.add(tour)
        return self.committed(session, tour)

    def listed(self, session: Session) -> list:
        return list(session.exec(select(Tour).where(~col(Tour.deleted))))

    def delete(self, session: Session, id: int) -> None:
        self.found(session, id, False).deleted = True
        session.commit()

    def restore(self, session: Session, id: int) -> Any:
        tour = self.found(session, id, True)
        tour.deleted = False
        return self.committed(session, tour)

    def app(self):
        app = FastAPI()

        @app.post("/tours", status_code=201)
        def create_tour(name: str) -> Tour:
            with Session(engine) as session:
                return self.create(session, name)

        @app.get("/tours")
        def list_tours() -> list[Tour]:
            with Session(engine) as session:
                return self.listed(session)

        @app.delete("/tours/{tour_id}", status_code=204)
        def delete_tour(tour_id: int) -> None:
            with Session(engine) as session:
                self.delete(session, tour_id)

        @app.post("/tours/{tour_id}/restore")
        def restore_tour(tour_id: int) -> Tour:
            with Session(engine) as session:
                return self.restore(session, tour_id)

        return app, engine


@stub("5.3-soft")
def soft_shipped():
    app = FastAPI()

    @app.post("/tours", status_code=201)
    def create_tour(name: str) -> Tour: ...

    return app, engine


@wrong("5.3-soft", says="the row of a deleted tour is gone")
def soft_for_good():
    class Hard(Tours):
        def delete(self, session: Session, id: int) -> None:
            session.delete(self.found(session, id, False))
            session.commit()

    return Hard().app()


@wrong("5.3-soft", says="but the list has ['check north', 'check south']")
def soft_still_listed():
    class Listed(Tours):
        def listed(self, session: Session) -> list:
            return list(session.exec(select(Tour)))

    return Listed().app()


@wrong("5.3-soft", says="the tour was deleted before: 404 was asked for, but 204 came")
def soft_deleted_again():
    class Again(Tours):
        def delete(self, session: Session, id: int) -> None:
            tour = session.get(Tour, id)
            if tour is None:
                raise HTTPException(404)
            tour.deleted = True
            session.commit()

    return Again().app()


@wrong("5.3-soft", says="its name was taken meanwhile, and your app answered 500")
def soft_restored_without_a_look():
    class Bold(Tours):
        def restore(self, session: Session, id: int) -> Any:
            tour = self.found(session, id, True)
            tour.deleted = False
            session.commit()
            session.refresh(tour)
            return tour

    return Bold().app()


@wrong("5.3-soft", says="a new tour under the name of a deleted one is a tour of its own")
def soft_reused():
    class Reused(Tours):
        def create(self, session: Session, name: str) -> Any:
            tour = session.exec(select(Tour).where(Tour.name == name, Tour.deleted)).first()
            if tour is None:
                return super().create(session, name)
            tour.deleted = False
            return self.committed(session, tour)

    return Reused().app()


@wrong("5.3-soft", says="no tour in use has this name: 201 was asked for, but 409 came")
def soft_names_for_ever():
    class Jealous(Tours):
        def create(self, session: Session, name: str) -> Any:
            if session.exec(select(Tour).where(Tour.name == name)).first():
                raise HTTPException(409)
            return super().create(session, name)

    return Jealous().app()


@wrong("5.3-soft", says="the tour is not marked as deleted: was it committed?")
def soft_without_a_commit():
    class Lazy(Tours):
        def delete(self, session: Session, id: int) -> None:
            self.found(session, id, False).deleted = True

    return Lazy().app()


@wrong("5.3-soft", says="the tour to restore is not deleted: 404 was asked for, but 200 came")
def soft_restored_what_was_there():
    class Kind(Tours):
        def restore(self, session: Session, id: int) -> Any:
            tour = session.get(Tour, id)
            if tour is None:
                raise HTTPException(404)
            tour.deleted = False
            return self.committed(session, tour)

    return Kind().app()


@right("5.3-soft")
def soft_by_a_router():
    app = FastAPI()
    app.include_router(Tours().app()[0].router)
    return app, engine


@right("5.3-soft")
def soft_by_a_handler():
    class Handled(Tours):
        def committed(self, session: Session, tour: Any) -> Any:
            session.commit()
            session.refresh(tour)
            return tour

    async def taken(request: Request, error: IntegrityError) -> JSONResponse:
        return JSONResponse({"detail": "this name is taken"}, 409)

    app, _ = Handled().app()
    app.add_exception_handler(IntegrityError, taken)
    return app, engine


@right("5.3-soft")
def soft_by_statements():
    class Direct(Tours):
        def delete(self, session: Session, id: int) -> None:
            mark = update(Tour).where(col(Tour.id) == id, ~col(Tour.deleted)).values(deleted=True)
            if not session.exec(mark).rowcount:
                raise HTTPException(404)
            session.commit()

        def restore(self, session: Session, id: int) -> Any:
            tour = self.found(session, id, True)
            if session.exec(select(Tour).where(Tour.name == tour.name, ~col(Tour.deleted))).first():
                raise HTTPException(409)
            tour.deleted = False
            return self.committed(session, tour)

    return Direct().app()
